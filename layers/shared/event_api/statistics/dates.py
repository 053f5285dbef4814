"""``date_format`` of a group's key: parts of a time, in UTC.

Specifiers: MongoDB's manual, "$dateToString (aggregation)", "Format Specifiers".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from event_api import times
from event_api.query.values import MaybeJson

DatePart: TypeAlias = Callable[[datetime], str | int]
DateFormat: TypeAlias = Callable[[MaybeJson], str | int | None]

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


def date_format(text: str) -> DateFormat | None:
    """Return what writes a time in a format; None if the format has a specifier that is unknown.

    ``year``, ``month`` and ``day`` give integers, others text. What is no time gives None.
    """
    part = _NUMBERS.get(text) or _text_format(text)
    if part is None:
        return None

    def formatted(value: MaybeJson) -> str | int | None:
        moment = _moment(value) if isinstance(value, str) else None
        return None if moment is None else part(moment)

    return formatted


def _moment(text: str) -> datetime | None:
    # What events have is always written like this, and is read much faster so.
    if len(text) == len("2022-06-21T00:34:58.034Z") and text.endswith("Z"):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    return times.parse_iso(text)


def specifiers() -> str:
    """Name what a format may be made of."""
    return ", ".join((*_NUMBERS, *_SPECIFIERS))


def _text_format(text: str) -> DatePart | None:
    pieces = re.findall(r"%.?|[^%]+", text, re.DOTALL)
    if any(piece[0] == "%" and piece not in _SPECIFIERS for piece in pieces):
        return None
    parts = [(piece, _SPECIFIERS.get(piece)) for piece in pieces]
    return lambda moment: "".join([str(part(moment)) if part else piece for piece, part in parts])
