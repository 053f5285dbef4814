"""Reads many events: carries out the query language's plans on the indexes.

A reader is made for a `Scope`. Every key that it reads contains the scope's domain, whatever the plan contains. `scan`
and `count` check the scope's projects, too. `fill` adds fields to rows that `scan` has returned. `tally` and
`summaries` do not check projects: `event_api.query.summarized` does, for both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from heapq import merge
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, TypeVar

from event_api.domain import ids, times
from event_api.domain.access import Scope
from event_api.domain.fields import RAW_FIELDS
from event_api.json_text import is_utf8
from event_api.json_types import Json, JsonObject
from event_api.query.execution import MANY_ROWS
from event_api.query.matcher import Condition
from event_api.query.planner import MAX_STORED_VALUES, Index, Plan
from event_api.query.read_budget import ReadBudget
from event_api.query.summaries import Values
from event_api.query.summarized import Question, SummaryView, tallied
from event_api.store import retention
from event_api.store.attributes import Item, Value
from event_api.store.contents import WITH_BODY, details_of, raw_data_of
from event_api.store.deliveries import DeliveryStore
from event_api.store.events import (
    LENGTH_OF_TIME,
    WITHIN_EVENT,
    Row,
    attribute_of,
    attributes_of,
    delivery_of,
    scalars_of,
    within,
)
from event_api.store.filter_expression import filter_expression
from event_api.store.summaries import SummaryStore, raw_values
from event_api.store.table import BATCH_GET_KEYS, Partition, RawItem, RawPage, Table, batches

if TYPE_CHECKING:
    from event_api.store.alerts import AlertStore, NamedEvents

_MILLISECOND = timedelta(milliseconds=1)
_BEFORE_ALL_TIMES, _BEHIND_ALL_TIMES = "0", "~"
_BEHIND_ID = "\0"
"""Appended to an event's place, gives the string that sorts immediately after it."""
_DELIVERY = "delivery_id"
"""Field of a row, in addition to those of EventInfo, for `EventReader.fill`."""
_PAGES_BEFORE_SLICES = 2
_SLICES = 16
_AT_ONCE = 4
"""Fewer than `_SLICES`, because events are spread unevenly: a thread that is done takes another slice."""
_A_FEW_OF_AN_INSTANT = 8
_MOST_OF_AN_INSTANT = 100
"""Events of one instant that are kept to be reversed, unless the caller expects more rows; see `_in_order`."""

Task = TypeVar("Task")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Range:
    """A part of an index's order, from ``low`` to ``high``, and the direction in which it is read."""

    low: str
    high: str
    descending: bool


class EventReader:
    """The events that one reader may see."""

    def __init__(
        self,
        table: Table,
        deliveries: DeliveryStore,
        alerts: Callable[[], AlertStore],
        summaries: SummaryStore,
        *,
        scope: Scope,
        now: datetime,
        consumption: ReadBudget,
    ) -> None:
        self._summaries = summaries.of(scope.domain_id, now, consumption)
        self.consumption = consumption
        self._table = table.metered(consumption)
        self._deliveries = deliveries.metered(consumption)
        self._alerts = alerts
        self._scope = scope
        self._now = now

    def scan(self, plan: Plan, *, expected: int = MANY_ROWS) -> Iterator[Row]:
        """Read a plan's rows: by created_at, ascending or descending, and within one instant by ascending event_id.

        ``expected``: how many rows the caller will probably take, which sets the size of the first read.
        """
        if plan.is_empty:
            return iter(())
        if plan.index is Index.EVENT:
            items = self._by_id(plan, plan.keys)
        else:
            named = self._named(plan) if plan.index is Index.ALERT else None
            plan = plan if named is None else replace(plan, keys=tuple(sorted(named.alert_ids)))
            partitions = self._partitions(plan)
            attributes = self._attributes(plan, ordered=len(partitions) > 1 or named is not None)
            streams = [self._in_order(partition, plan, attributes, expected) for partition in partitions]
            items = _merged(streams if named is None else [*streams, self._of_alerts(plan, named)], plan)
        if self._scope.projects is not None:
            items = (item for item in items if self._scope.allows_project(_project(item)))
        return map(self._row_of(plan), items)

    def _attributes(self, plan: Plan, *, ordered: bool) -> set[str]:
        attributes = attributes_of(plan.fields)
        if "event_id" in plan.fields:
            attributes |= {"i"}
        if self._scope.projects is not None:
            attributes |= {"p"}
        return attributes | {"t"} if ordered or plan.descending or not attributes else attributes

    def _row_of(self, plan: Plan) -> Callable[[Item], Row]:
        read = scalars_of(plan.fields)
        if "event_id" not in plan.fields:
            return read

        def row_of(item: Item) -> Row:
            row = read(item)
            row[_DELIVERY] = delivery_of(item, str(item["e"]), self._scope.domain_id)
            return row

        return row_of

    def tally(self, plan: Plan, question: Question) -> Iterator[tuple[Values, int]]:
        """Count a plan's rows by the values that a question needs; a combination may be yielded more than once."""
        attributes = [attribute_of(tuple(name.split("."))) for name in question.fields]
        precision = question.precision

        def values_of(item: RawItem) -> Values:
            values = raw_values(item, attributes)
            return (item["t"]["S"][:precision], *values) if precision else values

        wanted = [*attributes, "t"] if precision or not attributes else attributes
        parts = [(partition, part.low, part.high) for partition in self._partitions(plan) for part in _ranges(plan)]
        return tallied(values_of(item) for page in self._pages(parts, wanted) for item in page.items)

    def _pages(self, parts: Sequence[tuple[Partition, str, str]], attributes: Iterable[str]) -> Iterator[RawPage]:
        """Read ranges of partitions, in no order: their beginnings, and if there is much more, the rest in slices.

        Pages are read ahead and side by side: one by one, most of the time would be spent waiting for them.
        """

        def read(part: tuple[Partition, str, str]) -> Iterator[RawPage]:
            return self._table.raw_pages(*part, attributes=attributes)

        slices: list[tuple[Partition, str, str]] = []

        def beginning(part: tuple[Partition, str, str]) -> Iterator[RawPage]:
            partition, _, high = part
            before: str | None = None
            for number, page in enumerate(read(part), 1):
                yield page
                if number == _PAGES_BEFORE_SLICES and page.last is not None:
                    slices.extend(self._slices(partition, page.last, high, before))
                    return
                before = page.last

        yield from _read_ahead(list(map(beginning, parts)))
        yield from _read_ahead(list(map(read, slices)))

    def summaries(self, since: str, until: str) -> SummaryView:
        """Return the domain's summaries of the days from ``since`` to ``until``, both included."""
        return self._summaries.view(since, until)

    def count(self, plan: Plan) -> int:
        """Count a plan's rows without reading them, if that is possible."""
        if plan.is_empty:
            return 0
        left_to_us = self._scope.projects is not None and self._projects_to_filter(plan.index) is None
        if plan.index in {Index.EVENT, Index.ALERT} or (left_to_us and plan.index is not Index.PROJECT):
            return sum(1 for _ in self.scan(plan))
        return self._count([(partition, part) for partition in self._partitions(plan) for part in _ranges(plan)])

    def _count(self, parts: Sequence[tuple[Partition, _Range]]) -> int:
        """Count ranges of partitions: first the beginning of each, then the rest in slices.

        Ranges and slices are counted in parallel, because a page after another costs a round trip each.
        """

        def beginning(of: tuple[Partition, _Range]) -> tuple[int, Item | None]:
            partition, part = of
            return self._table.count_range(partition, part.low, part.high, most_pages=_PAGES_BEFORE_SLICES)

        def whole(of: tuple[Partition, str, str]) -> int:
            return self._table.count_range(*of)[0]

        counted = 0
        slices: list[tuple[Partition, str, str]] = []
        for (partition, part), (number, last) in zip(parts, _side_by_side(beginning, parts), strict=True):
            counted += number
            if last is not None:
                slices += self._slices(partition, _order(last), part.high)
        return counted + sum(_side_by_side(whole, slices))

    def _slices(
        self, partition: Partition, last: str, high: str, before: str | None = None
    ) -> list[tuple[Partition, str, str]]:
        """Cut a partition's order behind one place, up to another, into ranges.

        ``before``: the place at which the page began that ended at the first one; there are not more ranges than pages.
        """
        newest = self._table.query_range(partition.whole(), last, high, descending=True, first_page=1)
        return [(partition, *bounds) for bounds in _slices(last, _order(next(newest)), before)]

    def fill(self, rows: Iterable[Row], fields: frozenset[str]) -> Iterator[Row]:
        """Add fields to rows; the rows must have their ``event_id``."""
        of_items = fields - RAW_FIELDS
        for batch in batches(rows, BATCH_GET_KEYS):
            # If an array was unwound, several rows are of one event; a batch must not name a key twice.
            stored = dict.fromkeys(str(row["event_id"]) for row in batch if of_items or row[_DELIVERY] == WITHIN_EVENT)
            keys: list[Item] = [{"e": event_id, "d": self._scope.domain_id} for event_id in stored]
            attributes = attributes_of(fields) | {"e"}
            items = {str(item["e"]): item for item in self._table.batch_get(keys, attributes=attributes)}
            scalars = scalars_of(of_items)
            for row in batch if of_items else ():
                item = items.get(str(row["event_id"]))
                # An event that has been deleted meanwhile has no values.
                row.update(dict.fromkeys(of_items) if item is None else scalars(item) | details_of(item, of_items))
            yield from self._with_raw_data(batch, items) if fields & RAW_FIELDS else batch

    def _with_raw_data(self, rows: list[Row], items: Mapping[str, Item]) -> Iterator[Row]:
        holders = [str(row["event_id"]) if row[_DELIVERY] == WITHIN_EVENT else row[_DELIVERY] for row in rows]
        deliveries = {delivery for row in rows if isinstance(delivery := row[_DELIVERY], str)} - {WITHIN_EVENT}
        bodies = self._deliveries.raw_data_of(sorted(deliveries), self._scope, self._now)
        bodies |= {event_id: partial(raw_data_of, item) for event_id, item in items.items() if WITH_BODY in item}
        # Bodies may be large, so only one is unpacked at a time, once for all consecutive events of its delivery.
        last: Json = None
        raw_data: JsonObject | None = None
        for row, holder in zip(rows, holders, strict=True):
            if holder != last:
                last = holder
                raw_data = bodies[holder]() if isinstance(holder, str) and holder in bodies else None
            row["raw_data"] = raw_data
            yield row

    # --- the indexes --------------------------------------------------------------------------------------------------

    def _partitions(self, plan: Plan) -> list[Partition]:
        """Return the partitions of its index that a plan reads."""
        domain_id = self._scope.domain_id
        match plan.index:
            case Index.DOMAIN:
                index, attribute, keys = "by-domain", "d", [domain_id]
            case Index.PROJECT:
                visible = [key for key in _possible(plan.keys) if self._scope.allows_project(key)]
                index, attribute, keys = "by-project", "dp", [within(domain_id, key) for key in visible]
            case _:
                index, attribute = "by-alert", "da"
                keys = [within(domain_id, key) for key in _possible(plan.keys)]
        text, values = filter_expression(plan.pushed_down, self._projects_to_filter(plan.index))
        filtered = f"{retention.live_only('x')} AND {text}" if text else retention.live_only("x")
        given: dict[str, Value] = {"now": int(self._now.timestamp()), **values}
        return [Partition(index, attribute, key, "t", filtered, given) for key in keys]

    def _projects_to_filter(self, index: Index) -> Condition | None:
        projects = self._scope.projects
        if projects is None or index is Index.PROJECT or not 0 < len(projects) <= MAX_STORED_VALUES:
            return None
        return Condition(("project_id",), "in", [*sorted(projects)])

    def _in_order(self, partition: Partition, plan: Plan, attributes: Iterable[str], expected: int) -> Iterator[Item]:
        # Read backwards, an instant is known to be complete when the first event of an earlier one arrives.
        more = _A_FEW_OF_AN_INSTANT if plan.descending else 0
        read = partial(self._table.query_range, partition, attributes=attributes, first_page=expected + more)
        for part in _ranges(plan):
            if part.descending:
                yield from _ascending_within_an_instant(read, part, max(expected, _MOST_OF_AN_INSTANT))
            else:
                yield from read(part.low, part.high)

    def _named(self, plan: Plan) -> NamedEvents:
        """Read which events a plan's alerts name, and which alerts were merged to them."""
        return self._alerts().metered(self.consumption).named_events(_possible(plan.keys), self._scope.domain_id)

    def _of_alerts(self, plan: Plan, named: NamedEvents) -> Iterator[Item]:
        """Read the events that a plan's alerts name: they are not in the index (docs/adr/0015, 0017)."""
        for item in self._by_id(plan, named.event_ids, more={"a", "da"}):
            if "da" not in item and item.get("a") in plan.keys:
                yield item

    def _by_id(self, plan: Plan, event_ids: Iterable[str], more: Iterable[str] = ()) -> Iterator[Item]:
        keys: list[Item] = [{"e": key, "d": self._scope.domain_id} for key in sorted(_possible(event_ids) - {""})]
        attributes = self._attributes(plan, ordered=True) | attributes_of(plan.pushed_down.heads) | {"x", *more}
        holds = plan.pushed_down.predicate(plan.now)
        row_of = scalars_of(plan.pushed_down.heads)
        items = [
            item
            for item in self._table.batch_get(keys, attributes=attributes)
            if retention.is_live(item, "x", self._now)
            and any(part.low <= _order(item) < part.high for part in _ranges(plan))
            and holds(row_of(item))
        ]
        return iter(sorted(items, key=_newest_first if plan.descending else _order))


def _merged(streams: Sequence[Iterator[Item]], plan: Plan) -> Iterator[Item]:
    # A single stream is not merged, so its items may lack the attributes that give their order.
    return streams[0] if len(streams) == 1 else merge(*streams, key=_newest_first if plan.descending else _order)


def _order(item: Item) -> str:
    return str(item["t"])


_COMPLEMENTS = str.maketrans("0123456789", "9876543210")


def _newest_first(item: Item) -> tuple[str, str]:
    place = _order(item)
    return place[:LENGTH_OF_TIME].translate(_COMPLEMENTS), place


def _project(item: Item) -> str | None:
    project_id = item.get("p")
    return project_id if isinstance(project_id, str) else None


def _possible(keys: Iterable[str]) -> set[str]:
    """Return the ids that are valid; DynamoDB refuses the others as keys."""
    return {key for key in keys if len(key) <= ids.MAX_ID_LENGTH and is_utf8(key)}


def _ranges(plan: Plan) -> Sequence[_Range]:
    """Return the ranges of each partition that a plan reads, in the order of reading.

    Whether a bound that is a time is included does not matter: places are longer than times, so none is equal to one.
    The bound of ``after`` is a place; `_BEHIND_ID` excludes it, unless ``after.including``.
    """
    low = plan.since or _BEFORE_ALL_TIMES
    high = _BEHIND_ALL_TIMES if plan.until is None else _following(plan.until)
    after = plan.after
    if after is None:
        parts = [_Range(low, high, plan.descending)]
    else:
        place = after.created_at + after.record_id + ("" if after.including else _BEHIND_ID)
        if plan.descending:
            instant = _Range(place, _following(after.created_at), descending=False)
            rest = _Range(low, min(high, after.created_at), descending=True)
            parts = [rest] if after.instant_done else [instant, rest]
        else:
            parts = [_Range(max(low, place), high, descending=False)]
    return [part for part in parts if part.low < part.high]


def _side_by_side(function: Callable[[Task], Answer], tasks: Sequence[Task]) -> list[Answer]:
    if len(tasks) <= 1:
        return list(map(function, tasks))
    # Only reading in several parts pays for the import.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return list(threads.map(function, tasks))


def _read_ahead(streams: Sequence[Iterator[RawPage]]) -> Iterator[RawPage]:
    """Yield the pages of several streams, in no order; a few streams read their next pages meanwhile."""
    first = next(streams[0], None) if len(streams) == 1 else None
    if first is not None:
        yield first
    if not streams or (first is not None and first.last is None):
        return
    from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait  # noqa: PLC0415  # as above

    waiting = list(reversed(streams))
    reading: dict[Future[RawPage | None], Iterator[RawPage]] = {}
    with ThreadPoolExecutor(_AT_ONCE) as threads:

        def go_on(stream: Iterator[RawPage]) -> None:
            reading[threads.submit(next, stream, None)] = stream

        while waiting or reading:
            while waiting and len(reading) < _AT_ONCE:
                go_on(waiting.pop())
            for done in wait(reading, return_when=FIRST_COMPLETED).done:
                stream, page = reading.pop(done), done.result()
                if page is not None:
                    if page.last is not None:
                        go_on(stream)
                    yield page


def _slices(last: str, newest: str, before: str | None) -> list[tuple[str, str]]:
    """Cut what is behind one place, up to another, into ranges of equal length in time."""
    begin = last + _BEHIND_ID
    start, end = (times.parse_iso(place[:LENGTH_OF_TIME]) for place in (last, newest))
    if newest < begin or start is None or end is None:
        return []
    page_began = None if before is None else times.parse_iso(before[:LENGTH_OF_TIME])
    number = _SLICES
    if page_began is not None and page_began < start:
        number = min(number, ceil((end - start) / (start - page_began)))
    cuts = {times.to_iso(start + one * (end - start) / number) for one in range(1, number)}
    return list(pairwise([begin, *sorted(cut for cut in cuts if begin < cut < newest), newest]))


def _following(moment: str) -> str:
    """Return the next millisecond, which sorts after all events of this one; return an unreadable moment unchanged."""
    parsed = times.parse_iso(moment)
    try:
        return moment if parsed is None else times.to_iso(parsed + _MILLISECOND)
    except OverflowError:  # the last instant of the year 9999
        return _BEHIND_ALL_TIMES


def _ascending_within_an_instant(read: Callable[..., Iterator[Item]], part: _Range, most: int) -> Iterator[Item]:
    """Read a range backwards by time, but forwards within each instant.

    An index that is read backwards returns ids in descending order, too. The few events of an instant are kept and
    reversed. If there are more than ``most``, the instant is read again forwards instead, to save memory.
    """
    high = part.high
    while True:
        run: list[Item] = []
        for item in read(part.low, high, descending=True):
            if run and _instant(item) != _instant(run[0]):
                yield from reversed(run)
                run = []
            run.append(item)
            if len(run) > most:
                break
        else:
            yield from reversed(run)
            return
        high = _instant(run[0])
        yield from read(high, _following(high), descending=False)


def _instant(item: Item) -> str:
    return _order(item)[:LENGTH_OF_TIME]
