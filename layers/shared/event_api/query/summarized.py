"""Counting with summaries: which buckets answer a question, what is left to the index, and both added up.

A question that only counts events by some fields is answered from combinations of values with weights, whether they
come from summaries or are tallied from the index. So both take the same filter, and come to the same answer
(docs/adr/0012).
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import Protocol, cast

from event_api.domain import times
from event_api.domain.access import Scope
from event_api.domain.fields import EVENT, Path
from event_api.json_types import Json, JsonObject
from event_api.query.matcher import Predicate, conjunction
from event_api.query.planner import Index, Plan
from event_api.query.read_budget import ReadBudget
from event_api.query.summaries import (
    COUNTED_FIELDS,
    HOUR,
    HOUR_DETAILS,
    NEVER,
    OPTIONAL_FIELDS,
    Expiry,
    Packed,
    Values,
    rows_of,
)
from event_api.query.values import Row

Weighted = tuple[Row, int]
"""A row that stands for a number of events."""

PER_DAY, PER_HOUR = len("2026-03-01"), len("2026-03-01T07")
"""Characters of created_at that a question needs: to the day, to the hour."""

_MOMENT = "0000-00-00T00:00:00.000Z"
_HOUR_BEGINS = _MOMENT[PER_HOUR:]
_MOST_TOGETHER = 50_000
"""Combinations that are kept to be added up; then they are passed on."""
_ROWS_A_LOOK = 100
"""Rows between two looks at the time that is left."""
_DOMAIN = ("domain_id",)
_PROJECT = "project_id"
_RESOURCE = ("resource.resource_id", "resource.resource_type", "resource.name")


@dataclass(frozen=True, slots=True)
class Question:
    """The part of an event that a request needs: the values of ``fields``, ``precision`` characters of created_at."""

    fields: tuple[str, ...]
    precision: int = 0


def question_of(plan: Plan, paths: Iterable[Path], precision: int = 0) -> Question | None:
    """Return what a plan's filters and a request's own paths need; None if they need what summaries do not have.

    The paths may not include created_at: ``precision`` stands for it.
    """
    if plan.kind is not EVENT or plan.index not in {Index.DOMAIN, Index.PROJECT}:
        return None
    if plan.residual_filter or plan.after is not None:
        return None
    filters = (plan.pushed_down, plan.index_filter)
    tested = [one.path for part in filters for one in (*part.required, *part.alternatives)]
    fields: set[str] = {_PROJECT} if plan.index is Index.PROJECT or plan.scope.projects is not None else set()
    for path in (*tested, *paths):
        found = _fields_at(path)
        if found is None:
            return None
        fields.update(found)
    order = (*(name for name in COUNTED_FIELDS if name not in _RESOURCE), *_RESOURCE)
    return Question(tuple(name for name in order if name in fields), precision)


def _fields_at(path: Path) -> Sequence[str] | None:
    name = ".".join(path)
    if path == _DOMAIN:
        return ()
    if path == ("resource",):
        return _RESOURCE
    return (name,) if name in COUNTED_FIELDS else None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A day (``2026-03-01``) or an hour (``2026-03-01T07``) that has, or had, a summary.

    ``summary`` is None if it cannot be used, ``why`` then gives the reason. ``empty_hours``: of a day, those without an
    event. ``expiry`` is that of its events. ``size``: bytes that were read for it.
    """

    start: str
    summary: Packed | None
    why: str = ""
    empty_hours: frozenset[str] = frozenset()
    expiry: Expiry = NEVER
    size: int = 0


class SummaryView(Protocol):
    """The summaries of one domain's days, as they are now."""

    def days(self, since: str, until: str, *, detailed: bool) -> Iterable[Bucket]:
        """Return the buckets of the days from ``since`` to ``until``, both included, in order."""
        ...

    def hours(self, since: str, until: str, *, detailed: bool) -> Iterable[Bucket]:
        """Return the buckets of hours from ``since`` to before ``until``, in order."""
        ...

    def miss(self, since: str, until: str) -> None:
        """Note that hours from ``since`` to before ``until`` had to be read from the index."""
        ...


class TallyingReader(Protocol):
    """The part of an event reader that counting needs."""

    consumption: ReadBudget

    def tally(self, plan: Plan, question: Question) -> Iterator[tuple[Values, int]]:
        """Count a plan's rows by created_at, cut to the question's precision if it has one, and its fields.

        A combination may come more than once.
        """
        ...

    def count(self, plan: Plan) -> int:
        """Count a plan's rows without reading them."""
        ...

    def summaries(self, since: str, until: str) -> SummaryView | None:
        """Return the domain's summaries of the days from ``since`` to ``until``, both included, if there are any."""
        ...


def weighted(reader: TallyingReader, plan: Plan, question: Question, *, summaries: bool) -> Iterator[Weighted]:
    """Yield rows with the question's fields that match a plan, each with the number of events that it stands for."""
    if plan.is_empty:
        return iter(())
    parts = _parts(reader, plan, question, summaries=summaries)
    together = chain(parts.pairs, (pair for rest in parts.each(reader) for pair in reader.tally(rest, question)))
    return _matching(reader, plan, question, together)


def count(reader: TallyingReader, plan: Plan, question: Question, *, summaries: bool) -> int:
    """Count the events that match a plan."""
    if plan.is_empty:
        return 0
    if not plan.exact:
        return sum(weight for _, weight in weighted(reader, plan, question, summaries=summaries))
    parts = _parts(reader, plan, question, summaries=summaries)
    counted = sum(weight for _, weight in _matching(reader, plan, question, parts.pairs))
    return counted + sum(map(reader.count, parts.each(reader)))


def _matching(
    reader: TallyingReader, plan: Plan, question: Question, pairs: Iterable[tuple[Values, int]]
) -> Iterator[Weighted]:
    holds = _predicate(plan)
    fixed: dict[str, Json] = {"domain_id": plan.scope.domain_id}
    fields = question.fields
    if question.precision:
        fields = ("created_at", *fields)
        rest = _MOMENT[question.precision :]
        pairs = (((f"{values[0]}{rest}", *values[1:]), weight) for values, weight in pairs)
    rows = reader.consumption.watched(rows_of(pairs, fields, fixed), every=_ROWS_A_LOOK)
    return rows if holds is None else (pair for pair in rows if holds(pair[0]))


def _predicate(plan: Plan) -> Predicate | None:
    """Return all that a plan's rows hold, the keys of its index included."""
    tests = [part.predicate(plan.now) for part in (plan.pushed_down, plan.index_filter) if part]
    if plan.index is Index.PROJECT:
        keys = frozenset(plan.keys)
        tests.append(lambda row: row[_PROJECT] in keys)
    if plan.scope.projects is not None:
        tests.append(_is_visible(plan.scope))
    return conjunction(tests)


def _is_visible(scope: Scope) -> Predicate:
    def holds(row: Row) -> bool:
        project_id = row[_PROJECT]
        return isinstance(project_id, str) and scope.allows_project(project_id)

    return holds


# --- which buckets -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Parts:
    """The counts of the buckets that can serve, and the plans of the rest, each with its part of ``explain``."""

    pairs: Iterator[tuple[Values, int]]
    rest: Sequence[tuple[Plan, JsonObject]]

    def each(self, reader: TallyingReader) -> Iterator[Plan]:
        """Yield the plans of the rest, and note the units that each consumes until the next one is asked for."""
        consumption = reader.consumption
        for plan, explained in self.rest:
            before = consumption.capacity_units
            if consumption.told:  # the parts depend on the events of others, too
                consumption.read_range(plan.since, plan.until)
            yield plan
            so_far = cast("float", explained.get("capacity_units", 0.0))
            explained["capacity_units"] = so_far + consumption.capacity_units - before


@dataclass(frozen=True, slots=True)
class _Piece:
    """The hours from ``since`` to before ``until``, of one bucket; without a summary, they have no events."""

    since: str
    until: str
    bucket: Bucket | None = None


@dataclass(slots=True)
class _Search:
    """The search for buckets that answer a question: those found, and those read in vain, with the reasons."""

    view: SummaryView
    question: Question
    consumption: ReadBudget
    pieces: list[_Piece] = field(default_factory=list)
    units: dict[str, float] = field(default_factory=dict)
    """Capacity units, as its part of the read, of each bucket in `pieces`."""
    unused: list[tuple[str, str]] = field(default_factory=list)
    """Buckets that could not serve, with the reasons."""
    lacking: list[_Piece] = field(default_factory=list)
    """Days whose summaries lack a field: those of their hours do, too, or nearly always."""

    def run(self, first: str, end: str) -> None:
        """Find the pieces of the hours from ``first`` to before ``end``, in order."""
        # The more detailed ones first if they are needed: the others would be read in vain.
        optional = [name for name in self.question.fields if name in OPTIONAL_FIELDS]
        details = (True, False) if optional and set(optional).issubset(HOUR_DETAILS) else (False,)
        for find in (self._days, self._hours):
            for detailed in details:
                lacking = self.lacking if find == self._hours else ()
                for since, until in _between([*self.pieces, *lacking], first, end):
                    before = self.consumption.capacity_units
                    buckets = list(find(since, until, detailed=detailed))
                    self._share(buckets, self.consumption.capacity_units - before)
        self.pieces.sort(key=lambda piece: piece.since)

    def _days(self, first: str, end: str, *, detailed: bool) -> Iterator[Bucket]:
        """Find the parts of a range that days answer."""
        question = self.question
        last = _moved(end + _HOUR_BEGINS, timedelta(milliseconds=-1))
        for day in self.view.days(first[:PER_DAY], last[:PER_DAY], detailed=detailed):
            yield day
            begins, ends = f"{day.start}T00", f"{following_day(day.start)}T00"
            since, until = max(begins, first), min(ends, end)
            if since >= until:
                continue
            if day.summary is None:
                self.unused.append((day.start, day.why))
                continue
            by_hour = question.precision == PER_HOUR or (since, until) != (begins, ends)
            if day.summary.has((*question.fields, HOUR) if by_hour else question.fields):
                self.pieces.append(_Piece(since, until, day))
                continue
            self.unused.append((day.start, "the fields or hours are not kept"))
            if not day.summary.has(question.fields):
                self.lacking.append(_Piece(begins, ends))
            for hour in day.empty_hours:
                if since <= f"{day.start}T{hour}" < until:
                    self.pieces.append(_Piece(f"{day.start}T{hour}", following_hour(f"{day.start}T{hour}")))

    def _hours(self, since: str, until: str, *, detailed: bool) -> Iterator[Bucket]:
        for hour in self.view.hours(since, until, detailed=detailed):
            yield hour
            if hour.summary is None:
                self.unused.append((hour.start, hour.why))
            elif hour.summary.has(self.question.fields):
                self.pieces.append(_Piece(hour.start, following_hour(hour.start), hour))
            else:
                self.unused.append((hour.start, "the fields are not kept"))

    def _share(self, buckets: Sequence[Bucket], consumed: float) -> None:
        together = sum(bucket.size for bucket in buckets)
        for bucket in buckets:
            if together:
                self.units[bucket.start] = self.units.get(bucket.start, 0.0) + consumed * bucket.size / together


def _parts(reader: TallyingReader, plan: Plan, question: Question, *, summaries: bool) -> _Parts:
    consumption = reader.consumption
    consumption.read_range(plan.since, plan.until)
    span = _whole_hours(plan) if summaries else None
    if span is None:
        return _Parts(iter(()), [(plan, {})])
    first, end = span
    before = consumption.capacity_units
    view = reader.summaries(first[:PER_DAY], end[:PER_DAY])
    if view is None:
        return _Parts(iter(()), [(plan, {})])
    search = _Search(view, question, consumption)
    search.run(first, end)
    pieces = search.pieces
    rest = _joined(list(_left(plan, pieces)), pieces)
    for since, until in _between(pieces, first, end):
        view.miss(since, until)
    index = [_index_part(part, search.unused) for part in rest[:_MOST_EXPLAINED]]
    others: JsonObject = {"ranges": max(0, len(rest) - _MOST_EXPLAINED), "capacity_units": 0.0}
    consumption.summaries = _explained(search, consumption.capacity_units - before, index, others)
    used = (piece for piece in pieces if piece.bucket is not None)
    explained = chain(index, repeat(others))
    return _Parts(_added_up(_counts(piece, question) for piece in used), list(zip(rest, explained, strict=False)))


def _whole_hours(plan: Plan) -> tuple[str, str] | None:
    """Return the first whole hour in a plan's range, and the one behind its last; None without any that is over."""
    first = "" if plan.since is None else plan.since[:PER_HOUR]
    if plan.since is not None and plan.since[PER_HOUR:] != _HOUR_BEGINS:
        first = following_hour(first)
    end = times.to_iso(plan.now)[:PER_HOUR]
    if plan.until is not None:
        end = min(end, _after(plan.until)[:PER_HOUR])
    return (first, end) if first < end else None


def _after(moment: str) -> str:
    return _moved(moment, timedelta(milliseconds=1))


def following_hour(hour: str) -> str:
    """Return the hour after one."""
    return _moved(hour + _HOUR_BEGINS, timedelta(hours=1))[:PER_HOUR]


def following_day(day: str) -> str:
    """Return the day after one."""
    return _moved(f"{day}T00{_HOUR_BEGINS}", timedelta(days=1))[:PER_DAY]


def _moved(moment: str, by: timedelta) -> str:
    try:
        return times.to_iso(datetime.fromisoformat(moment) + by)
    except OverflowError:
        return "~"  # behind the last instant of the year 9999


def _between(pieces: Iterable[_Piece], first: str, end: str) -> list[tuple[str, str]]:
    """Return the stretches from ``first`` to ``end`` that no piece covers."""
    stretches = []
    at = first
    for piece in sorted(pieces, key=lambda piece: piece.since):
        if at < piece.since:
            stretches.append((at, piece.since))
        at = max(at, piece.until)
    return [*stretches, (at, end)] if at < end else stretches


def _left(plan: Plan, pieces: Sequence[_Piece]) -> Iterator[Plan]:
    """Return the plans of the parts of a plan's range that the pieces, in order, leave."""
    since = plan.since
    for piece in pieces:
        begins = piece.since + _HOUR_BEGINS
        if since is None or since < begins:
            yield replace(plan, since=since, until=_moved(begins, timedelta(milliseconds=-1)))
        since = piece.until + _HOUR_BEGINS
    if since is None or plan.until is None or since <= plan.until:
        yield replace(plan, since=since)


def _joined(plans: Sequence[Plan], pieces: Iterable[_Piece]) -> list[Plan]:
    """Join the plans of ranges that only empty hours divide: one range is quicker to read, and costs no more."""
    used = [piece.since + _HOUR_BEGINS for piece in pieces if piece.bucket is not None]
    joined: list[Plan] = []
    for plan in plans:
        place = bisect(used, joined[-1].until or "") if joined else 0
        if joined and (place == len(used) or used[place] > (plan.since or "")):
            plan = replace(joined.pop(), until=plan.until)  # noqa: PLW2901  # both together
        joined.append(plan)
    return joined


# --- what is in them -------------------------------------------------------------------------------------------------


def _counts(piece: _Piece, question: Question) -> Mapping[Values, int]:
    """Return the counts of a piece: with the moment first if the question has a precision."""
    bucket = piece.bucket
    if bucket is None or bucket.summary is None:
        return {}
    summary = bucket.summary.unpack()
    fields, precision = question.fields, question.precision
    is_hour = len(bucket.start) == PER_HOUR
    is_whole = (piece.since, piece.until) == (f"{bucket.start}T00", f"{following_day(bucket.start[:PER_DAY])}T00")
    if is_hour or (is_whole and precision != PER_HOUR):
        counts = summary.counts(fields)
        moment = bucket.start[:precision]
        return {(moment, *values): weight for values, weight in counts.items()} if precision else counts
    found: Counter[Values] = Counter()
    for (hour, *values), weight in summary.counts((HOUR, *fields)).items():
        place = f"{bucket.start}T{hour}"
        if piece.since <= place < piece.until:
            found[(place[:precision], *values) if precision else tuple(values)] += weight
    return found


def _added_up(several: Iterable[Mapping[Values, int]]) -> Iterator[tuple[Values, int]]:
    together: Counter[Values] = Counter()
    for counts in several:
        together.update(counts)
        if len(together) > _MOST_TOGETHER:
            yield from together.items()
            together.clear()
    yield from together.items()


def tallied(values: Iterable[Values]) -> Iterator[tuple[Values, int]]:
    """Count combinations of values, which may come more than once, so that few are kept."""
    together: Counter[Values] = Counter()
    for one in values:
        together[one] += 1
        if len(together) > _MOST_TOGETHER:
            yield from together.items()
            together.clear()
    yield from together.items()


# --- explain ---------------------------------------------------------------------------------------------------------


_MOST_EXPLAINED = 50


def _explained(search: _Search, consumed: float, index: Sequence[JsonObject], others: JsonObject) -> JsonObject:
    buckets = {piece.bucket.start for piece in search.pieces if piece.bucket is not None}
    unused = {start for start, _ in search.unused} - buckets
    explained: JsonObject = {
        "days": sum(len(start) == PER_DAY for start in buckets),
        "hours": sum(len(start) == PER_HOUR for start in buckets),
        "capacity_units": consumed,
        "ranges": _ranges(search),
        "unused": {
            "buckets": len(unused),
            "capacity_units": _rounded(sum(search.units.get(one, 0.0) for one in unused)),
        },
        "index": [*index],
    }
    return explained | ({"index_beyond": others} if others["ranges"] else {})


def _ranges(search: _Search) -> list[Json]:
    """Return the ranges that summaries answered, neighbours together, each with its capacity units."""
    joined: list[tuple[str, str, float]] = []
    for piece in search.pieces:
        units = 0.0 if piece.bucket is None else search.units.get(piece.bucket.start, 0.0)
        if joined and joined[-1][1] == piece.since:
            since, _, before = joined.pop()
            joined.append((since, piece.until, before + units))
        else:
            joined.append((piece.since, piece.until, units))
    return [
        {
            "since": since + _HOUR_BEGINS,
            "until": _moved(until + _HOUR_BEGINS, timedelta(milliseconds=-1)),
            "capacity_units": _rounded(units),
        }
        for since, until, units in joined[:_MOST_EXPLAINED]
    ]


def _rounded(units: float) -> float:
    return round(units, 2)


def _index_part(plan: Plan, unused: Sequence[tuple[str, str]]) -> JsonObject:
    since, until = plan.since or "", plan.until or "~"
    why = {reason for start, reason in unused if start <= until and since[: len(start)] <= start}
    bounds = {"since": plan.since, "until": plan.until}
    return {
        "created_at": {name: bound for name, bound in bounds.items() if bound is not None},
        "why": ", ".join(sorted(why)) or "no summary yet, or not a whole hour",
        "capacity_units": 0.0,
    }
