"""The responses of list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.conditions import matches
from tests.oracle.values import paged, parts_of, sort_of, sorted_rows, unwound

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from event_api.domain.access import Scope

    Event = dict[str, Any]

NAMED = [
    "event_id",
    "event_key",
    "event_type",
    "severity",
    "resource_id",
    "provider",
    "account",
    "alert_id",
    "webhook_id",
    "project_id",
]
MINIMAL = ["event_id", "event_key", "event_type", "title", "severity", "alert_id"]


def list_events(events: Iterable[Event], request: dict[str, Any], scope: Scope, now: datetime) -> dict[str, Any]:
    """Answer a request of list."""
    query = request.get("query", {})
    named = [(name, request[name]) for name in NAMED if request.get(name) is not None]
    conditions = [
        {"key": name, "value": [value] if isinstance(value, str) else value, "operator": "in"} for name, value in named
    ]
    found = matching(events, {**query, "filter": [*conditions, *query.get("filter", [])]}, scope, now)
    if "unwind" in query:
        found = unwound(found, query["unwind"]["path"])
    order = sort_of(query.get("sort", [])) or [("created_at", True)]
    page = [] if query.get("count_only") else paged(sorted_rows(found, order), query.get("page", {}))
    return {"results": [event_info(event, query) for event in page], "total_count": len(found)}


def matching(events: Iterable[Event], query: dict[str, Any], scope: Scope, now: datetime) -> list[Event]:
    """Return the events that match, the oldest first."""
    found = [
        event
        for event in events
        if event["domain_id"] == scope.domain_id
        and (scope.projects is None or event["project_id"] in scope.projects)
        and matches(query, event, now)
    ]
    return sorted(found, key=lambda event: (event["created_at"], event["event_id"]))


def event_info(event: Event, query: dict[str, Any]) -> Event:
    """Return what is shown of an event."""
    only = query.get("only", [])
    paths = [*([only] if isinstance(only, str) else only), *(MINIMAL if query.get("minimal") else [])]
    shown = _picked(event, [parts_of(path, event) for path in paths]) if paths else event
    if isinstance(shown.get("resource"), dict):
        shown = {**shown, "resource": _with_values(shown["resource"]) or None}
    return _with_values(shown)


def _with_values(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def _picked(value: Any, paths: list[list[str]]) -> Any:
    """Return only what is at some paths."""
    if [] in paths:
        return value
    if isinstance(value, list):
        return [_picked(element, paths) for element in value if isinstance(element, dict)]
    below = {path[0]: [other[1:] for other in paths if other[0] == path[0]] for path in paths}
    return {
        name: _picked(value[name], rest)
        for name, rest in below.items()
        if name in value and ([] in rest or isinstance(value[name], dict | list))
    }
