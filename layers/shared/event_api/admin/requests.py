"""The requests of the routes that manage tokens and deliveries, and the parts that others share.

The docstring below a field is its description in the OpenAPI document, as in `event_api.reads.requests`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from event_api.admin.checks import MAX_OVERLAP
from event_api.admin.domain_request import DomainRequest
from event_api.domain import times
from event_api.domain.access import Permission, Role
from event_api.domain.errors import InvalidParameterError
from event_api.json_types import JsonObject
from event_api.reads.requests import AnyJson

MAX_VALUES = 100
"""Permissions, projects, topics or secrets in a request."""
_OVERLAP_SECONDS = int(MAX_OVERLAP.total_seconds())


def instant(text: str) -> str:
    """Return a text that is an ISO 8601 time; refuse any other."""
    if times.parse_iso(text) is None:
        raise PydanticCustomError("time", "not an ISO 8601 time")
    return text


AnyObject = Annotated[dict[str, AnyJson], Field()]
Texts = Annotated[list[str], Field(max_length=MAX_VALUES)]


# --- tokens -----------------------------------------------------------------------------------------------------------


class CreateTokenRequest(DomainRequest):
    """A new token: it permits what its role does, and single permissions; with neither it is a reader's."""

    name: str | None = None
    """Name, in lists and in the audit."""
    role: Annotated[Role, Field(strict=False)] | None = None
    """A ready set of permissions; `responder` includes `reader`, and `admin` includes both."""
    permissions: Annotated[list[Annotated[Permission, Field(strict=False)]], Field(max_length=MAX_VALUES)] = Field(
        default_factory=list
    )
    """Single permissions, in addition to the role's."""
    projects: Texts | None = None
    """The only projects that it may see; without it all of the domain."""
    expires_at: Annotated[str, AfterValidator(instant)] | None = None
    """When it expires, ISO 8601; without it in a year, or with the token that asks."""

    def expiry(self) -> datetime | None:
        """Return the instant of ``expires_at``."""
        moment = None if self.expires_at is None else times.parse_iso(self.expires_at)
        return None if moment is None else times.truncate_to_millisecond(moment)


class RotateRequest(DomainRequest):
    """A rotation."""

    overlap: Annotated[int, Field(ge=0, le=_OVERLAP_SECONDS)] = 0
    """Seconds for which the old secret stays valid; never longer than it was to be."""

    def duration(self) -> timedelta:
        """Return the overlap."""
        return timedelta(seconds=self.overlap)


# --- deliveries -------------------------------------------------------------------------------------------------------


DEFAULT_DAYS = 7
"""Days for which unreadable deliveries are looked for unless a request says otherwise: each event is read for it."""


def since_when(parameters: JsonObject, now: datetime) -> datetime:
    """Return from when on unreadable deliveries are looked for; raise InvalidParameterError for no time."""
    since = parameters.get("since")
    if since is None:
        return now - timedelta(days=DEFAULT_DAYS)
    moment = times.parse_iso(since) if isinstance(since, str) else None
    if moment is None:
        raise InvalidParameterError("since", "not an ISO 8601 time")
    return moment
