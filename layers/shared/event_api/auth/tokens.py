"""Authentication of callers by their tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from event_api.auth import credentials
from event_api.domain import ids
from event_api.domain.access import Actor, Permission, Scope, Token
from event_api.domain.errors import PermissionDeniedError

if TYPE_CHECKING:
    from event_api.store.tokens import TokenStore


def authenticate_token(tokens: TokenStore, credential: str | None, now: datetime) -> Principal | None:
    """Return the principal of a bearer credential; return None if its token is invalid now, for whatever reason."""
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
    return Principal.of(token)


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of a route, authenticated by the authorizer; ``page_key`` is the key of the caller's token."""

    scope: Scope
    permissions: frozenset[Permission]
    page_key: str = field(repr=False)
    actor: Actor = field(default_factory=lambda: Actor(""))

    @classmethod
    def of(cls, token: Token) -> Principal:
        """Return the principal of a token."""
        scope = Scope(token.domain_id, token.projects)
        return cls(scope, token.granted, token.page_key, Actor(token.token_id, token.name))

    def scope_for(self, permission: Permission) -> Scope:
        """Return the scope for a permission; raise PermissionDeniedError if the token lacks the permission."""
        if permission not in self.permissions:
            raise PermissionDeniedError(f"the token does not permit '{permission}'")
        return self.scope
