"""Builds the summaries of closed hours and days in the background (docs/adr/0012)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from event_api import telemetry
from event_api.domain import times
from event_api.query.summaries import (
    COUNTED_FIELDS,
    HOUR,
    HOUR_DETAILS,
    MAX_DAY_BYTES,
    MAX_HOUR_BYTES,
    Contents,
    Expiry,
    Packed,
    Summary,
    Tally,
    with_hour,
)
from event_api.query.summarized import PER_HOUR, following_day, following_hour
from event_api.store.attributes import Item
from event_api.store.marks import OLDER, SHARDS, UNMARKED, WRITING
from event_api.store.summaries import DomainSummaries, EventHours, HourOfEvents, SummaryStore, View, WorkEntry
from event_api.store.table import Table

WORTH_AN_HOUR = 100
"""Events from which on an hour, or several together, get summaries before their day is over."""
WORTH_DETAILS, HOURS_WORTH_DETAILS = 100, 3
"""Events, or hours with any, from which on a bucket gets a detailed summary, if the other one lacks fields."""
_SECONDS_TO_STOP = 20.0
"""A run stops if its invocation has less time left than this; the next run continues its work."""


class _TimeIsUpError(Exception):
    """Time is up: the rest is left to the next run."""


@dataclass(slots=True)
class _Hour:
    """An hour of a day that is being summarized.

    ``summary`` has all fields that are known. ``contents`` are what is to be stored if the day cannot stand for it.
    """

    hour: str
    summary: Summary
    expiry: Expiry
    contents: Contents | None = field(default=None, repr=False)


@dataclass
class Summarizer:
    """One run of the builder. When its time is up, it stops and keeps the summaries that it has stored."""

    events: Table
    store: SummaryStore
    now: datetime
    index_delay_seconds: int
    seconds_left: Callable[[], float]
    built: int = field(default=0, init=False)

    def run(self) -> int:
        """Do the work that is due and return how many summaries were built."""
        # Each hour begins with a different shard, so that none waits forever behind a large one.
        turn = self.now.hour % len(SHARDS)
        with suppress(_TimeIsUpError):
            for shard in SHARDS[turn:] + SHARDS[:turn]:
                for entry in self.store.work(shard):
                    self._work_on(entry)
        telemetry.count("SummariesBuilt", self.built)
        # CloudWatch has no unit for hours.
        telemetry.measure("SummariesBehindHours", self._hours_behind(), "None")
        return self.built

    def _hours_behind(self) -> float:
        """Return for how long the oldest day on the work list has been over; domains' older events are not counted."""
        days = [entry.day for shard in SHARDS for entry in self.store.work(shard) if entry.day != OLDER]
        if not days:
            return 0.0
        over_since = datetime.fromisoformat(f"{following_day(min(days))}T00:00:00+00:00")
        return max(0.0, (self.now - over_since) / timedelta(hours=1))

    @property
    def _first_open_hour(self) -> str:
        """The first hour that is still open; those before it are closed."""
        return self._hour_before(UNMARKED + self._settling)

    @property
    def _settling(self) -> timedelta:
        """Longest time from the beginning of a write until the index shows it."""
        return WRITING + timedelta(seconds=self.index_delay_seconds)

    def _hour_before(self, span: timedelta) -> str:
        return times.to_iso(self.now - span)[:PER_HOUR]

    def _check_time(self) -> None:
        if self.seconds_left() < _SECONDS_TO_STOP:
            raise _TimeIsUpError

    def _work_on(self, entry: WorkEntry) -> None:
        self._check_time()
        summaries = self.store.of(entry.domain_id, self.now)
        events = EventHours(self.events, entry.domain_id, self.now)
        if entry.day == OLDER:
            self._older_days(entry, summaries, events)
            return
        if not summaries.is_known():
            # The note comes first: if the run ends in between, the next one makes it again.
            self.store.note(entry.domain_id, OLDER)
            summaries.know()
        if not self._is_closed(entry.day):
            self._open_day(entry, summaries, events)
        elif self._day(entry.day, summaries, events):
            self.store.remove(entry)

    def _is_closed(self, day: str) -> bool:
        return f"{following_day(day)}T00" <= self._first_open_hour

    def _is_settled(self, mark: Item) -> bool:
        return str(mark.get("at", "")) < times.to_iso(self.now - self._settling)

    def _older_days(self, entry: WorkEntry, summaries: DomainSummaries, events: EventHours) -> None:
        cursor = entry.cursor
        while (day := events.first_day(cursor)) is not None and self._is_closed(day):
            self._check_time()
            # A day with a mark that is too new is on the work list by itself.
            if not any(bucket.summary for bucket in summaries.view(day, day).days(day, day, detailed=False)):
                self._day(day, summaries, events)
            cursor = following_day(day)
            self.store.advance(entry, cursor)
        if day is not None:
            self.store.note(entry.domain_id, day)
        self.store.remove(entry)

    def _open_day(self, entry: WorkEntry, summaries: DomainSummaries, events: EventHours) -> None:
        """Summarize the hours that have closed since the last run, if they have enough events."""
        mark = summaries.mark(entry.day)
        since, until = entry.cursor or f"{entry.day}T00", self._first_open_hour
        if since >= until or not self._is_settled(mark):
            return
        gathered = list(self._read(events, since, until))
        if sum(hour.tally.counts.total() for hour in gathered) < WORTH_AN_HOUR:
            return
        for hour in gathered:
            self._store_hour(summaries, self._hour(hour), mark)
        self.store.advance(entry, until)

    def _day(self, day: str, summaries: DomainSummaries, events: EventHours) -> bool:
        """Summarize a closed day from its hours; return False if that must wait."""
        mark = summaries.mark(day)
        if not self._is_settled(mark):
            return False
        hours: list[_Hour] = []
        at, end = f"{day}T00", f"{following_day(day)}T00"
        for stored in _stored_hours(summaries.view(day, day), at, end):
            if at < stored.hour:
                hours += self._missing(summaries, events, at, stored.hour, mark)
            hours.append(stored)
            at = following_hour(stored.hour)
        if at < end:
            hours += self._missing(summaries, events, at, end, mark)
        if hours:
            self._store_day(day, summaries, hours, mark)
        return True

    def _missing(
        self, summaries: DomainSummaries, events: EventHours, since: str, until: str, mark: Item
    ) -> Iterator[_Hour]:
        for gathered in self._read(events, since, until):
            hour = self._hour(gathered)
            if hour.summary.total >= WORTH_AN_HOUR:
                # Stored at once, because a day may have more events than one run can read.
                self._store_hour(summaries, hour, mark)
                hour.contents = None
            yield hour

    def _read(self, events: EventHours, since: str, until: str) -> Iterator[HourOfEvents]:
        for hour in events.read(since, until):
            yield hour
            self._check_time()

    def _hour(self, gathered: HourOfEvents) -> _Hour:
        contents = _contents(gathered.tally, MAX_HOUR_BYTES, hours=1)
        return _Hour(gathered.hour, gathered.tally.whole(), gathered.expiry, contents)

    def _store_hour(self, summaries: DomainSummaries, hour: _Hour, mark: Item) -> None:
        if hour.contents is not None:
            counter = _counter(mark, f"h{hour.hour[-2:]}")
            summaries.put(hour.hour, hour.contents, counter=counter, expiry=hour.expiry)
            self.built += 1

    def _store_day(self, day: str, summaries: DomainSummaries, hours: list[_Hour], mark: Item) -> None:
        tally = Tally((*COUNTED_FIELDS, HOUR))
        for hour in hours:
            tally.add(*with_hour(hour.summary, hour.hour[-2:]))
        contents = _contents(tally, MAX_DAY_BYTES, hours=len(hours))
        if not Packed.of(contents[0]).has((HOUR,)):
            for hour in hours:
                self._store_hour(summaries, hour, mark)
        present = {hour.hour[-2:] for hour in hours}
        empty = [f"{number:02d}" for number in range(24) if f"{number:02d}" not in present]
        expiry = Expiry.of(hour.expiry for hour in hours)
        summaries.put(day, contents, counter=_counter(mark, "v"), expiry=expiry, empty_hours=empty)
        self.built += 1


def _contents(tally: Tally, most_bytes: int, hours: int) -> Contents:
    """Return the summaries to store of a tally of some hours."""
    summary, plain = tally.summary(most_bytes)
    is_worth_it = summary.total >= WORTH_DETAILS or hours >= HOURS_WORTH_DETAILS
    detailed = tally.detailed(summary) if is_worth_it else None
    return plain, None if detailed is None else detailed[1]


def _stored_hours(view: View, since: str, until: str) -> list[_Hour]:
    """Return the hours that have summaries, each with its most detailed one.

    Small ones that lack fields are left out: their day would lack these fields, too.
    """
    found: dict[str, _Hour] = {}
    for detailed in (False, True):
        for bucket in view.hours(since, until, detailed=detailed):
            summary = None if bucket.summary is None else bucket.summary.unpack()
            if summary is not None and (summary.total >= WORTH_DETAILS or summary.has(HOUR_DETAILS)):
                found[bucket.start] = _Hour(bucket.start, summary, bucket.expiry)
    return sorted(found.values(), key=lambda hour: hour.hour)


def _counter(mark: Item, name: str) -> int:
    counter = mark.get(name, 0)
    return counter if isinstance(counter, int) else 0
