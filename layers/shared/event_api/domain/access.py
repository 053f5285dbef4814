"""Access: tokens, their permissions, and the scope of a read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Permission(StrEnum):
    """An action on a resource that a token can permit."""

    EVENT_GET = "event.get"
    EVENT_LIST = "event.list"
    EVENT_STAT = "event.stat"
    ALERT_GET = "alert.get"
    ALERT_LIST = "alert.list"
    ALERT_STAT = "alert.stat"
    ALERT_CHANGE = "alert.change"
    WEBHOOK_READ = "webhook.read"
    WEBHOOK_MANAGE = "webhook.manage"
    TOKEN_READ = "token.read"  # noqa: S105  # not a secret, as below
    TOKEN_MANAGE = "token.manage"  # noqa: S105
    DELIVERY_READ = "delivery.read"
    DELIVERY_MANAGE = "delivery.manage"
    AUDIT_READ = "audit.read"

    @classmethod
    def _missing_(cls, value: object) -> Permission | None:
        return next((permission for permission, name in FORMER_NAMES.items() if name == value), None)


FORMER_NAMES = {Permission.EVENT_GET: "get", Permission.EVENT_LIST: "list", Permission.EVENT_STAT: "stat"}
"""The permissions that earlier versions know, and the names under which they store and read them."""


class Role(StrEnum):
    """A ready set of permissions; each role includes the one before it."""

    READER = "reader"
    """Reads events and alerts."""
    RESPONDER = "responder"
    """Also changes alerts."""
    ADMIN = "admin"
    """Also manages webhooks, tokens and deliveries, and reads the audit records."""

    @property
    def permissions(self) -> frozenset[Permission]:
        """The permissions that the role grants in this version."""
        return _PERMISSIONS[self]


_READER = frozenset(
    {
        Permission.EVENT_GET,
        Permission.EVENT_LIST,
        Permission.EVENT_STAT,
        Permission.ALERT_GET,
        Permission.ALERT_LIST,
        Permission.ALERT_STAT,
    }
)
_PERMISSIONS = {
    Role.READER: _READER,
    Role.RESPONDER: _READER | {Permission.ALERT_CHANGE},
    Role.ADMIN: frozenset(Permission),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The events that a caller may see: one domain, and within it all projects (None) or some.

    Every read in `event_api.store` takes a scope; no read works without a domain.
    """

    domain_id: str
    projects: frozenset[str] | None = None

    def allows_project(self, project_id: str | None) -> bool:
        """Whether the reader may see this project's events."""
        return self.projects is None or (project_id is not None and project_id in self.projects)

    def includes(self, domain_id: str, project_id: str | None) -> bool:
        """Whether the reader may see what belongs to a project of a domain."""
        return self.domain_id == domain_id and self.allows_project(project_id)

    def covers(self, projects: frozenset[str] | None) -> bool:
        """Whether the reader may see what belongs to some projects, or with None to the whole domain."""
        return self.projects is None or (projects is not None and projects <= self.projects)


FEDERATED = "oidc:"
"""Prefix of the ids of actors that an identity provider vouches for."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Author of a change: the id of a token, an identity of another system, or an operator's command."""

    actor_id: str
    name: str | None = None

    @property
    def is_federated(self) -> bool:
        """Whether another system vouches for it, so that it has no token here."""
        return self.actor_id.startswith(FEDERATED)


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token of one domain.

    It permits what its ``role`` does, if it has one, and its own ``permissions``.
    ``secret_hash`` is SHA-256 of its secret part. ``page_key`` signs the page tokens of its requests and never leaves
    the service. A token without a page key was made by an earlier version and is no longer valid.
    """

    token_id: str
    secret_hash: str = field(repr=False)
    page_key: str = field(repr=False)
    domain_id: str
    projects: frozenset[str] | None
    permissions: frozenset[Permission]
    created_at: datetime
    expires_at: datetime | None
    name: str | None = None
    revoked: bool = False
    rotated_to: str | None = None
    """The token that took its place, if one did."""
    role: Role | None = None

    @property
    def granted(self) -> frozenset[Permission]:
        """All that the token permits."""
        return self.permissions if self.role is None else self.permissions | self.role.permissions
