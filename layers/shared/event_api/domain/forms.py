"""Forms that senders post instead of JSON: StatusCake does, UptimeRobot, GitHub and Uptime Kuma can.

Field names are the senders'; nothing here knows them.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl

from event_api.json_text import parse_json
from event_api.json_types import JsonObject

MAX_FIELDS: Final = 1_000
"""No monitoring tool sends a form with more."""

_URLENCODED: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"
_BOUNDARY: Final = re.compile(r';\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_NAME: Final = re.compile(
    rb'^content-disposition:[ \t]*form-data[ \t]*;[ \t]*name=(?:"([^"\r\n]+)"|([^\s;"]+))',
    re.IGNORECASE | re.MULTILINE,
)
"""The name comes first wherever forms are made; behind it a file's name could look like one."""
_MAX_HEAD: Final = 4_096
"""Bytes of a part's headers."""


def read_form(content: bytes, content_type: str) -> JsonObject | None:
    """Return a form's fields as an object, or None if the body is not a form.

    A repeated field is an array. If the only field is a JSON object (GitHub's ``payload``), the result is that object.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _URLENCODED:
        pairs = _urlencoded(content)
    elif kind == _MULTIPART:
        pairs = _multipart(content, content_type)
    else:
        return None
    if not pairs or len(pairs) > MAX_FIELDS:
        return None
    fields: JsonObject = {}
    for name, value in pairs:
        known = fields.get(name)
        fields[name] = value if known is None else [*known, value] if isinstance(known, list) else [known, value]
    return _only_json(fields) or fields


def _urlencoded(content: bytes) -> list[tuple[str, str]]:
    try:
        text = content.decode()
        return parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return []


def _multipart(content: bytes, content_type: str) -> list[tuple[str, str]]:
    """Return the named parts, as RFC 7578 has them: no parts within parts, and no encodings.

    Not the standard library's parser of mail: it takes quadratic time, or recurses, in headers that are made for it.
    """
    told = _BOUNDARY.search(content_type)
    if told is None:
        return []
    boundary = (told[1] or told[2]).encode("utf-8", "surrogatepass")
    _, *parts = re.split(rb"\r?\n--" + re.escape(boundary), b"\n" + content, maxsplit=MAX_FIELDS + 2)
    found = []
    for part in parts:
        head, *value = _BLANK_LINE.split(part, maxsplit=1)
        name = _NAME.search(head) if len(head) <= _MAX_HEAD else None
        if name is not None and value:
            found.append((_text(name[1] or name[2]), _text(value[0])))
    return found


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _only_json(fields: JsonObject) -> JsonObject | None:
    if len(fields) != 1:
        return None
    try:
        value = parse_json(str(*fields.values()))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
