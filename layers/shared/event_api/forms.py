"""Forms that senders post instead of JSON: StatusCake does, UptimeRobot, GitHub and Uptime Kuma can.

Field names are the senders'; nothing here knows them.
"""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import Final
from urllib.parse import parse_qsl

from event_api.jsontypes import JsonObject
from event_api.raw import parse_json

MAX_FIELDS: Final = 1_000
"""More are no form that a monitoring tool sends."""

_URLENCODED: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"


def read_form(content: bytes, content_type: str) -> JsonObject | None:
    """Return a form's fields as an object, None where it is no form.

    A field that is repeated is an array. Where the only field is a JSON object (GitHub's ``payload``), it is that
    object.
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
    head = f"content-type: {content_type}\r\n\r\n".encode("utf-8", "surrogatepass")
    message = message_from_bytes(head + content, policy=policy.HTTP)
    found = []
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        value = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(value, bytes):
            found.append((name, value.decode("utf-8", "replace")))
    return found


def _only_json(fields: JsonObject) -> JsonObject | None:
    if len(fields) != 1:
        return None
    try:
        value = parse_json(str(*fields.values()))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
