"""Stands in for the store: events in memory, read as the query language's protocols say."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from event_api.domain.fields import EVENT
from event_api.query.planner import Index
from event_api.query.read_budget import ReadBudget
from event_api.query.summarized import tallied
from event_api.reads.record import get_record
from event_api.reads.search import list_records
from event_api.reads.search_requests import EventQuery
from event_api.reads.statistics import stat_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from event_api.domain.access import Scope
    from event_api.json_types import JsonObject
    from event_api.query.execution import RecordReader, SingleReader
    from event_api.query.planner import Place, Plan
    from event_api.query.summaries import Values
    from event_api.query.summarized import Question, SummaryView
    from event_api.query.values import Row

_FIELD_OF_INDEX = {Index.EVENT: "event_id", Index.ALERT: "alert_id", Index.PROJECT: "project_id"}

PAGE_KEY = "a page key"


def get_event(reader: SingleReader, *asked: Any) -> JsonObject:
    return get_record(EVENT, reader, *asked)


def list_events(reader: RecordReader, request: JsonObject, scope: Scope, now: datetime, page_key: str) -> JsonObject:
    return list_records(EventQuery, reader, request, scope, now, page_key=page_key)


def stat_events(reader: RecordReader, request: JsonObject, scope: Scope, now: datetime, page_key: str) -> JsonObject:
    return stat_records(EVENT, reader, request, scope, now, page_key=page_key)


class FakeEventReader:
    """Events in memory. ``scanned``, ``filled`` and ``counted`` are the reads so far."""

    def __init__(
        self, rows: Iterable[dict[str, Any]], consumption: ReadBudget | None = None, view: SummaryView | None = None
    ) -> None:
        self._view = view
        self._rows = sorted(rows, key=lambda row: (row["created_at"], row["event_id"]))
        self._by_id = {(row["domain_id"], row["event_id"]): row for row in self._rows}
        self.scanned = 0
        self.filled: list[tuple[str, frozenset[str]]] = []
        self.counted = 0
        self.consumption = consumption or ReadBudget()

    def scan(self, plan: Plan, *, expected: int = 100) -> Iterator[Row]:
        for row in self._planned(plan):
            self.scanned += 1
            yield {field: row[field] for field in plan.fields} | {"domain_id": row["domain_id"]}

    def fill(self, rows: Iterable[dict[str, Any]], fields: frozenset[str]) -> Iterator[Row]:
        for row in rows:
            self.filled.append((row["event_id"], fields))
            stored = self._by_id[row["domain_id"], row["event_id"]]
            yield row | {field: stored[field] for field in fields}

    def count(self, plan: Plan) -> int:
        assert plan.exact
        self.counted += 1
        return len(self._planned(plan))

    def tally(self, plan: Plan, question: Question) -> Iterator[tuple[Values, int]]:
        rows = self._planned(plan)
        self.scanned += len(rows)
        return tallied(values_of(row, question) for row in self.consumption.watched(rows))

    def summaries(self, since: str, until: str) -> SummaryView | None:
        return self._view

    def get(self, scope: Scope, event_id: str, fields: frozenset[str], now: datetime) -> Row | None:
        row = self._by_id.get((scope.domain_id, event_id))
        if row is None or not scope.allows_project(row["project_id"]):
            return None
        return {field: row[field] for field in fields}

    def _planned(self, plan: Plan) -> list[dict[str, Any]]:
        assert not plan.is_empty
        holds = plan.pushed_down.predicate(plan.now)
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


def values_of(row: dict[str, Any], question: Question) -> Values:
    """Return what a question needs of a row."""
    found = []
    for name in question.fields:
        head, _, below = name.partition(".")
        found.append(row[head][below] if below else row[head])
    moment = row["created_at"][: question.precision]
    return (moment, *found) if question.precision else tuple(found)


def _behind(place: Place, rows: list[dict[str, Any]], *, descending: bool) -> list[dict[str, Any]]:
    def is_behind(row: dict[str, Any]) -> bool:
        created_at, event_id = str(row["created_at"]), str(row["event_id"])
        if created_at == place.created_at:
            later = event_id >= place.record_id if place.including else event_id > place.record_id
            return later and not place.instant_done
        return (created_at < place.created_at) if descending else (created_at > place.created_at)

    return list(filter(is_behind, rows))


def make_row(number: int = 0, **changes: Any) -> dict[str, Any]:
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
