"""What is read for a query, and what is left to match."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from event_api.fields import path_of
from event_api.model import Scope
from event_api.query.matcher import Condition
from event_api.query.planner import Index, make_plan
from event_api.query.sorting import SortKey

NOW = datetime(2026, 3, 4, tzinfo=UTC)
ALL = Scope("domain-a")
SOME = Scope("domain-a", frozenset({"project-a", "project-b"}))


def plan(*required, either=(), scope=ALL, **options):
    def conditions(parts):
        return [Condition(path_of(key), operator, value) for key, operator, value in parts]

    return make_plan(conditions(required), conditions(either), scope, NOW, **options)


@pytest.mark.parametrize(
    ("required", "scope", "index", "keys", "exact"),
    [
        ([], ALL, Index.DOMAIN, (), True),
        ([("domain_id", "eq", "domain-a")], ALL, Index.DOMAIN, (), True),
        ([("project_id", "eq", "p")], ALL, Index.PROJECT, ("p",), True),
        ([("user_projects", "in", ["q", "p"])], ALL, Index.PROJECT, ("p", "q"), True),
        ([("project_id", "in", ["p", None])], ALL, Index.DOMAIN, (), False),
        ([("project_id", "not", "p")], ALL, Index.DOMAIN, (), False),
        ([("alert_id", "eq", "a"), ("project_id", "eq", "p")], ALL, Index.ALERT, ("a",), False),
        ([("event_id", "in", ["e"]), ("alert_id", "eq", "a")], ALL, Index.EVENT, ("e",), False),
        ([("event_id", "in", ["e", "f"]), ("event_id", "in", ["f", "g", 5])], ALL, Index.EVENT, ("f",), True),
        ([], SOME, Index.PROJECT, ("project-a", "project-b"), True),
        ([("project_id", "in", ["project-a", "project-z"])], SOME, Index.PROJECT, ("project-a",), True),
        ([("alert_id", "eq", "a")], SOME, Index.ALERT, ("a",), False),
        ([("event_id", "eq", "e")], SOME, Index.EVENT, ("e",), False),
    ],
)
def test_index(required, scope, index, keys, exact):
    planned = plan(*required, scope=scope)
    assert (planned.index, planned.keys, planned.exact, planned.nothing) == (index, keys, exact, False)


def test_a_token_of_some_projects_never_matches_another():
    planned = plan(("alert_id", "eq", "a"), scope=SOME)
    assert planned.first({"project_id": "project-a"})
    assert not planned.first({"project_id": "project-z"})
    assert not planned.first({"project_id": None})
    assert "project_id" in planned.fields


@pytest.mark.parametrize(
    ("required", "scope"),
    [
        ([("domain_id", "eq", "domain-b")], ALL),
        ([("event_id", "in", [])], ALL),
        ([("project_id", "eq", "p"), ("project_id", "eq", "q")], ALL),
        ([("alert_id", "in", []), ("event_id", "eq", "e")], ALL),
        ([("project_id", "eq", "project-z")], SOME),
        ([], Scope("domain-a", frozenset())),
        ([("created_at", "gt", "2026-03-02"), ("created_at", "lt", "2026-03-02")], ALL),
        ([("created_at", "gt", "9999-12-31T23:59:59.999Z")], ALL),
        ([("created_at", "lt", "0001-01-01")], ALL),
        ([("created_at", "eq", "2026-03-02T00:00:00.0001Z")], ALL),
    ],
)
def test_contradictions_read_nothing(required, scope):
    assert plan(*required, scope=scope).nothing


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


def test_what_no_index_holds_is_matched_after_what_it_holds():
    planned = plan(("severity", "eq", "ERROR"), ("additional_info.a", "eq", 1), ("raw_data.b", "eq", 2))
    assert planned.first({"severity": "ERROR"})
    assert planned.fields == {"event_id", "severity"}
    assert planned.then_fields == {"additional_info", "raw_data"}
    assert planned.then({"additional_info": {"a": 1}, "raw_data": {"b": 2}})
    assert not planned.then({"additional_info": {"a": 1}, "raw_data": {"b": 1}})


def test_alternatives_narrow_nothing_unless_there_is_only_one():
    several = plan(either=[("event_id", "eq", "e"), ("title", "contain", "x")])
    assert (several.index, several.exact) == (Index.DOMAIN, False)
    one = plan(either=[("event_id", "eq", "e")])
    assert (one.index, one.keys, one.exact) == (Index.EVENT, ("e",), True)


def test_alternatives_wait_for_the_dearest_of_them():
    planned = plan(either=[("title", "eq", "x"), ("description", "eq", "y")])
    assert planned.first is None
    assert planned.then_fields == {"description"}
    assert planned.then({"title": "x", "description": None})


@pytest.mark.parametrize(
    ("order", "descending", "ordered", "then_fields"),
    [
        ([("created_at", True)], True, True, set()),
        ([("created_at", False)], False, True, set()),
        ([("created_at", True), ("title", False)], False, False, set()),
        ([("title", True)], False, False, set()),
        ([("additional_info.n", False)], False, False, {"additional_info"}),
    ],
)
def test_order(order, descending, ordered, then_fields):
    planned = plan(order=[SortKey(path_of(key), desc) for key, desc in order])
    assert (planned.descending, planned.ordered, planned.then_fields) == (descending, ordered, then_fields)


def test_only_the_fields_that_are_needed_are_read():
    assert plan(shown=frozenset({"title", "raw_data"})).fields == {"event_id", "title"}
