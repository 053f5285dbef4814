"""The Lambda authorizer's event format: API Gateway's payload 2.0 with simple responses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from event_api.auth.credentials import bearer
from event_api.auth.tokens import Principal
from event_api.domain.access import FORMER_NAMES, Actor, Permission, Scope
from event_api.domain.errors import AuthenticateFailureError

if TYPE_CHECKING:
    from event_api.aws.lambda_context import LambdaContext

_Event = dict[str, Any]  # API Gateway's event has no published type


def authorizer(
    authenticate: Callable[[str | None, Mapping[str, str]], Principal | None],
) -> Callable[[_Event, LambdaContext], _Event]:
    """Make a Lambda handler from a function that authenticates a bearer credential, given the stage's variables."""

    def handler(event: _Event, context: LambdaContext) -> _Event:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        try:
            principal = authenticate(bearer(headers.get("authorization")), event.get("stageVariables") or {})
        except Exception as error:
            _log_failure(event, context, error)
            raise
        if principal is None:
            return {"isAuthorized": False}
        return {"isAuthorized": True, "context": to_context(principal)}

    return handler


def _log_failure(event: _Event, context: LambdaContext, error: Exception) -> None:
    # Few invocations fail, and the others pay for no import.
    from event_api import telemetry  # noqa: PLC0415

    request = event.get("requestContext") or {}
    with telemetry.invocation(context.aws_request_id, request_id=request.get("requestId"), route=event.get("routeKey")):
        telemetry.failed("authorize", error)


def to_context(principal: Principal) -> dict[str, str]:
    """Write the authorizer's context; it has only strings, because every gateway passes those on unchanged."""
    projects = principal.scope.projects
    return {
        "domain_id": principal.scope.domain_id,
        "projects": json.dumps(None if projects is None else sorted(projects)),
        # While a deployment is under way, a function may still be the earlier version's.
        "permissions": json.dumps(sorted(FORMER_NAMES.get(one, one) for one in principal.permissions)),
        "page_key": principal.page_key,
        "actor_id": principal.actor.actor_id,
        "actor_name": principal.actor.name or "",
    }


def principal_of(context: Mapping[str, Any]) -> Principal:
    """Read the authorizer's context; raise AuthenticateFailureError if the request has none."""
    try:
        projects = json.loads(context["projects"])
        scope = Scope(context["domain_id"], None if projects is None else frozenset(projects))
        permissions = frozenset(map(Permission, json.loads(context["permissions"])))
        # For a minute after a deployment, API Gateway may still have the earlier version's answer, without the actor.
        actor = Actor(context.get("actor_id") or "", context.get("actor_name") or None)
        return Principal(scope, permissions, context["page_key"], actor)
    except (KeyError, TypeError, ValueError):
        raise AuthenticateFailureError("the request did not come through the authorizer") from None
