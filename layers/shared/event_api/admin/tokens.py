"""Tokens of the API: create, rotate and revoke them. A secret is shown once."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from event_api.admin.checks import NO_OVERLAP, check_opaque_id, check_text
from event_api.admin.kinds import token_row
from event_api.auth import credentials
from event_api.auth.tokens import Principal
from event_api.domain import ids, times
from event_api.domain.access import Permission, Role, Scope, Token
from event_api.domain.errors import InvalidParameterError, NotFoundError, PermissionDeniedError, UnavailableError
from event_api.json_types import JsonObject
from event_api.store.audit import Journal
from event_api.store.table import ConditionFailedError
from event_api.store.tokens import TokenStore

MAX_NAME_LENGTH = 255
"""Characters."""
MAX_PROJECTS = 100
"""Of a token: each answer of the authorizer names them all."""
TOKEN_LIFETIME = timedelta(days=365)
"""Default lifetime of a token."""
MAX_LIFETIME = timedelta(days=36_525)

_SECRET_BYTES = 32


class Stores(Protocol):
    """The stores that managing tokens needs. ``scope``: the domain and projects of the tokens; None is all domains."""

    @property
    def tokens(self) -> TokenStore: ...  # noqa: D102
    @property
    def journal(self) -> Journal: ...  # noqa: D102
    @property
    def scope(self) -> Scope | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Grantor:
    """The rights of who makes tokens: they bound those of the tokens."""

    scope: Scope
    permissions: frozenset[Permission]
    expires_at: datetime | None = None

    def check(self, token: Token) -> None:
        """Raise PermissionDeniedError if a token has a right that the grantor lacks."""
        if lacking := sorted(token.granted - self.permissions):
            raise PermissionDeniedError(f"the token that asks lacks what it would grant: {', '.join(lacking)}")
        if not self.scope.covers(token.projects):
            raise PermissionDeniedError("the token that asks is limited to other projects")
        if self.expires_at is not None and (token.expires_at is None or token.expires_at > self.expires_at):
            raise PermissionDeniedError("the token that asks expires earlier")


def grantor_of(stores: Stores, caller: Principal) -> Grantor:
    """Return the rights of a caller; raise PermissionDeniedError if its token is no longer valid.

    API Gateway may let a token through for a minute after its end; it must not live on in another one.
    """
    actor = caller.actor
    if actor.is_federated:
        return Grantor(caller.scope, caller.permissions)
    token = stores.tokens.get_consistent(actor.actor_id) if actor.actor_id else None
    if token is None or token.revoked or (token.expires_at is not None and token.expires_at <= times.now()):
        raise PermissionDeniedError("the token that asks is no longer valid")
    return Grantor(caller.scope, caller.permissions & token.granted, token.expires_at)


def find_token(stores: Stores, token_id: str) -> Token:
    """Return the latest state of a token; raise NotFoundError if it does not exist, or not in the scope."""
    token = stores.tokens.get_consistent(check_opaque_id("token_id", token_id))
    if token is None or not _is_in(stores.scope, token):
        raise NotFoundError("token_id", token_id)
    return token


def tokens_of(stores: Stores, domain_id: str) -> list[Token]:
    """Return a domain's tokens that lie in the scope, by id."""
    return [token for token in stores.tokens.of_domain(domain_id) if _is_in(stores.scope, token)]


def _is_in(scope: Scope | None, token: Token) -> bool:
    return scope is None or (scope.domain_id == token.domain_id and scope.covers(token.projects))


def create_token(
    stores: Stores,
    *,
    domain_id: str,
    projects: Collection[str] | None = None,
    role: Role | None = None,
    permissions: Collection[Permission] = (),
    expires_at: datetime | None = None,
    name: str | None = None,
    grantor: Grantor | None = None,
) -> tuple[Token, str]:
    """Store a new token and return it with its bearer credential, which cannot be had again.

    ``projects``: the only ones it may see, None is all. The token permits what ``role`` does, and ``permissions``;
    with neither it is a reader's. ``expires_at``: None is in `TOKEN_LIFETIME`, or with the grantor. ``grantor``: who
    makes it; None is an operator. Raises InvalidParameterError naming what is wrong, PermissionDeniedError for more
    than the grantor has.
    """
    now = times.now()
    expiry = _default_expiry(now, grantor) if expires_at is None else expires_at
    if expiry <= now:
        raise InvalidParameterError("expires_at", "it is in the past")
    if expiry > now + MAX_LIFETIME:
        raise InvalidParameterError("expires_at", "it is more than a century away")
    if projects is not None and len(projects) > MAX_PROJECTS:
        raise InvalidParameterError("projects", f"at most {MAX_PROJECTS} projects are accepted")
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    token = Token(
        token_id=ids.new_id("token"),
        secret_hash=credentials.hash_secret(secret),
        page_key=secrets.token_urlsafe(_SECRET_BYTES),
        domain_id=check_opaque_id("domain_id", domain_id),
        projects=None if projects is None else frozenset(check_opaque_id("projects", project) for project in projects),
        role=role if role or permissions else Role.READER,
        permissions=frozenset(permissions),
        created_at=now,
        expires_at=expiry,
        name=None if name is None else check_text("name", name, MAX_NAME_LENGTH),
    )
    if grantor is not None:
        grantor.check(token)
    _recorded(stores, "create", token, token_row(token, now)).add(token)
    return token, f"{token.token_id}.{secret}"


def _default_expiry(now: datetime, grantor: Grantor | None) -> datetime:
    expiry = now + TOKEN_LIFETIME
    return expiry if grantor is None or grantor.expires_at is None else min(expiry, grantor.expires_at)


def rotate_token(
    stores: Stores, token_id: str, overlap: timedelta = NO_OVERLAP, *, grantor: Grantor | None = None
) -> tuple[Token, Token, str]:
    """Replace a token by a new one with the same role, permissions and the same lifetime from now on.

    Returns the new token, the changed old one, and the new one's bearer credential, which is never shown again. The old
    one expires at the end of the overlap, or at its own end if that is earlier; the new one no later than the grantor.
    Raises NotFoundError if the token does not exist, InvalidParameterError if it is revoked or was rotated before,
    PermissionDeniedError if it has more than the grantor.
    """
    old = find_token(stores, token_id)
    if old.revoked:
        raise InvalidParameterError("token_id", "it is revoked: create another one")
    if old.rotated_to is not None:
        raise InvalidParameterError("token_id", f"it was rotated before: rotate {old.rotated_to}")
    now = times.now()
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    expiry = None if old.expires_at is None else now + (old.expires_at - old.created_at)
    if grantor is not None and grantor.expires_at is not None:
        expiry = min(expiry or grantor.expires_at, grantor.expires_at)
    new = replace(
        old,
        token_id=ids.new_id("token"),
        secret_hash=credentials.hash_secret(secret),
        page_key=secrets.token_urlsafe(_SECRET_BYTES),
        created_at=now,
        expires_at=expiry,
    )
    if grantor is not None:
        grantor.check(new)
    ends_at = now + overlap if old.expires_at is None else min(now + overlap, old.expires_at)
    changed = replace(old, expires_at=ends_at, rotated_to=new.token_id)
    details: JsonObject = {"rotated_to": new.token_id, "expires_at": times.to_iso(ends_at)}
    try:
        _recorded(stores, "rotate", old, details).rotate(new, old, ends_at)
    except ConditionFailedError:
        raise UnavailableError("the token was rotated or revoked at the same time") from None
    return new, changed, f"{new.token_id}.{secret}"


def revoke_token(stores: Stores, token_id: str) -> None:
    """Revoke a token (effective within the authorizer's caching time); raise NotFoundError if it does not exist."""
    token = find_token(stores, token_id)
    if not _recorded(stores, "revoke", token, {"name": token.name}).revoke(token_id):
        raise NotFoundError("token_id", token_id)


def _recorded(stores: Stores, action: str, token: Token, details: JsonObject) -> TokenStore:
    """Return the store of tokens, whose next write is recorded."""
    entry = stores.journal.entry(f"token.{action}", token.token_id, token.domain_id, token.projects, details)
    return stores.tokens.recorded(entry)
