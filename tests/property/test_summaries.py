"""Summaries count what was added to them, whatever it is; and no answer depends on which of them there are."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.query import summaries
from event_api.query.summaries import (
    COUNTED_FIELDS,
    HOUR,
    MAX_COMBINATIONS,
    Packed,
    Summary,
    SummaryFormatError,
    Tally,
    Values,
    with_hour,
)
from event_api.query.summarized import PER_DAY, PER_HOUR, Bucket, Question
from tests.fakes import PAGE_KEY, FakeEventReader, list_events, stat_events, values_of
from tests.profiles import examples
from tests.property import strategies
from tests.property.test_statistics import assert_agree
from tests.property.world import NOW, Events

if TYPE_CHECKING:
    from event_api.domain.access import Scope

FIELDS = (*COUNTED_FIELDS, HOUR)
VALUES = st.sampled_from([None, "", "a", "b", "ab", "\0", "디스크", "\ud7ff\ue000", '"', "a" * 300, "10"])
ROWS = st.lists(st.tuples(*[VALUES] * len(FIELDS)), max_size=40)
SOME = st.lists(st.sampled_from(FIELDS), unique=True, max_size=4)

# --- the format -------------------------------------------------------------------------------------------------------


def decode(content: bytes) -> Summary:
    packed = Packed.of(content)
    summary = packed.unpack()
    assert packed.fields == summary.columns.keys()
    return summary


def tallied(parts: list[list[Values]]) -> Tally:
    tally = Tally(FIELDS)
    for rows in parts:
        tally.add(Counter(rows), FIELDS)
    return tally


def counted(rows: list[Values], fields: list[str] | tuple[str, ...]) -> Counter[Values]:
    return Counter(tuple(row[FIELDS.index(name)] for name in fields) for row in rows)


@examples(150)
@given(parts=st.lists(ROWS, max_size=3), asked=st.lists(SOME, min_size=1, max_size=4), most=st.integers(0, 5_000))
def test_a_summary_counts_what_was_added(parts: list[list[Values]], asked: list[list[str]], most: int) -> None:
    rows = [row for part in parts for row in part]
    tally = tallied(parts)
    plain, content = tally.summary(most)
    assert decode(content) == plain
    detailed = tally.detailed(plain)
    if detailed is not None:
        assert decode(detailed[1]) == detailed[0]
        assert set(detailed[0].columns) > set(plain.columns)
    for summary in (plain, tally.whole(), *(detailed or ())[:1]):
        assert summary.total == len(rows)
        assert summary.has(summaries.CORE_FIELDS)
        for fields in asked:
            kept = [name for name in fields if summary.has((name,))]
            assert summary.counts(kept) == counted(rows, kept)


@examples(100)
@given(parts=st.lists(ROWS, max_size=3), most=st.integers(0, 5_000))
def test_optional_fields_are_kept_within_the_bounds(parts: list[list[Values]], most: int) -> None:
    tally = tallied(parts)
    summary, content = tally.summary(most)
    core = Tally(FIELDS, tally.counts).projected(summaries.CORE_FIELDS)
    least = len(summaries._summary_of(core, summaries.CORE_FIELDS).encode())
    assert len(content) <= max(least * 5 // 4, min(most, max(900, 8 * summary.total)))
    detailed = tally.detailed(summary)
    if detailed is not None:
        assert len(detailed[1]) <= 900 + 20 * summary.total


@examples(60)
@given(hours=st.dictionaries(st.sampled_from(["00", "07", "23"]), ROWS.filter(bool)), asked=st.lists(SOME, min_size=1))
def test_a_day_counts_what_its_hours_do(hours: dict[str, list[Values]], asked: list[list[str]]) -> None:
    tally = Tally(FIELDS)
    rows: list[Values] = []
    for hour, of_hour in hours.items():
        summary, _ = tallied([of_hour]).summary(2_000)
        tally.add(*with_hour(summary, hour))
        rows += [(*row[:-1], hour) for row in of_hour]
    day = tally.whole()
    for fields in asked:
        kept = [name for name in fields if day.has((name,))]
        assert day.counts(kept) == counted(rows, kept)


@examples(60)
@given(parts=st.lists(ROWS, max_size=4), most=st.integers(1, 12))
def test_beyond_the_most_combinations_fields_are_dropped_and_no_count(parts: list[list[Values]], most: int) -> None:
    rows = [row for part in parts for row in part]
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(summaries, "MAX_COMBINATIONS", most)
        tally = tallied(parts)
    assert len(tally.counts) <= most
    assert tally.counts == counted(rows, tally.fields)
    dropped_core = set(summaries.CORE_FIELDS) - set(tally.fields)
    assert not dropped_core or not set(tally.fields) & set(summaries.OPTIONAL_FIELDS)


def test_the_most_combinations_are_kept_and_one_more_drops_the_widest_field():
    def row(number: int) -> Values:
        return (*(f"{field}{number % 7}" for field in FIELDS[:-2]), f"alert {number}", "00")

    assert FIELDS[-2:] == ("alert_id", HOUR)
    tally = Tally(FIELDS)
    tally.add({row(number): 2 for number in range(MAX_COMBINATIONS)}, FIELDS)
    assert tally.fields == FIELDS
    assert tally.whole().total == 2 * MAX_COMBINATIONS
    assert decode(tally.whole().encode()) == tally.whole()
    tally.add({row(MAX_COMBINATIONS): 1}, FIELDS)
    assert tally.fields == (*FIELDS[:-2], HOUR)
    assert (len(tally.counts), tally.counts.total()) == (7, 2 * MAX_COMBINATIONS + 1)


HEAD = summaries._HEAD.pack(1, 0)
JSON = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@examples(150)
@given(
    content=st.binary()
    | JSON.map(lambda value: HEAD + zlib.compress(json.dumps(value).encode()))
    | JSON.map(lambda value: HEAD + zlib.compress(json.dumps({"columns": value, "total": 1}).encode()))
    | ROWS.map(lambda rows: b"\2" + tallied([rows]).whole().encode()[1:])
    | ROWS.flatmap(lambda rows: st.integers(1, 200).map(lambda cut: tallied([rows]).whole().encode()[:-cut]))
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(SummaryFormatError):
        Packed.of(content).unpack()


# --- answers ----------------------------------------------------------------------------------------------------------

DAYS = ("2026-02-28", "2026-03-01", "2026-03-02", "2026-03-04")
HOURS = ("T00", "T01", "T08", "T23")
BUCKETS = [
    *DAYS[:-1],
    *(day + hour for day in DAYS[:-1] for hour in HOURS),
    "2026-03-03",
    *(DAYS[-1] + hour for hour in HOURS[:3]),
]
"""Those that are closed and have events, and one that has none."""
MOMENTS = [f"{day}{hour}{rest}" for day in DAYS for hour in HOURS for rest in (":00:00.000Z", ":59:59.999Z")]
BOUNDS = [*MOMENTS, "2026-02-28T23:30:00Z", "2026-03-01T09:00:00.001+09:00", "2026-03-03T12:00:00Z"]


@dataclass(frozen=True)
class Drawn:
    """A bucket's summary: which optional fields it kept, or why it cannot be used."""

    fields: frozenset[str]
    usable: bool
    detailed: frozenset[str] | None


OPTIONAL = st.frozensets(st.sampled_from([*summaries.OPTIONAL_FIELDS, HOUR, HOUR]))
DRAWN = st.dictionaries(
    st.sampled_from([*BUCKETS, *DAYS[:-1] * 4]),
    st.builds(Drawn, OPTIONAL, st.sampled_from([True, True, True, False]), st.none() | OPTIONAL),
    min_size=2,
)
EVENTS = st.builds(
    lambda events, moments: [event | {"created_at": moment} for event, moment in zip(events, moments, strict=False)],
    strategies.events(most=20),
    st.lists(st.sampled_from(MOMENTS), min_size=20, max_size=20),
)


class View:
    """Summaries of drawn buckets of some events."""

    def __init__(self, events: Events, drawn: dict[str, Drawn]) -> None:
        self._events = [event for event in events if event["domain_id"] == strategies.DOMAIN]
        self._drawn = drawn
        self.missed: list[tuple[str, str]] = []

    def days(self, since: str, until: str, *, detailed: bool) -> Iterator[Bucket]:
        return self._of(PER_DAY, since, until, detailed=detailed)

    def hours(self, since: str, until: str, *, detailed: bool) -> Iterator[Bucket]:
        return (bucket for bucket in self._of(PER_HOUR, since, until, detailed=detailed) if bucket.start < until)

    def miss(self, since: str, until: str) -> None:
        self.missed.append((since, until))

    def _of(self, length: int, since: str, until: str, *, detailed: bool) -> Iterator[Bucket]:
        for start in sorted(self._drawn):
            drawn = self._drawn[start]
            optional = drawn.detailed if detailed else drawn.fields
            if len(start) == length and since <= start <= until and optional is not None:
                yield self._bucket(start, optional) if drawn.usable else Bucket(start, None, "it is not usable")

    def _bucket(self, start: str, optional: frozenset[str]) -> Bucket:
        events = [event for event in self._events if event["created_at"].startswith(start)]
        fields = tuple(name for name in COUNTED_FIELDS if name in {*summaries.CORE_FIELDS, *optional})
        tally = Tally((*fields, HOUR) if HOUR in optional and len(start) == PER_DAY else fields)
        for event in events:
            hour = event["created_at"][PER_HOUR - 2 : PER_HOUR]
            tally.add({(*values_of(event, Question(fields)), hour): 1}, (*fields, HOUR))
        empty = {f"{number:02d}" for number in range(24)} - {event["created_at"][11:13] for event in events}
        return Bucket(
            start,
            Packed.of(tally.whole().encode()),
            empty_hours=frozenset(empty) if len(start) == PER_DAY else frozenset(),
        )


COUNTED_KEYS = [name for name in strategies.TEXT_KEYS if name not in {"event_id", "user_projects", "description"}]
KEYS = st.sampled_from([*COUNTED_KEYS, "resource"])
FORMATS = st.sampled_from(["%Y-%m-%d %H", "%G-%V", "month", "%Y", "day", "%H"])


RANGES = st.builds(
    lambda bound, operator: {"key": "created_at", "value": bound, "operator": f"datetime_{operator}"},
    st.sampled_from(BOUNDS),
    st.sampled_from(strategies.ORDERINGS),
)


def some_conditions(least: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    conditions = strategies.conditions([*COUNTED_KEYS, *["created_at"] * 3])
    return st.lists(st.one_of(RANGES, RANGES, conditions), min_size=least, max_size=3)


@st.composite
def counting_requests(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A request that only counts events, by fields that summaries have, and its method."""
    query: dict[str, Any] = {"filter": draw(some_conditions(0)), "severity_order": "text"}
    match draw(st.sampled_from(["total", "list", "count", "group", "group", "group", "distinct"])):
        case "total":
            return "list", {"query": query | {"count_only": True}}
        case "list":
            return "list", {"query": query | {"page": {"limit": 2}, "only": ["event_id"]}}
        case "count":
            return "stat", {"query": query | {"aggregate": [{"count": {"name": "n"}}]}}
        case "distinct":
            return "stat", {"query": query | {"distinct": draw(KEYS)}}
    keys = [{"key": key, "name": f"clean_{number}"} for number, key in enumerate(draw(st.lists(KEYS, max_size=2)))]
    if draw(st.booleans()):
        keys.append({"key": "created_at", "name": "clean_time", "date_format": draw(FORMATS)})
    stages: list[dict[str, Any]] = [{"group": {"keys": keys, "fields": [{"name": "n", "operator": "count"}]}}]
    if draw(st.booleans()):
        stages.insert(0, {"match": {"filter": draw(some_conditions(1))}})
    order = [{"key": "n", "desc": True}, *({"key": key["name"]} for key in keys)]
    stages += draw(st.sampled_from([[], [{"sort": order}], [{"sort": order}, {"limit": 2}]]))
    return "stat", {"query": query | {"aggregate": stages}}


def test_no_answer_depends_on_which_summaries_there_are():
    used: Counter[bool] = Counter()

    @examples(80)
    @given(
        events=EVENTS,
        drawn=DRAWN,
        requests=st.lists(counting_requests(), min_size=4, max_size=8),
        scope=strategies.scopes,
    )
    def answers_alike(
        events: Events, drawn: dict[str, Drawn], requests: list[tuple[str, dict[str, Any]]], scope: Scope
    ) -> None:
        for method, request in requests:
            answer = {"list": list_events, "stat": stat_events}[method]
            view = View(events, drawn)
            reader = FakeEventReader(events, view=view)
            query = {**request["query"], "summaries": True}
            with_summaries = answer(reader, {"query": query}, scope, NOW, PAGE_KEY)
            query = {**query, "summaries": False}
            without = answer(FakeEventReader(events, view=view), {"query": query}, scope, NOW, PAGE_KEY)
            # Only the groups' order among equals may differ, and a token, which depends on the request.
            assert with_summaries.pop("next_token", None) is None or without.pop("next_token")
            assert with_summaries == without, request
            assert_agree(request["query"], with_summaries, without)
            explained = reader.consumption.summaries
            used[bool(explained and (explained["days"] or explained["hours"]))] += 1

    answers_alike()
    assert used[True] > 150
