"""Checks of values that several kinds of administered objects have."""

from __future__ import annotations

from datetime import timedelta

from event_api.domain import ids
from event_api.domain.errors import InvalidParameterError
from event_api.json_text import is_utf8

NO_OVERLAP = timedelta()
MAX_OVERLAP = timedelta(days=365)
"""How long a replaced key or token may stay valid."""


def check_opaque_id(key: str, value: str) -> str:
    """Return an id of a domain, a project or an object; raise InvalidParameterError if it cannot be one."""
    return check_text(key, value, ids.MAX_ID_LENGTH)


def check_text(key: str, value: str, limit: int) -> str:
    """Return a text of 1 to ``limit`` characters; raise InvalidParameterError for any other."""
    if not 0 < len(value) <= limit:
        raise InvalidParameterError(key, f"it must have 1 to {limit} characters")
    if not is_utf8(value):
        raise InvalidParameterError(key, "it is not valid UTF-8")
    return value
