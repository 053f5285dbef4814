"""Who may do what: webhooks by their access key, readers by their token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from event_api import credentials, ids
from event_api.errors import AuthenticateFailureError, PermissionDeniedError, WebhookDisabledError
from event_api.model import Permission, Scope, Token, Webhook, WebhookState
from event_api.store.tokens import TokenStore
from event_api.store.webhooks import WebhookStore


def authenticate_webhook(webhooks: WebhookStore, webhook_id: str, access_key: str, now: datetime) -> Webhook:
    """Return the webhook whose key this is, if the key is valid now.

    Raises PermissionDeniedError, the same for an unknown webhook and a wrong key, and WebhookDisabledError.
    """
    known = 0 < len(webhook_id) <= ids.MAX_ID_LENGTH
    webhook = webhooks.get(webhook_id) if known else None
    right = credentials.matches(access_key, webhook.valid_hashes(now) if webhook else ())
    if webhook is None or not right:
        raise PermissionDeniedError("there is no such webhook, or the access key is wrong")
    if webhook.state is WebhookState.DISABLED:
        raise WebhookDisabledError(webhook.webhook_id)
    return webhook


def authenticate_token(tokens: TokenStore, credential: str | None, now: datetime) -> Token | None:
    """Return the token that a bearer credential is, if it is valid now; None otherwise, for whatever reason."""
    token_id, _, secret = (credential or "").partition(".")
    token = tokens.get(token_id) if 0 < len(token_id) <= ids.MAX_ID_LENGTH else None
    right = credentials.matches(secret, [token.secret_hash] if token else ())
    if (
        token is None
        or not right
        or not token.page_key
        or token.revoked
        or (token.expires_at is not None and token.expires_at <= now)
    ):
        return None
    return token


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks a reading route, as the authorizer found; ``page_key`` is the token's."""

    scope: Scope
    permissions: frozenset[Permission]
    page_key: str = field(repr=False)

    @classmethod
    def of(cls, token: Token) -> Reader:
        """Return who a token stands for."""
        return cls(Scope(token.domain_id, token.projects), token.permissions, token.page_key)

    def to_context(self) -> dict[str, str]:
        """Write the authorizer's context: strings only, which every gateway passes on alike."""
        projects = self.scope.projects
        return {
            "domain_id": self.scope.domain_id,
            "projects": json.dumps(None if projects is None else sorted(projects)),
            "permissions": json.dumps(sorted(self.permissions)),
            "page_key": self.page_key,
        }

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Reader:
        """Read the authorizer's context; raise AuthenticateFailureError if there was no authorizer."""
        try:
            projects = json.loads(context["projects"])
            scope = Scope(context["domain_id"], None if projects is None else frozenset(projects))
            return cls(scope, frozenset(map(Permission, json.loads(context["permissions"]))), context["page_key"])
        except (KeyError, TypeError, ValueError):
            raise AuthenticateFailureError("the request did not come through the authorizer") from None

    def scope_for(self, permission: Permission) -> Scope:
        """Return what may be seen by a permission; raise PermissionDeniedError if the token lacks it."""
        if permission not in self.permissions:
            raise PermissionDeniedError(f"the token does not permit '{permission}'")
        return self.scope
