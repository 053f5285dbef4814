"""Who may do what: tokens, their permissions, and the scope of a read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Permission(StrEnum):
    """An action that a token can permit."""

    GET = "get"
    LIST = "list"
    STAT = "stat"


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


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token of one domain.

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
