"""The measured requests: one for each operation, against events of `benchmarks.reading.population`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.reading import population

Ask = Callable[["Operation", dict[str, Any]], dict[str, Any]]
"""Sends a request to an operation's function, and gives the answer."""

_PAGE = 10


@dataclass(frozen=True, slots=True)
class Operation:
    """A function and its request; ``request`` makes it for a number of events, and may send others first."""

    name: str
    function: str
    request: Callable[[int, Ask], dict[str, Any]]


def _list(name: str, request: dict[str, Any] | None = None, *, limit: int | None = _PAGE, **query: Any) -> Operation:  # noqa: ANN401 -- any part of a query
    page = {} if limit is None else {"page": {"limit": limit}}
    asked = {**(request or {}), "query": {**page, **query}}
    return Operation(f"list: {name}", "list_events", lambda _size, _ask: asked)


def _stat(name: str, **query: Any) -> Operation:  # noqa: ANN401 -- any part of a query
    return Operation(f"stat: {name}", "stat_events", lambda _size, _ask: {"query": query})


def _deep(size: int, _: Ask) -> dict[str, Any]:
    return {"query": {"page": {"start": size // 2, "limit": _PAGE}, "count": False}}


def _by_token(size: int, ask: Ask) -> dict[str, Any]:
    """Return the request for the page that follows the deep one."""
    token = ask(DEEP, _deep(size, ask))["next_token"]
    return {"query": {"page": {"token": token, "limit": _PAGE}, "count": False}}


def _count_by(key: str, **options: str) -> dict[str, Any]:
    group = {"keys": [{"key": key, "name": key, **options}], "fields": [{"name": "n", "operator": "count"}]}
    return {"aggregate": [{"group": group}]}


def _one_day() -> dict[str, Any]:
    since, until = population.day(population.DAYS // 2)
    return {
        "filter": [
            {"key": "created_at", "value": since, "operator": "datetime_gte"},
            {"key": "created_at", "value": until, "operator": "datetime_lt"},
        ]
    }


GET = Operation("get", "get_event", lambda size, _: {"event_id": population.event_id(size // 2)})
FIRST = _list("first page, no total", count=False)
DEEP = Operation("list: page in the middle, by start, no total", "list_events", _deep)
TOKEN = Operation("list: page in the middle, by token, no total", "list_events", _by_token)
ALL = _list("no limit: as many as fit, no total", limit=None, count=False)
COUNT = _stat("count", aggregate=[{"count": {"name": "n"}}])
BY_SEVERITY = _stat("by severity", **_count_by("severity"))
BY_SEVERITY_ONE_DAY = _stat("by severity, one day of 100", **_one_day(), **_count_by("severity"))
BY_HOUR = _stat("by hour", **_count_by("created_at", date_format="%Y-%m-%d %H"))
DISTINCT = _stat("distinct title", distinct="title")

WHOLE = (BY_SEVERITY, BY_HOUR, DISTINCT)
"""The statistics that read all events out; a count is counted by DynamoDB."""

OPERATIONS = (
    GET,
    FIRST,
    _list("first page, minimal, no total", minimal=True, count=False),
    _list("first page"),
    TOKEN,
    DEEP,
    _list("of a severity and a project", {"severity": "ERROR", "project_id": population.project(7)}),
    _list("with a keyword", keyword="checkout-07"),
    _list("sorted by title", sort={"key": "title"}),
    _list("one day of 100", **_one_day()),
    ALL,
    COUNT,
    BY_SEVERITY,
    BY_SEVERITY_ONE_DAY,
    BY_HOUR,
    DISTINCT,
)
