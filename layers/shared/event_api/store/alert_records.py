"""Alerts as people see and change them: the same items as `event_api.store.alerts`, and the history of their changes.

Attributes that only people's changes set, so that others cost nothing: ``acknowledged_at``, ``acknowledged_by``,
``closed_at`` (when a person resolved it; ``resolved_at`` moves when a RECOVERY confirms that), ``resolver``,
``changed_at``, ``revision``, ``description``, ``status_message``, ``assignee``, ``snoozed_until``, ``responders`` (each
as JSON), ``project_dependencies``, ``merged_to``, ``merged_alerts``, ``former_recoveries``, ``triggered_by`` and
``deleted_at``. ``alert_number`` is ingest's, in domains that number their alerts.

Every change is conditional on the revision and the stored state, so that of two changes at once the second one is
decided anew, over what the first one made. The entry of the history is written in the same transaction. Its partition
is ``history-<alert_key>``; its range key counts up within the generation. ``secret-<domain_id>`` has the secret of a
domain's access keys to alerts (`event_api.auth.alert_links`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from event_api.domain import ids, times
from event_api.domain.access import Actor, Scope
from event_api.domain.alert import AlertState
from event_api.domain.alert_info import OF_OPENING_EVENT
from event_api.json_text import write_json
from event_api.json_types import Json, JsonObject
from event_api.query.values import Row
from event_api.store import retention
from event_api.store.alerts import history_key, link_secret_key, numbers_key, open_place, state_of, with_opened_at
from event_api.store.attributes import Item, ItemReader, Value, pack, unpack
from event_api.store.events import EventStore
from event_api.store.table import ConditionFailedError, NewItem, Table, Update

OPENED_BY, OWN_DESCRIPTION = "opened_by", "own_description"
"""Fields of a row in addition to those of AlertInfo: the opening event, and the description that a person gave."""
_ENTRIES_OF_A_GENERATION = 1_000_000
_NO_EVENT = ""
"""Instead of the event that opened an alert, and of its webhook: a person did."""


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """An alert as it is stored, with all that people have changed."""

    item: Item = field(repr=False)
    retention_days: int

    @property
    def alert_id(self) -> str:
        """The alert's id."""
        return alert_id_of(self.item)

    @property
    def state(self) -> AlertState:
        """Its state."""
        return state_of(self.item)

    @property
    def revision(self) -> int:
        """How often people have changed it."""
        value = self.item.get("revision", 0)
        return value if isinstance(value, int) else 0

    @property
    def stored(self) -> ItemReader:
        """Typed access to its attributes."""
        return ItemReader(self.item)

    @property
    def key(self) -> Item:
        """Its key in the table."""
        return {"alert_key": self.item["alert_key"], "generation": self.item["generation"]}

    def open_place(self, project_id: str | None = None) -> str:
        """Return its place among the open alerts of its project, or of another one."""
        stored = self.stored
        return open_place(project_id or stored.text("project_id"), stored.time("opened_at"), self.alert_id)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one alert: attributes to set and to remove, and the entry of its history."""

    action: str
    set: Mapping[str, Value]
    remove: frozenset[str] = frozenset()
    details: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change that a person made."""

    at: str
    action: str
    actor: Actor
    details: JsonObject


class AlertRecords:
    """Alerts of a domain, by id, and people's changes of them."""

    def __init__(self, table: Table, events: EventStore, retention_days: int, *, in_both_indexes: bool = False) -> None:
        self._table = table
        self._events = events
        self._retention_days = retention_days
        self._in_both_indexes = in_both_indexes

    def get(self, scope: Scope, alert_id: str, fields: frozenset[str], now: datetime, /) -> Row | None:
        """Read some fields of an alert; return None if it is not within the scope."""
        record = self.find(scope, alert_id, now)
        if record is None:
            return None
        row, of_event = row_of(record.item, now), fields & OF_OPENING_EVENT
        opened_by = str(row[OPENED_BY])
        event = self._events.get(scope, opened_by, of_event, now) if of_event and opened_by else None
        return with_event(row, event, of_event)

    def find(self, scope: Scope, alert_id: str, now: datetime) -> AlertRecord | None:
        """Read the latest state of an alert; return None if it is not within the scope, was deleted or has expired."""
        record = self.locate(alert_id, now)
        return record if record is not None and is_within(record.item, scope) else None

    def locate(self, alert_id: str, now: datetime) -> AlertRecord | None:
        """Read the latest state of an alert of any domain, for a caller with a key of that alert instead of a token."""
        place = ids.alert_place(alert_id)
        found = place and self._table.get({"alert_key": place[0], "generation": place[1]}, consistent=True)
        item = with_opened_at(found) if found else None
        return AlertRecord(item, self._retention_days) if item and is_alert(item, now) else None

    def next_number(self, domain_id: str) -> int | None:
        """Return the next number of a domain's alerts; None if none has been numbered."""
        key = numbers_key(domain_id)
        if self._table.get(key) is None:
            return None
        return ItemReader(self._table.update_and_read(key, "ADD #alert_number :one", {"one": 1})).number("alert_number")

    def link_secret(self, domain_id: str) -> str | None:
        """Return the secret of a domain's access keys to alerts; None if none was made yet."""
        item = self._table.get_latest(link_secret_key(domain_id))
        return None if item is None else ItemReader(item).text("secret")

    def make_link_secret(self, domain_id: str, secret: str) -> str:
        """Return the domain's secret; store this one if it has none."""
        with suppress(ConditionFailedError):
            self._table.put({**link_secret_key(domain_id), "secret": secret}, unless_exists="alert_key")
            return secret
        item = self._table.get(link_secret_key(domain_id), consistent=True)
        return ItemReader(item or {}).text("secret")

    def index_open(self, domain_id: str, now: datetime) -> int:
        """Add a domain's open alerts to the index of open ones, and return how many were not in it.

        They are missing if version 0.1 opened them.
        """
        entries = self._table.query(
            "#domain_id = :domain",
            {"domain": domain_id, "resolved": AlertState.RESOLVED.value},
            index="by-domain",
            filtered="#state <> :resolved",
            attributes=("alert_key", "generation"),
        )
        added = 0
        for item in self._table.batch_get(entries):
            if not {"open_at", "merged_to"} & item.keys() and is_alert(item, now):
                record = AlertRecord(item, self._retention_days)
                condition = "#state = :state AND attribute_not_exists(#merged_to) AND attribute_not_exists(#deleted_at)"
                values = {"place": record.open_place(), "state": item["state"]}
                with suppress(ConditionFailedError):
                    self._table.update(record.key, "SET #open_at = :place", values, condition=condition)
                    added += 1
        return added

    def newest_generation(self, record: AlertRecord) -> int:
        """Return the number of the newest alert, or marker, of a record's key."""
        newest = next(
            self._table.query(
                "#alert_key = :key AND #generation >= :first",
                {"key": record.item["alert_key"], "first": 1},
                attributes=("generation",),
                descending=True,
                consistent=True,
                first_page=1,
            )
        )
        return ItemReader(newest).number("generation")

    def create(self, item: Mapping[str, Value | None], by: HistoryEntry, journal: NewItem) -> AlertRecord:
        """Store a new alert that no event opened; raise ConditionFailedError if it exists."""
        full = {
            "opened_by": _NO_EVENT,
            "webhook_id": _NO_EVENT,
            "revision": 1,
            "expires_at": self._expires_at(by),
            **item,
        }
        stored: Item = {name: value for name, value in full.items() if value is not None}
        record = AlertRecord(stored, self._retention_days)
        table = self._table.recorded(self._entry(record, 1, by)).recorded(journal)
        place: Item = {**stored, "open_at": record.open_place()}
        if not self._in_both_indexes:
            del place["opened_at"]
        table.put(place, unless_exists="alert_key")
        return record

    def change(self, changes: Sequence[tuple[AlertRecord, Change]], by: HistoryEntry, journal: NewItem) -> None:
        """Make changes of different alerts, all or none; ``by`` has the actor and the time.

        Raises ConditionFailedError if one of the alerts has changed since it was read.
        """
        table = self._table.recorded(journal)
        updates = []
        for record, change in changes:
            entry = HistoryEntry(by.at, change.action, by.actor, change.details)
            table = table.recorded(self._entry(record, record.revision + 1, entry))
            updates.append(_update(record, self._moved(record, change), by.at))
        table.update_together(updates)

    def _moved(self, record: AlertRecord, change: Change) -> Change:
        """Return a change with the move between the indexes that it means."""
        if "open_at" in change.remove or (self._in_both_indexes and "open_at" in change.set):
            return replace(change, set={**change.set, "opened_at": record.stored.text("opened_at")})
        if "open_at" in change.set:
            return replace(change, remove=change.remove | {"opened_at"})
        return change

    def history(self, record: AlertRecord, now: datetime) -> Iterator[HistoryEntry]:
        """Read the changes that people made, oldest first."""
        first = ItemReader(record.item).number("generation") * _ENTRIES_OF_A_GENERATION
        items = self._table.query(
            "#alert_key = :key AND #generation BETWEEN :first AND :last",
            {
                "key": history_key(record.stored.text("alert_key")),
                "first": first,
                "last": first + _ENTRIES_OF_A_GENERATION - 1,
            },
            consistent=True,
        )
        return (_from_item(item) for item in items if retention.is_live(item, "expires_at", now))

    def _entry(self, record: AlertRecord, number: int, entry: HistoryEntry) -> NewItem:
        generation = ItemReader(record.item).number("generation")
        return self._table.new_item(
            {
                "alert_key": history_key(record.stored.text("alert_key")),
                "generation": generation * _ENTRIES_OF_A_GENERATION + number,
                "at": entry.at,
                "action": entry.action,
                "actor_id": entry.actor.actor_id,
                "actor_name": entry.actor.name,
                "details": pack(entry.details) if entry.details else None,
                "expires_at": self._expires_at(entry),
            }
        )

    def _expires_at(self, entry: HistoryEntry) -> int | None:
        moment = times.parse_iso(entry.at)
        return None if moment is None else retention.expires_at(moment, self._retention_days)


def _update(record: AlertRecord, change: Change, at: str) -> Update:
    sets: dict[str, Value] = {**change.set, "changed_at": at, "revision": record.revision + 1}
    removes = sorted(change.remove & record.item.keys())
    text = f"SET {', '.join(f'#{name} = :{name}' for name in sorted(sets))}"
    if removes:
        text = f"REMOVE {', '.join(f'#{name}' for name in removes)} {text}"
    condition = "#state = :seen_state AND "
    values: dict[str, Value] = {**sets, "seen_state": record.item["state"]}
    if record.revision:
        condition += "#revision = :seen_revision"
        values["seen_revision"] = record.revision
    else:
        condition += "attribute_not_exists(#revision)"
    return Update(record.key, text, values, condition)


# --- items ------------------------------------------------------------------------------------------------------------


def alert_id_of(item: Item) -> str:
    """Return the id of a stored alert."""
    stored = ItemReader(item)
    return ids.alert_id(stored.text("alert_key"), stored.number("generation"))


def is_alert(item: Item, now: datetime) -> bool:
    """Return whether an item is an alert, and neither a marker nor deleted nor expired."""
    return "opened_at" in item and "deleted_at" not in item and retention.is_live(item, "expires_at", now)


def is_within(item: Item, scope: Scope) -> bool:
    """Return whether an alert belongs to a scope's domain and projects."""
    stored = ItemReader(item)
    return stored.text("domain_id") == scope.domain_id and scope.allows_project(stored.text("project_id"))


def row_of(item: Item, now: datetime) -> Row:
    """Return the fields of an alert that its own item has."""
    stored = ItemReader(item)
    text = stored.optional_text
    state, snoozed_until = state_of(item), text("snoozed_until")
    is_over = state is AlertState.RESOLVED
    numbers = {name: value for name in ("alert_number",) if isinstance(value := item.get(name), int)}
    dates = [date for name in ("changed_at", "last_event_at", "resolved_at") if (date := text(name))]
    webhook_id = text("webhook_id") or None
    return {
        "alert_number": numbers.get("alert_number"),
        "alert_id": alert_id_of(item),
        "title": stored.text("title"),
        "state": state.value,
        "status_message": text("status_message"),
        "assignee": text("assignee"),
        "urgency": stored.text("urgency"),
        "severity": stored.text("severity"),
        "is_snoozed": snoozed_until is not None and times.to_iso(now) < snoozed_until,
        "snoozed_end_time": snoozed_until,
        "escalation_step": None,
        "escalation_ttl": None,
        "responders": [cast("Json", json.loads(one)) for one in stored.texts("responders")],
        "project_dependencies": [*stored.texts("project_dependencies")],
        "triggered_by": text("triggered_by") or webhook_id,
        "webhook_id": webhook_id,
        "event_key": None if webhook_id is None else stored.text("event_key"),
        "escalation_policy_id": None,
        "merged_to": text("merged_to"),
        "merged_alerts": [*stored.texts("merged_alerts")],
        "acknowledged_by": text("acknowledged_by"),
        "resolved_by": (text("resolver") or text("resolved_by")) if is_over else None,
        "project_id": stored.text("project_id"),
        "domain_id": stored.text("domain_id"),
        "created_at": stored.text("opened_at"),
        "updated_at": max(dates, default=stored.text("opened_at")),
        "acknowledged_at": text("acknowledged_at"),
        "resolved_at": (text("closed_at") or text("resolved_at")) if is_over else None,
        "escalated_at": None,
        OPENED_BY: stored.text("opened_by"),
        OWN_DESCRIPTION: text("description"),
    }


def with_event(row: Row, event: Row | None, fields: Iterable[str]) -> Row:
    """Return a row with some fields of the event that opened the alert; a description of its own comes first."""
    for name in fields:
        row[name] = None if event is None else event[name]
    if "description" in fields and row[OWN_DESCRIPTION] is not None:
        row["description"] = row[OWN_DESCRIPTION]
    return row


def written(responders: Iterable[JsonObject]) -> list[str]:
    """Return responders as they are stored."""
    return [write_json(one) for one in responders]


def _from_item(item: Item) -> HistoryEntry:
    stored = ItemReader(item)
    return HistoryEntry(
        at=stored.text("at"),
        action=stored.text("action"),
        actor=Actor(stored.text("actor_id"), stored.optional_text("actor_name")),
        details=cast("JsonObject", unpack(item["details"])) if "details" in item else {},
    )
