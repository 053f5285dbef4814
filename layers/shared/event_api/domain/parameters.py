"""JSON objects that clients send as a request or as one of its parameters."""

from __future__ import annotations

from event_api.domain.errors import JsonFormatError
from event_api.json_text import parse_json
from event_api.json_types import JsonObject


def json_object(text: bytes | str, key: str) -> JsonObject:
    """Parse a JSON object; raise JsonFormatError, which names ``key``, if the text is not one."""
    try:
        value = parse_json(text)
    except ValueError as error:
        raise JsonFormatError(key, str(error)) from None
    if not isinstance(value, dict):
        raise JsonFormatError(key, "it is not an object")
    return value
