"""Counts are the same with summaries and without, whatever was written, built, read and expired in whichever order."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.domain import times
from event_api.domain.access import Scope
from event_api.domain.event import Event, Resource
from event_api.ingest.summarize import Summarizer
from event_api.query.planner import MAX_PARTITIONS, MAX_STORED_VALUES
from event_api.query.read_budget import ReadBudget
from event_api.store.events import EventStore
from event_api.store.marks import Marks
from tests.fakes import list_events, stat_events
from tests.profiles import examples

START = datetime(2026, 3, 1, tzinfo=UTC)
DOMAIN = "domain-aaaaaaaaaaaa"
DELAY = 120


@pytest.fixture(params=["moto", pytest.param("dynoxide", marks=pytest.mark.engine)])
def engine(request):
    return request.param


class World:
    """One domain's events, on a clock of its own."""

    def __init__(self, app, domain_id, retention_days=400):
        self.app = app
        self.domain_id = domain_id
        self.now = START
        self.marks = Marks(app.stores.events._marks._table, lambda: self.now)
        self.events = EventStore(app.stores._events_table, app.stores.deliveries, retention_days, self.marks)
        self.number = 0

    def event(self, created_at, **fields):
        self.number += 1
        return Event(
            event_id=f"event-{self.number:012x}",
            created_at=times.to_iso(created_at),
            domain_id=self.domain_id,
            project_id=f"project-{self.number % 3}",
            severity=("ERROR", "INFO")[self.number % 2],
            title=f"title {self.number % 7}",
            resource=Resource(resource_type=("", "server", None)[self.number % 3]),
            **fields,
        )

    def add(self, created_at, **options):
        assert self.events.add(self.event(created_at), self.now, **options)

    def build(self, seconds_left=lambda: 600.0):
        table = self.app.stores._events_table
        return Summarizer(table, self.app.stores.summaries, self.now, DELAY, seconds_left).run()

    def ask(self, query, scope=None, *, summaries):
        scope = scope or Scope(self.domain_id)
        budget = ReadBudget()
        reader = self.app.stores.reader(scope, self.now, budget)
        method = stat_events if "aggregate" in query or "distinct" in query else list_events
        answer = method(reader, {"query": {**query, "summaries": summaries}}, scope, self.now, "key")
        return answer, budget

    def assert_exact(self):
        for query in queries():
            for scope in (Scope(self.domain_id), Scope(self.domain_id, frozenset({"project-0", "project-1"}))):
                with_summaries, _ = self.ask(query, scope, summaries=True)
                without, _ = self.ask(query, scope, summaries=False)
                assert with_summaries == without, (query, scope)


def by(*keys, **options):
    named = [{"key": key, "name": key.replace(".", "_"), **options} for key in keys]
    return [{"group": {"keys": named, "fields": [{"name": "n", "operator": "count"}]}}]


def between(since, until):
    bounds = (("datetime_gte", since), ("datetime_lt", until))
    return [{"key": "created_at", "value": times.to_iso(at), "operator": operator} for operator, at in bounds]


def queries():
    yield {"count_only": True}
    yield {"aggregate": by("severity", "project_id")}
    yield {"aggregate": by("created_at", date_format="%Y-%m-%dT%H")}
    yield {"aggregate": by("created_at", date_format="%G-%V"), "filter": [{"k": "title", "v": "title 3", "o": "not"}]}
    yield {"distinct": "resource.resource_type"}
    ragged = between(START + timedelta(hours=1, minutes=20), START + timedelta(days=1, hours=5, seconds=7))
    yield {
        "aggregate": [*by("resource", "title"), {"sort": {"key": "n", "desc": True}}, {"limit": 3}],
        "filter": ragged,
    }
    yield {"count_only": True, "filter": ragged}


def test_a_day_is_answered_from_its_summary(app):
    world = World(app, DOMAIN)
    for number in range(30):
        world.now = START + timedelta(minutes=97 * number)
        world.add(world.now)
    world.now = START + timedelta(days=3)
    assert world.build() >= 2
    world.assert_exact()
    answer, budget = world.ask({"count_only": True, "explain": True}, summaries=True)
    assert answer["total_count"] == 30
    assert answer["explain"]["summaries"]["days"] >= 2
    assert budget.items_scanned < 10
    assert world.build() == 0, "the work list is empty"


@pytest.mark.parametrize("engine", [pytest.param("dynoxide", marks=pytest.mark.engine)])
@pytest.mark.parametrize("number", [MAX_STORED_VALUES + 1, MAX_PARTITIONS + 1], ids=["by project", "by domain"])
def test_a_reader_of_very_many_projects_counts_theirs_only(app, number):
    """The store does not filter by that many; ``weighted`` does, whether a summary or the index gave the counts."""
    world = World(app, DOMAIN)
    for hour in range(24):
        world.now = START + timedelta(hours=hour)
        world.add(world.now)
    world.now = START + timedelta(days=3)
    assert world.build() >= 1
    world.add(START + timedelta(days=2, minutes=1))
    few = {"project-0", "project-1"}
    many = frozenset(few | {f"project-of-nothing-{other}" for other in range(number - len(few))})
    counting = [{"count": {"name": "n"}}]
    for query in (*queries(), {"distinct": "project_id"}, {"aggregate": counting}, {"aggregate": by()}):
        for summaries in (True, False):
            answer, _ = world.ask(query, Scope(DOMAIN, many), summaries=summaries)
            expected, _ = world.ask(query, Scope(DOMAIN, frozenset(few)), summaries=summaries)
            assert answer == expected, (query, summaries)
    answer, _ = world.ask({"distinct": "project_id"}, Scope(DOMAIN, many), summaries=True)
    assert answer == {"results": sorted(few)}


def test_a_late_write_is_counted_at_once_and_summarized_again(app):
    world = World(app, DOMAIN)
    world.add(START)
    world.now = START + timedelta(days=3)
    world.build()
    world.add(START + timedelta(minutes=5))
    answer, _ = world.ask({"count_only": True, "explain": True}, summaries=True)
    assert answer["total_count"] == 2
    assert answer["explain"]["summaries"]["days"] == 0
    assert world.build() == 0, "the index may not show it yet"
    world.now += timedelta(minutes=5)
    assert world.build() > 0
    answer, _ = world.ask({"count_only": True, "explain": True}, summaries=True)
    assert (answer["total_count"], answer["explain"]["summaries"]["days"]) == (2, 1)


def test_what_is_written_while_it_is_built_is_not_lost(app):
    """A late write between the builder's reading and its storing: the summary is never used, the note not removed."""
    world = World(app, DOMAIN)
    world.add(START)
    world.now = START + timedelta(days=3)
    stop = world.app.stores.summaries.remove

    def late(entry):
        if entry.day == "2026-03-01":
            world.add(START + timedelta(minutes=1))
        stop(entry)

    class Store(type(world.app.stores.summaries)):  # type: ignore[misc]  # the class of whatever store the test has
        def remove(self, entry):
            late(entry)

    table = app.stores._events_table
    Summarizer(table, Store(app.stores.summaries._table), world.now, DELAY, lambda: 600.0).run()
    world.assert_exact()
    answer, _ = world.ask({"count_only": True}, summaries=True)
    assert answer["total_count"] == 2
    world.now += timedelta(minutes=10)
    assert world.build() > 0
    world.assert_exact()


def test_older_events_are_found_by_a_reader(app):
    """Events of earlier versions have neither marks nor notes."""
    world = World(app, DOMAIN)
    unmarked(world)
    for number in range(10):
        world.now = START + timedelta(hours=13 * number)
        world.add(world.now)
    world.now = START + timedelta(days=30)
    assert world.build() == 0
    world.assert_exact()
    assert world.build() >= 5
    world.assert_exact()
    answer, _ = world.ask({"count_only": True, "explain": True}, summaries=True)
    assert answer["explain"]["summaries"]["days"] >= 5


def unmarked(world):
    @contextmanager
    def around(*_, **__):
        yield

    world.marks.around = around


def test_expired_events_are_not_counted(app):
    world = World(app, DOMAIN, retention_days=2)
    world.add(START)
    world.now = START + timedelta(hours=20)
    world.add(world.now)
    world.now = START + timedelta(days=1, hours=1)
    assert world.build() > 0
    for hours in (47, 49, 67, 69):
        world.now = START + timedelta(hours=hours)
        world.assert_exact()
    answer, _ = world.ask({"count_only": True}, summaries=True)
    assert answer["total_count"] == 0


def test_a_run_that_ends_early_is_continued(app):
    world = World(app, DOMAIN)
    for number in range(12):
        world.now = START + timedelta(hours=7 * number)
        world.add(world.now)
    world.now = START + timedelta(days=9)
    runs = 0
    while True:
        left = iter([600.0] * 8)
        built = world.build(lambda left=left: next(left, 1.0))
        world.assert_exact()
        runs += 1
        if not built:
            break
    assert runs > 2


def test_explain_tells_what_each_range_consumed(app):
    world = World(app, DOMAIN)
    for number in range(8):
        world.now = START + timedelta(hours=12 * number)
        world.add(world.now)
    world.now = START + timedelta(days=6)
    world.build()
    world.add(START + timedelta(days=1))
    since = times.to_iso(START + timedelta(days=1))
    answer, budget = world.ask({"aggregate": by("severity"), "explain": True}, summaries=True)
    explained = answer["explain"]["summaries"]
    assert [part["since"][:10] for part in explained["ranges"]] == ["2026-03-01", "2026-03-03"]
    assert [part["created_at"].get("since") for part in explained["index"]][1] == since
    assert explained["index"][1]["why"] == "events were stored late"
    assert explained["unused"]["buckets"] == 1
    of_index = sum(part["capacity_units"] for part in explained["index"])
    assert all(part["capacity_units"] > 0 for part in (*explained["ranges"], *explained["index"]))
    assert of_index + explained["capacity_units"] == budget.capacity_units
    of_ranges = sum(part["capacity_units"] for part in (*explained["ranges"], explained["unused"]))
    assert 0 < of_ranges <= explained["capacity_units"]


def test_titles_are_kept_beside_if_there_are_many(app):
    """With more titles than a small summary holds, a question about them reads the detailed one, and is exact."""
    world = World(app, DOMAIN)
    unmarked(world)
    for number in range(240):
        event = replace(
            world.event(START + timedelta(minutes=6 * number)), title=hashlib.sha1(b"%d" % (number % 120)).hexdigest()
        )
        assert world.events.add(event, world.now)
    world.now = START + timedelta(days=3)
    world.app.stores.summaries.note(DOMAIN, "2026-03-01")
    world.build()
    view = world.app.stores.summaries.of(DOMAIN, world.now).view("2026-03-01", "2026-03-01")
    (plain,), (detailed,) = (
        [bucket.summary for bucket in view.days("2026-03-01", "2026-03-01", detailed=detailed)]
        for detailed in (False, True)
    )
    assert not plain.has(("title",))
    assert detailed.has(("title", "severity"))
    world.assert_exact()
    for query in ({"distinct": "title"}, {"aggregate": by("title", "severity")}):
        answer, budget = world.ask({**query, "explain": True}, summaries=True)
        assert len(answer["results"]) >= 120
        assert answer["explain"]["summaries"]["days"] == 1
        assert budget.items_scanned < 10


STEPS = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 72 * 60)),
    st.tuples(st.just("import"), st.integers(0, 72 * 60)),
    st.tuples(st.just("build"), st.integers(1, 40)),
    st.tuples(st.just("wait"), st.sampled_from([1, 4, 30, 60, 24 * 60])),
    st.tuples(st.just("forget"), st.just(0)),
)


def test_any_order_of_writers_builder_clock_and_readers(app, engine):
    number = iter(range(1_000_000))

    @examples(2 if engine == "moto" else 60, on_engine=True)
    @given(steps=st.lists(STEPS, min_size=5, max_size=25), days=st.sampled_from([2, 400]))
    def in_any_order(steps, days):
        world = World(app, f"domain-{next(number):012x}", days)
        for step, value in steps:
            if step == "add":
                # As create does: at once, or later from the queue.
                world.add(min(START + timedelta(minutes=value), world.now))
            elif step == "import":
                world.add(START + timedelta(minutes=value), imported_with_body=False)
            elif step == "wait":
                world.now += timedelta(minutes=value)
            elif step == "forget":
                world.marks._noted.clear()  # another process
            else:
                left = iter([600.0] * value)
                world.build(lambda left=left: next(left, 1.0))
        world.assert_exact()
        world.now += timedelta(minutes=10)
        world.build()
        world.assert_exact()

    in_any_order()
