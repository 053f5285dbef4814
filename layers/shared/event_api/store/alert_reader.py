"""Reads many alerts: carries out the query language's plans on the alerts table.

The index of open alerts has just those, each project's together, so that a list of open alerts costs what is open. The
index by domain has the others by time. Both lead to the items, which are read whole, because what people and events
change most often is in no index: it would cost a write unit each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import groupby, islice
from typing import NamedTuple

from event_api.domain import ids
from event_api.domain.access import Scope
from event_api.domain.alert_info import ALERT
from event_api.query.execution import MANY_ROWS
from event_api.query.in_memory import is_behind
from event_api.query.planner import Index, Plan
from event_api.query.values import Row
from event_api.store.alert_records import OPENED_BY, alert_id_of, is_alert, is_within, row_of, with_event
from event_api.store.alerts import open_prefix, time_in_place, with_opened_at
from event_api.store.attributes import Item, ItemReader
from event_api.store.event_reader import EventReader
from event_api.store.table import BATCH_GET_KEYS, Table, batches

_BEFORE_ALL, _BEHIND_ALL = "0", "~"


class _Entry(NamedTuple):
    """An alert, as an index has it."""

    created_at: str
    alert_id: str


class AlertReader:
    """The alerts that one reader may see."""

    def __init__(self, table: Table, events: EventReader, *, scope: Scope, now: datetime) -> None:
        self.consumption = events.consumption
        self._table = table.metered(self.consumption)
        self._events = events
        self._scope = scope
        self._now = now

    def scan(self, plan: Plan, *, expected: int = MANY_ROWS) -> Iterator[Row]:
        """Read a plan's rows: by created_at, ascending or descending, and within one instant by ascending id.

        ``expected``: how many rows the caller will probably take, which sets the size of the first read.
        """
        if plan.is_empty:
            return
        for item in self._found(plan, expected):
            if is_alert(item, self._now) and is_within(item, self._scope):
                row = row_of(item, self._now)
                # An alert that is merged to another one is that one's.
                if row["merged_to"] is None:
                    yield row

    def fill(self, rows: Iterable[Row], fields: frozenset[str]) -> Iterator[Row]:
        """Add fields of the events that opened the alerts; the alerts' own are there already."""
        of_event = fields - ALERT.early
        for batch in batches(rows, BATCH_GET_KEYS):
            opened: list[Row] = [{"event_id": one} for one in dict.fromkeys(row[OPENED_BY] for row in batch) if one]
            events = {event["event_id"]: event for event in self._events.fill(opened, of_event)} if of_event else {}
            yield from (with_event(row, events.get(row[OPENED_BY]), of_event) for row in batch)

    def count(self, plan: Plan) -> int:
        """Count a plan's rows."""
        return sum(1 for _ in self.scan(plan))

    # --- the indexes --------------------------------------------------------------------------------------------------

    def _found(self, plan: Plan, expected: int) -> Iterator[Item]:
        """Read the items of a plan's keys and range, in the plan's order."""
        if plan.index is Index.ALERT:
            items = self._items(plan.keys)
            found = _sorted((_Entry(_opened_at(item), alert_id) for alert_id, item in items.items()), plan)
            yield from (items[entry.alert_id] for entry in found if _is_in_range(entry, plan))
            return
        entries: Iterable[_Entry]
        if plan.index is Index.OPEN:
            entries = _sorted(self._open(plan.keys or None), plan)
        else:
            entries = self._of_domain(plan, expected)
        wanted = (entry for entry in entries if _is_in_range(entry, plan))
        size = min(max(expected, 1), BATCH_GET_KEYS)
        while batch := [entry.alert_id for entry in islice(wanted, size)]:
            items = self._items(batch)
            yield from (items[alert_id] for alert_id in batch if alert_id in items)
            size = BATCH_GET_KEYS

    def _open(self, projects: Iterable[str] | None) -> Iterator[_Entry]:
        """Read the open alerts of some projects, or of the whole domain."""
        bounds = [(_BEFORE_ALL, _BEHIND_ALL)]
        if projects is not None:
            prefixes = [open_prefix(project) for project in projects if self._scope.allows_project(project)]
            bounds = [(prefix + _BEFORE_ALL, prefix + _BEHIND_ALL) for prefix in prefixes]
        for low, high in bounds:
            places = self._table.query(
                "#domain_id = :domain AND #open_at BETWEEN :low AND :high",
                {"domain": self._scope.domain_id, "low": low, "high": high},
                index="open",
                attributes=("open_at", "alert_key", "generation"),
            )
            for place in places:
                yield _Entry(time_in_place(ItemReader(place).text("open_at")), alert_id_of(place))

    def _of_domain(self, plan: Plan, expected: int) -> Iterator[_Entry]:
        since, until = plan.since or _BEFORE_ALL, plan.until or _BEHIND_ALL
        if plan.after is not None:
            since = since if plan.descending else max(since, plan.after.created_at)
            until = min(until, plan.after.created_at) if plan.descending else until
        if since > until:
            return
        entries = self._table.query(
            "#domain_id = :domain AND #opened_at BETWEEN :since AND :until",
            {"domain": self._scope.domain_id, "since": since, "until": until},
            index="by-domain",
            attributes=("opened_at", "alert_key", "generation"),
            descending=plan.descending,
            first_page=expected + 1,  # an instant is known to be complete when the next one begins
        )
        others = (_Entry(_opened_at(item), alert_id_of(item)) for item in entries)
        is_open = _sorted(self._open(self._scope.projects), plan)
        found = merge(is_open, others, key=lambda entry: entry.created_at, reverse=plan.descending)
        # The index leaves the order within an instant open, and some alerts are in both.
        for _, instant in groupby(found, key=lambda entry: entry.created_at):
            yield from sorted(set(instant))

    def _items(self, alert_ids: Iterable[str]) -> dict[str, Item]:
        places = filter(None, map(ids.alert_place, alert_ids))
        keys: list[Item] = [{"alert_key": key, "generation": generation} for key, generation in places]
        items = map(with_opened_at, self._table.batch_get(keys))
        return {alert_id_of(item): item for item in items if "opened_at" in item}


def _is_in_range(entry: _Entry, plan: Plan) -> bool:
    row: Row = {"created_at": entry.created_at, "alert_id": entry.alert_id}
    return (
        (plan.since is None or entry.created_at >= plan.since)
        and (plan.until is None or entry.created_at <= plan.until)
        and (plan.after is None or is_behind(plan.after, row, plan))
    )


def _sorted(entries: Iterable[_Entry], plan: Plan) -> Sequence[_Entry]:
    found = sorted(entries)
    found.sort(key=lambda entry: entry.created_at, reverse=plan.descending)
    return found


def _opened_at(item: Item) -> str:
    return ItemReader(item).text("opened_at")
