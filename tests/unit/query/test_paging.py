"""Page tokens, and the walks that they make through list and stat."""

from __future__ import annotations

import base64
import string
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from event_api.domain.access import Scope
from event_api.domain.errors import DbQueryError, InvalidParameterError
from event_api.json_text import escaped_bytes, write_json
from event_api.query.pagination import MAX_TOKEN_LENGTH, AnswerSpace, Cursor, PageTokens
from event_api.reads import search, statistics
from tests.fakes import PAGE_KEY, FakeEventReader, list_events, make_row, stat_events

NOW = datetime(2026, 3, 4, tzinfo=UTC)
SCOPE = Scope("domain-a")
LIMITS = [1, 2, 3, 7, None]

# --- tokens -----------------------------------------------------------------------------------------------------------

QUERY = {
    "filter": [{"k": "title", "v": "cpu", "o": "contain"}],
    "filter_or": [{"k": "severity", "v": "ERROR", "o": "eq"}],
    "sort": {"key": "title"},
    "only": ["title"],
    "keyword": "cpu",
    "unwind": {"path": "additional_info.tags"},
}
REQUEST = {"query": QUERY, "severity": ["ERROR"]}
CURSOR = Cursor(NOW, ["2026-03-01T00:00:00.000Z", "event-1", 3, False])


def tokens(*, key=PAGE_KEY, method="list", request=REQUEST, scope=SCOPE):
    return PageTokens(key, method, request, scope, restore=lambda position: position)


def is_refused(token, by=None):
    with pytest.raises(InvalidParameterError) as raised:
        (by or tokens()).read(token)
    return raised.value.key == "query.page.token" and raised.value.code == "ERROR_INVALID_PARAMETER"


@pytest.mark.parametrize("position", [None, 5, ["event-1", None], ["디스크", 10**30, [], True]])
def test_a_token_is_read_as_it_was_written(position):
    cursor = Cursor(NOW.replace(microsecond=123_000), position)
    assert tokens().read(tokens().write(cursor)) == cursor


def test_a_token_that_was_changed_anywhere_is_refused():
    token = tokens().write(CURSOR)
    characters = string.ascii_letters + string.digits + "-_+/=. é"
    changed = {token[:at] + other + token[at + 1 :] for at in range(len(token)) for other in characters}
    cut = {token[:at] for at in range(len(token))} | {token[at:] for at in range(1, len(token))}
    without = {token[:at] + token[at + 1 :] for at in range(len(token))}
    longer = {token[:at] + more + token[at:] for at in range(len(token) + 1) for more in ("A", "=", "\n", " ", "%3D")}
    tried = (changed | cut | without | longer) - {token}
    assert len(tried) > 60 * len(token)
    reader = tokens()
    assert all(is_refused(other, reader) for other in tried)


@pytest.mark.parametrize(
    "token", ["A" * (MAX_TOKEN_LENGTH + 1), "A" * MAX_TOKEN_LENGTH, "디스크", "\ud800", "", "A", "null"]
)
def test_an_invalid_token_is_refused(token):
    assert is_refused(token)


def test_what_does_not_decompress_is_refused_before_anybody_tries():
    assert is_refused(base64.urlsafe_b64encode(b"\0" * 40).rstrip(b"=").decode())


OTHER_RESULTS: list[dict[str, Any]] = [
    {"filter": [{"k": "title", "v": "cpu", "o": "not_contain"}]},
    {"filter_or": []},
    {"sort": {"key": "title", "desc": True}},
    {"only": ["title", "severity"]},
    {"minimal": True},
    {"keyword": "CPU"},
    {"unwind": {"path": "additional_info.other"}},
    {"count_only": True},
]


@pytest.mark.parametrize(
    "other",
    [
        {"key": "another page key"},
        {"key": ""},
        {"method": "stat"},
        {"scope": Scope("domain-b")},
        {"scope": Scope("domain-a", frozenset())},
        {"scope": Scope("domain-a", frozenset({"project-a"}))},
        {"request": {}},
        {"request": {"query": QUERY}},
        {"request": REQUEST | {"severity": ["INFO"]}},
        {"request": REQUEST | {"event_key": "key-1"}},
        *({"request": REQUEST | {"query": QUERY | changed}} for changed in OTHER_RESULTS),
    ],
)
def test_a_token_belongs_to_its_request_and_reader(other):
    assert is_refused(tokens(**other).write(CURSOR))
    assert is_refused(tokens().write(CURSOR), tokens(**other))


@pytest.mark.parametrize(
    "changed", [{"page": {"limit": 7, "start": 9, "token": "x"}}, {"page": {}}, {"count": False}, {"explain": True}]
)
def test_what_does_not_change_the_results_may_change(changed):
    assert tokens(request=REQUEST | {"query": QUERY | changed}).read(tokens().write(CURSOR)) == CURSOR


def test_what_says_the_same_is_the_same():
    token = tokens().write(CURSOR)
    assert tokens(request=REQUEST | {"domain_id": "domain-a"}).read(token) == CURSOR
    assert tokens(request=dict(reversed(REQUEST.items()))).read(token) == CURSOR
    some = [Scope("domain-a", frozenset(projects)) for projects in (["a", "b"], ["b", "a"])]
    assert tokens(scope=some[1]).read(tokens(scope=some[0]).write(CURSOR)) == CURSOR


def test_a_token_shows_no_key():
    assert PAGE_KEY not in repr(tokens())
    assert base64.b64encode(PAGE_KEY.encode()).decode().rstrip("=") not in tokens().write(CURSOR)


# --- walks ------------------------------------------------------------------------------------------------------------

VALUES = [3, "b", None, 2.5, True, "a", [1, "z"], {"x": 1}, [], 3, False, "b", "", [], None, {"x": 0}]


def tags_of(number):
    return [["x", "y", "z"], ["y"], [], "w", ["z", "z"], None][number % 6]


ROWS = [
    make_row(
        number,
        created_at=f"2026-03-01T00:00:{number // 3:02d}.000Z",  # three of each instant
        event_id=f"event-{number * 7 % 48:012x}",
        additional_info={"v": VALUES[number % len(VALUES)], "tags": tags_of(number)},
        severity="INFO" if number % 4 == 0 else "ERROR",
    )
    for number in range(48)
]


def ask(query, rows=ROWS, *, now=NOW, method=list_events, request=None, page=None):
    query = query if page is None else query | {"page": page}
    return method(FakeEventReader(rows), {"query": query, **(request or {})}, SCOPE, now, PAGE_KEY)


def walk(ask_page, limit, most=200):
    """Ask page by page; return the answers."""
    page = {} if limit is None else {"limit": limit}
    answers = [ask_page(page)]
    while (token := answers[-1].get("next_token")) is not None:
        answers.append(ask_page(page | {"token": token}))
        assert len(answers) <= most
    return answers


def results_of(answers):
    return [result for answer in answers for result in answer["results"]]


WALKS = {
    "newest first": {},
    "oldest first": {"sort": {"key": "created_at"}},
    "newest first, then by id": {"sort": [{"key": "created_at", "desc": True}, {"key": "event_id"}]},
    "by id downwards": {"sort": [{"key": "created_at", "desc": True}, {"key": "event_id", "desc": True}]},
    "by title": {"sort": {"key": "title"}},
    "by title downwards": {"sort": {"key": "title", "desc": True}},
    "by two": {"sort": [{"key": "severity", "desc": True}, {"key": "title"}]},
    "by values of many types": {"sort": {"key": "additional_info.v"}},
    "by values of many types downwards": {"sort": {"key": "additional_info.v", "desc": True}},
    "by an array": {"sort": {"key": "additional_info.tags"}},
    "by an array downwards": {"sort": {"key": "additional_info.tags", "desc": True}},
    "unwound": {"unwind": {"path": "additional_info.tags"}},
    "unwound, oldest first": {"unwind": {"path": "additional_info.tags"}, "sort": {"key": "created_at"}},
    "unwound and sorted": {
        "unwind": {"path": "additional_info.tags"},
        "sort": {"key": "additional_info.tags", "desc": True},
    },
    "unwound, sorted by another": {"unwind": {"path": "additional_info.tags"}, "sort": {"key": "title"}},
    "tested by the store": {"filter": [{"k": "severity", "v": "ERROR", "o": "eq"}]},
    "tested on the index": {"filter": [{"k": "title", "v": "host-[01]", "o": "regex"}]},
    "tested on the event": {"filter": [{"k": "additional_info.v", "v": True, "o": "exists"}]},
    "of some ids": {"filter": [{"k": "event_id", "v": [row["event_id"] for row in ROWS[::5]], "o": "in"}]},
    "of a project": {"filter": [{"k": "project_id", "v": "project-a", "o": "eq"}]},
    "of a time": {"filter": [{"k": "created_at", "v": "2026-03-01T00:00:05Z", "o": "gte"}]},
    "everything at once": {
        "unwind": {"path": "additional_info.tags"},
        "keyword": "host-0 host-1",
        "filter": [
            {"k": "severity", "v": "ERROR", "o": "eq"},
            {"k": "additional_info.tags", "v": True, "o": "exists"},
        ],
        "sort": {"key": "additional_info.v"},
    },
}


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("query", WALKS.values(), ids=WALKS)
def test_pages_are_the_whole(query, limit):
    whole = ask(query)
    assert whole["total_count"] == len(whole["results"]) > 0
    answers = walk(lambda page: ask(query, page=page), limit)
    assert results_of(answers) == whole["results"]
    assert {len(answer["results"]) for answer in answers[:-1]} <= {limit}
    assert {answer["total_count"] for answer in answers} == {whole["total_count"]}


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
@pytest.mark.parametrize("query", WALKS.values(), ids=WALKS)
def test_pages_that_are_not_counted_are_the_whole(query, limit):
    answers = walk(lambda page: ask(query | {"count": False}, page=page), limit)
    assert results_of(answers) == ask(query)["results"]
    assert not any("total_count" in answer for answer in answers)


def test_the_limit_may_change_from_page_to_page():
    first = ask({}, page={"limit": 5})
    second = ask({}, page={"limit": 11, "token": first["next_token"]})
    third = ask({}, page={"token": second["next_token"]})
    assert [len(answer["results"]) for answer in (first, second, third)] == [5, 11, 32]
    assert results_of([first, second, third]) == ask({})["results"]


def test_a_last_page_that_is_full_has_no_token():
    assert "next_token" in ask({}, page={"limit": 47})
    assert "next_token" not in ask({}, page={"limit": 48})


@pytest.mark.parametrize("query", [{}, {"sort": {"key": "title"}}, {"unwind": {"path": "additional_info.tags"}}])
def test_start_counts_for_the_first_page_only(query):
    first = ask(query, page={"start": 4, "limit": 2})
    assert first["results"] == ask(query)["results"][3:5]
    following = [ask(query, page={"limit": 2, "token": first["next_token"], **start}) for start in ({}, {"start": 9})]
    assert following[0]["results"] == following[1]["results"] == ask(query)["results"][5:7]


@pytest.mark.parametrize("query", [{}, {"unwind": {"path": "additional_info.tags"}}, WALKS["tested on the event"]])
@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_events_that_arrive_meanwhile_change_nothing_behind_the_first_page(query, limit):
    whole = ask(query)["results"]
    rows = list(ROWS)

    def ask_and_create(page):
        answer = ask(query, rows, page=page)
        number = 1000 + len(rows)
        rows.append(make_row(number, created_at="2026-03-02T00:00:00.000Z", additional_info={"v": 1, "tags": ["q"]}))
        return answer

    assert results_of(walk(ask_and_create, limit)) == whole
    assert len(ask(query, rows)["results"]) > len(whole)


def test_the_present_is_that_of_the_first_page():
    query = {"filter": [{"k": "created_at", "v": "now-3d", "o": "timediff_gte"}]}
    query |= {"filter_or": [{"k": "created_at", "v": "now", "o": "timediff_lt"}, {"k": "title", "v": "x", "o": "eq"}]}
    days = iter(range(100))

    def ask_later(page):
        return ask(query, now=NOW + timedelta(days=next(days), microseconds=400), page=page)

    answers = walk(ask_later, 7)
    assert results_of(answers) == ask(query)["results"]
    assert {answer["total_count"] for answer in answers} == {48}
    assert not ask(query, now=NOW + timedelta(days=1))["results"]


def test_a_token_does_not_reach_beyond_its_scope():
    token = ask({}, page={"limit": 5})["next_token"]
    request: dict[str, Any] = {"query": {"page": {"token": token}}}
    for scope, key in ((Scope("domain-b"), PAGE_KEY), (Scope("domain-a", frozenset()), PAGE_KEY), (SCOPE, "other")):
        with pytest.raises(InvalidParameterError, match=r"query\.page\.token"):
            list_events(FakeEventReader(ROWS), request, scope, NOW, key)


# --- what is not counted ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("conditions", [[], [{"k": "title", "v": "cpu", "o": "contain"}]])
def test_without_a_count_a_page_reads_one_more_than_it_shows(conditions):
    reader = FakeEventReader(ROWS)
    query: dict[str, Any] = {"count": False, "page": {"limit": 3}, "filter": conditions}
    answer: dict[str, Any] = list_events(reader, {"query": query}, SCOPE, NOW, PAGE_KEY)
    assert answer.keys() == {"results", "next_token"}
    assert (reader.counted, reader.scanned, len(reader.filled)) == (0, 4, 3)
    query["page"]["token"] = answer["next_token"]
    reader = FakeEventReader(ROWS)
    following: dict[str, Any] = list_events(reader, {"query": query}, SCOPE, NOW, PAGE_KEY)
    assert len(following["results"]) == 3
    assert (reader.counted, reader.scanned, len(reader.filled)) == (0, 4, 3)


def test_what_is_sorted_is_not_counted_either():
    assert ask({"count": False, "sort": {"key": "title"}}).keys() == {"results"}


def test_count_only_is_a_count():
    with pytest.raises(InvalidParameterError) as raised:
        ask({"count": False, "count_only": True})
    assert raised.value.key == "query.count"


# --- the size of answers ----------------------------------------------------------------------------------------------

SPACE = 1_500


@pytest.fixture
def little_space(monkeypatch):
    for module in (search, statistics):
        monkeypatch.setattr(module, "AnswerSpace", partial(AnswerSpace, SPACE))


def size(results):
    return sum(escaped_bytes(write_json(result)) + 1 for result in results)


def assert_full(answers):
    for answer, following in pairwise(answers):
        assert size(answer["results"]) <= SPACE
        assert size([*answer["results"], following["results"][0]]) > SPACE
    assert size(answers[-1]["results"]) <= SPACE


@pytest.mark.parametrize("query", WALKS.values(), ids=WALKS)
def test_as_many_as_fit(query, little_space, monkeypatch):
    answers = walk(lambda page: ask(query, page=page), None)
    assert_full(answers)
    assert len(answers) > 2
    monkeypatch.undo()
    assert results_of(answers) == ask(query)["results"]


def test_what_fits_may_be_less_than_the_limit(little_space):
    assert 0 < len(ask({}, page={"limit": 40})["results"]) < 10
    assert len(ask({}, page={"limit": 2})["results"]) == 2


def test_quotes_and_what_is_not_ascii_take_the_space_that_they_have_on_the_wire(little_space):
    rows = [make_row(number, title='"디스크\\' * 20) for number in range(9)]
    answers = walk(lambda page: ask({}, rows, page=page), None)
    assert_full(answers)
    assert len(results_of(answers)) == 9


@pytest.mark.parametrize("query", [{}, {"sort": {"key": "title"}}, {"unwind": {"path": "additional_info.tags"}}])
def test_an_event_that_does_not_fit_is_answered_without_its_raw_data(query, little_space):
    tags = {"additional_info": {"tags": ["x"]}}
    rows = [make_row(number, **tags) | ({"raw_data": {"x": "y" * SPACE}} if number == 4 else {}) for number in range(9)]
    answers = walk(lambda page: ask(query, rows, page=page), None)
    large = rows[4]["event_id"]
    assert sorted(result["event_id"] for result in results_of(answers)) == [row["event_id"] for row in rows]
    assert {result["event_id"] for result in results_of(answers) if "raw_data" not in result} == {large}
    (telling,) = [answer for answer in answers if "omitted" in answer]
    assert telling["omitted"] == [{"event_id": large, "field": "raw_data"}]
    assert telling["results"][0]["event_id"] == large


def test_the_largest_fields_are_left_out_until_an_event_fits(little_space):
    text = "x" * SPACE
    rows = [make_row(1), make_row(2, additional_info={"a": text}, description=text, raw_data={"n": 1}), make_row(3)]
    answers = walk(lambda page: ask({}, rows, page=page), None)
    assert [result["event_id"] for result in results_of(answers)] == [row["event_id"] for row in reversed(rows)]
    (telling,) = [answer for answer in answers if "omitted" in answer]
    assert {one["field"] for one in telling["omitted"]} == {"additional_info", "description"}
    assert telling["results"][0]["raw_data"] == {"n": 1}


def test_rows_of_stat_are_as_many_as_fit(little_space, monkeypatch):
    query = {"aggregate": [{"group": {"keys": [{"k": "event_id", "n": "id"}], "fields": [{"n": "n", "o": "count"}]}}]}
    answers = walk(lambda page: ask(query, method=stat_events, page=page), None)
    assert_full(answers)
    assert len(answers) > 1
    assert {answer["total_count"] for answer in answers} == {48}
    monkeypatch.undo()
    assert results_of(answers) == ask(query, method=stat_events)["results"]


@pytest.mark.parametrize(
    "query",
    [
        {"aggregate": [{"group": {"fields": [{"n": "ids", "o": "push", "k": "event_id"}]}}]},
        {"distinct": "raw_data.x"},
    ],
)
def test_a_row_of_stat_that_does_not_fit_is_refused(query, little_space):
    rows = [make_row(number, raw_data={"x": "y" * SPACE}) for number in range(100)]
    with pytest.raises(DbQueryError, match="one result alone"):
        ask(query, rows, method=stat_events)


# --- sorted -----------------------------------------------------------------------------------------------------------

SORTED = [name for name in WALKS if name.startswith("by") or name == "unwound and sorted"]


@pytest.mark.parametrize("limit", [3, 7, 25, None])
@pytest.mark.parametrize("name", SORTED)
def test_more_than_are_sorted_at_once(name, limit, monkeypatch):
    whole = ask(WALKS[name])["results"]
    monkeypatch.setattr(search, "MAX_SORTED_RESULTS", 10)
    answers = walk(lambda page: ask(WALKS[name], page=page), limit)
    assert {len(answer["results"]) for answer in answers[:-1]} == {min(limit or 10, 10)}
    assert results_of(answers) == whole


def test_a_start_beyond_what_is_sorted_is_refused(monkeypatch):
    monkeypatch.setattr(search, "MAX_SORTED_RESULTS", 10)
    query = {"sort": {"key": "title"}}
    assert len(ask(query, page={"start": 9, "limit": 4})["results"]) == 2
    with pytest.raises(InvalidParameterError, match=r"use page\.token") as raised:
        ask(query, page={"start": 11, "limit": 4})
    assert raised.value.key == "query.page.start"
    assert ask(query, ROWS[:10], page={"start": 11, "limit": 4}) == {"results": [], "total_count": 10}


@pytest.mark.parametrize("query", [{"sort": {"key": "title"}}, WALKS["unwound and sorted"]])
def test_a_sorted_page_whose_last_event_has_expired_is_refused(query):
    first = ask(query, page={"limit": 2})
    left = [row for row in ROWS if row["event_id"] != first["results"][-1]["event_id"]]
    with pytest.raises(InvalidParameterError, match="expired") as raised:
        ask(query, left, page={"limit": 2, "token": first["next_token"]})
    assert raised.value.key == "query.page.token"


def test_in_the_order_of_time_an_event_that_has_expired_is_not_missed():
    first = ask({}, page={"limit": 5})
    left = [row for row in ROWS if row["event_id"] != first["results"][-1]["event_id"]]
    assert ask({}, left, page={"token": first["next_token"]})["results"] == ask({})["results"][5:]


# --- stat -------------------------------------------------------------------------------------------------------------

TAGS = {"unwind": {"path": "additional_info.tags"}}
COUNTED = [{"n": "n", "o": "count"}]
STAT_WALKS = {
    "groups": {"aggregate": [{"group": {"keys": [{"k": "event_key", "n": "k"}], "fields": COUNTED}}]},
    "groups of elements": {
        "aggregate": [
            TAGS,
            {"group": {"keys": [{"k": "additional_info.tags", "n": "t"}], "fields": COUNTED}},
            {"sort": {"key": "n", "desc": True}},
        ]
    },
    "events": {"aggregate": [{"match": {"filter": [{"k": "title", "v": "host-1", "o": "contain"}]}}]},
    "distinct": {"distinct": "additional_info.v"},
    "distinct ids": {"distinct": "event_id"},
}


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("query", STAT_WALKS.values(), ids=STAT_WALKS)
def test_pages_of_stat_are_the_whole(query, limit):
    whole = ask(query, method=stat_events)["results"]
    answers = walk(lambda page: ask(query, method=stat_events, page=page), limit)
    assert len(whole) > 2
    assert results_of(answers) == whole
    assert {len(answer["results"]) for answer in answers[:-1]} <= {limit}
    assert {answer["total_count"] for answer in answers} == {len(whole)}


def test_start_counts_for_the_first_page_of_stat_only():
    query = STAT_WALKS["distinct ids"]
    first = ask(query, method=stat_events, page={"start": 4, "limit": 2})
    second = ask(query, method=stat_events, page={"start": 9, "limit": 2, "token": first["next_token"]})
    assert results_of([first, second]) == ask(query, method=stat_events)["results"][3:7]


def test_a_token_of_list_is_none_of_stat():
    token = ask({}, page={"limit": 1})["next_token"]
    with pytest.raises(InvalidParameterError, match=r"query\.page\.token"):
        ask(STAT_WALKS["distinct"], method=stat_events, page={"token": token})
