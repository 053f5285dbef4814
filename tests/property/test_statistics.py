"""stat answers what the oracle does, whatever is asked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.domain import times
from event_api.domain.access import Scope
from tests import oracle, query_cases
from tests.profiles import examples
from tests.property import strategies
from tests.property.world import NOW, Events, asked, asking, stored_events, walked

if TYPE_CHECKING:
    from tests.service import Service


def assert_agree(query: dict[str, Any], answer: dict[str, Any], expected: dict[str, Any]) -> None:
    """Compare two responses, in order if the API promises one."""
    assert answer.get("total_count") == expected.get("total_count")
    stages = [next(iter(stage.items())) for stage in query.get("aggregate", [])]
    names = [name for name, _ in stages]
    unordered = _unordered(stages) - {options["path"] for name, options in stages if name == "unwind"}
    rows, wanted = ([query_cases.comparable(row, unordered) for row in one["results"]] for one in (answer, expected))
    if "group" not in names:
        assert rows == wanted
        return
    # The rows of a group come in any order; a sort behind it orders what has different keys.
    assert Counter(rows) == Counter(wanted)
    last = len(names) - 1 - names[::-1].index("group")
    for name, options in stages[last + 1 :]:
        if name == "sort":
            keys = [key for key, _ in oracle.sort_of(options)]
            ordered = [
                [query_cases.comparable({key: row.get(key) for key in keys}, unordered) for row in one["results"]]
                for one in (answer, expected)
            ]
            assert ordered[0] == ordered[1]


def _unordered(stages: list[tuple[str, Any]]) -> set[str]:
    """Return the names of lists in any order: sets, an object's members, values pushed from a group's rows."""
    projected = [field for name, options in stages if name == "project" for field in options["fields"]]
    names = {field["name"] for field in projected if field.get("operator") == "object_to_array"}
    groups = [options for name, options in stages if name == "group"]
    for number, options in enumerate(groups):
        for field in options["fields"]:
            operator, name = (field.get(long, field.get(long[0])) for long in ("operator", "name"))
            if operator == "add_to_set" or (number > 0 and operator == "push"):
                names.add(name)
    return names


# --- in memory --------------------------------------------------------------------------------------------------------


@examples(250)
@given(events=strategies.events(), requests=strategies.several(strategies.stat_requests()), scope=strategies.scopes)
def test_answers_as_the_oracle(events: Events, requests: list[dict[str, Any]], scope: Scope) -> None:
    for request in requests:
        answer = asked("stat", events, request, scope)
        assert_agree(request["query"], answer, oracle.stat_events(events, request, scope, NOW))


@examples(80)
@given(
    events=strategies.events(most=20),
    request=strategies.stat_requests(),
    scope=strategies.scopes,
    limits=st.lists(st.integers(1, 4), min_size=1, max_size=3),
)
def test_pages_by_token_are_the_whole_answer(
    events: Events, request: dict[str, Any], scope: Scope, limits: list[int]
) -> None:
    query = {name: part for name, part in request["query"].items() if name != "page"}
    expected = oracle.stat_events(events, {"query": query}, scope, NOW)
    answers = walked(lambda page: asked("stat", events, page, scope), request, limits)
    assert {answer["total_count"] for answer in answers} == {len(expected["results"])}
    assert_agree(query, {"results": [row for answer in answers for row in answer["results"]]}, expected)


@examples(60)
@given(events=strategies.events(), request=strategies.stat_requests(), scope=strategies.scopes)
def test_explain_changes_no_results(events: Events, request: dict[str, Any], scope: Scope) -> None:
    answer = asked("stat", events, request, scope)
    explained = asked("stat", events, {"query": {**request["query"], "explain": True}}, scope)
    assert explained.pop("explain")
    assert explained.keys() == answer.keys()
    assert_agree(request["query"], explained, answer)


# --- on an engine -----------------------------------------------------------------------------------------------------


@pytest.mark.engine
def test_routes_answer_as_the_oracle(app: Service) -> None:
    events = stored_events(app)
    ask = asking(app, app.gateway.stat)

    @examples(150, on_engine=True)
    @given(request=strategies.stat_requests(), scope=strategies.scopes)
    def answers_alike(request: dict[str, Any], scope: Scope) -> None:
        assert_agree(request["query"], ask(request, scope), oracle.stat_events(events, request, scope, times.now()))

    answers_alike()
