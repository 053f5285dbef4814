"""get: one event.

Its request has three keys, and is read without pydantic: that would be a third of a cold start (docs/adr/0005). The
OpenAPI document has it from `event_api.reads.search_requests.GetEventRequest`; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from event_api.domain.access import Scope
from event_api.domain.errors import (
    InvalidParameterError,
    InvalidParameterTypeError,
    NotFoundError,
    RequiredParameterError,
)
from event_api.json_types import Json, JsonObject
from event_api.query.projection import event_info, selection
from event_api.reads.keys import (
    MAX_FIELDS,
    MAX_KEY_LENGTH,
    MAX_LOCATION_LENGTH,
    check_domain,
    fault_of_field,
    fault_of_key,
)

if TYPE_CHECKING:
    from event_api.query.execution import SingleEventReader

_KEYS = frozenset({"event_id", "domain_id", "only"})


def get_event(events: SingleEventReader, request: JsonObject, scope: Scope, now: datetime) -> JsonObject:
    """Answer a request with an EventInfo.

    Raises NotFoundError if the scope has no such event, PermissionDeniedError for another domain, and the
    BadRequestErrors of a malformed request.
    """
    asked = EventRequest.read(request)
    check_domain(asked.domain_id, scope)
    shown = selection(asked.only)
    row = events.get(scope, asked.event_id, frozenset(shown), now)
    if row is None:
        raise NotFoundError("event_id", asked.event_id)
    return event_info(row, shown)


@dataclass(frozen=True, slots=True)
class EventRequest:
    """A well-formed request."""

    event_id: str
    domain_id: str | None
    only: list[str]

    @classmethod
    def read(cls, request: Mapping[str, Json]) -> EventRequest:
        """Read a request; raise the BadRequestError that names the key if it is not well-formed."""
        only = _only(request.get("only", []))
        if "event_id" not in request:
            raise RequiredParameterError("event_id")
        event_id, domain_id = _text(request["event_id"], "event_id"), request.get("domain_id")
        if not event_id:
            raise InvalidParameterError("event_id", "it is empty")
        if domain_id is not None:
            domain_id = _text(domain_id, "domain_id")
        for key in request:
            if key not in _KEYS:
                raise InvalidParameterError(key[:MAX_LOCATION_LENGTH] or "body", "unknown parameter")
        return cls(event_id, domain_id, only)


def _text(value: Json, at: str) -> str:
    if isinstance(value, str):
        return value
    raise InvalidParameterTypeError(at, "string")


def _only(value: Json) -> list[str]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise InvalidParameterTypeError("only", "array")
    if len(value) > MAX_FIELDS:
        raise InvalidParameterError("only", f"at most {MAX_FIELDS} fields are accepted")
    return [_field(element, f"only.{number}") for number, element in enumerate(value)]


def _field(value: Json, at: str) -> str:
    key = _text(value, at)
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        raise InvalidParameterError(at, f"a key has 1 to {MAX_KEY_LENGTH} characters")
    fault = fault_of_key(key) or fault_of_field(key)
    if fault is not None:
        raise InvalidParameterError(at, fault)
    return key
