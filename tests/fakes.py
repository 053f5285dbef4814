"""Stands in for the store: events in memory, read as the query language's protocols say."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from event_api.query.consumption import Consumption
from event_api.query.planner import Index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from event_api.model import Scope
    from event_api.query.planner import Place, Plan
    from event_api.query.values import Row

_FIELD_OF_INDEX = {Index.EVENT: "event_id", Index.ALERT: "alert_id", Index.PROJECT: "project_id"}

PAGE_KEY = "a page key"


class FakeEventReader:
    """Events in memory. ``scanned``, ``filled`` and ``counted`` tell what has been read of them."""

    def __init__(self, rows: Iterable[Row], consumption: Consumption | None = None) -> None:
        self._rows = sorted(rows, key=lambda row: (row["created_at"], row["event_id"]))
        self._by_id = {(row["domain_id"], row["event_id"]): row for row in self._rows}
        self.scanned = 0
        self.filled: list[tuple[str, frozenset[str]]] = []
        self.counted = 0
        self.consumption = consumption or Consumption()

    def scan(self, plan: Plan, *, expected: int = 100) -> Iterator[Row]:
        for row in self._planned(plan):
            self.scanned += 1
            yield {field: row[field] for field in plan.fields} | {"domain_id": row["domain_id"]}

    def fill(self, rows: Iterable[Row], fields: frozenset[str]) -> Iterator[Row]:
        for row in rows:
            self.filled.append((row["event_id"], fields))
            stored = self._by_id[row["domain_id"], row["event_id"]]
            yield row | {field: stored[field] for field in fields}

    def count(self, plan: Plan) -> int:
        assert plan.exact
        self.counted += 1
        return len(self._planned(plan))

    def get(self, scope: Scope, event_id: str, fields: frozenset[str], now: datetime) -> Row | None:
        row = self._by_id.get((scope.domain_id, event_id))
        if row is None or not scope.allows_project(row["project_id"]):
            return None
        return {field: row[field] for field in fields}

    def _planned(self, plan: Plan) -> list[dict[str, Any]]:
        assert not plan.nothing
        holds = plan.stored.predicate(plan.now)
        rows = [
            row
            for row in self._rows
            if row["domain_id"] == plan.scope.domain_id
            and (plan.index is Index.DOMAIN or row[_FIELD_OF_INDEX[plan.index]] in plan.keys)
            and plan.scope.allows_project(row["project_id"])
            and (plan.since is None or row["created_at"] >= plan.since)
            and (plan.until is None or row["created_at"] <= plan.until)
            and holds(row)
        ]
        if plan.descending:
            rows.sort(key=lambda row: row["created_at"], reverse=True)
        return rows if plan.after is None else _behind(plan.after, rows, descending=plan.descending)


def _behind(place: Place, rows: list[Row], *, descending: bool) -> list[Row]:
    def is_behind(row: Row) -> bool:
        if row["created_at"] == place.created_at:
            later = row["event_id"] >= place.event_id if place.including else row["event_id"] > place.event_id
            return later and not place.instant_done
        return (row["created_at"] < place.created_at) if descending else (row["created_at"] > place.created_at)

    return list(filter(is_behind, rows))


def make_row(number: int = 0, **changes: Any) -> Row:
    """Return the row of an event: the later, the higher its number."""
    return {
        "event_id": f"event-{number:012x}",
        "event_key": f"key-{number % 5}",
        "event_type": "ALERT",
        "title": f"CPU on host-{number % 3}",
        "description": None,
        "severity": "ERROR",
        "rule": None,
        "resource": {"resource_id": f"server-{number % 3}", "resource_type": None, "name": None},
        "provider": "",
        "account": "",
        "image_url": None,
        "raw_data": {"number": number},
        "additional_info": {},
        "alert_id": None,
        "webhook_id": "webhook-a",
        "project_id": "project-a",
        "domain_id": "domain-a",
        "created_at": f"2026-03-0{1 + number // 60 % 9}T00:{number % 60:02d}:00.000Z",
        "occurred_at": None,
    } | changes
