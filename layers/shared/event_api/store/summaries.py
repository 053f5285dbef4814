"""The summaries table: reading and storing summaries, and the work list of the builder (docs/adr/0012).

`event_api.store.marks` names the attributes. A summary is used only if its counter is that of the mark as it is now.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from event_api.domain import ids
from event_api.domain.errors import UnavailableError
from event_api.query.summaries import COUNTED_FIELDS, Contents, Expiry, Packed, SummaryFormatError, Tally
from event_api.query.summarized import PER_DAY, PER_HOUR, Bucket, following_day
from event_api.store import retention
from event_api.store.attributes import Item, ItemReader, Value
from event_api.store.events import attribute_of
from event_api.store.marks import OLDER, of_domain, of_mark, of_work
from event_api.store.table import ConditionFailedError, Meter, Partition, RawItem, Table

MAX_CONTENT_BYTES = 350_000
"""Of one item; a larger summary has several."""
_BYTES_BESIDE = 100
"""Of an item without its content, about."""
_KNOWN = "known"
_SECONDS_WANTED = 3_600.0


@dataclass(frozen=True, slots=True)
class WorkEntry:
    """A day of a domain that may need summaries, or with the day `OLDER`, its older days from ``cursor`` on."""

    domain_id: str
    day: str
    notes: int
    cursor: str


class SummaryStore:
    """The summaries of all domains; `of` opens one's."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._wanted: dict[str, float] = {}

    def of(self, domain_id: str, now: datetime, meter: Meter | None = None) -> DomainSummaries:
        """Return the summaries of a domain."""
        table = self._table if meter is None else self._table.metered(meter)
        return DomainSummaries(table, domain_id, now, self._wanted)

    def work(self, shard: str) -> list[WorkEntry]:
        """Return the work list of a shard: days first, the oldest one first, and then the domains with older events."""
        items = self._table.query("#d = :shard", {"shard": f"work-{shard}"})
        entries = []
        for item in items:
            day, _, domain_id = str(item["b"]).partition(" ")
            stored = ItemReader(item)
            notes = stored.number("n") if "n" in item else 0
            entries.append(WorkEntry(domain_id, day, notes, stored.optional_text("c") or ""))
        return sorted(entries, key=lambda entry: (entry.day == OLDER, entry.day))

    def remove(self, entry: WorkEntry) -> None:
        """Take an entry off the work list, unless there are new notes of it."""
        with suppress(ConditionFailedError):
            self._table.delete(of_work(entry.domain_id, entry.day), condition="#n = :n", values={"n": entry.notes})

    def advance(self, entry: WorkEntry, cursor: str) -> None:
        """Note how far the work on an entry has come."""
        with suppress(ConditionFailedError):
            self._table.update(
                of_work(entry.domain_id, entry.day),
                "SET #c = :c",
                {"c": cursor},
                condition="attribute_exists(#d)",
            )

    def note(self, domain_id: str, day: str) -> None:
        """Put a day onto the work list."""
        self._table.update(of_work(domain_id, day), "ADD #n :one", {"one": 1})


class DomainSummaries:
    """The summaries of one domain. Every key that it makes begins with the domain."""

    def __init__(self, table: Table, domain_id: str, now: datetime, wanted: dict[str, float]) -> None:
        self._table = table
        self._wanted = wanted
        self._domain_id = domain_id
        self._now = now

    def view(self, since: str, until: str) -> View:
        """Return the summaries of the days from ``since`` to ``until``, both included, by their marks now."""
        marks = {str(item["b"])[1:]: item for item in self._items(f"m{since}", f"m{until}", consistent=True)}
        return View(self, marks)

    def mark(self, day: str) -> Item:
        """Return a day's mark, which is empty if there is none."""
        return self._table.get(of_mark(self._domain_id, day), consistent=True) or {}

    def put(
        self,
        start: str,
        contents: Contents,
        *,
        counter: int,
        expiry: Expiry,
        empty_hours: Iterable[str] = (),
    ) -> None:
        """Store a bucket's summaries, built of the events that were there after its mark had this counter."""
        bucket = "d" if len(start) == PER_DAY else "h"
        facts: dict[str, Value | None] = {
            "v": counter,
            "f": expiry.first,
            "x": expiry.last,
            "e": " ".join(empty_hours) or None,
        }
        for detailed, content in enumerate(contents):
            if content is not None:
                self._put(f"{_kind(bucket, detailed=bool(detailed))}{start}", content, facts)

    def _put(self, place: str, content: bytes, facts: Mapping[str, Value | None]) -> None:
        token = ids.new_id("summary")
        chunks = [content[at : at + MAX_CONTENT_BYTES] for at in range(0, len(content), MAX_CONTENT_BYTES)]
        common: dict[str, Value | None] = {"w": token if len(chunks) > 1 else None, "x": facts["x"]}
        for number, chunk in enumerate(chunks[1:], 1):
            self._table.put({**of_domain(self._domain_id, f"{place}#{number}"), "s": chunk, **common})
        first: dict[str, Value | None] = {
            **of_domain(self._domain_id, place),
            **facts,
            **common,
            "s": chunks[0],
            "p": len(chunks) if len(chunks) > 1 else None,
        }
        with suppress(ConditionFailedError):  # a newer one is there
            self._table.put(first, condition="attribute_not_exists(#d) OR #v <= :v", values={"v": facts["v"] or 0})

    def is_known(self) -> bool:
        """Return whether the builder has met the domain before."""
        return self._table.get(of_domain(self._domain_id, _KNOWN)) is not None

    def know(self) -> None:
        """Note that the builder has met the domain."""
        self._table.put(of_domain(self._domain_id, _KNOWN))

    def want(self, day: str) -> None:
        """Have the days from one on summarized, unless this process has said so in the last hour."""
        present = time.monotonic()
        if present - self._wanted.get(self._domain_id, -_SECONDS_WANTED) < _SECONDS_WANTED:
            return
        self._wanted[self._domain_id] = present
        # An answer must not fail for it; and a cursor must not go forward, past what is still to be done.
        with suppress(ConditionFailedError, UnavailableError):
            self._table.update(
                of_work(self._domain_id, OLDER),
                "SET #c = :c ADD #n :one",
                {"c": day, "one": 1},
                condition="attribute_not_exists(#d) OR #c > :c",
            )

    def buckets(self, kind: str, since: str, until: str, marks: Mapping[str, Item]) -> Iterator[Bucket]:
        """Return the buckets of a kind from ``since`` to ``until``; one that cannot be used has the reason."""
        several: list[Item] = []
        for item in self._items(f"{kind}{since}", f"{kind}{until}"):
            if "v" in item and several:
                yield self._bucket(several, marks)
                several = []
            several.append(item)
        if several:
            yield self._bucket(several, marks)

    def _bucket(self, items: list[Item], marks: Mapping[str, Item]) -> Bucket:
        first, *others = items
        size = sum(len(ItemReader(item).blob("s")) + _BYTES_BESIDE for item in items)
        start = str(first["b"]).partition("#")[0][1:]
        mark = marks.get(start[:PER_DAY], {})
        counter = mark.get("v" if len(start) == PER_DAY else f"h{start[-2:]}", 0)
        if first.get("v") != counter:
            return Bucket(start, None, "events were stored late", size=size)
        if not retention.is_live(first, "f", self._now):
            return Bucket(start, None, "events have expired", size=size)
        if len(items) != first.get("p", 1) or any(item.get("w") != first.get("w") for item in others):
            return Bucket(start, None, "the summary is being replaced", size=size)
        content = b"".join(ItemReader(item).blob("s") for item in items)
        empty = frozenset(str(first.get("e", "")).split())
        try:
            expiry = Expiry(_number(first, "f"), _number(first, "x"))
            return Bucket(start, Packed.of(content), empty_hours=empty, expiry=expiry, size=size)
        except SummaryFormatError:
            return Bucket(start, None, "the summary is of another version", size=size)

    def _items(self, low: str, high: str, *, consistent: bool = False) -> Iterator[Item]:
        # "~" sorts behind every character of these keys.
        values: dict[str, Value] = {"d": f"domain:{self._domain_id}", "low": low, "high": f"{high}~"}
        return self._table.query("#d = :d AND #b BETWEEN :low AND :high", values, consistent=consistent)


class View:
    """The summaries of some days of a domain, by the marks that were there when it was opened."""

    def __init__(self, summaries: DomainSummaries, marks: Mapping[str, Item]) -> None:
        self._summaries = summaries
        self._marks = marks

    def days(self, since: str, until: str, *, detailed: bool) -> Iterator[Bucket]:
        """Return the buckets of the days from ``since`` to ``until``, both included, in order."""
        return self._summaries.buckets(_kind("d", detailed=detailed), since, until, self._marks)

    def hours(self, since: str, until: str, *, detailed: bool) -> Iterator[Bucket]:
        """Return the buckets of hours from ``since`` to before ``until``, in order."""
        found = self._summaries.buckets(_kind("h", detailed=detailed), since, until, self._marks)
        return (hour for hour in found if hour.start < until)

    def miss(self, since: str, until: str) -> None:
        """Have the builder summarize what had to be read from the index, if that is a whole day or more."""
        day = since[:PER_DAY]
        whole = day if since in {"", f"{day}T00"} else following_day(day)
        if not whole or f"{following_day(whole)}T00" <= until:
            self._summaries.want(whole)


@dataclass(frozen=True, slots=True)
class HourOfEvents:
    """An hour's events as the index has them: their counts, and when they expire."""

    hour: str
    tally: Tally
    expiry: Expiry


class EventHours:
    """The events of one domain, hour by hour, as the builder reads them from the index."""

    def __init__(self, events: Table, domain_id: str, now: datetime) -> None:
        self._events = events
        filtered, values = retention.live_only("x"), {"now": int(now.timestamp())}
        self._partition = Partition("by-domain", "d", domain_id, "t", filtered, values)

    def first_day(self, since: str) -> str | None:
        """Return the first day at or behind one that has an event, expired or not."""
        items = self._events.query_range(self._partition.whole(), since or "0", "~", attributes=("t",), first_page=1)
        first = next(items, None)
        return None if first is None else str(first["t"])[:PER_DAY]

    def read(self, since: str, until: str) -> Iterator[HourOfEvents]:
        """Yield the hours from ``since`` to before ``until`` that have events, in order."""
        attributes = [attribute_of(tuple(name.split("."))) for name in COUNTED_FIELDS]
        pages = self._events.raw_pages(self._partition, since, until, attributes=[*attributes, "t", "x"])
        current: HourOfEvents | None = None
        for page in pages:
            for hour, items in _by_hour(page.items):
                if current is None or current.hour != hour:
                    if current is not None:
                        yield current
                    current = HourOfEvents(hour, Tally(COUNTED_FIELDS), _expiry_of(items))
                else:
                    current = HourOfEvents(hour, current.tally, Expiry.of([current.expiry, _expiry_of(items)]))
                current.tally.add(Counter(raw_values(item, attributes) for item in items), COUNTED_FIELDS)
        if current is not None:
            yield current


def _kind(bucket: str, *, detailed: bool) -> str:
    """Return the first letter of a summary's range key."""
    return bucket.upper() if detailed else bucket


def _number(item: Item, name: str) -> int | None:
    return ItemReader(item).number(name) if name in item else None


def _by_hour(page: Sequence[RawItem]) -> Iterator[tuple[str, list[RawItem]]]:
    for hour, items in groupby(page, key=lambda item: str(item["t"]["S"])[:PER_HOUR]):
        yield hour, list(items)


def _expiry_of(items: Iterable[RawItem]) -> Expiry:
    moments = {int(item["x"]["N"]) if "x" in item else None for item in items}
    return Expiry.of(Expiry(moment, moment) for moment in moments)


def raw_values(item: RawItem, attributes: Iterable[str]) -> tuple[str | None, ...]:
    """Return the strings in some attributes of an item as DynamoDB sent it."""
    return tuple([found["S"] if (found := item.get(name)) else None for name in attributes])
