"""A line of an import: one EventInfo, checked against what the stores can keep and the readers serve.

Strict: a value keeps the type that it has, or the line is refused; nothing is converted but times, which are cut to the
milliseconds that the API answers. Unlike in create, ``event_type`` and ``severity`` may be any text: what another
system stored is kept, and filters and statistics work on it as on any other.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from event_api import ids, times
from event_api.fields import EVENT_FIELDS
from event_api.jsontypes import JsonObject
from event_api.raw import is_utf8, parse_json
from eventctl.screen import printable

_MOST_FAULTS_TOLD = 5
_LONGEST_KEY_TOLD = 60  # characters
_FAULTS = {
    "missing": "is missing",
    "extra_forbidden": "is no field of EventInfo",
    "string_type": "must be a string",
    "unicode": "is not valid Unicode",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "string_too_short": "must not be empty",
    "string_too_long": f"has more than {ids.MAX_ID_LENGTH} characters",
    "time": "is no ISO 8601 time",
}
"""What is wrong with a field, by pydantic's name for it; others are told in pydantic's own words."""


class RecordError(ValueError):
    """A line cannot be stored; ``str()`` says why, on one line, without the values."""


def _iso(text: str) -> str:
    moment = times.parse_iso(text)
    if moment is None:
        raise PydanticCustomError("time", "no ISO 8601 time")
    return times.to_iso(moment)


def _utf8(text: str) -> str:
    if not is_utf8(text):
        raise PydanticCustomError("unicode", "no valid Unicode")
    return text


_Text = Annotated[str, AfterValidator(_utf8)]
"""What is an attribute of its own, which DynamoDB takes as UTF-8 only; details and raw bodies are packed as JSON."""
_Id = Annotated[str, Field(max_length=ids.MAX_ID_LENGTH), AfterValidator(_utf8)]
_RequiredId = Annotated[str, Field(min_length=1, max_length=ids.MAX_ID_LENGTH), AfterValidator(_utf8)]
_Instant = Annotated[str, AfterValidator(_iso)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class ResourceRecord(_Strict):
    """EventResource; a missing part is null."""

    resource_id: _Text | None = None
    resource_type: _Text | None = None
    name: _Text | None = None


class EventRecord(_Strict):
    """EventInfo; a missing field is null."""

    event_id: _RequiredId
    event_key: _Text | None = None
    event_type: _Text | None = None
    title: _Text | None = None
    description: str | None = None
    severity: _Text | None = None
    rule: _Text | None = None
    resource: ResourceRecord | None = None
    provider: _Text | None = None
    account: _Text | None = None
    image_url: str | None = None
    raw_data: dict[str, Any] | None = Field(default=None, repr=False)
    additional_info: dict[str, Any] | None = None
    alert_id: _Id | None = None
    webhook_id: _Id | None = None
    project_id: _Id | None = None
    domain_id: _RequiredId
    created_at: _Instant
    occurred_at: _Instant | None = None

    def to_row(self) -> JsonObject:
        """Return the event as `event_api.store.events.EventStore.add` takes it: all but ``raw_data``."""
        row = {field: getattr(self, field) for field in EVENT_FIELDS if field != "raw_data"}
        return {**row, "resource": dict(self.resource or ResourceRecord())}


def read_record(line: bytes) -> EventRecord:
    """Read one line; raise RecordError for what is no EventInfo, or none that could be stored."""
    try:
        return EventRecord.model_validate(parse_json(line.decode()))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        told = "; ".join(
            _tell(fault["loc"], _FAULTS.get(fault["type"], fault["msg"])) for fault in faults[:_MOST_FAULTS_TOLD]
        )
        left_off = len(faults) - _MOST_FAULTS_TOLD
        raise RecordError(f"{told}; and {left_off} more" if left_off > 0 else told) from None
    except UnicodeDecodeError:
        raise RecordError("it is not UTF-8") from None
    except ValueError as error:
        raise RecordError(f"it is not JSON: {error}") from None


def _tell(location: tuple[int | str, ...], fault: str) -> str:
    key = printable(".".join(map(str, location)))[:_LONGEST_KEY_TOLD]
    return f"{key} {fault}" if key else f"it {fault}"
