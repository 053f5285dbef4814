"""Matching: conditions on events, and on the rows of statistics."""

from __future__ import annotations

import operator
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.oracle.values import (
    MISSING,
    TIMES,
    candidates,
    either,
    found_at,
    instant,
    is_instant,
    parts_of,
    rank,
    same_type,
)

_COMPARE = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
_TIMEDIFF = re.compile(r"now(?:/(?P<cut>[dwm]))?(?:\s*(?P<sign>[+-])\s*(?P<number>\d+)\s*(?P<unit>[smhdw]))?")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def matches(query: dict[str, Any], event: dict[str, Any], now: datetime) -> bool:
    """Return whether an event matches a query's filter, filter_or and keyword."""
    alternatives = [*query.get("filter_or", []), *_keyword(query.get("keyword", ""))]
    return all(holds(one, event, now) for one in query.get("filter", [])) and (
        not alternatives or any(holds(one, event, now) for one in alternatives)
    )


def _keyword(keyword: str) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": word, "operator": "contain"} for word in keyword.split() for key in ("event_id", "title")
    ]


def holds(condition: dict[str, Any], row: dict[str, Any], now: datetime) -> bool:
    """Return whether a condition, in either spelling, holds for an event or a row."""
    key, value, name = (either(condition, part) for part in ("key", "value", "operator"))
    if name.startswith("not"):
        positive = name.removeprefix("not").removeprefix("_") or "eq"
        return not holds({"key": key, "value": value, "operator": positive}, row, now)
    if name.startswith("timediff_"):
        value, name = timediff(value, now).isoformat(), name.replace("timediff_", "datetime_")
    is_time = key in TIMES or name.startswith("datetime_")
    name = name.removeprefix("datetime_")
    if name == "in" or name.endswith("_in"):
        one = name.removesuffix("_in") if name != "in" else "eq"
        return any(holds({"key": key, "value": each, "operator": one}, row, now) for each in value)
    parts = parts_of(key, row)
    if name == "exists":
        return any(found is not None and found is not MISSING for found in found_at(row, parts)) is value
    if name == "match":
        return any(_has_element(found, value) for found in found_at(row, parts))
    return any(_suits(found, name, value, is_time=is_time) for found in candidates(row, parts))


def _suits(found: Any, name: str, value: Any, *, is_time: bool) -> bool:
    """Return whether one value at a path satisfies an operator."""
    if name == "contain":
        return isinstance(found, str) and value.lower() in found.lower()
    if name == "regex":
        return isinstance(found, str) and re.search(value, found, re.IGNORECASE) is not None
    if is_time and isinstance(found, str) and isinstance(value, str):
        if not is_instant(found):
            return False
        found, value = (int((instant(one) - _EPOCH) / timedelta(microseconds=1)) for one in (found, value))
    if name == "eq":
        return rank(found) == rank(value)
    return same_type(found, value) and _COMPARE[name](rank(found), rank(value))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _has_element(found: Any, fields: dict[str, Any]) -> bool:
    return isinstance(found, list) and any(
        isinstance(element, dict)
        and all(
            any(_suits(one, "eq", value, is_time=False) for one in candidates(element, name.split(".")))
            for name, value in fields.items()
        )
        for element in found
    )


def timediff(written: str, now: datetime) -> datetime:
    """Read a time that is relative to now."""
    read = _TIMEDIFF.fullmatch(written.strip())
    assert read, written
    cut = read["cut"]
    if cut:
        now = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if cut == "w":
        now -= timedelta(days=now.weekday())
    if cut == "m":
        now = now.replace(day=1)
    if not read["sign"]:
        return now
    offset = timedelta(**{_UNITS[read["unit"]]: int(read["number"])})
    return now + offset if read["sign"] == "+" else now - offset
