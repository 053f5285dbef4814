"""explain: the plan of a request, next to its results."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from event_api.domain.access import Scope
from event_api.query.read_budget import ReadBudget
from tests.fakes import PAGE_KEY, FakeEventReader, list_events, make_row, stat_events

NOW = datetime(2026, 3, 4, tzinfo=UTC)
SCOPE = Scope("domain-a")
ROWS = [make_row(number, alert_id=f"alert-{number % 2}") for number in range(6)]
COUNT = {"aggregate": [{"count": {"name": "n"}}]}


def explained(query, *, method=list_events, scope=SCOPE, consumption=None, **request):
    reader = FakeEventReader(ROWS, consumption)
    return method(reader, {"query": query | {"explain": True}, **request}, scope, NOW, PAGE_KEY)["explain"]


def plan_of(query, **options):
    return explained(query, **options)["plan"]


@pytest.mark.parametrize("method", [list_events, stat_events])
def test_it_stands_beside_the_results_and_only_if_it_is_asked_for(method):
    query = COUNT if method is stat_events else {"page": {"limit": 2}}
    plain = method(FakeEventReader(ROWS), {"query": query}, SCOPE, NOW, PAGE_KEY)
    answer = method(FakeEventReader(ROWS), {"query": query | {"explain": True}}, SCOPE, NOW, PAGE_KEY)
    assert answer.pop("explain").keys() == {"plan", "consumed"}
    assert answer == plain
    assert "explain" not in plain


@pytest.mark.parametrize(
    ("request_", "scope", "reads", "keys"),
    [
        ({}, SCOPE, "domain", []),
        ({"project_id": ["q", "p"]}, SCOPE, "project", ["p", "q"]),
        ({}, Scope("domain-a", frozenset({"project-b", "project-a"})), "project", ["project-a", "project-b"]),
        ({"alert_id": "alert-1", "project_id": "p"}, SCOPE, "alert", ["alert-1"]),
        ({"event_id": "event-1", "alert_id": "alert-1"}, SCOPE, "event", ["event-1"]),
    ],
)
def test_the_index_and_its_keys(request_, scope, reads, keys):
    plan = plan_of({}, scope=scope, **request_)
    assert (plan["reads"], plan["keys"]) == (reads, keys)


def test_the_whole_plan_of_a_list():
    query = {
        "filter": [
            {"k": "created_at", "v": "2026-03-01T09:00:00+09:00", "o": "gte"},
            {"k": "created_at", "v": "now", "o": "timediff_lt"},
            {"k": "severity", "v": "ERROR", "o": "eq"},
            {"k": "title", "v": "cpu", "o": "contain"},
            {"k": "additional_info.a.b", "v": 1, "o": "not"},
        ],
        "filter_or": [{"k": "resource_id", "v": "server-1", "o": "eq"}, {"k": "rule", "v": False, "o": "exists"}],
    }
    assert plan_of(query) == {
        "reads": "domain",
        "keys": [],
        "created_at": {"since": "2026-03-01T00:00:00.000Z", "until": "2026-03-03T23:59:59.999Z"},
        "tested_by_store": {
            "required": [{"key": "severity", "operator": "eq"}],
            "alternatives": [
                {"key": "resource.resource_id", "operator": "eq"},
                {"key": "rule", "operator": "exists"},
            ],
        },
        "tested_on_index": {"required": [{"key": "title", "operator": "contain"}]},
        "tested_on_event": {"required": [{"key": "additional_info.a.b", "operator": "not"}]},
        "order": "newest first",
    }


def test_the_whole_plan_of_a_stat():
    conditions = [{"k": "severity", "v": "ERROR", "o": "eq"}, {"k": "created_at", "v": "2026-03-02", "o": "lt"}]
    stages = [{"match": {"filter": conditions}}, {"match": {"filter": [{"k": "title", "v": "^c", "o": "regex"}]}}]
    query = {"aggregate": [*stages, {"count": {"name": "n"}}], "keyword": "cpu"}
    assert plan_of(query, method=stat_events) == {
        "reads": "domain",
        "keys": [],
        "created_at": {"until": "2026-03-01T23:59:59.999Z"},
        "tested_by_store": {"required": [{"key": "severity", "operator": "eq"}]},
        "tested_on_index": {
            "required": [{"key": "title", "operator": "regex"}],
            "alternatives": [{"key": "event_id", "operator": "contain"}, {"key": "title", "operator": "contain"}],
        },
        "tested_on_event": {},
        "order": "oldest first",
    }


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ({"key": "created_at"}, "oldest first"),
        ({"key": "created_at", "desc": True}, "newest first"),
        ({"key": "title"}, "sorted"),
        ([{"key": "created_at"}, {"key": "title"}], "sorted"),
    ],
)
def test_the_order(sort, order):
    assert plan_of({"sort": sort}) == {
        "reads": "domain",
        "keys": [],
        "created_at": {},
        "tested_by_store": {},
        "tested_on_index": {},
        "tested_on_event": {},
        "order": order,
    }


@pytest.mark.parametrize(("method", "query"), [(list_events, {}), (stat_events, COUNT)])
def test_what_cannot_match_is_not_read(method, query):
    contradiction = [{"k": "severity", "v": value, "o": "eq"} for value in ("ERROR", "INFO")]
    assert explained(query | {"filter": contradiction}, method=method) == {
        "plan": {"reads": "nothing"},
        "consumed": {"capacity_units": 0.0, "requests": 0, "items_scanned": 0, "items_returned": 0},
    }


@pytest.mark.parametrize(("method", "query"), [(list_events, {}), (stat_events, COUNT)])
def test_what_was_consumed(method, query):
    consumption = ReadBudget()
    consumption.add(12.5, 100, 60)
    consumption.add(0.5, 1, 1)
    assert explained(query, method=method, consumption=consumption)["consumed"] == {
        "capacity_units": 13.0,
        "requests": 2,
        "items_scanned": 101,
        "items_returned": 61,
    }


def test_no_value_of_a_condition_is_in_it():
    query = {"filter": [{"k": key, "v": "a value", "o": "eq"} for key in ("title", "additional_info.x", "provider")]}
    assert "a value" not in str(explained(query))


def test_a_reader_of_some_projects_does_not_see_the_consumption():
    scope = Scope("domain-a", frozenset({"project-a"}))
    request: dict[str, Any] = {"query": {"explain": True, "filter": [{"k": "alert_id", "v": "alert-b", "o": "eq"}]}}
    answer: dict[str, Any] = list_events(FakeEventReader([make_row(1)]), request, scope, NOW, PAGE_KEY)
    assert answer["explain"]["plan"]["reads"] == "alert"
    assert "consumed" not in answer["explain"]
