"""The consumed capacity of reading, and the end of its time."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest

from event_api.domain.access import Scope
from event_api.domain.errors import DbQueryError
from event_api.query.read_budget import SECONDS_TO_ANSWER, ReadBudget
from tests.fakes import PAGE_KEY, FakeEventReader, list_events, make_row, stat_events

NOW = datetime(2026, 3, 4, tzinfo=UTC)
SCOPE = Scope("domain-a")
ROWS = [make_row(number, additional_info={"tags": ["a", "b"]}) for number in range(30)]


def running_out(looks):
    """Time that suffices for a given number of looks at it."""
    left = itertools.chain(itertools.repeat(SECONDS_TO_ANSWER, looks), itertools.repeat(SECONDS_TO_ANSWER - 0.001))
    return ReadBudget(lambda: next(left))


def test_what_is_consumed_adds_up():
    consumption = ReadBudget()
    consumption.add(0.5, 10, 3)
    consumption.add(2.0, 5, 5)
    assert (consumption.capacity_units, consumption.requests) == (2.5, 2)
    assert (consumption.items_scanned, consumption.items_returned) == (15, 8)


def test_time_without_an_end_is_enough():
    ReadBudget().check_time()
    assert list(ReadBudget().watched(range(5))) == [0, 1, 2, 3, 4]


def test_too_little_time_is_reported_with_the_consumption_and_advice():
    consumption = ReadBudget(lambda: SECONDS_TO_ANSWER - 0.001)
    consumption.add(1234.5, 9876, 5)
    with pytest.raises(DbQueryError) as raised:
        consumption.check_time()
    assert (raised.value.status, raised.value.code) == (400, "ERROR_DB_QUERY")
    for words in ("not finished in time", "9876 items", "1234.5 capacity units", "created_at", "count false"):
        assert words in str(raised.value)


def test_elements_pass_until_time_runs_out():
    passed = []
    with pytest.raises(DbQueryError):
        passed.extend(running_out(3).watched(range(10)))
    assert passed == [0, 1, 2]


CONDITIONS = {
    "index": {"k": "title", "v": "cpu", "o": "contain"},
    "event": {"k": "raw_data.number", "v": 0, "o": "gte"},
}


@pytest.mark.parametrize("tested", CONDITIONS)
@pytest.mark.parametrize(
    ("method", "query"),
    [
        (list_events, {}),
        (list_events, {"count_only": True}),
        (list_events, {"page": {"limit": 3}}),
        (list_events, {"sort": {"key": "title"}}),
        (list_events, {"unwind": {"path": "additional_info.tags"}}),
        (stat_events, {"distinct": "title"}),
        (stat_events, {"aggregate": [{"count": {"name": "n"}}]}),
        (stat_events, {"aggregate": [{"sort": {"key": "title"}}]}),
    ],
)
def test_a_request_whose_time_runs_out_is_refused(method, query, tested):
    query = query | {"filter": [CONDITIONS[tested]]}

    def answered(consumption):
        return method(FakeEventReader(ROWS, consumption), {"query": query}, SCOPE, NOW, PAGE_KEY)

    with pytest.raises(DbQueryError, match="not finished in time"):
        answered(running_out(len(ROWS) - 1))
    answered(running_out(10 * len(ROWS)))


def test_a_page_that_is_not_counted_has_time_enough():
    query: dict[str, Any] = {"filter": [CONDITIONS["index"]], "page": {"limit": 3}, "count": False}
    answer: dict[str, Any] = list_events(
        FakeEventReader(ROWS, running_out(len(ROWS) // 2)), {"query": query}, SCOPE, NOW, PAGE_KEY
    )
    assert len(answer["results"]) == 3
    assert "next_token" in answer


def test_unwinding_in_a_stage_is_watched():
    query: dict[str, Any] = {"aggregate": [{"unwind": {"path": "additional_info.tags"}}, {"count": {"name": "n"}}]}
    with pytest.raises(DbQueryError, match="not finished in time"):
        stat_events(FakeEventReader(ROWS, running_out(59)), {"query": query}, SCOPE, NOW, PAGE_KEY)
    answer = stat_events(FakeEventReader(ROWS, running_out(600)), {"query": query}, SCOPE, NOW, PAGE_KEY)
    assert answer == {"results": [{"n": 60}]}


@pytest.mark.parametrize("stage", [{"group": {"keys": [{"k": "event_id", "n": "e"}]}}, {"sort": {"key": "event_id"}}])
def test_what_comes_behind_a_stage_that_keeps_is_watched(stage):
    query: dict[str, Any] = {"aggregate": [stage, {"match": {"filter": [{"k": "e", "v": "x", "o": "regex"}]}}]}
    if "sort" in stage:
        query["aggregate"][1]["match"]["filter"][0]["k"] = "title"
    with pytest.raises(DbQueryError, match="not finished in time"):
        stat_events(FakeEventReader(ROWS, running_out(len(ROWS) + 1)), {"query": query}, SCOPE, NOW, PAGE_KEY)


def test_a_reader_of_some_projects_does_not_see_how_much_was_read():
    consumption = ReadBudget(lambda: 0.0, told=False)
    consumption.add(7.5, 100, 100)
    with pytest.raises(DbQueryError) as error:
        consumption.check_time()
    assert "100" not in str(error.value)
    assert "7.5" not in str(error.value)
