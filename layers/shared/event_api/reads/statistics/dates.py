"""``date_format`` of a group's key: parts of a time, in UTC.

Specifiers: MongoDB's manual, "$dateToString (aggregation)", "Format Specifiers".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

from event_api.domain import times
from event_api.query.values import MaybeJson

DatePart: TypeAlias = Callable[[datetime], str | int]
DateFormat: TypeAlias = Callable[[MaybeJson], str | int | None]

_KEPT_TEXTS = 10_000

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_NUMBERS: Mapping[str, DatePart] = {
    "year": lambda moment: moment.year,
    "month": lambda moment: moment.month,
    "day": lambda moment: moment.day,
}
"""Formats that give integers."""

_SPECIFIERS: Mapping[str, DatePart] = {
    "%b": lambda moment: _MONTHS[moment.month - 1][:3],
    "%B": lambda moment: _MONTHS[moment.month - 1],
    "%d": lambda moment: f"{moment.day:02d}",
    "%G": lambda moment: f"{moment.isocalendar().year:04d}",
    "%H": lambda moment: f"{moment.hour:02d}",
    "%j": lambda moment: f"{moment.timetuple().tm_yday:03d}",
    "%L": lambda moment: f"{moment.microsecond // 1000:03d}",
    "%m": lambda moment: f"{moment.month:02d}",
    "%M": lambda moment: f"{moment.minute:02d}",
    "%S": lambda moment: f"{moment.second:02d}",
    "%u": lambda moment: str(moment.isoweekday()),
    "%U": lambda moment: f"{moment:%U}",
    "%V": lambda moment: f"{moment.isocalendar().week:02d}",
    "%w": lambda moment: str(moment.isoweekday() % 7 + 1),  # 1 is Sunday
    "%Y": lambda moment: f"{moment.year:04d}",
    "%z": lambda _: "+0000",
    "%Z": lambda _: "0",
    "%%": lambda _: "%",
}


def date_format(text: str, *, instants: bool) -> DateFormat | None:
    """Return a function that formats a time; None if the format has an unknown specifier.

    ``year``, ``month`` and ``day`` give integers, others text. A value that is not a time gives None. ``instants``: all
    values are times as events have them, or null.
    """
    part = _NUMBERS.get(text) or _text_format(text)
    if part is None:
        return None
    if instants:
        return _of_instants(text, part)

    def formatted(value: MaybeJson) -> str | int | None:
        moment = times.parse_iso(value) if isinstance(value, str) else None
        return None if moment is None else part(moment)

    return formatted


_BEGINNINGS: Mapping[str, str] = {
    "%L": "2022-06-21T00:34:58.034",
    "%S": "2022-06-21T00:34:58",
    "%M": "2022-06-21T00:34",
    "%H": "2022-06-21T00",
}
"""Specifiers that need the instant; the others need only the day."""


def _of_instants(text: str, part: DatePart) -> DateFormat:
    """Write each hour, day or whatever the format is about once: many events share it."""
    needed = next((len(beginning) for name, beginning in _BEGINNINGS.items() if name in text), len("2022-06-21"))
    rest = "0000-00-00T00:00:00.000Z"[needed:]

    @lru_cache(maxsize=_KEPT_TEXTS)
    def written(beginning: str) -> str | int:
        return part(datetime.fromisoformat(beginning + rest))

    return lambda value: written(value[:needed]) if isinstance(value, str) else None


def precision(text: str) -> int | None:
    """Return how many characters of an instant a format needs: of its day or its hour; None if more than that."""
    pieces = set(re.findall(r"%.?", text, re.DOTALL))
    if pieces & {"%L", "%S", "%M"}:
        return None
    return len(_BEGINNINGS["%H"]) if "%H" in pieces else len("2022-06-21")


def specifiers() -> str:
    """Name what a format may be made of."""
    return ", ".join((*_NUMBERS, *_SPECIFIERS))


def _text_format(text: str) -> DatePart | None:
    pieces = re.findall(r"%.?|[^%]+", text, re.DOTALL)
    if any(piece[0] == "%" and piece not in _SPECIFIERS for piece in pieces):
        return None
    parts = [(piece, _SPECIFIERS.get(piece)) for piece in pieces]
    return lambda moment: "".join([str(part(moment)) if part else piece for piece, part in parts])
