"""Times relative to now: ``now-2d``, ``now/d + 1h``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


_STARTS: Mapping[str | None, Callable[[datetime], datetime]] = {
    None: lambda now: now,
    "d": _midnight,
    "w": lambda now: _midnight(now) - timedelta(days=now.weekday()),
    "m": lambda now: _midnight(now).replace(day=1),
}
UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_PATTERN = r"now(?:/([dwm]))?(?:\s*([+-])\s*(\d{1,12})\s*([smhdw]))?"

MAX_OFFSET = timedelta(days=365_000)
"""The largest offset: a thousand years, which keeps every result a date."""


def parse_timediff(text: str) -> Callable[[datetime], datetime] | None:
    """Read ``now``, ``now/d``, ``now/w`` or ``now/m``, with at most one offset; None if it is not that.

    Returns what makes the moment of the present, in UTC. Weeks start on Monday; ``/m`` is the first of the month, while
    ``m`` in an offset is minutes.
    """
    match = re.fullmatch(_PATTERN, text.strip(), re.ASCII)
    if match is None:
        return None
    start, sign, count, unit = match.groups()
    offset = timedelta()
    if unit is not None:
        if int(count) > MAX_OFFSET // UNITS[unit]:
            return None
        offset = int(count) * UNITS[unit]
    if sign == "-":
        offset = -offset
    return lambda now: _STARTS[start](now) + offset
