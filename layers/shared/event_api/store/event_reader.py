"""Reading many events: what the query language's plans become on the indexes.

A reader is made for a `Scope`. Every key that it reads begins with the scope's domain, and what it reads passes the
scope's projects, whatever a plan says: there is no other way in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from heapq import merge
from itertools import groupby

from event_api import ids, times
from event_api.fields import DETAIL_FIELDS
from event_api.model import Scope
from event_api.query.planner import Index, Plan
from event_api.raw import is_utf8
from event_api.store import retention
from event_api.store.attributes import Item, Value
from event_api.store.deliveries import DeliveryStore
from event_api.store.events import Row, attributes_of, created_at_of, delivery_of, details_of, scalars_of, within
from event_api.store.table import BATCH_GET_KEYS, QUERY_PAGE_ITEMS, Table, batches

_MILLISECOND = timedelta(milliseconds=1)
_BEHIND_ALL_TIMES = "~"
_ALWAYS_READ = frozenset({"e", "t", "p", "x", "i"})
"""Identity, order, what decides whether a row may be answered, and where its raw body is."""
_DELIVERY = "delivery_id"
"""What a row has beside EventInfo's fields, for `EventReader.fill`."""


class EventReader:
    """The events that one reader may see."""

    def __init__(self, table: Table, deliveries: DeliveryStore, scope: Scope, now: datetime) -> None:
        self._table = table
        self._deliveries = deliveries
        self._scope = scope
        self._now = now

    def scan(self, plan: Plan, *, expected: int = QUERY_PAGE_ITEMS) -> Iterator[Row]:
        """Read a plan's rows in order: by created_at, which may descend, and within one instant by event_id.

        ``expected``: how many rows the caller will probably take; reading is paced by it.
        """
        if plan.nothing:
            return iter(())
        attributes = attributes_of(plan.fields) | _ALWAYS_READ
        if plan.index is Index.EVENT:
            streams = [self._by_id(plan, attributes)]
        else:
            streams = [
                self._table.query(
                    condition,
                    {**values, **self._now_value()},
                    index=index,
                    filtered=retention.live_only("x"),
                    attributes=attributes,
                    descending=plan.descending,
                    first_page=expected,
                )
                for index, condition, values in self._partitions(plan)
            ]
        items = merge(*streams, key=_order, reverse=plan.descending) if len(streams) != 1 else streams[0]
        if plan.descending:
            items = _ascending_within_an_instant(items)
        allowed = (item for item in items if self._scope.allows_project(_project(item)))
        return (self._row(item, plan.fields) for item in allowed)

    def _row(self, item: Item, fields: Iterable[str]) -> Row:
        row = scalars_of(item, fields)
        row[_DELIVERY] = delivery_of(item, str(item["e"]), self._scope.domain_id)
        return row

    def count(self, plan: Plan) -> int:
        """Count a plan's rows without reading them out, where that is possible."""
        if plan.nothing:
            return 0
        needs_rows = plan.index is Index.EVENT or (self._scope.projects is not None and plan.index is not Index.PROJECT)
        if needs_rows:
            return sum(1 for _ in self.scan(plan))
        return sum(
            self._table.count(
                condition, {**values, **self._now_value()}, index=index, filtered=retention.live_only("x")
            )
            for index, condition, values in self._partitions(plan)
        )

    def fill(self, rows: Iterable[Row], fields: frozenset[str]) -> Iterator[Row]:
        """Add fields to rows that no index holds; the rows must have their ``event_id``."""
        details = fields & DETAIL_FIELDS
        for batch in batches(rows, BATCH_GET_KEYS):
            if details:
                self._fill_details(batch, details)
            if "raw_data" in fields:
                self._fill_raw_data(batch)
            yield from batch

    def _fill_details(self, rows: list[Row], fields: frozenset[str]) -> None:
        # One row is several where an array was unwound; no key may be asked for twice.
        event_ids = dict.fromkeys(row["event_id"] for row in rows)
        keys: list[Item] = [{"e": event_id, "d": self._scope.domain_id} for event_id in event_ids]
        items = {item["e"]: item for item in self._table.batch_get(keys, attributes=("e", "m"))}
        for row in rows:
            row.update(details_of(items.get(row["event_id"], {}), fields))

    def _fill_raw_data(self, rows: list[Row]) -> None:
        delivery_ids = {row[_DELIVERY] for row in rows} - {None}
        found = self._deliveries.raw_data_of(sorted(delivery_ids), self._scope, self._now)
        for row in rows:
            row["raw_data"] = found.get(row[_DELIVERY])

    def _now_value(self) -> dict[str, Value]:
        return {"now": int(self._now.timestamp())}

    def _partitions(self, plan: Plan) -> Iterator[tuple[str, str, dict[str, Value]]]:
        """Return index, key condition and values of each partition that a plan reads."""
        domain_id = self._scope.domain_id
        match plan.index:
            case Index.DOMAIN:
                index, attribute, keys = "by-domain", "d", [domain_id]
            case Index.PROJECT:
                visible = [key for key in _possible(plan.keys) if self._scope.allows_project(key)]
                index, attribute, keys = "by-project", "dp", [within(domain_id, key) for key in visible]
            case _:
                index, attribute, keys = (
                    "by-alert",
                    "da",
                    [within(domain_id, key) for key in _possible(plan.keys)],
                )
        times_condition, times_values = _time_condition(plan.since, plan.until)
        for key in keys:
            yield index, f"#{attribute} = :key{times_condition}", {"key": key, **times_values}

    def _by_id(self, plan: Plan, attributes: set[str] | frozenset[str]) -> Iterator[Item]:
        keys: list[Item] = [{"e": key, "d": self._scope.domain_id} for key in sorted(_possible(plan.keys) - {""})]
        until = _following(plan.until) if plan.until else None
        items = [
            item
            for item in self._table.batch_get(keys, attributes=attributes)
            if retention.is_live(item, "x", self._now)
            and (plan.since is None or _order(item) >= plan.since)
            and (until is None or _order(item) < until)
        ]
        return iter(sorted(items, key=_order, reverse=plan.descending))


def _order(item: Item) -> str:
    return str(item["t"])


def _project(item: Item) -> str | None:
    project_id = item.get("p")
    return project_id if isinstance(project_id, str) else None


def _possible(keys: Iterable[str]) -> set[str]:
    """Return the ids that can exist; DynamoDB would refuse the others as keys."""
    return {key for key in keys if len(key) <= ids.MAX_ID_LENGTH and is_utf8(key)}


def _following(moment: str) -> str:
    """Return the instant after: no event of an instant sorts at or behind it."""
    parsed = times.parse_iso(moment)
    try:
        return moment if parsed is None else times.to_iso(parsed + _MILLISECOND)
    except OverflowError:  # the last instant of the year 9999
        return _BEHIND_ALL_TIMES


def _time_condition(since: str | None, until: str | None) -> tuple[str, dict[str, Value]]:
    """Return the sort key's condition for events from ``since`` to ``until``, both included."""
    if since is not None and until is not None:
        return " AND #t BETWEEN :since AND :until", {"since": since, "until": _following(until)}
    if since is not None:
        return " AND #t >= :since", {"since": since}
    if until is not None:
        return " AND #t < :until", {"until": _following(until)}
    return "", {}


def _ascending_within_an_instant(items: Iterable[Item]) -> Iterator[Item]:
    """Turn each run of items with the same created_at around: an index read backwards has their ids descending too."""
    for _, run in groupby(items, key=created_at_of):
        yield from reversed(list(run))
