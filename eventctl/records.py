"""A line of an import: one EventInfo (`event_api.reads.event_info`), checked before it is stored."""

from __future__ import annotations

from pydantic import ValidationError

from event_api.domain import ids
from event_api.json_text import parse_json
from event_api.reads.event_info import EventInfo
from eventctl.screen import printable

_MOST_FAULTS_TOLD = 5
_LONGEST_KEY_TOLD = 60  # characters
_FAULTS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of EventInfo",
    "string_type": "must be a string",
    "unicode": "is not valid Unicode",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "string_too_short": "must not be empty",
    "string_too_long": f"has more than {ids.MAX_ID_LENGTH} characters",
    "time": "is not an ISO 8601 time",
}
"""Faults of a field, by pydantic's name for them; others keep pydantic's own words."""


class RecordError(ValueError):
    """A line cannot be stored; ``str()`` says why, on one line, without the values."""


def read_record(line: bytes) -> EventInfo:
    """Read one line; raise RecordError if it is not an EventInfo that could be stored."""
    try:
        return EventInfo.model_validate(parse_json(line.decode()))
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
