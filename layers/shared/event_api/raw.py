"""The sender's body: what of it is JSON, and what ``raw_data`` it becomes (the contract's section 1)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import isinf

from event_api.jsontypes import Json, JsonObject

MAX_DEPTH = 200
"""Levels of objects and arrays. Python's parsers and writers give up at depths of their own, which differ between its
versions and between reading and writing; what is stored must be answered by all of them."""

MAX_DIGITS = 4_000
"""Of an integer. Python refuses to read or write one of more than 4,300, in words that are about Python."""

SNS_TYPE_HEADER = "x-amz-sns-message-type"
"""Amazon SNS sends it with each of its messages."""

CLOUDEVENTS_HEADER = "ce-specversion"
"""Says that the headers are a CloudEvent's attributes and the body is its data, which may be text or XML."""

_REQUEST_KEYS = {"data", "webhook_id", "access_key"}
HIDDEN_KEY = "[access key]"
"""What stands where a sender wrote the access key that let it in."""
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
"""All that Python's parser reads JSON in."""
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_GZIP = b"\x1f\x8b"
_FORM = "form"  # what the media types of forms have in common
_SURROGATE = re.compile("[\ud800-\udfff]")


class UnreadableBodyError(ValueError):
    """The body holds nothing that a normalizer could read; ``str()`` says why, in words for a person."""


def parse_json(text: bytes | str) -> Json:
    """Parse strict JSON.

    Raises ValueError for what is none, for NaN and infinities (no JSON, and no answer could hold them), for integers of
    more than MAX_DIGITS, and for what is nested deeper than MAX_DEPTH.
    """
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite, parse_int=_bounded)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if _may_be_deep(text) and _is_deep(value):
        raise ValueError("it is nested too deep")
    return value


def write_json(value: Json) -> str:
    """Write compact JSON that UTF-8 can hold: a lone surrogate, which JSON can escape and UTF-8 has not, is escaped."""
    text = _COMPACT.encode(value)
    return text if is_utf8(text) else _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def escaped_bytes(text: str) -> int:
    """Return the bytes that some JSON text takes as a string within another JSON text, which is how Lambda sends it."""
    return len(text.encode()) + text.count('"') + text.count("\\")


def is_utf8(text: str) -> bool:
    """Tell whether UTF-8, and so DynamoDB, can hold a string."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def storable(text: str) -> str:
    """Return text with U+FFFD for what UTF-8 cannot hold."""
    return text if is_utf8(text) else _SURROGATE.sub("\ufffd", text)


def _may_be_deep(text: bytes | str) -> bool:
    # Counting brackets is quick; only who has many is walked through.
    opening = text.count("[") + text.count("{") if isinstance(text, str) else text.count(b"[") + text.count(b"{")
    return opening > MAX_DEPTH


def _is_deep(value: Json) -> bool:
    # Level by level, not by recursion: depth is what is in doubt.
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        containers = [one for one in level if isinstance(one, dict | list)]
        if not containers:
            return False
        level = [inner for one in containers for inner in (one.values() if isinstance(one, dict) else one)]
    return True


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON number")


def _bounded(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError("a number is too large")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise ValueError("a number is too large")
    return number


def _read_form(content: bytes, content_type: str) -> JsonObject | None:
    if _FORM not in content_type.lower():
        return None
    from event_api.forms import read_form  # noqa: PLC0415  # few senders post forms, and parsers of them are large

    return read_form(content, content_type)


@dataclass(frozen=True)
class Body:
    """A sender's body as it is stored: ``content``, and whether that is the ``data`` of a CreateEventRequest.

    Of a CreateEventRequest only ``data`` is kept.
    """

    content: bytes = field(repr=False)
    unwrapped: bool = False

    @classmethod
    def received(cls, content: bytes, access_key: str = "") -> Body:
        """Take a body as it came, but for the access key that let it in: who reads events may not come to know it."""
        for encoding in _ENCODINGS if access_key else ():
            content = content.replace(access_key.encode(encoding), HIDDEN_KEY.encode(encoding))
        body = cls(content)
        value, _ = body._parsed
        if isinstance(value, dict) and isinstance(value.get("data"), dict) and value.keys() <= _REQUEST_KEYS:
            return cls.of(value["data"])
        return body

    @classmethod
    def of(cls, raw_data: JsonObject) -> Body:
        """Take what is the ``raw_data`` already, as from a CreateEventRequest or an imported event."""
        return cls(write_json(raw_data).encode(), unwrapped=True)

    @cached_property
    def _parsed(self) -> tuple[Json, str | None]:
        """The JSON value, and why there is none."""
        if not self.content.strip():
            return None, "The body is empty."
        try:
            return parse_json(self.content), None
        except ValueError as error:
            return None, f"The body is not JSON: {error}."

    def read_object(self) -> JsonObject:
        """Return the JSON object that the body holds, or an empty one where it holds none."""
        value, _ = self._parsed
        return value if isinstance(value, dict) else {}

    def read_content(self, headers: Mapping[str, str]) -> Json:
        """Return what a normalizer reads: the JSON object or array, or a form's fields as an object.

        ``headers`` have lower-case names. Plain text is content only where Amazon SNS brings it, which may deliver
        what was published as it is, or a CloudEvent in binary mode. Nothing is decompressed: a small body could become
        a huge one. Raises UnreadableBodyError for anything else.
        """
        value, reason = self._parsed
        if isinstance(value, dict | list):
            return value
        if reason is None:
            raise UnreadableBodyError("The body is a JSON plain value, neither an object nor an array.")
        encoding = headers.get("content-encoding", "").strip().lower()
        if self.content.startswith(_GZIP) or encoding not in {"", "identity"}:
            raise UnreadableBodyError("The body is compressed, which is not accepted: send it as it is.")
        if (SNS_TYPE_HEADER in headers or CLOUDEVENTS_HEADER in headers) and self.content.strip():
            return self.content.decode("utf-8", "replace")
        if (form := _read_form(self.content, headers.get("content-type", ""))) is not None:
            return form
        raise UnreadableBodyError(reason)

    def raw_data(self) -> JsonObject:
        """Return what EventInfo's ``raw_data`` shows: the object, or ``{"body": …}`` around what is none.

        Bytes that are no UTF-8 show as U+FFFD.
        """
        value, reason = self._parsed
        if isinstance(value, dict):
            return value
        return {"body": value if reason is None else self.content.decode("utf-8", "replace")}
