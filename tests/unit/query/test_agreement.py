"""Whatever index a plan reads, and whatever is left to match: the answer is the plain evaluation's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from event_api.errors import EventApiError
from event_api.model import Scope
from event_api.query.operators import OPERATORS
from event_api.search import list_events
from event_api.statistics import stat_events
from tests.fakes import PAGE_KEY, FakeEventReader, make_row
from tests.unit.query import evaluator

NOW = datetime(2026, 3, 5, tzinfo=UTC)
TIMES = ["2026-03-01T00:00:00.000Z", "2026-03-02T12:00:00.001Z", "2026-03-04T23:59:59.999Z"]
WRITTEN_TIMES = [*TIMES, "2026-03-02T21:00:00.001+09:00", "2026-03-02T12:00:00.0014Z", "2026-03-04"]
WORDS = ["", "a", "B", "ab", "Ba", "10"]

ids = {
    "event_id": [f"event-{number:012x}" for number in range(4)],
    "alert_id": ["alert-a", "alert-b"],
    "project_id": ["project-a", "project-b"],
    "domain_id": ["domain-a", "domain-b"],
}
scalars = st.sampled_from([None, True, False, 0, 1, 1.0, 2.5, *WORDS])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "0"]), inner, max_size=2),
    max_leaves=5,
)
infos = st.dictionaries(st.sampled_from(["a", "b"]), values, max_size=2)

PATTERNS = ["", "^a", "b$", "a|1", "^(a|b)+$", "[^a]", "1.?"]
LIST_OPERATORS = {"in", "not_in", "contain_in", "not_contain_in", "regex_in"}


@st.composite
def events(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        make_row(
            number,
            alert_id=draw(st.sampled_from([None, *ids["alert_id"]])),
            project_id=draw(st.sampled_from([None, *ids["project_id"]])),
            domain_id=draw(st.sampled_from(ids["domain_id"])),
            title=draw(st.sampled_from(WORDS)),
            rule=draw(st.sampled_from([None, *WORDS])),
            created_at=draw(st.sampled_from(TIMES)),
            occurred_at=draw(st.sampled_from([None, *TIMES])),
            additional_info=draw(infos),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


def operands(key: str, name: str) -> st.SearchStrategy[Any]:
    """Values that suit an operator and a key."""
    if name.startswith("timediff_"):
        return st.sampled_from(["now-1d", "now-3d", "now-0s"])
    if name.startswith("datetime_"):
        return st.sampled_from(WRITTEN_TIMES)
    if name == "exists":
        return st.booleans()
    if name == "match":
        return st.dictionaries(st.sampled_from(["a", "b"]), scalars, max_size=2)
    if "contain" in name:
        one = st.sampled_from(WORDS)
    elif "regex" in name:
        one = st.sampled_from(PATTERNS)
    elif key in ids:
        one = st.sampled_from([None, *ids[key]])
    elif key in {"created_at", "occurred_at"}:
        one = st.sampled_from([None, *WRITTEN_TIMES])
    elif name in {"gt", "gte", "lt", "lte"}:
        one = scalars
    else:
        one = scalars | st.dictionaries(st.sampled_from(["a", "b"]), scalars, max_size=1)
    return st.lists(one, max_size=3) if name in LIST_OPERATORS else one


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(OPERATORS)))
    times = ["created_at", "occurred_at"]
    keys = [*ids, "title", "rule", *times, "additional_info.a", "additional_info.a.b", "additional_info.b.0"]
    key = draw(st.sampled_from(times if name.startswith(("datetime_", "timediff_")) else keys))
    return {"key": key, "operator": name, "value": draw(operands(key, name))}


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    request: dict[str, Any] = {
        "query": {
            "filter": draw(st.lists(conditions(), max_size=3)),
            "filter_or": draw(st.lists(conditions(), max_size=2)),
            "keyword": draw(st.sampled_from(["", "a", "b 10", "EVENT"])),
        }
    }
    for key in ("project_id", "event_id", "alert_id"):
        if draw(st.integers(0, 4)) == 0:
            request[key] = draw(st.sampled_from(ids[key]) | st.lists(st.sampled_from(ids[key]), max_size=2))
    return request


scopes = st.builds(Scope, st.just("domain-a"), st.none() | st.frozensets(st.sampled_from(ids["project_id"])))
sort_keys = st.fixed_dictionaries(
    {"key": st.sampled_from(["created_at", "title", "rule", "additional_info.a"])}, optional={"desc": st.booleans()}
)


@settings(max_examples=300, deadline=None)
@given(events(), requests(), scopes)
def test_list_finds_what_plain_evaluation_finds(rows, request, scope):
    answer = list_events(FakeEventReader(rows), request, scope, NOW, PAGE_KEY)
    expected = evaluator.matching_ids(rows, request, scope, NOW)
    assert {result["event_id"] for result in answer["results"]} == expected
    assert answer["total_count"] == len(expected)
    count_only = request | {"query": request["query"] | {"count_only": True}}
    assert list_events(FakeEventReader(rows), count_only, scope, NOW, PAGE_KEY) == {
        "results": [],
        "total_count": len(expected),
    }


@settings(max_examples=150, deadline=None)
@given(events(), requests(), scopes)
def test_stat_counts_what_list_finds(rows, request, scope):
    query = request["query"] | {"aggregate": [{"count": {"name": "n"}}]}
    answer = stat_events(FakeEventReader(rows), {"query": query}, scope, NOW, PAGE_KEY)
    found = len(evaluator.matching_ids(rows, {"query": request["query"]}, scope, NOW))
    assert answer["results"] == ([{"n": found}] if found else [])


@settings(max_examples=150, deadline=None)
@given(
    events(), st.lists(sort_keys, max_size=2), st.integers(0, 4), st.integers(0, 4), st.lists(conditions(), max_size=1)
)
def test_pages_are_slices_of_the_whole(rows, sort, start, limit, conditions):
    scope = Scope("domain-a")
    query = {"sort": sort, "filter": conditions}
    whole = list_events(FakeEventReader(rows), {"query": query}, scope, NOW, PAGE_KEY)
    page = list_events(
        FakeEventReader(rows), {"query": query | {"page": {"start": start, "limit": limit}}}, scope, NOW, PAGE_KEY
    )
    first = max(start - 1, 0) if limit else 0
    assert page["results"] == whole["results"][first : first + limit if limit else None]
    assert page["total_count"] == whole["total_count"] == len(whole["results"])


NEGATIONS = {"not": "eq", "not_in": "in", "not_contain": "contain", "not_contain_in": "contain_in"}


@settings(max_examples=150, deadline=None)
@given(events(), st.sampled_from(sorted(NEGATIONS)), st.data())
def test_every_negation_finds_exactly_the_others(rows, name, data):
    key = data.draw(st.sampled_from(["rule", "alert_id", "additional_info.a", "occurred_at"]))
    value = data.draw(operands(key, name))
    scope = Scope("domain-a")
    found = [
        {
            result["event_id"]
            for result in list_events(
                FakeEventReader(rows),
                {"query": {"filter": [{"k": key, "o": operator, "v": value}]}},
                scope,
                NOW,
                PAGE_KEY,
            )["results"]
        }
        for operator in (name, NEGATIONS[name])
    ]
    assert not found[0] & found[1]
    assert found[0] | found[1] == {row["event_id"] for row in rows if row["domain_id"] == "domain-a"}


# --- arbitrary requests -----------------------------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
WORDS_OF_REQUESTS = [
    *("query", "filter", "filter_or", "sort", "page", "only", "minimal", "keyword", "unwind", "count_only"),
    *("key", "k", "value", "v", "operator", "o", "desc", "keys", "start", "limit", "name", "n", "path", "domain_id"),
    *("aggregate", "distinct", "group", "count", "project", "match", "skip", "fields", "conditions", "date_format"),
]
TEXTS_OF_REQUESTS = [
    "title",
    "created_at",
    "eq",
    "in",
    "sum",
    "push",
    "size",
    "divide",
    "%Y",
    "now",
    "additional_info.a",
]
shaped = st.recursive(
    json_values | st.sampled_from(TEXTS_OF_REQUESTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS_OF_REQUESTS), inner, max_size=3),
    max_leaves=20,
)


@pytest.mark.parametrize("ask", [list_events, stat_events])
@settings(max_examples=150, deadline=None)
@given(request=json_values | shaped | st.builds(lambda query: {"query": query}, shaped))
def test_any_json_is_answered_or_refused(ask, request):
    rows = [make_row(number, additional_info={"a": [1, "x", None]}) for number in range(3)]
    try:
        assert "results" in ask(FakeEventReader(rows), request, Scope("domain-a"), NOW, PAGE_KEY)
    except EventApiError as error:
        assert error.status in {400, 403}  # noqa: PT017  # an answer is as right; nothing else is
