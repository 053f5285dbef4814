"""Many events are read as the plan says, from any index, by any engine: the model is `tests.fakes.FakeEventReader`."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count, product
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.aws import clients
from event_api.domain import ids, times
from event_api.domain.access import Scope
from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from event_api.domain.errors import DbQueryError, UnavailableError
from event_api.domain.fields import EVENT, INDEX_FIELDS
from event_api.query import execution as reading
from event_api.query.matcher import Condition, Filter
from event_api.query.planner import _STORED_OPERATORS, MAX_STORED_VALUES, Index, Place, Plan, make_plan
from event_api.query.read_budget import ReadBudget
from event_api.query.sorting import NEWEST_FIRST, SortKey
from event_api.query.summarized import PER_HOUR, question_of, weighted
from event_api.settings import settings
from event_api.store import event_reader, table
from eventctl.importer import import_event
from eventctl.records import read_record
from testkit.dynamodb import tap
from tests.fakes import FakeEventReader, make_row
from tests.performance.reading_samples import store_deliveries, store_events
from tests.profiles import examples

START = datetime(2026, 3, 1, tzinfo=UTC)
NOW = START + timedelta(days=8)
DOMAIN, OTHER_DOMAIN = "domain-a", "domain-b"
PROJECTS = ("project-a", "project-b", "project-c")
ALL = Scope(DOMAIN)
OLDEST_FIRST = (SortKey(("created_at",)),)

on_real_engines = pytest.mark.parametrize(
    "engine", [pytest.param(name, marks=pytest.mark.engine) for name in ("dynoxide", "ministack")]
)
on_exact_engine = pytest.mark.parametrize("engine", [pytest.param("dynoxide", marks=pytest.mark.engine)])


def condition(key: str, operator: str, value: Any) -> Condition:
    return Condition(EVENT.path_of(key), operator, value)


def plan(*required: Condition, either: tuple[Condition, ...] = (), scope: Scope = ALL, **options: Any) -> Plan:
    return make_plan(required, either, scope, NOW, **{"projected": INDEX_FIELDS, "order": OLDEST_FIRST, **options})


def assert_read(app, rows, plan, expected=reading.MANY_ROWS):
    """Rows and count are those of the model; returns how many."""
    reader, model = app.stores.reader(plan.scope, NOW), FakeEventReader(rows)
    wanted = shown(reading.matching(model, plan), plan)
    assert shown(reading.matching(reader, plan, expected=expected), plan) == wanted
    assert reading.count(reader, plan) == len(wanted)
    question = question_of(plan, [("title",)], PER_HOUR)
    if question is not None:
        found, expected_rows = (
            Counter(json.dumps(row, sort_keys=True) for row, weight in rows_ for _ in range(weight))
            for rows_ in (weighted(one, plan, question, summaries=False) for one in (reader, model))
        )
        assert found == expected_rows
    return len(wanted)


def shown(rows, plan):
    return [{field: row[field] for field in plan.fields} for row in rows]


def at(milliseconds: float) -> str:
    return times.to_iso(START + timedelta(milliseconds=milliseconds))


# --- what the store tests ---------------------------------------------------------------------------------------------

SCALARS = sorted(INDEX_FIELDS - {"event_id", "domain_id", "created_at", "occurred_at", "resource"})
STORED_KEYS = [*SCALARS, "resource_id", "resource.resource_type", "resource.name"]
TEXTS = [
    None,
    "",
    "a",
    "A",
    "a b",
    "ab",
    "10",
    "9",
    "\u00e9",  # composed, and the same letter decomposed
    "e\u0301",
    "디스크",
    "\uffee",  # behind the next in UTF-16, before it in UTF-8
    "\U0001f600",
]
PLAIN_TEXTS = [text for text in TEXTS if text]
MOMENTS = [None, at(0), at(1), at(3_600_000)]


def various_events():
    rows = []
    for number in range(40):
        # In steps of 1 to 12 through 13 texts: each attribute has all of them, in an order of its own.
        values = {
            key: TEXTS[(number * (place % (len(TEXTS) - 1) + 1) + place) % len(TEXTS)]
            for place, key in enumerate(STORED_KEYS)
        }
        resource = {part: values.pop(f"resource.{part}") for part in ("resource_type", "name")}
        resource["resource_id"] = values.pop("resource_id")
        moments = {"created_at": at(number // 3), "occurred_at": MOMENTS[number % len(MOMENTS)]}
        event_id = f"event-{number * 7 % 61:012x}"
        rows.append(make_row(number, **{**values, "resource": resource, **moments, "event_id": event_id}))
    return rows


@pytest.fixture
def various(app):
    rows = various_events()
    store_events(app, rows, NOW)
    # A neighbour with the same ids and values.
    store_events(app, [row | {"domain_id": OTHER_DOMAIN} for row in rows], NOW)
    return app, rows


def value_for(operator, position):
    if operator == "exists":
        return position % 2 == 0
    text = PLAIN_TEXTS[position % len(PLAIN_TEXTS)]
    return [text, PLAIN_TEXTS[(position + 4) % len(PLAIN_TEXTS)]] if operator.endswith("in") else text


@pytest.mark.parametrize("operator", sorted(_STORED_OPERATORS))
@on_real_engines
def test_the_store_tests_every_attribute_as_the_predicate(various, operator):
    app, rows = various
    found = []
    for position, key in enumerate(STORED_KEYS):
        planned = plan(condition(key, operator, value_for(operator, position)))
        assert planned.exact, "the store, or an index's key, decides alone"
        found.append(assert_read(app, rows, planned))
    # Some match nothing, such as "greater than the greatest value".
    assert sum(0 < number < len(rows) for number in found) > len(STORED_KEYS) / 2


@on_real_engines
@pytest.mark.parametrize("operator", sorted(_STORED_OPERATORS))
def test_the_store_tests_every_value_as_the_predicate(various, operator):
    app, rows = various
    found = {
        assert_read(app, rows, plan(condition("title", operator, value_for(operator, position))))
        for position in range(len(PLAIN_TEXTS))
    }
    assert found & set(range(1, len(rows)))


@on_real_engines
def test_occurred_at_is_tested_as_an_instant(various):
    app, rows = various
    written = "2026-03-01T02:00:00.001+02:00"
    for operator in ("eq", "not", "gt", "gte", "lt", "lte", "datetime_gt", "datetime_lte"):
        assert 0 < assert_read(app, rows, plan(condition("occurred_at", operator, written))) < len(rows)
    for operator in ("timediff_gt", "timediff_lt"):
        assert_read(app, rows, plan(condition("occurred_at", operator, "now - 1w")))


@on_real_engines
def test_the_store_takes_as_many_values_as_it_is_given(various):
    app, rows = various
    most = [f"no title {number}" for number in range(MAX_STORED_VALUES - 1)]
    for operator, number in product(("in", "not_in"), (MAX_STORED_VALUES, MAX_STORED_VALUES + 1)):
        values = [*most, "a", "b"][:number]
        planned = plan(condition("title", operator, values))
        assert planned.exact == (number <= MAX_STORED_VALUES)
        assert 0 < assert_read(app, rows, planned) < len(rows)
    alternatives = tuple(condition(("title", "rule")[n % 2], "eq", value) for n, value in enumerate([*most, "a"]))
    planned = plan(either=alternatives)
    assert (planned.exact, len(planned.pushed_down.alternatives)) == (True, MAX_STORED_VALUES)
    assert 0 < assert_read(app, rows, planned) < len(rows)
    # As many projects too, on an index that does not hold projects.
    projects = frozenset([f"project-{number}" for number in range(MAX_STORED_VALUES - 1)] + ["a"])
    alerts = condition("alert_id", "in", PLAIN_TEXTS)
    planned = plan(alerts, condition("title", "not_in", [*most, "b"]), scope=Scope(DOMAIN, projects))
    assert (planned.index, planned.exact) == (Index.ALERT, True)
    assert assert_read(app, rows, planned) > 0


conditions = st.one_of(
    st.builds(condition, st.sampled_from(STORED_KEYS), st.just("exists"), st.booleans()),
    st.builds(
        condition,
        st.sampled_from(STORED_KEYS),
        st.sampled_from(sorted(_STORED_OPERATORS - {"exists", "in", "not_in"})),
        st.sampled_from(PLAIN_TEXTS) | st.text(min_size=1, max_size=3),
    ),
    st.builds(
        condition,
        st.sampled_from(STORED_KEYS),
        st.sampled_from(["in", "not_in"]),
        st.lists(st.sampled_from(PLAIN_TEXTS) | st.text(max_size=3), max_size=5),
    ),
    st.builds(
        condition,
        st.just("occurred_at"),
        st.sampled_from(["eq", "gt", "gte", "lt", "lte"]),
        st.sampled_from([moment for moment in MOMENTS if moment]),
    ),
)
filters = st.tuples(
    st.lists(conditions, max_size=3),
    st.just([]) | st.lists(conditions, min_size=2, max_size=4),
    st.sampled_from([ALL, ALL, Scope(DOMAIN, frozenset({"a", "A", "디스크"})), Scope(DOMAIN, frozenset())]),
    st.sampled_from([OLDEST_FIRST, NEWEST_FIRST]),
)


@on_real_engines
def test_the_store_tests_any_conditions_as_the_predicate(various):
    app, rows = various
    found = set()

    @examples(40, on_engine=True)
    @given(filters)
    def alike(drawn):
        required, either, scope, order = drawn
        found.add(assert_read(app, rows, plan(*required, either=tuple(either), scope=scope, order=order)))

    alike()
    assert len(found) > 3


# --- order, and where a page begins -----------------------------------------------------------------------------------


@pytest.fixture
def crowd(engine, monkeypatch):
    """How many events an instant has that has many: more than are turned around in memory."""
    if engine == "moto":  # which is slow
        monkeypatch.setattr(event_reader, "_MOST_OF_AN_INSTANT", 5)
        return 12
    return 250


@pytest.fixture
def crowded(app, crowd):
    """Instants with many events next to each other, and next to single ones; most belong to one of three projects."""
    most = event_reader._MOST_OF_AN_INSTANT
    instants = [(0, 1), (1, crowd), (2, crowd), (3, 1), (5_000, most), (5_001, most + 1), (90_000, 2), (90_001, 1)]
    moments = [at(milliseconds) for milliseconds, number in instants for _ in range(number)]
    rows = [
        make_row(
            event_id=f"event-{number * 7919 % 99991:012x}",
            created_at=moment,
            project_id=PROJECTS[max(0, number % 5 - 2)],
            alert_id="alert-a" if number % 4 else "alert-b",
        )
        for number, moment in enumerate(moments)
    ]
    store_events(app, rows, NOW)
    return app, rows


OF_THREE = condition("project_id", "in", list(PROJECTS))
WAYS = [(), (OF_THREE,), (condition("alert_id", "in", ["alert-a", "alert-b"]), OF_THREE)]
"""Of reading all: one partition, three, and two with a filter."""


def ordered_plans(rows):
    """Every way and direction; and the rows in that order."""
    for way, order in product(WAYS, (OLDEST_FIRST, NEWEST_FIRST)):
        planned = plan(*way, order=order, projected=frozenset({"event_id", "created_at", "project_id"}))
        assert (planned.ordered, planned.exact) == (True, True)
        ordered = sorted(rows, key=lambda row: row["event_id"])
        ordered.sort(key=lambda row: row["created_at"], reverse=planned.descending)
        yield planned, ordered


@pytest.mark.parametrize("expected", [1, 13, reading.MANY_ROWS])
def test_rows_come_by_time_then_by_id(crowded, expected):
    app, rows = crowded
    for planned, ordered in ordered_plans(rows):
        found = reading.matching(app.stores.reader(ALL, NOW), planned, expected=expected)
        assert shown(found, planned) == shown(ordered, planned)


def test_pages_may_end_anywhere_in_an_instant(crowded, crowd, monkeypatch):
    monkeypatch.setattr(table, "QUERY_PAGE_ITEMS", max(7, crowd // 3))
    app, rows = crowded
    for planned, _ in ordered_plans(rows):
        assert assert_read(app, rows, planned, expected=3) == len(rows)


@on_real_engines
def test_what_follows_a_place_is_the_rest(crowded, crowd):
    app, rows = crowded
    for planned, ordered in ordered_plans(rows):
        instants = [row["created_at"] for row in ordered]
        of_crowd = instants.index(at(1))
        # The first and the last of all, and the first, one in the middle, and the last of an instant with many.
        for position in (0, of_crowd, of_crowd + crowd // 2, of_crowd + crowd - 1, len(rows) - 1):
            here = ordered[position]
            place = Place(here["created_at"], here["event_id"])
            rest = len(rows) - position - 1
            assert assert_read(app, rows, replace(planned, after=place)) == rest
            assert assert_read(app, rows, replace(planned, after=replace(place, including=True))) == rest + 1
            if here["created_at"] not in instants[position + 1 :]:
                assert assert_read(app, rows, replace(planned, after=replace(place, instant_done=True))) == rest


@on_real_engines
def test_what_follows_a_place_within_a_range(crowded, crowd):
    app, rows = crowded
    for planned, ordered in ordered_plans(rows):
        for since, until in ((at(1), at(2)), (at(2), None), (None, at(1)), (at(1), at(1))):
            within = [
                row
                for row in ordered
                if (since is None or since <= row["created_at"]) and (until is None or row["created_at"] <= until)
            ]
            ranged = replace(planned, since=since, until=until)
            assert assert_read(app, rows, ranged) == len(within)
            for position in (0, crowd // 2, crowd - 1, len(within) - 1):
                place = Place(within[position]["created_at"], within[position]["event_id"])
                assert assert_read(app, rows, replace(ranged, after=place)) == len(within) - position - 1


def test_an_id_may_begin_as_another_one_does(app):
    rows = [make_row(event_id=f"event-1{end}", created_at=at(0)) for end in ("", "!", "0", "~", "é")]
    store_events(app, rows, NOW)
    for order, row in product((OLDEST_FIRST, NEWEST_FIRST), rows):
        place = Place(row["created_at"], row["event_id"])
        assert_read(app, rows, replace(plan(order=order), after=place))
        assert_read(app, rows, replace(plan(order=order), after=replace(place, including=True)))


def test_what_has_expired_is_not_read(app):
    old = NOW - timedelta(days=settings().retention_days)
    gone, live = ([make_row(number) for number in numbers] for numbers in (range(3), range(3, 8)))
    store_events(app, gone, old)
    store_events(app, live, old + timedelta(seconds=1))
    assert assert_read(app, live, plan()) == len(live)
    by_id = condition("event_id", "in", [row["event_id"] for row in [*gone, *live]])
    assert assert_read(app, live, plan(by_id)) == len(live)


def test_events_are_found_by_id_within_the_plan(various):
    app, rows = various
    wanted = [row["event_id"] for row in rows[5:30]]
    by_id = condition("event_id", "in", [*wanted, "no such event", "e" * 129, "\ud800"])
    assert assert_read(app, rows, plan(by_id, order=NEWEST_FIRST)) == len(wanted)
    assert 0 < assert_read(app, rows, plan(by_id, condition("title", "not", "a"))) < len(wanted)
    ranged = replace(plan(by_id), since=at(3), until=at(6))
    assert 0 < assert_read(app, rows, ranged) < len(wanted)
    place = Place(rows[12]["created_at"], rows[12]["event_id"])
    assert 0 < assert_read(app, rows, replace(ranged, after=place)) < len(wanted)


# --- counting ---------------------------------------------------------------------------------------------------------

PAGE = 10
SHAPES = {
    "none": [],
    "one": [0],
    "fewer than are sliced": range(2 * PAGE - 1),
    "no more than the beginning": [1000 * number for number in range(2 * PAGE)],
    "one more": [1000 * number for number in range(2 * PAGE + 1)],
    "evenly": [7919 * number for number in range(110)],
    "one instant": [0] * 60,
    "two instants": [0] * 35 + [1] * 35,
    "one behind an instant": [0] * 50 + [86_400_000],
    "a millisecond apart": range(60),
    "all but the beginning in one instant": [number - 30 for number in range(30)] + [1000] * 50,
    "bursts": [burst * 3_600_000 + number // 9 for burst in (0, 1, 50) for number in range(35)],
}


@pytest.mark.parametrize("shape", SHAPES)
@on_real_engines
def test_counting_in_slices(app, monkeypatch, shape):
    monkeypatch.setattr(table, "QUERY_PAGE_ITEMS", PAGE)
    rows = [
        make_row(
            event_id=f"event-{number * 7919 % 99991:012x}",
            created_at=at(milliseconds),
            title=f"title {number % 3}",
            project_id=PROJECTS[number % 2],
            alert_id="alert-a",
        )
        for number, milliseconds in enumerate(SHAPES[shape])
    ]
    store_events(app, rows, NOW)
    assert assert_read(app, rows, plan()) == len(rows)
    assert assert_read(app, rows, plan(OF_THREE)) == len(rows)
    assert assert_read(app, rows, plan(condition("title", "eq", "title 1"))) == (len(rows) + 1) // 3
    assert assert_read(app, rows, plan(condition("title", "eq", "title 4"))) == 0
    by_alert = condition("alert_id", "eq", "alert-a")
    assert_read(app, rows, plan(by_alert, scope=Scope(DOMAIN, frozenset({PROJECTS[1]}))))
    for row in rows[:: max(1, len(rows) // 2)]:
        assert_read(app, rows, replace(plan(order=NEWEST_FIRST), since=row["created_at"]))
        assert_read(app, rows, replace(plan(), until=row["created_at"]))
        assert_read(app, rows, replace(plan(order=NEWEST_FIRST), after=Place(row["created_at"], row["event_id"])))


@on_real_engines
def test_a_reader_of_some_projects_counts_theirs(app):
    projects = [f"project-{number}" for number in range(120)]
    rows = [make_row(number, project_id=projects[number % 120], alert_id="alert-a") for number in range(140)]
    store_events(app, rows, NOW)
    by_alert = condition("alert_id", "eq", "alert-a")
    for number in (0, 1, MAX_STORED_VALUES, MAX_STORED_VALUES + 1, 110):
        scope = Scope(DOMAIN, frozenset(projects[:number]))
        theirs = number + min(number, 20)
        assert assert_read(app, rows, plan(scope=scope)) == theirs
        assert assert_read(app, rows, plan(by_alert, scope=scope)) == theirs
        # The reader's own limits hold, whatever the plan says.
        anyone_s = plan(by_alert)
        assert app.stores.reader(scope, NOW).count(anyone_s) == theirs
        assert len(list(app.stores.reader(scope, NOW).scan(anyone_s))) == theirs


@on_real_engines
def test_pages_that_are_read_ahead_are_all_counted_and_their_failures_raised(app, monkeypatch):
    monkeypatch.setattr(table, "QUERY_PAGE_ITEMS", PAGE)
    rows = [make_row(event_id=f"event-{number:012x}", created_at=at(7919 * number)) for number in range(110)]
    store_events(app, rows, NOW)
    reader = app.stores.reader(ALL, NOW)
    question = question_of(plan(), [("title",)])
    assert question is not None
    assert sum(weight for _, weight in reader.tally(plan(), question)) == len(rows)
    # No more slices than pages are left.
    assert reader.consumption.requests <= 2 + 1 + 2 * 9
    read = app.stores._events_table._client.query

    def fails_later(**parameters):
        if reader.consumption.requests > 5:
            raise UnavailableError("struck")
        return read(**parameters)

    reader = app.stores.reader(ALL, NOW)
    monkeypatch.setattr(app.stores._events_table._client, "query", fails_later)
    with pytest.raises(UnavailableError):
        list(reader.tally(plan(), question))


# --- tenancy ----------------------------------------------------------------------------------------------------------

TENANT_KEYS = ["", DOMAIN, OTHER_DOMAIN, *PROJECTS, "alert-a", "alert-b", "event-000000000001", "event-000000000003"]
TENANT_KEYS += [f"{len(domain)}:{domain}:{PROJECTS[0]}" for domain in (DOMAIN, OTHER_DOMAIN)]
tenant_conditions = st.one_of(
    st.builds(condition, st.just("title"), st.sampled_from(["eq", "not", "gt", "lte"]), st.just(OTHER_DOMAIN)),
    st.builds(
        condition,
        st.sampled_from(["project_id", "alert_id"]),
        st.sampled_from(["in", "not_in"]),
        st.lists(st.sampled_from([*PROJECTS, "alert-a"]), min_size=1, max_size=3),
    ),
    st.builds(condition, st.sampled_from(["project_id", "alert_id"]), st.just("exists"), st.booleans()),
)
moments = st.none() | st.integers(0, 30).map(at)
places = st.none() | st.builds(
    Place, st.integers(0, 30).map(at), st.sampled_from(TENANT_KEYS), st.booleans(), st.booleans()
)
scopes = st.builds(Scope, st.just(DOMAIN), st.none() | st.frozensets(st.sampled_from(PROJECTS), max_size=2))
any_plans = st.builds(
    Plan,
    scope=st.sampled_from([ALL, Scope(OTHER_DOMAIN), Scope(OTHER_DOMAIN, frozenset(PROJECTS))]),
    now=st.just(NOW),
    index=st.sampled_from(Index),
    keys=st.frozensets(st.sampled_from(TENANT_KEYS), min_size=1, max_size=12).map(tuple),
    fields=st.frozensets(st.sampled_from(sorted(INDEX_FIELDS - {"title"}))).map(lambda some: some | {"title"}),
    since=moments,
    until=moments,
    is_empty=st.just(False),
    descending=st.booleans(),
    ordered=st.booleans(),
    pushed_down=st.builds(
        Filter,
        st.lists(tenant_conditions, max_size=2).map(tuple),
        st.just(()) | st.lists(tenant_conditions, min_size=2, max_size=3).map(tuple),
    ),
    index_filter=st.just(Filter()),
    residual_filter=st.just(Filter()),
    residual_fields=st.just(frozenset()),
    after=places,
)


@on_real_engines
def test_no_plan_reads_what_the_reader_may_not_see(app):
    """Titles name the owner, so that no key of the index is trusted."""
    owners = [*product((DOMAIN, OTHER_DOMAIN), (*PROJECTS, None))]
    rows = [
        make_row(
            domain_id=domain_id,
            project_id=project_id,
            title=json.dumps([domain_id, project_id]),
            alert_id="alert-a" if number % 2 else "alert-b",
            event_id=f"event-{number:012x}",
            created_at=at(number),
        )
        for number in range(30)
        for domain_id, project_id in owners[number % 4 :: 4]
    ]
    store_events(app, rows, NOW)
    seen = set()

    @examples(150, on_engine=True)
    @given(any_plans, scopes)
    def confined(any_plan, scope):
        found = [tuple(json.loads(row["title"])) for row in app.stores.reader(scope, NOW).scan(any_plan)]
        assert {domain_id for domain_id, _ in found} <= {DOMAIN}
        assert scope.projects is None or {project_id for _, project_id in found} <= scope.projects
        assert app.stores.reader(scope, NOW).count(any_plan) == len(found)
        seen.update(found)

    confined()
    assert seen == {(DOMAIN, project_id) for project_id in (*PROJECTS, None)}


def test_details_and_bodies_of_another_domain_are_not_filled_in(app):
    raw = {"whose": "another domain's"}
    record = make_row(1, domain_id=OTHER_DOMAIN, description="theirs", raw_data=raw)
    assert import_event(app.stores, read_record(json.dumps(record).encode()), NOW)
    fields = frozenset({"description", "raw_data"})

    def filled(domain_id):
        row = {
            "event_id": record["event_id"],
            "delivery_id": ids.delivery_of_import(record["event_id"], OTHER_DOMAIN),
        }
        (row,) = app.stores.reader(Scope(domain_id), NOW).fill([row], fields)
        return row["description"], row["raw_data"]

    assert filled(OTHER_DOMAIN) == ("theirs", raw)
    assert filled(DOMAIN) == (None, None)


# --- what no index holds ----------------------------------------------------------------------------------------------


def test_raw_data_and_details_are_filled_in(app):
    """Events that share a delivery, whose delivery is gone or has expired, and imported ones, all mixed."""
    rows: list[dict[str, Any]] = []
    bodies: dict[str, Any] = {}
    deliveries: list[Delivery] = []

    def add(event_id, raw_data):
        number = len(rows)
        info = {"number": number, "of": ["any", {"type": None}]} if number % 3 else {}
        row = make_row(number, event_id=event_id, created_at=at(number), additional_info=info)
        rows.append(row | {"description": f"event {number}" if number % 2 else None})
        bodies[event_id] = raw_data

    def add_delivery(name, received_at):
        delivery_id, body = ids.delivery_id("webhook-a", name), {"delivery": name}
        deliveries.append(
            Delivery(delivery_id, DOMAIN, "project-a", "webhook-a", Body.of(body), {}, received_at, finished=True)
        )
        return delivery_id, body

    expired = NOW - timedelta(days=settings().retention_days)
    for number in range(30):
        shared, body = add_delivery(f"shared {number}", NOW)
        gone = ids.delivery_id("webhook-a", f"gone {number}")
        old, _ = add_delivery(f"old {number}", expired)
        for position in range(3):
            add(ids.event_id(shared, position), body)
        add(ids.event_id(gone, 0), None)
        add(ids.event_id(old, 0), None)
    store_deliveries(app, deliveries)
    store_events(app, rows, NOW)
    # An imported event's id may look like one of ours: its body is its own all the same.
    for number, event_id in enumerate(["imported", ids.event_id(shared, 7), "without-a-body"]):
        raw_data = {"imported": number} if number < 2 else None
        add(event_id, raw_data)
        assert import_event(app.stores, read_record(json.dumps(rows[-1] | {"raw_data": raw_data}).encode()), NOW)

    fields = frozenset({"raw_data", "description", "additional_info", "image_url"})
    for order in (OLDEST_FIRST, NEWEST_FIRST):
        reader = app.stores.reader(ALL, NOW)
        filled = list(reader.fill(reader.scan(plan(order=order)), fields))
        wanted = rows if order is OLDEST_FIRST else rows[::-1]
        assert [row["event_id"] for row in filled] == [row["event_id"] for row in wanted]
        for row, stored in zip(filled, wanted, strict=True):
            assert {name: row[name] for name in fields} == {
                **{name: stored[name] for name in fields - {"raw_data"}},
                "raw_data": bodies[stored["event_id"]],
            }


def test_what_is_not_asked_for_is_not_filled_in(app):
    store_events(app, [make_row(description="a text")], NOW)
    reader = app.stores.reader(ALL, NOW)
    (row,) = reader.fill(reader.scan(plan()), frozenset({"description"}))
    assert row["description"] == "a text"
    assert not {"raw_data", "additional_info", "image_url"} & row.keys()


def test_a_row_that_an_array_became_several_of_is_filled_in_several_times(app):
    store_events(app, [make_row(number, description=f"event {number}") for number in range(2)], NOW)
    reader = app.stores.reader(ALL, NOW)
    rows = [dict(row) for row in reader.scan(plan()) for _ in range(3)]
    filled = list(reader.fill(rows, frozenset({"description", "raw_data"})))
    assert [row["description"] for row in filled] == ["event 0"] * 3 + ["event 1"] * 3


# --- what it consumes -------------------------------------------------------------------------------------------------


@dataclass
class Answers:
    """DynamoDB's report on each request, in a list: several threads may add to it."""

    all: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def attach(self):
        tap(clients.dynamodb(), lambda _, parameters: parameters, self._keep)
        return self

    def _keep(self, operation, response):
        self.all.append((operation, response))

    def told(self):
        """Capacity units, requests, items looked at, and items found."""
        units = scanned = returned = 0
        for name, answer in self.all:
            if name == "Query":
                units += answer["ConsumedCapacity"]["CapacityUnits"]
                scanned += answer["ScannedCount"]
                returned += len(answer.get("Items", ()))
            else:
                units += sum(one["CapacityUnits"] for one in answer["ConsumedCapacity"])
                found = sum(len(items) for items in answer["Responses"].values())
                scanned += found
                returned += found
        return units, len(self.all), scanned, returned


def said(consumption):
    return (
        consumption.capacity_units,
        consumption.requests,
        consumption.items_scanned,
        consumption.items_returned,
    )


@pytest.fixture
def spread(app, monkeypatch):
    """300 events with details and deliveries, on small pages; most are not of the title that is looked for."""
    monkeypatch.setattr(table, "QUERY_PAGE_ITEMS", 20)
    deliveries = [
        Delivery(
            ids.delivery_id("webhook-a", str(number)),
            DOMAIN,
            "project-a",
            "webhook-a",
            Body.of({"n": number}),
            {},
            NOW,
            finished=True,
        )
        for number in range(300)
    ]
    rows = [
        make_row(
            event_id=ids.event_id(delivery.delivery_id, 0),
            created_at=at(7919 * number),
            title=f"title {number % 3}",
            project_id=PROJECTS[number % 2],
            description="d" * 100,
        )
        for number, delivery in enumerate(deliveries)
    ]
    store_deliveries(app, deliveries)
    store_events(app, rows, NOW)
    return app


FILLED = frozenset({"description", "raw_data"})
A_THIRD = condition("title", "eq", "title 1")
READS = {
    "scan": lambda reader: list(reader.scan(plan())),
    "scan of some": lambda reader: list(reader.scan(plan(A_THIRD, OF_THREE, order=NEWEST_FIRST))),
    "count in slices": lambda reader: reader.count(plan(A_THIRD)),
    "count of partitions": lambda reader: reader.count(plan(OF_THREE)),
    "fill": lambda reader: list(reader.fill(reader.scan(plan(), expected=300), FILLED)),
}


@on_exact_engine
@pytest.mark.parametrize("read", READS)
def test_consumption_is_what_dynamodb_says(spread, read):
    answers = Answers().attach()
    reader = spread.stores.reader(ALL, NOW)
    READS[read](reader)
    assert said(reader.consumption) == answers.told()
    units, requests, scanned, _ = answers.told()
    assert units > 0
    assert requests > 5
    assert scanned >= 300


@on_exact_engine
@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("requests", [0, 1, 5])
def test_nothing_is_read_when_time_has_run_out(spread, read, requests):
    answers = Answers().attach()
    asked = count()
    consumption = ReadBudget(lambda: inf if next(asked) < requests else 0.0)
    reader = spread.stores.reader(ALL, NOW, consumption)
    with pytest.raises(DbQueryError) as error:
        READS[read](reader)
    assert len(answers.all) == requests
    assert said(consumption) == answers.told()
    # Parallel reads may end after the first of them has reported.
    told = int(str(error.value).partition(" after ")[2].split()[0])
    if read == "count in slices" and requests == 5:
        assert 0 < told <= consumption.items_scanned
    else:
        assert told == consumption.items_scanned
