"""get and list: the responses, and the reads for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from event_api.domain.access import Scope
from event_api.domain.errors import NotFoundError, PermissionDeniedError
from tests.fakes import PAGE_KEY, FakeEventReader, get_event, list_events, make_row

NOW = datetime(2026, 3, 4, tzinfo=UTC)
SCOPE = Scope("domain-a")


@pytest.fixture
def reader():
    return FakeEventReader([make_row(number, additional_info={"n": number}) for number in range(30)])


def numbers(answer):
    return [int(result["event_id"].removeprefix("event-"), 16) for result in answer["results"]]


def test_the_newest_come_first_and_events_of_one_instant_by_their_id():
    moment = "2026-03-01T00:00:00.000Z"
    rows = [make_row(number, created_at=moment) for number in (2, 1)] + [make_row(3)]
    assert numbers(list_events(FakeEventReader(rows), {}, SCOPE, NOW, PAGE_KEY)) == [3, 1, 2]


def test_a_page_reads_its_own_rows_and_counts_the_others(reader):
    query: dict[str, Any] = {"page": {"start": 3, "limit": 2}}
    answer: dict[str, Any] = list_events(reader, {"query": query}, SCOPE, NOW, PAGE_KEY)
    assert numbers(answer) == [27, 26]
    assert answer["total_count"] == 30
    assert reader.scanned == 5  # one more than is shown tells whether there is a next page
    assert reader.counted == 1
    assert len(reader.filled) == 2


def test_the_last_page_needs_no_count(reader):
    answer: dict[str, Any] = list_events(reader, {"query": {"page": {"start": 29, "limit": 5}}}, SCOPE, NOW, PAGE_KEY)
    assert numbers(answer) == [1, 0]
    assert answer["total_count"] == 30
    assert reader.counted == 0


def test_count_only_reads_no_rows(reader):
    assert list_events(reader, {"query": {"count_only": True}}, SCOPE, NOW, PAGE_KEY) == {
        "results": [],
        "total_count": 30,
    }
    assert (reader.scanned, reader.filled, reader.counted) == (0, [], 1)


def test_nothing_is_read_where_nothing_can_match(reader):
    query: dict[str, Any] = {"filter": [{"k": "event_id", "v": [], "o": "in"}]}
    assert list_events(reader, {"query": query}, SCOPE, NOW, PAGE_KEY) == {"results": [], "total_count": 0}
    assert (reader.scanned, reader.counted) == (0, 0)


def test_a_page_that_is_sorted_fills_its_own_rows_only(reader):
    query: dict[str, Any] = {"sort": {"key": "title"}, "page": {"limit": 3}, "only": ["event_id", "additional_info.n"]}
    answer: dict[str, Any] = list_events(reader, {"query": query}, SCOPE, NOW, PAGE_KEY)
    assert [result["additional_info"] for result in answer["results"]] == [{"n": 0}, {"n": 3}, {"n": 6}]
    assert [fields for _, fields in reader.filled] == [{"additional_info"}] * 3


def test_only_scalar_fields_fill_nothing(reader):
    answer: dict[str, Any] = list_events(
        reader, {"query": {"minimal": True, "page": {"limit": 1}}}, SCOPE, NOW, PAGE_KEY
    )
    assert list(answer["results"][0]) == ["event_id", "event_key", "event_type", "title", "severity"]
    assert reader.filled == []


def test_a_field_is_filled_once(reader):
    query: dict[str, Any] = {"filter": [{"k": "additional_info.n", "v": 28, "o": "gte"}], "only": ["additional_info"]}
    answer: dict[str, Any] = list_events(reader, {"query": query}, SCOPE, NOW, PAGE_KEY)
    assert answer["results"] == [{"additional_info": {"n": 29}}, {"additional_info": {"n": 28}}]
    assert len(reader.filled) == 30


def test_unwind_gives_one_result_for_each_element():
    rows = [make_row(1, additional_info={"tags": ["b", "a"]}), make_row(2, additional_info={"tags": []})]
    query: dict[str, Any] = {"unwind": {"path": "additional_info.tags"}, "only": ["additional_info.tags"]}
    query |= {"sort": [{"key": "additional_info.tags"}]}
    assert list_events(FakeEventReader(rows), {"query": query}, SCOPE, NOW, PAGE_KEY) == {
        "results": [{"additional_info": {"tags": "a"}}, {"additional_info": {"tags": "b"}}],
        "total_count": 2,
    }
    counted = list_events(FakeEventReader(rows), {"query": query | {"count_only": True}}, SCOPE, NOW, PAGE_KEY)
    assert counted["total_count"] == 2


def test_named_fields_and_aliases(reader):
    request: dict[str, Any] = {"resource_id": "server-1", "event_key": ["key-0", "key-1"], "domain_id": "domain-a"}
    assert numbers(list_events(reader, request, SCOPE, NOW, PAGE_KEY)) == [25, 16, 10, 1]


def test_keyword_words_are_alternatives(reader):
    query: dict[str, Any] = {
        "keyword": " HOST-1  00000000001d ",
        "filter": [{"k": "event_key", "v": "key-4", "o": "eq"}],
    }
    assert numbers(list_events(reader, {"query": query}, SCOPE, NOW, PAGE_KEY)) == [29, 19, 4]


def test_get_answers_the_fields_that_have_a_value(reader):
    assert get_event(reader, {"event_id": "event-000000000001"}, SCOPE, NOW) == {
        "event_id": "event-000000000001",
        "event_key": "key-1",
        "event_type": "ALERT",
        "title": "CPU on host-1",
        "severity": "ERROR",
        "resource": {"resource_id": "server-1"},
        "raw_data": {"number": 1},
        "additional_info": {"n": 1},
        "webhook_id": "webhook-a",
        "project_id": "project-a",
        "domain_id": "domain-a",
        "created_at": "2026-03-01T00:01:00.000Z",
    }


def test_get_only(reader):
    request: dict[str, Any] = {
        "event_id": "event-000000000001",
        "only": ["resource.name", "resource_id", "raw_data.x", "title"],
    }
    assert get_event(reader, request, SCOPE, NOW) == {
        "title": "CPU on host-1",
        "resource": {"resource_id": "server-1"},
    }


def test_get_only_one_field_as_a_query_parameter(reader):
    request: dict[str, Any] = {"event_id": "event-000000000001", "only": "severity"}
    assert get_event(reader, request, SCOPE, NOW) == {"severity": "ERROR"}


@pytest.mark.parametrize("scope", [Scope("domain-b"), Scope("domain-a", frozenset({"project-b"}))])
def test_get_of_what_the_token_must_not_see_is_not_found(reader, scope):
    with pytest.raises(NotFoundError, match="event-000000000001"):
        get_event(reader, {"event_id": "event-000000000001"}, scope, NOW)


def test_another_domain_is_refused(reader):
    with pytest.raises(PermissionDeniedError):
        list_events(reader, {"domain_id": "domain-b"}, SCOPE, NOW, PAGE_KEY)
    with pytest.raises(PermissionDeniedError):
        get_event(reader, {"event_id": "event-000000000001", "domain_id": "domain-b"}, SCOPE, NOW)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"filter": [{"k": "project_id", "v": "project-b", "o": "eq"}]},
        {"filter": [{"k": "event_id", "v": "event-000000000001", "o": "eq"}]},
        {"filter_or": [{"k": "project_id", "v": "project-b", "o": "eq"}, {"k": "title", "v": "", "o": "contain"}]},
        {"keyword": "cpu"},
        {"count_only": True},
    ],
)
def test_a_token_of_one_project_sees_no_other(query):
    rows = [make_row(1, project_id="project-b"), make_row(2, project_id=None), make_row(3, domain_id="domain-b")]
    scope = Scope("domain-a", frozenset({"project-a"}))
    assert list_events(FakeEventReader(rows), {"query": query}, scope, NOW, PAGE_KEY) == {
        "results": [],
        "total_count": 0,
    }
