"""The course of an alert: its events and people's changes, from its opening on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from event_api.domain.access import Scope
from event_api.domain.errors import NotFoundError
from event_api.json_types import Json, JsonObject
from event_api.query.execution import RecordReader
from event_api.query.matcher import Condition
from event_api.query.planner import make_plan
from event_api.query.sorting import NEWEST_FIRST
from event_api.store.alert_records import AlertRecord, AlertRecords, HistoryEntry

MAX_EVENTS = 500
"""Events in a history: the newest; list has them all."""
_SHOWN = ("event_id", "event_type", "title", "severity", "alert_id", "created_at")


def alert_history(
    records: AlertRecords, events: RecordReader, scope: Scope, alert_id: str, now: datetime
) -> JsonObject:
    """Return the entries of an alert's history, oldest first; raise NotFoundError if the scope has no such alert."""
    record = records.find(scope, alert_id, now)
    if record is None:
        raise NotFoundError("alert_id", alert_id)
    made = [_by_person(entry) for entry in records.history(record, now)]
    of_alert = Condition(("alert_id",), "eq", alert_id)
    plan = make_plan([of_alert], (), scope, now, order=NEWEST_FIRST, projected=frozenset(_SHOWN))
    rows = islice(events.scan(plan, expected=MAX_EVENTS + 1), MAX_EVENTS + 1)
    of_events = [_by_event(row, record) for row in rows]
    is_whole = len(of_events) <= MAX_EVENTS
    entries = sorted([*made, *reversed(of_events[:MAX_EVENTS])], key=lambda entry: str(entry["at"]))
    return {"results": [*entries], "total_count": len(entries), "is_complete": is_whole}


def _by_person(entry: HistoryEntry) -> JsonObject:
    said: JsonObject = {"at": entry.at, "action": entry.action, "actor_id": entry.actor.actor_id}
    if entry.actor.name is not None:
        said["actor_name"] = entry.actor.name
    return said | ({"details": entry.details} if entry.details else {})


def _by_event(row: JsonObject, record: AlertRecord) -> JsonObject:
    stored = record.stored
    action = "EVENT"
    if row["event_id"] == stored.text("opened_by"):
        action = "OPENED"
    elif row["event_id"] == stored.optional_text("resolved_by"):
        # A RECOVERY of an alert that a person had resolved changes nothing.
        action = "EVENT" if stored.optional_text("closed_at") else "RESOLVED"
    details: JsonObject = dict(_details(row, record.alert_id))
    return {"at": row["created_at"], "action": action, "event_id": row["event_id"], "details": details}


def _details(row: JsonObject, alert_id: str) -> Iterator[tuple[str, Json]]:
    for name in ("event_type", "title", "severity"):
        yield name, row[name]
    if row["alert_id"] != alert_id:
        yield "alert_id", row["alert_id"]
