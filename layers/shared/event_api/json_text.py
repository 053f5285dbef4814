"""Strict JSON, and text that UTF-8 can hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import isinf

from event_api.json_types import Json

MAX_DEPTH = 200
"""Levels of objects and arrays.

Python's parsers and writers fail at different depths, which depend on the version and on the direction; a stored body
must be readable by all of them.
"""

MAX_DIGITS = 4_000
"""Of an integer. Python refuses to read or write one of more than 4,300, in words that are about Python."""

_MOST_LINES = 10_000
"""Of newline-delimited JSON: as many events as a delivery may make."""

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_MARKS = re.compile(rb"(?:\s*\xef\xbb\xbf)+\s*")
_ESCAPE = re.compile(rb"""\\(["\\/bfnrt]|u[0-9A-Fa-f]{4})|\\""")
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_sent_json(text: bytes) -> Json:
    """Parse a sender's JSON, with the faults that templates of operators make in it.

    Byte order marks before it are skipped. In a string, a control character counts as it is, and so does a backslash
    that begins no escape. NaN and infinities, which Python and JavaScript write, are null. Raises ValueError as
    `parse_json` does.
    """
    marked = _MARKS.match(text)
    unmarked = text[marked.end() :] if marked else text
    try:
        return parse_json(unmarked)
    except ValueError as error:
        mended = _ESCAPE.sub(lambda found: found[0] if found[1] else rb"\\", unmarked)
        try:
            return parse_json(mended, strict=False, refuse=_as_null)
        except ValueError:
            raise error from None


def parse_json_lines(text: bytes) -> list[Json] | None:
    """Parse newline-delimited JSON; a line that is not JSON is a string. Return None for any other text."""
    lines = [line.strip(b"\x1e \t\r") for line in text.split(b"\n")]
    lines = [line for line in lines if line]
    if not 1 < len(lines) <= _MOST_LINES or lines[0][:1] != b"{":
        return None
    values: list[Json] = []
    for line in lines:
        try:
            values.append(parse_sent_json(line))
        except ValueError:
            if not isinstance(values[0] if values else None, dict):
                return None  # not even the first line
            values.append(line.decode("utf-8", "replace"))
    objects = sum(isinstance(value, dict) for value in values)
    return values if objects * 2 >= len(values) else None


def parse_json(text: bytes | str, *, strict: bool = True, refuse: Callable[[str], float | None] | None = None) -> Json:
    """Parse strict JSON; without ``strict``, control characters may be in its strings.

    ``refuse`` is what happens to NaN and infinities.

    Raises ValueError for text that is not JSON, for NaN and infinities (JSON has none, and a response could not hold
    them), for integers of more than MAX_DIGITS, and for nesting deeper than MAX_DEPTH.
    """
    try:
        value: Json = json.loads(
            text, parse_constant=refuse or _refuse, parse_float=_finite, parse_int=_bounded, strict=strict
        )
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
    """Return whether UTF-8, and so DynamoDB, can hold a string."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def storable(text: str) -> str:
    """Return text with U+FFFD for characters that UTF-8 cannot hold."""
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
    raise ValueError(f"{constant} is not a JSON number")


def _as_null(_: str) -> None:
    return None


def _bounded(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError("a number is too large")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise ValueError("a number is too large")
    return number
