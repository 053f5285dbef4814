"""The reads of a query, and the filter that is left."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from event_api.domain.access import Scope
from event_api.domain.fields import EVENT
from event_api.query.matcher import Condition
from event_api.query.planner import Index, make_plan
from event_api.query.sorting import SortKey

NOW = datetime(2026, 3, 4, tzinfo=UTC)
ALL = Scope("domain-a")
SOME = Scope("domain-a", frozenset({"project-a", "project-b"}))


def plan(*required, either=(), scope=ALL, **options):
    def conditions(parts):
        return [Condition(EVENT.path_of(key), operator, value) for key, operator, value in parts]

    return make_plan(conditions(required), conditions(either), scope, NOW, **options)


@pytest.mark.parametrize(
    ("required", "scope", "index", "keys", "exact"),
    [
        ([], ALL, Index.DOMAIN, (), True),
        ([("domain_id", "eq", "domain-a")], ALL, Index.DOMAIN, (), True),
        ([("project_id", "eq", "p")], ALL, Index.PROJECT, ("p",), True),
        ([("user_projects", "in", ["q", "p"])], ALL, Index.PROJECT, ("p", "q"), True),
        ([("project_id", "in", ["p", None])], ALL, Index.DOMAIN, (), False),
        ([("project_id", "exists", False)], ALL, Index.DOMAIN, (), True),
        ([("project_id", "not", "p")], ALL, Index.DOMAIN, (), True),
        ([("alert_id", "eq", "a"), ("project_id", "eq", "p")], ALL, Index.ALERT, ("a",), True),
        ([("event_id", "in", ["e"]), ("title", "contain", "a")], ALL, Index.EVENT, ("e",), False),
        ([("event_id", "in", ["e", "f"]), ("event_id", "in", ["f", "g", 5])], ALL, Index.EVENT, ("f",), True),
        ([], SOME, Index.PROJECT, ("project-a", "project-b"), True),
        ([("project_id", "in", ["project-a", "project-z"])], SOME, Index.PROJECT, ("project-a",), True),
        ([("alert_id", "eq", "a")], SOME, Index.ALERT, ("a",), True),
        ([("event_id", "eq", "e")], SOME, Index.EVENT, ("e",), True),
    ],
)
def test_index(required, scope, index, keys, exact):
    planned = plan(*required, scope=scope)
    assert (planned.index, planned.keys, planned.exact, planned.is_empty) == (index, keys, exact, False)


@pytest.mark.parametrize(
    ("required", "scope"),
    [
        ([("domain_id", "eq", "domain-b")], ALL),
        ([("event_id", "in", [])], ALL),
        ([("project_id", "eq", "p"), ("project_id", "eq", "q")], ALL),
        ([("alert_id", "in", []), ("event_id", "eq", "e")], ALL),
        ([("project_id", "eq", "project-z")], SOME),
        ([("severity", "eq", "ERROR"), ("severity", "in", ["INFO", None])], ALL),
        ([("severity", "eq", "ERROR"), ("severity", "exists", False)], ALL),
        ([("resource_id", "in", ["a", "b"]), ("resource.resource_id", "eq", "c")], ALL),
        ([("title", "eq", 5)], ALL),
        ([("event_id", "eq", None)], ALL),
        ([], Scope("domain-a", frozenset())),
        ([("created_at", "gt", "2026-03-02"), ("created_at", "lt", "2026-03-02")], ALL),
        ([("created_at", "gt", "9999-12-31T23:59:59.999Z")], ALL),
        ([("created_at", "lt", "0001-01-01")], ALL),
        ([("created_at", "eq", "2026-03-02T00:00:00.0001Z")], ALL),
    ],
)
def test_contradictions_read_nothing(required, scope):
    assert plan(*required, scope=scope).is_empty


@pytest.mark.parametrize(
    ("required", "since", "until"),
    [
        ([("created_at", "gt", "2026-03-02")], "2026-03-02T00:00:00.001Z", None),
        ([("created_at", "gte", "2026-03-02T09:00:00+09:00")], "2026-03-02T00:00:00.000Z", None),
        ([("created_at", "gte", "2026-03-02T00:00:00.0001Z")], "2026-03-02T00:00:00.001Z", None),
        ([("created_at", "lt", "2026-03-02")], None, "2026-03-01T23:59:59.999Z"),
        ([("created_at", "lt", "2026-03-02T00:00:00.0001Z")], None, "2026-03-02T00:00:00.000Z"),
        ([("created_at", "lte", "2026-03-02T00:00:00.0009Z")], None, "2026-03-02T00:00:00.000Z"),
        ([("created_at", "eq", "2026-03-02")], "2026-03-02T00:00:00.000Z", "2026-03-02T00:00:00.000Z"),
        (
            [("created_at", "datetime_gte", "2026-03-01"), ("created_at", "timediff_gt", "now-1d")],
            "2026-03-03T00:00:00.001Z",
            None,
        ),
    ],
)
def test_time_range(required, since, until):
    planned = plan(*required)
    assert (planned.since, planned.until, planned.exact) == (since, until, True)


def operators(conditions):
    return [(".".join(condition.path), condition.operator) for condition in conditions]


def test_conditions_are_shared_out():
    planned = plan(
        ("severity", "eq", "ERROR"),
        ("rule", "exists", False),
        ("resource.name", "not_in", ["a", "b"]),
        ("occurred_at", "timediff_gt", "now-1d"),
        ("provider", "eq", ""),
        ("title", "contain", "x"),
        ("additional_info.a", "eq", 1),
        ("raw_data.b", "eq", 2),
    )
    assert operators(planned.pushed_down.required) == [
        ("severity", "eq"),
        ("rule", "exists"),
        ("resource.name", "not_in"),
        ("occurred_at", "gte"),
    ]
    assert operators(planned.index_filter.required) == [("provider", "eq"), ("title", "contain")]
    assert operators(planned.residual_filter.required) == [("additional_info.a", "eq"), ("raw_data.b", "eq")]
    assert planned.fields == {"event_id", "provider", "title"}
    assert planned.residual_fields == {"additional_info", "raw_data"}


def test_the_store_is_not_given_more_values_than_it_takes():
    planned = plan(("title", "in", list(map(str, range(79)))), ("rule", "in", ["a", "b"]), ("severity", "eq", "INFO"))
    assert operators(planned.pushed_down.required) == [("title", "in"), ("severity", "eq")]
    assert operators(planned.index_filter.required) == [("rule", "in")]


def test_alternatives_narrow_nothing_unless_they_are_one():
    several = plan(either=[("event_id", "eq", "e"), ("title", "contain", "x")])
    assert (several.index, several.exact) == (Index.DOMAIN, False)
    one = plan(either=[("event_id", "eq", "e")])
    assert (one.index, one.keys, one.exact) == (Index.EVENT, ("e",), True)
    same = plan(either=[("alert_id", "eq", "a"), ("alert_id", "in", ["b", "c"])])
    assert (same.index, same.keys, same.exact) == (Index.ALERT, ("a", "b", "c"), True)


def test_alternatives_in_time_are_read_from_the_first_to_the_last():
    planned = plan(either=[("created_at", "lt", "2026-03-01"), ("created_at", "in", ["2026-02-01", "2026-03-02"])])
    assert (planned.since, planned.until, planned.exact) == (None, "2026-03-02T00:00:00.000Z", False)
    open_end = plan(either=[("created_at", "lt", "2026-03-01"), ("created_at", "gt", "2026-03-03")])
    assert (open_end.since, open_end.until) == (None, None)


def test_alternatives_wait_for_the_dearest_of_them():
    stored = plan(either=[("title", "eq", "x"), ("severity", "not", "INFO")])
    assert operators(stored.pushed_down.alternatives) == [("title", "eq"), ("severity", "not")]
    cheap = plan(either=[("title", "eq", "x"), ("title", "contain", "y")])
    assert operators(cheap.index_filter.alternatives) == [("title", "eq"), ("title", "contain")]
    dear = plan(either=[("title", "eq", "x"), ("description", "eq", "y")])
    assert not dear.index_filter
    assert dear.residual_fields == {"description"}
    assert operators(dear.residual_filter.alternatives) == [("title", "eq"), ("description", "eq")]


@pytest.mark.parametrize(
    ("order", "descending", "ordered", "then_fields"),
    [
        ([("created_at", True)], True, True, set()),
        ([("created_at", False)], False, True, set()),
        ([("created_at", True), ("event_id", False)], True, True, set()),
        ([("created_at", True), ("event_id", True)], False, False, set()),
        ([("created_at", True), ("title", False)], False, False, set()),
        ([("title", True)], False, False, set()),
        ([("additional_info.n", False)], False, False, {"additional_info"}),
    ],
)
def test_order(order, descending, ordered, then_fields):
    planned = plan(order=[SortKey(EVENT.path_of(key), desc) for key, desc in order])
    assert (planned.descending, planned.ordered, planned.residual_fields) == (descending, ordered, then_fields)


def test_only_the_fields_that_are_needed_are_read():
    assert plan(projected=frozenset({"title", "raw_data"})).fields == {"title"}
