"""The measured questions, against events of `benchmarks.summaries.population`."""

from __future__ import annotations

from typing import Any

from benchmarks.reading.operations import Operation
from benchmarks.summaries import population

_PAGE = 50


def _asked(name: str, function: str, **query: Any) -> Operation:  # noqa: ANN401 -- any part of a query
    return Operation(name, function, lambda _size, _ask: {"query": query})


def _by(*keys: dict[str, str]) -> dict[str, Any]:
    fields = [{"name": "n", "operator": "count"}]
    return {"group": {"keys": [{"name": key["key"].replace(".", "_"), **key} for key in keys], "fields": fields}}


def _top(key: str) -> list[dict[str, Any]]:
    return [_by({"key": key}), {"sort": {"key": "n", "desc": True}}, {"limit": 10}]


def _days(number: int) -> list[dict[str, str]]:
    bounds = (("datetime_gte", population.day(50)), ("datetime_lt", population.day(50 + number)))
    return [{"key": "created_at", "value": value, "operator": operator} for operator, value in bounds]


_BY_HOUR = _by({"key": "created_at", "date_format": "%Y-%m-%d %H"})
_PER_HOUR = {"key": "created_at", "date_format": "%Y-%m-%dT%H"}
_SEVERITY = {"key": "severity"}
_FACETS = (_SEVERITY, *({"key": key} for key in ("event_type", "project_id", "webhook_id", "provider")))
_PER_DAY = {"key": "created_at", "date_format": "%Y-%m-%d"}

TOP_TITLES = "top 10 titles"
OF_ALL = frozenset({"total", "first page of 50 with its total", "by severity", "by project and day"})
"""The questions whose answers count every event."""
OPERATIONS = (
    _asked("total", "list_events", count_only=True),
    _asked("first page of 50 with its total", "list_events", page={"limit": _PAGE}),
    _asked("by severity", "stat_events", aggregate=[_by({"key": "severity"})]),
    _asked("by project and day", "stat_events", aggregate=[_by({"key": "project_id"}, _PER_DAY)]),
    _asked("by hour of a week", "stat_events", aggregate=[_BY_HOUR], filter=_days(7)),
    _asked("the console's chart, 7 days", "stat_events", aggregate=[_by(_PER_HOUR, _SEVERITY)], filter=_days(7)),
    _asked("the console's chart, 30 days", "stat_events", aggregate=[_by(_PER_DAY, _SEVERITY)], filter=_days(30)),
    _asked("the console's facets, 30 days", "stat_events", aggregate=[_by(*_FACETS)], filter=_days(30)),
    _asked("the console's counts, 24 hours", "stat_events", aggregate=[_by(_PER_HOUR, *_FACETS)], filter=_days(1)),
    _asked("top 10 rules", "stat_events", aggregate=_top("rule")),
    _asked(TOP_TITLES, "stat_events", aggregate=_top("title")),
)
