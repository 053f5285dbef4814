"""Convert hostile JSON values to the expected types. No JSON value makes anything here raise."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from event_api.domain.event import Severity
from event_api.domain.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from event_api.json_types import Json, JsonObject


def compact(value: Json) -> str | None:
    """Write a value as JSON without blanks, keys in order; None if it is nested too deep to be written."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    except RecursionError:
        return None


def text(value: Json) -> str | None:
    """Read a value as trimmed text; None for null, blank text, an empty list or object.

    Numbers, booleans, lists and objects become compact JSON.
    """
    if isinstance(value, str):
        return value.strip() or None
    if value is None or value in ([], {}):
        return None
    # The same as JSON, without the price of an encoder.
    return str(value) if type(value) is int else compact(value)


def first_text(*values: Json) -> str | None:
    """Return the first value that has a `text`."""
    return next((found for found in map(text, values) if found is not None), None)


def one_text(value: Json) -> str | None:
    """Return the `text` of a value, or of the first element of a list that has one."""
    return first_text(*value) if isinstance(value, list) else text(value)


def first_line(value: Json) -> str | None:
    """Return the first line of a value's `text`, for a title."""
    found = text(value)
    return found.splitlines()[0].strip() or None if found and found.splitlines() else None


def paragraphs(*values: Json) -> str | None:
    """Join what has a `text` to one description, each value once; None if none has."""
    return "\n\n".join(dict.fromkeys(found for found in map(text, values) if found is not None)) or None


def mapping(value: Json) -> JsonObject:
    """Return the object, or an empty one for any other value."""
    return value if isinstance(value, dict) else {}


def items(value: Json) -> list[JsonObject]:
    """Return the objects in a list, leaving out other elements; an empty list for any other value."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def at(value: Json, path: str) -> Json:
    """Return what lies at a dotted path of object keys, or None."""
    for key in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def texts(values: Mapping[str, Json]) -> dict[str, str]:
    """Keep what has a `text`: the form of ``additional_info``."""
    return {key: found for key, value in values.items() if (found := text(value)) is not None}


def severity(value: Json, table: Mapping[str, Severity], default: Severity) -> Severity:
    """Look a sender's word up, whatever its case, in a table with lower-case keys."""
    found = text(value)
    return default if found is None else table.get(found.lower(), default)


def fault_severity(value: Json, table: Mapping[str, Severity]) -> Severity:
    """Look up the severity of a fault: NONE for a word that the table lacks, ERROR if the sender sends none."""
    return severity(value, table, Severity.ERROR if text(value) is None else Severity.NONE)


def first_time(*values: Json) -> datetime | None:
    """Return the first value that is a time."""
    return next(filter(None, map(parse_time, values)), None)


def digest(*values: Json) -> str:
    """Hash JSON values to 64 hexadecimal digits, the same for equal values whatever their key order."""
    return hashlib.sha256((compact([*values]) or "").encode("utf-8", "surrogatepass")).hexdigest()


def plain_names(values: JsonObject) -> JsonObject:
    """Bring keys to one form: lower-case letters and digits only. The first of several wins."""
    plain: JsonObject = {}
    for key, value in values.items():
        plain.setdefault("".join(filter(str.isalnum, key)).lower(), value)
    return plain
