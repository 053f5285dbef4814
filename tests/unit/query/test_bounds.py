"""Memory and reads of stat: no more than the request asks for, and never more than the bounds."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from event_api.domain.access import Scope
from event_api.domain.errors import DbQueryError, InvalidParameterError
from event_api.query import memory_budget
from event_api.query.memory_budget import MemoryBudget, check_row
from tests.fakes import PAGE_KEY, FakeEventReader, list_events, make_row, stat_events

NOW = datetime(2026, 3, 4, tzinfo=UTC)
SCOPE = Scope("domain-a")
MOST = 4_000


@pytest.fixture
def little_memory(monkeypatch):
    monkeypatch.setattr(memory_budget, "MAX_KEPT_BYTES", MOST)


def asked(query, rows):
    reader = FakeEventReader(rows)
    return reader, stat_events(reader, {"query": query}, SCOPE, NOW, PAGE_KEY)


def run(*stages, rows, **query):
    return asked({"aggregate": list(stages)} | query, rows)[1]["results"]


def group(*fields, keys=()):
    return {"group": {"keys": list(keys), "fields": list(fields)}}


def different(count):
    """Events that have other values each, about 100 bytes of them."""
    values = [{"text": f"{number:036}", "object": {f"{number:036}": number}} for number in range(count)]
    return [make_row(number, event_key=f"{number:036}", additional_info=value) for number, value in enumerate(values)]


def alike(count):
    value = {"text": "x" * 36, "object": {"x" * 36: 1}}
    return [make_row(number, event_key="x" * 36, additional_info=value) for number in range(count)]


# --- what is kept -----------------------------------------------------------------------------------------------------

TEXT = "additional_info.text"
PROJECTED = {"project": {"fields": [{"n": "k", "key": "event_key"}]}}
GROWING = {
    "groups": [group(keys=[{"k": "event_key", "n": "k"}])],
    "groups of a path": [group({"n": "n", "o": "count"}, keys=[{"k": TEXT, "n": "k"}])],
    "push": [group({"n": "r", "o": "push", "k": TEXT})],
    "push of fields": [group({"n": "r", "o": "push", "fields": [{"k": TEXT, "n": "t"}]})],
    "add_to_set": [group({"n": "r", "o": "add_to_set", "k": "event_key"})],
    "merge_objects": [group({"n": "r", "o": "merge_objects", "k": "additional_info.object"})],
    "first of each": [group({"n": "r", "o": "first", "k": "event_key"}, keys=[{"k": "event_key", "n": "k"}])],
    "sort": [PROJECTED, {"sort": {"key": "k"}}],
    "sort with a limit somewhere behind": [PROJECTED, {"sort": {"key": "k"}}, {"skip": 1}, {"limit": 1}],
}


@pytest.mark.parametrize("stages", GROWING.values(), ids=GROWING)
def test_more_than_may_be_kept_is_refused(stages, little_memory):
    assert run(*stages, rows=different(4))
    with pytest.raises(DbQueryError, match=f"more than {MOST} bytes") as raised:
        run(*stages, rows=different(200))
    assert (raised.value.status, raised.value.code) == (400, "ERROR_DB_QUERY")


def test_more_distinct_values_than_may_be_kept_are_refused(little_memory):
    for key in ("event_key", TEXT):
        assert asked({"distinct": key}, different(4))[1]["results"]
        with pytest.raises(DbQueryError, match=f"more than {MOST} bytes"):
            asked({"distinct": key}, different(200))


def test_what_all_stages_keep_counts_together(little_memory):
    pushed = group({"n": "r", "o": "push", "k": "event_key"})
    grouped = group(keys=[{"k": "event_key", "n": "k"}])
    again = group({"n": "r", "o": "push", "k": "k"})
    assert run(pushed, rows=different(25))
    assert run(grouped, rows=different(15))
    with pytest.raises(DbQueryError):
        run(grouped, again, rows=different(25))


BOUNDED = {
    "one group": [group(keys=[{"k": "event_key", "n": "k"}])],
    "one value of a set": [group({"n": "r", "o": "add_to_set", "k": TEXT})],
    "one name of an object": [group({"n": "r", "o": "merge_objects", "k": "additional_info.object"})],
}


@pytest.mark.parametrize("stages", BOUNDED.values(), ids=BOUNDED)
def test_what_is_equal_is_kept_once(stages, little_memory):
    assert len(run(*stages, rows=alike(500))) == 1


@pytest.mark.parametrize("operator", ["first", "last", "max", "min", "count", "sum", "average"])
@pytest.mark.parametrize("key", ["event_key", TEXT])
def test_one_value_of_many_does_not_grow(operator, key, little_memory):
    rows = different(500)
    assert len(run(group({"n": "r", "o": operator, "k": key}), rows=rows)) == 1
    assert len(run(group({"n": "r", "o": operator, "k": key}), rows=rows[::-1])) == 1


def test_of_the_values_that_replace_each_other_the_size_of_the_last_counts(little_memory):
    rows = [make_row(number, additional_info={"text": "x" * size}) for number, size in enumerate([3000, 3000, 10])]
    assert run(group({"n": "r", "o": "last", "k": TEXT}), rows=rows) == [{"r": "x" * 10}]
    assert run(group({"n": "r", "o": "min", "k": TEXT}), rows=rows) == [{"r": "x" * 10}]
    with pytest.raises(DbQueryError):
        run(group(*({"n": name, "o": "last", "k": TEXT} for name in "ab")), rows=rows)


@pytest.mark.parametrize("most", [1, 3])
@pytest.mark.parametrize("desc", [True, False])
def test_a_sort_with_a_limit_keeps_few_more_than_that(most, desc, monkeypatch):
    monkeypatch.setattr(memory_budget, "MAX_KEPT_BYTES", 4 * MOST)
    answer = run({"sort": {"key": "event_key", "desc": desc}}, {"limit": most}, rows=different(500))
    assert [int(row["event_key"]) for row in answer] == ([499, 498, 497] if desc else [0, 1, 2])[:most]


def test_a_sort_with_a_large_limit_is_bounded(little_memory):
    with pytest.raises(DbQueryError, match="4000 bytes"):
        run({"sort": {"key": "event_key"}}, {"limit": 2**31 - 1}, rows=different(500))


def test_a_sorted_list_keeps_no_more_long_keys_than_fit(monkeypatch):
    monkeypatch.setattr(memory_budget, "MAX_KEPT_BYTES", 100_000)
    rows = [make_row(number, additional_info={"text": f"{number:03}" * 1000}) for number in range(40)]
    query: dict[str, Any] = {"sort": {"key": TEXT, "desc": True}, "only": ["event_id"]}
    answer: dict[str, Any] = list_events(
        FakeEventReader(rows), {"query": {**query, "page": {"limit": 3}}}, SCOPE, NOW, PAGE_KEY
    )
    assert [int(row["event_id"][-4:], 16) for row in answer["results"]] == [39, 38, 37]
    with pytest.raises(DbQueryError, match="100000 bytes"):
        list_events(FakeEventReader(rows), {"query": query}, SCOPE, NOW, PAGE_KEY)


def test_what_flows_through_is_not_kept(little_memory):
    rows = different(500)
    assert len(run({"skip": 1}, PROJECTED, rows=rows)) == 499
    assert run({"unwind": {"path": TEXT}}, PROJECTED, {"count": {"name": "n"}}, rows=rows) == [{"n": 500}]


def test_each_request_has_its_own(little_memory):
    for _ in range(5):
        assert run(group({"n": "r", "o": "push", "k": "event_key"}), rows=different(25))


def test_nothing_weighs_nothing(little_memory):
    kept = MemoryBudget()
    for _ in range(MOST + 1):
        kept.add(None)


@pytest.mark.parametrize("value", ["x" * MOST, ["x"] * 70, {"x" * MOST: 1}, [[[["y" * MOST]]]]])
def test_whatever_is_in_a_value_counts(value, little_memory):
    kept = MemoryBudget()
    with pytest.raises(DbQueryError):
        kept.add(value)


def test_what_is_swapped_is_given_back(little_memory):
    kept = MemoryBudget()
    texts = [f"{number:03000}" for number in range(100)]
    kept.add(texts[0])
    for one, following in pairwise(texts):
        kept.swap(one, following)
    kept.swap(texts[-1], texts[-1])
    with pytest.raises(DbQueryError):
        kept.add(texts[0])


def test_a_row_may_not_be_too_large(monkeypatch):
    monkeypatch.setattr(memory_budget, "MAX_ROW_BYTES", MOST)
    check_row({"a": "x" * 1000})
    with pytest.raises(DbQueryError, match=f"a row of more than {MOST} bytes"):
        check_row({"a": "x" * MOST})
    fields = [{"n": f"n{number}", "key": TEXT} for number in range(100)]
    with pytest.raises(DbQueryError, match=f"a row of more than {MOST} bytes"):
        run({"project": {"fields": fields}}, rows=different(1))


# --- times stay times -------------------------------------------------------------------------------------------------

WHEN = [make_row(number, created_at=f"2026-03-01T0{number}:00:00.000Z", severity="ERROR") for number in range(4)]
OTHERWISE = ["2026-03-01T11:00:00+09:00", "2026-03-01T02:00:00Z", "2026-03-01 02:00", "20260301T020000.0000000Z"]

CREATED_AT = {"k": "created_at", "n": "t"}
MADE = {
    "a group's key": [group(keys=[CREATED_AT])],
    "first": [group(CREATED_AT | {"o": "first"}, keys=[{"k": "event_id", "n": "id"}])],
    "last": [group(CREATED_AT | {"o": "last"}, keys=[{"k": "event_id", "n": "id"}])],
    "max": [group(CREATED_AT | {"o": "max"}, keys=[{"k": "event_id", "n": "id"}])],
    "min": [group(CREATED_AT | {"o": "min"}, keys=[{"k": "event_id", "n": "id"}])],
    "push": [group(CREATED_AT | {"o": "push"}, keys=[{"k": "event_id", "n": "id"}])],
    "unwound": [group(CREATED_AT | {"o": "push"}), {"unwind": {"path": "t"}}],
    "project": [{"project": {"fields": [CREATED_AT]}}],
    "a key that a project keeps": [group(keys=[CREATED_AT]), {"project": {"fields": [{"n": "x", "key": "t"}]}}],
    "named again": [{"project": {"fields": [{"n": "x", "key": "created_at"}]}}, group(keys=[{"k": "x", "n": "t"}])],
}


@pytest.mark.parametrize("written", OTHERWISE)
@pytest.mark.parametrize("stages", MADE.values(), ids=MADE)
def test_a_time_stays_a_time_behind_a_stage(stages, written):
    def count(operator):
        match = {"match": {"filter": [{"k": "t", "v": written, "o": operator}]}}
        return len(run(*stages, match, rows=WHEN))

    assert {operator: count(operator) for operator in ("eq", "gt", "gte", "lt", "lte", "not")} == {
        "eq": 1,
        "gt": 1,
        "gte": 2,
        "lt": 2,
        "lte": 3,
        "not": 3,
    }


def test_finer_than_milliseconds_is_compared_exactly():
    match = [{"k": "t", "v": "2026-03-01T02:00:00.0001Z", "o": operator} for operator in ("lt", "eq")]
    assert len(run(*MADE["project"], {"match": {"filter": match[:1]}}, rows=WHEN)) == 3
    assert not run(*MADE["project"], {"match": {"filter": match[1:]}}, rows=WHEN)


@pytest.mark.parametrize("operator", ["eq", "gt", "gte", "lt", "lte"])
def test_an_invalid_time_has_no_relation_to_a_valid_one(operator):
    for value in ("", "soon", "~"):
        match = {"match": {"filter": [{"k": "t", "v": value, "o": operator}]}}
        assert run(*MADE["project"], match, rows=WHEN) == []
    with pytest.raises(InvalidParameterError, match=r"query\.filter\.0\.value"):
        run({"count": {"name": "n"}}, rows=WHEN, filter=[{"k": "created_at", "v": "soon", "o": operator}])


NO_TIMES = {
    "date_format": [group(keys=[CREATED_AT | {"date_format": "%Y-%m-%dT%H"}])],
    "count": [group({"n": "t", "o": "count"}, keys=[{"k": "event_id", "n": "id"}])],
    "size": [{"project": {"fields": [{"n": "t", "operator": "size", "key": "created_at"}]}}],
    "another field": [{"project": {"fields": [{"n": "t", "key": "title"}]}}],
    "the old name": [{"project": {"fields": [{"n": "created_at", "key": "title"}, {"n": "t", "key": "title"}]}}],
}


@pytest.mark.parametrize("stages", NO_TIMES.values(), ids=NO_TIMES)
def test_a_value_that_is_no_longer_a_time_is_compared_as_it_is(stages):
    match = {"match": {"filter": [{"k": "t", "v": "2026-03-01T11:00:00+09:00", "o": "eq"}]}}
    assert run(*stages, match, rows=WHEN) == []


def test_formatted_times_are_text():
    match = {"match": {"filter": [{"k": "t", "v": "2026-03-01T02", "o": "gte"}]}}
    answer = run(*NO_TIMES["date_format"], match, rows=WHEN)
    assert answer == [{"t": "2026-03-01T02"}, {"t": "2026-03-01T03"}]


# --- what is read -----------------------------------------------------------------------------------------------------


def match_of(*conditions):
    return {"match": {"filter": [{"k": key, "v": value, "o": operator} for key, operator, value in conditions]}}


COUNT = {"count": {"name": "n"}}
READ = different(20)


@pytest.mark.parametrize("counting", [COUNT, group({"n": "n", "o": "count"})])
def test_what_only_counts_reads_no_rows(counting):
    reader, answer = asked({"aggregate": [match_of(("severity", "eq", "ERROR")), counting]}, READ)
    assert answer["results"] == [{"n": 20}]
    assert (reader.scanned, reader.counted, reader.filled) == (0, 1, [])


@pytest.mark.parametrize(
    "stages",
    [
        [group({"n": "n", "o": "count", "conditions": [{"k": "severity", "v": "ERROR", "o": "eq"}]})],
        [group({"n": "n", "o": "count"}, keys=[{"k": "severity", "n": "s"}])],
        [group({"n": "n", "o": "count"}, {"n": "m", "o": "max", "k": "title"})],
        [match_of(("title", "contain", "cpu")), COUNT],
        [{"skip": 0}, COUNT],
    ],
)
def test_what_more_than_counts_reads_its_rows(stages):
    reader, answer = asked({"aggregate": stages}, READ)
    assert answer["results"][0]["n"] == 20
    assert (reader.scanned, reader.counted, reader.filled) == (20, 0, [])


def test_leading_matches_are_filters():
    leading = [match_of(("project_id", "eq", "project-a"), ("created_at", "gte", "2026-03-01T00:05:00Z"))]
    leading += [match_of(("severity", "eq", "ERROR"))]
    reader, answer = asked({"aggregate": [*leading, COUNT], "explain": True}, READ)
    assert answer["results"] == [{"n": 15}]
    plan = answer["explain"]["plan"]
    assert (plan["reads"], plan["keys"]) == ("project", ["project-a"])
    assert plan["created_at"] == {"since": "2026-03-01T00:05:00.000Z"}
    assert plan["tested_by_store"] == {"required": [{"key": "severity", "operator": "eq"}]}
    assert reader.scanned == 0


def test_a_match_behind_another_stage_is_none():
    behind = match_of(("severity", "eq", "ERROR"))
    _, answer = asked({"aggregate": [{"limit": 3}, behind, COUNT], "explain": True}, READ)
    assert answer["results"] == [{"n": 3}]
    assert answer["explain"]["plan"]["tested_by_store"] == {}


def test_leading_matches_that_contradict_each_other_or_the_filter_read_nothing():
    error, info = match_of(("severity", "eq", "ERROR")), match_of(("severity", "eq", "INFO"))
    for query in ({"aggregate": [error, info, COUNT]}, {"aggregate": [error, COUNT], **info["match"]}):
        reader, answer = asked(query | {"explain": True}, READ)
        assert answer["results"] == []
        assert answer["explain"]["plan"]["reads"] == "nothing"
        assert (reader.scanned, reader.counted) == (0, 0)


@pytest.mark.parametrize(
    ("stages", "numbers"),
    [
        ([{"limit": 2}], [0, 1]),
        ([{"skip": 18}], [18, 19]),
        ([{"sort": {"key": "event_key", "desc": True}}, {"limit": 2}], [19, 18]),
        ([match_of(("event_key", "regex", "1[78]$"))], [17, 18]),
        ([{"skip": 1}, match_of(("event_key", "regex", "1[78]$"))], [17, 18]),
    ],
)
def test_events_are_read_whole_only_if_they_are_answered(stages, numbers):
    reader, answer = asked({"aggregate": stages}, READ)
    assert [int(row["event_key"]) for row in answer["results"]] == numbers
    assert [row["additional_info"] for row in answer["results"]] == [
        READ[number]["additional_info"] for number in numbers
    ]
    assert [event_id for event_id, _ in reader.filled] == [READ[number]["event_id"] for number in numbers]


def test_each_field_of_each_group_is_counted(little_memory):
    fields = [{"n": f"f{number}", "o": "average", "k": "additional_info.n"} for number in range(10)]
    with pytest.raises(DbQueryError, match="4000 bytes"):
        run(group(*fields, keys=[{"k": "event_id", "n": "id"}]), rows=different(5))


def test_names_that_are_merged_are_counted(little_memory):
    rows = [make_row(number, additional_info={f"{number:0200}": None}) for number in range(50)]
    with pytest.raises(DbQueryError, match="4000 bytes"):
        run(group({"n": "r", "o": "merge_objects", "k": "additional_info"}), rows=rows)
