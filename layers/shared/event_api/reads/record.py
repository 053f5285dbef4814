"""get: one record of any kind.

Its request has three keys, and is read without pydantic: that would be a third of a cold start (docs/adr/0005). The
OpenAPI document has models of its own for it; a test compares the two.
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
from event_api.domain.fields import Kind
from event_api.json_types import Json, JsonObject
from event_api.query.projection import info_of, selection
from event_api.reads.keys import (
    MAX_FIELDS,
    MAX_KEY_LENGTH,
    MAX_LOCATION_LENGTH,
    check_domain,
    fault_of_field,
    fault_of_key,
)

if TYPE_CHECKING:
    from event_api.query.execution import SingleReader


def get_record(kind: Kind, records: SingleReader, request: JsonObject, scope: Scope, now: datetime) -> JsonObject:
    """Answer a request with a record's info.

    Raises NotFoundError if the scope has no such record, PermissionDeniedError for another domain, and the
    BadRequestErrors of a malformed request.
    """
    asked = RecordRequest.read(request, kind)
    check_domain(asked.domain_id, scope)
    shown = selection(asked.only, kind=kind)
    row = records.get(scope, asked.record_id, frozenset(shown), now)
    if row is None:
        raise NotFoundError(kind.id_field, asked.record_id)
    return info_of(row, shown)


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """A well-formed request."""

    record_id: str
    domain_id: str | None
    only: list[str]

    @classmethod
    def read(cls, request: Mapping[str, Json], kind: Kind) -> RecordRequest:
        """Read a request; raise the BadRequestError that names the key if it is not well-formed."""
        only = _only(request.get("only", []), kind)
        if kind.id_field not in request:
            raise RequiredParameterError(kind.id_field)
        record_id, domain_id = _text(request[kind.id_field], kind.id_field), request.get("domain_id")
        if not record_id:
            raise InvalidParameterError(kind.id_field, "it is empty")
        if domain_id is not None:
            domain_id = _text(domain_id, "domain_id")
        for key in request:
            if key not in {kind.id_field, "domain_id", "only"}:
                raise InvalidParameterError(key[:MAX_LOCATION_LENGTH] or "body", "unknown parameter")
        return cls(record_id, domain_id, only)


def _text(value: Json, at: str) -> str:
    if isinstance(value, str):
        return value
    raise InvalidParameterTypeError(at, "string")


def _only(value: Json, kind: Kind) -> list[str]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise InvalidParameterTypeError("only", "array")
    if len(value) > MAX_FIELDS:
        raise InvalidParameterError("only", f"at most {MAX_FIELDS} fields are accepted")
    return [_field(element, f"only.{number}", kind) for number, element in enumerate(value)]


def _field(value: Json, at: str, kind: Kind) -> str:
    key = _text(value, at)
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        raise InvalidParameterError(at, f"a key has 1 to {MAX_KEY_LENGTH} characters")
    fault = fault_of_key(key) or fault_of_field(key, kind)
    if fault is not None:
        raise InvalidParameterError(at, fault)
    return key
