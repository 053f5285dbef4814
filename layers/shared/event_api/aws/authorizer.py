"""The Lambda authorizer's event format: API Gateway's payload 2.0 with simple responses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from event_api.auth.access import Principal
from event_api.auth.credentials import bearer
from event_api.domain.errors import AuthenticateFailureError
from event_api.domain.model import Permission, Scope

_Event = dict[str, Any]  # API Gateway's event has no published type, and neither has its context


def authorizer(authenticate: Callable[[str | None], Principal | None]) -> Callable[[_Event, object], _Event]:
    """Make a Lambda handler from a function that authenticates a bearer credential."""

    def handler(event: _Event, _context: object) -> _Event:
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        principal = authenticate(bearer(headers.get("authorization")))
        if principal is None:
            return {"isAuthorized": False}
        return {"isAuthorized": True, "context": to_context(principal)}

    return handler


def to_context(principal: Principal) -> dict[str, str]:
    """Write the authorizer's context; it has only strings, because every gateway passes those on unchanged."""
    projects = principal.scope.projects
    return {
        "domain_id": principal.scope.domain_id,
        "projects": json.dumps(None if projects is None else sorted(projects)),
        "permissions": json.dumps(sorted(principal.permissions)),
        "page_key": principal.page_key,
    }


def principal_of(context: Mapping[str, Any]) -> Principal:
    """Read the authorizer's context; raise AuthenticateFailureError if the request has none."""
    try:
        projects = json.loads(context["projects"])
        scope = Scope(context["domain_id"], None if projects is None else frozenset(projects))
        return Principal(scope, frozenset(map(Permission, json.loads(context["permissions"]))), context["page_key"])
    except (KeyError, TypeError, ValueError):
        raise AuthenticateFailureError("the request did not come through the authorizer") from None
