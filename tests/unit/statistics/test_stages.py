"""Every stage, every operator of groups and projects, on events small enough to work out by hand."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest

from event_api.domain.access import Scope
from event_api.domain.errors import DbQueryError, InvalidParameterError, RequiredParameterError
from event_api.query.read_budget import ReadBudget
from event_api.reads.statistics.accumulators import GROUP_OPERATORS
from event_api.reads.statistics.expressions import PROJECT_OPERATORS
from tests.fakes import PAGE_KEY, FakeEventReader, make_row, stat_events

NOW = datetime(2026, 3, 4, tzinfo=UTC)
SCOPE = Scope("domain-a")

ROWS = [
    make_row(1, severity="ERROR", rule="r1", additional_info={"n": 4, "tags": ["a", "b"], "m": {"x": 1}}),
    make_row(2, severity="INFO", rule=None, additional_info={"n": 2.5, "tags": ["b"], "m": {"x": 2, "y": 3}}),
    make_row(3, severity="ERROR", rule="r1", additional_info={"n": "many", "tags": [], "user": None}),
    make_row(4, severity="ERROR", rule="r2", additional_info={"n": None, "tags": "c", "user": "root"}),
]


def run(*aggregate, rows=ROWS, **query):
    reader = FakeEventReader(rows)
    return stat_events(reader, {"query": {"aggregate": list(aggregate)} | query}, SCOPE, NOW, PAGE_KEY)["results"]


def group(*fields, keys=()):
    named = [{"key": key, "name": key.rpartition(".")[2]} for key in keys]
    return {"group": {"keys": named, "fields": list(fields)}}


def grouped(operator, key=None, **options):
    field = {"name": "r", "operator": operator} | ({} if key is None else {"key": key}) | options
    (row,) = run(group(field))
    return row["r"]


ACCUMULATED = [
    ("count", None, {}, 4),
    ("sum", "additional_info.n", {}, 6.5),
    ("average", "additional_info.n", {}, 3.25),
    ("average", "title", {}, None),
    ("sum", "title", {}, 0),
    ("min", "additional_info.n", {}, 2.5),
    ("max", "additional_info.n", {}, "many"),
    ("max", "description", {}, None),
    ("first", "rule", {}, "r1"),
    ("last", "rule", {}, "r2"),
    ("first", "additional_info.user", {}, None),
    ("last", "additional_info.user", {}, "root"),
    ("push", "additional_info.user", {}, [None, "root"]),
    (
        "push",
        None,
        {"fields": [{"k": "rule", "n": "a"}, {"k": "additional_info.user", "n": "b"}]},
        [
            {"a": "r1"},
            {"a": None},
            {"a": "r1", "b": None},
            {"a": "r2", "b": "root"},
        ],
    ),
    ("add_to_set", "rule", {}, ["r1", None, "r2"]),
    ("merge_objects", "additional_info.m", {}, {"x": 2, "y": 3}),
    ("count", None, {"conditions": [{"k": "severity", "v": "ERROR", "o": "eq"}]}, 3),
    ("count", None, {"conditions": [{"k": "severity", "v": "ERROR", "o": "not"}]}, 1),
    ("sum", "additional_info.n", {"conditions": [{"k": "additional_info.n", "v": 3, "o": "gt"}]}, 4),
    ("average", "additional_info.n", {"conditions": [{"k": "severity", "v": "INFO", "o": "eq"}]}, 2.5),
]


@pytest.mark.parametrize(("operator", "key", "options", "expected"), ACCUMULATED)
def test_group_operator(operator, key, options, expected):
    assert grouped(operator, key, **options) == expected


def test_every_group_operator_is_tried():
    assert {operator for operator, *_ in ACCUMULATED} == set(GROUP_OPERATORS)


def project(expression, **values):
    row = make_row(1, additional_info=values)
    (made,) = run({"project": {"fields": [{"name": "r"} | expression]}}, rows=[row])
    return made.get("r", "absent")


def over(*keys):
    return [f"additional_info.{key}" if isinstance(key, str) else key for key in keys]


PROJECTED = [
    ("size", {"key": "additional_info.a"}, {"a": [1, 2]}, 2),
    ("size", {"key": "additional_info.a"}, {"a": "text"}, None),
    ("sum", {"key": "additional_info.a"}, {"a": [1, 2.5, "x", None]}, 3.5),
    ("sum", {"fields": over("a", "b", 1)}, {"a": 1, "b": "x"}, 2),
    ("array_to_object", {"key": "additional_info.a"}, {"a": [{"k": "x", "v": 1}, ["y", 2]]}, {"x": 1, "y": 2}),
    ("array_to_object", {"key": "additional_info.a"}, {"a": [1]}, None),
    ("object_to_array", {"key": "additional_info.a"}, {"a": {"x": 1}}, [{"k": "x", "v": 1}]),
    ("object_to_array", {"key": "additional_info.a"}, {}, None),
    ("add", {"fields": over("a", "b", 1)}, {"a": 1, "b": 2}, 4),
    ("add", {"fields": over("a", "b")}, {"a": 1}, None),
    ("subtract", {"fields": over("a", 1)}, {"a": 5}, 4),
    ("multiply", {"fields": over("a", "a", 2)}, {"a": 5}, 50),
    ("multiply", {"fields": over("a", "a")}, {"a": 10**4000}, None),
    ("multiply", {"fields": over("a", 2)}, {"a": 2**63 - 1}, 2.0**64),
    ("divide", {"fields": over("a", "b")}, {"a": 5, "b": 2}, 2.5),
    ("divide", {"fields": over("a", "b")}, {"a": 5, "b": 0}, None),
    ("add", {"fields": [{"operator": "multiply", "fields": over("a", 2)}, *over("b")]}, {"a": 5, "b": 1}, 11),
    ("add", {"fields": [{"operator": "size", "key": "additional_info.a"}, 1]}, {"a": [0]}, 2),
]


@pytest.mark.parametrize(("operator", "options", "values", "expected"), PROJECTED)
def test_project_operator(operator, options, values, expected):
    assert project({"operator": operator} | options, **values) == expected


def test_every_project_operator_is_tried():
    assert {operator for operator, *_ in PROJECTED} == set(PROJECT_OPERATORS)


def test_project_takes_values_and_leaves_out_what_is_missing():
    assert project({"key": "additional_info.a.b"}, a={"b": [1]}) == [1]
    assert project({"key": "additional_info.a.b"}) == "absent"


def test_project_keeps_the_keys_of_the_group_before_unless_told_otherwise():
    grouping = group({"name": "n", "operator": "count"}, keys=["severity"])
    fields = [{"name": "twice", "operator": "multiply", "fields": ["n", 2]}]
    kept = run(grouping, {"project": {"fields": fields}})
    assert kept == [{"severity": "ERROR", "twice": 6}, {"severity": "INFO", "twice": 2}]
    assert run(grouping, {"project": {"fields": fields, "exclude_keys": True}}) == [{"twice": 6}, {"twice": 2}]


def test_a_group_key_without_a_value_is_null_in_a_field_and_absent_in_a_path():
    count = {"name": "n", "operator": "count"}
    assert {"rule": None, "n": 1} in run(group(count, keys=["rule"]))
    assert run(group(count, keys=["additional_info.user"])) == [
        {"n": 2},
        {"user": None, "n": 1},
        {"user": "root", "n": 1},
    ]


def test_groups_tell_types_apart_but_not_integers_from_doubles():
    rows = [make_row(number, additional_info={"v": v}) for number, v in enumerate([1, 1.0, True, "1", [1], {"a": 1}])]
    counts = run(group({"name": "n", "operator": "count"}, keys=["additional_info.v"]), rows=rows)
    assert [row["n"] for row in counts] == [2, 1, 1, 1, 1]


def test_a_later_group_sees_the_names_that_the_earlier_one_made():
    first = {"group": {"keys": [{"k": "severity", "n": "resource_id"}], "fields": [{"n": "title", "o": "count"}]}}
    second = group({"name": "most", "operator": "max", "key": "title"}, keys=["resource_id"])
    assert run(first, second, {"sort": {"key": "resource_id"}}) == [
        {"resource_id": "ERROR", "most": 3},
        {"resource_id": "INFO", "most": 1},
    ]


def test_unwind():
    counted = run(
        {"unwind": {"path": "additional_info.tags"}},
        group({"name": "n", "operator": "count"}, keys=["additional_info.tags"]),
    )
    assert counted == [{"tags": "a", "n": 1}, {"tags": "b", "n": 2}, {"tags": "c", "n": 1}]


def test_unwind_with_a_filter():
    condition = {"key": "additional_info.tags", "value": "b", "operator": "eq"}
    assert run({"unwind": {"path": "additional_info.tags", "filter": [condition]}}, {"count": {"name": "n"}}) == [
        {"n": 2}
    ]


def test_match_before_and_after_a_group():
    grouping = group({"name": "created_at", "operator": "count"}, keys=["severity"])
    before = {"match": {"filter": [{"k": "created_at", "v": "2026-03-01T09:02:00+09:00", "o": "gt"}]}}
    after = {"match": {"filter": [{"k": "created_at", "v": 1, "o": "gt"}]}}
    assert run(before, grouping) == [{"severity": "ERROR", "created_at": 2}]
    assert run(grouping, after) == [{"severity": "ERROR", "created_at": 3}]


def test_sort_skip_and_limit():
    grouping = group({"name": "n", "operator": "count"}, keys=["event_id"])
    newest = {"sort": [{"key": "event_id", "desc": True}]}
    ids = [row["event_id"][-1] for row in run(grouping, newest, {"skip": 1}, {"limit": 2})]
    assert ids == ["3", "2"]
    assert [row["event_id"][-1] for row in run(grouping, newest, {"limit": 2}, {"skip": 1})] == ["3"]


def test_count():
    assert run({"count": {"name": "n"}}) == [{"n": 4}]
    assert run({"count": {"name": "n"}}, {"count": {"name": "m"}}) == [{"m": 1}]
    assert run({"limit": 3}, {"count": {"name": "n"}}) == [{"n": 3}]


def test_nothing_gives_no_row():
    nothing = [{"k": "severity", "v": "NOPE", "o": "eq"}]
    assert run({"count": {"name": "n"}}, filter=nothing) == []
    assert run({"count": {"name": "n"}}, rows=[]) == []
    assert run(group({"name": "n", "operator": "count"}), filter=nothing) == []


def test_events_themselves_are_answered_as_event_info():
    (row,) = run({"limit": 1})
    assert row["event_id"] == "event-000000000001"
    assert "description" not in row


# --- distinct, page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("severity", ["ERROR", "INFO"]),
        ("rule", [None, "r1", "r2"]),
        ("additional_info.tags", ["a", "b", "c"]),
        ("additional_info.user", [None, "root"]),
        ("additional_info.n", [None, 2.5, 4, "many"]),
        ("additional_info.m.x", [1, 2]),
        ("resource_id", ["server-0", "server-1", "server-2"]),
    ],
)
def test_distinct(key, expected):
    assert stat_events(FakeEventReader(ROWS), {"query": {"distinct": key}}, SCOPE, NOW, PAGE_KEY) == {
        "results": expected
    }


def test_a_page_has_the_number_of_all():
    query: dict[str, Any] = {"distinct": "rule", "page": {"start": 2, "limit": 1}}
    answer = stat_events(FakeEventReader(ROWS), {"query": query}, SCOPE, NOW, PAGE_KEY)
    assert answer.pop("next_token")
    assert answer == {"results": ["r1"], "total_count": 3}


# --- what is read -----------------------------------------------------------------------------------------------------


def read_for(query):
    reader = FakeEventReader(ROWS)
    stat_events(reader, {"query": query}, SCOPE, NOW, PAGE_KEY)
    return reader.scanned, reader.counted, {field for _, fields in reader.filled for field in fields}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"aggregate": [{"count": {"name": "n"}}]}, (0, 1, set())),
        ({"aggregate": [group({"name": "n", "operator": "count"}, keys=["severity"])]}, (4, 0, set())),
        (
            {"aggregate": [group({"name": "n", "operator": "count"}, keys=["additional_info.n"])]},
            (4, 0, {"additional_info"}),
        ),
        ({"aggregate": [{"limit": 2}, group({"name": "n", "operator": "count"})]}, (2, 0, set())),
        ({"distinct": "raw_data.number"}, (4, 0, {"raw_data"})),
    ],
)
def test_only_what_the_pipeline_names_is_read(query, expected):
    assert read_for(query) == expected


def test_a_token_of_one_project_sees_no_other():
    rows = [make_row(1, project_id="project-b"), make_row(2, project_id=None), make_row(3, domain_id="domain-b")]
    scope = Scope("domain-a", frozenset({"project-a"}))
    queries: list[dict[str, Any]] = [
        {"distinct": "project_id"},
        {"aggregate": [{"count": {"name": "n"}}]},
        {"aggregate": [group(keys=["project_id"])]},
        {"distinct": "title", "filter": [{"k": "event_id", "v": "event-000000000001", "o": "eq"}]},
        {
            "distinct": "title",
            "filter_or": [{"k": "domain_id", "v": "domain-b", "o": "eq"}, {"k": "title", "v": "", "o": "contain"}],
        },
    ]
    for query in queries:
        assert stat_events(FakeEventReader(rows), {"query": query}, scope, NOW, PAGE_KEY) == {"results": []}


# --- what is refused --------------------------------------------------------------------------------------------------

AT = "query.aggregate.0"


@pytest.mark.parametrize(
    ("stage", "error", "key"),
    [
        ({"group": {}}, RequiredParameterError, f"{AT}.group.keys"),
        (group(keys=["nope"]), InvalidParameterError, f"{AT}.group.keys.0.key"),
        (
            group({"name": "n", "operator": "median", "key": "title"}),
            InvalidParameterError,
            f"{AT}.group.fields.0.operator",
        ),
        (group({"name": "n", "operator": "sum"}), RequiredParameterError, f"{AT}.group.fields.0.key"),
        (
            group({"name": "n", "operator": "max", "key": "title", "conditions": [{"k": "title", "v": "", "o": "eq"}]}),
            InvalidParameterError,
            f"{AT}.group.fields.0.conditions",
        ),
        (
            group({"name": "n", "operator": "count", "conditions": [{"k": "title", "v": "", "o": "contain"}]}),
            InvalidParameterError,
            f"{AT}.group.fields.0.conditions.0.operator",
        ),
        (
            group({"name": "n", "operator": "sum", "fields": [{"k": "title", "n": "t"}]}),
            InvalidParameterError,
            f"{AT}.group.fields.0.fields",
        ),
        ({"unwind": {"path": "nope"}}, InvalidParameterError, f"{AT}.unwind.path"),
        ({"sort": {"key": "nope"}}, InvalidParameterError, f"{AT}.sort.0.key"),
        ({"match": {"filter": [{"k": "nope", "v": 1, "o": "eq"}]}}, InvalidParameterError, f"{AT}.match.filter.0.key"),
        ({"project": {"fields": [{"name": "a"}]}}, RequiredParameterError, f"{AT}.project.fields.0.key"),
        (
            {"project": {"fields": [{"name": "a", "fields": ["title"]}]}},
            RequiredParameterError,
            f"{AT}.project.fields.0.operator",
        ),
        (
            {"project": {"fields": [{"name": "a", "operator": "power", "key": "title"}]}},
            InvalidParameterError,
            f"{AT}.project.fields.0.operator",
        ),
        (
            {"project": {"fields": [{"name": "a", "operator": "divide", "fields": ["title"]}]}},
            InvalidParameterError,
            f"{AT}.project.fields.0.fields",
        ),
        (
            {"project": {"fields": [{"name": "a", "operator": "add", "key": "title", "fields": [1]}]}},
            InvalidParameterError,
            f"{AT}.project.fields.0.key",
        ),
        (
            {"group": {"keys": [{"k": "created_at", "n": "d", "date_format": "%Q"}]}},
            InvalidParameterError,
            f"{AT}.group.keys.0.date_format",
        ),
    ],
)
def test_refuses(stage, error, key):
    with pytest.raises(error) as raised:
        run(stage)
    assert type(raised.value) is error
    assert raised.value.key == key


@pytest.mark.parametrize("last", [{"limit": 1}, {"sort": {"key": "x"}}, group(keys=["x"])])
def test_what_doubles_with_each_stage_is_refused(last):
    twice = [{"k": "x", "n": "a"}, {"k": "x", "n": "b"}]
    doubling = [group({"name": "x", "operator": "push", "fields": twice}) for _ in range(40)]
    with pytest.raises(DbQueryError, match="more than"):
        run(group({"name": "x", "operator": "push", "key": "title"}), *doubling, last)


def test_what_is_unwound_again_and_again_is_refused():
    tags = list(range(200))
    rows = [make_row(1, additional_info={"a": tags, "b": tags, "c": tags})]
    stages = [{"unwind": {"path": f"additional_info.{name}"}} for name in "abc"]
    seconds = itertools.count(29, -0.001)
    reader = FakeEventReader(rows, ReadBudget(lambda: next(seconds)))
    query: dict[str, Any] = {"aggregate": [*stages, {"count": {"name": "n"}}]}
    with pytest.raises(DbQueryError, match="not finished in time"):
        stat_events(reader, {"query": query}, SCOPE, NOW, PAGE_KEY)


def test_a_name_that_is_made_twice_is_not_an_instant_because_it_was_one():
    titles = group({"name": "n", "operator": "first", "key": "title"}, keys=["created_at"])
    renamed = {"project": {"fields": [{"name": "created_at", "key": "n"}]}}
    by_day = {"group": {"keys": [{"key": "created_at", "name": "day", "date_format": "day"}]}}
    assert run(titles, renamed, by_day) == [{"day": None}]
    match = {"match": {"filter": [{"key": "created_at", "value": "CPU on host-1", "operator": "eq"}]}}
    assert [row["created_at"] for row in run(titles, renamed, match)] == ["CPU on host-1"] * 2


def test_instants_inside_of_what_is_pushed_are_instants():
    pushed = {"name": "e", "operator": "push", "fields": [{"key": "created_at", "name": "at"}]}
    copied = {"project": {"fields": [{"name": "all", "key": "e"}]}}
    unwound = {"unwind": {"path": "all"}}
    match = {"match": {"filter": [{"key": "all.at", "value": "2026-03-01T09:01:00+09:00", "operator": "eq"}]}}
    assert run(group(pushed), copied, unwound, match) == [{"all": {"at": "2026-03-01T00:01:00.000Z"}}]


@pytest.mark.parametrize(("operator", "value"), [("eq", ""), ("eq", "junk"), ("in", ["junk", None]), ("eq", 5)])
def test_an_invalid_time_equals_no_instant_that_a_stage_made(operator, value):
    latest = group({"name": "latest", "operator": "max", "key": "created_at"})
    condition = {"key": "latest", "value": value, "operator": operator}
    assert run(latest, {"match": {"filter": [condition]}}) == []
