"""list answers what the oracle does, whatever is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.domain import times
from event_api.domain.access import Scope
from event_api.query.operators import OPERATORS
from tests import oracle
from tests.profiles import examples
from tests.property import strategies
from tests.property.world import NOW, Events, asked, asking, plain, stored_events, walked

if TYPE_CHECKING:
    from tests.service import Service

Request = dict[str, Any]


def test_every_operator_is_drawn():
    drawn = set()

    @examples(1_000)
    @given(strategies.conditions())
    def collect(condition):
        drawn.add(condition.get("operator") or condition["o"])

    collect()
    assert drawn == set(OPERATORS)


def assert_agree(request: Request, answer: dict[str, Any], expected: dict[str, Any]) -> None:
    assert answer["total_count"] == expected["total_count"]
    assert_same_results(request, answer["results"], expected["results"])


def assert_same_results(request: Request, results: list[Any], expected: list[Any]) -> None:
    # "Just these fields": whether an object of which nothing is left is there is left open.
    bare = any("." in path or path == "resource_id" for path in request["query"].get("only", []))
    assert [plain(one, bare=bare) for one in results] == [plain(one, bare=bare) for one in expected]


def with_query(request: Request, **changes: Any) -> Request:
    return {**request, "query": {**request["query"], **changes}}


def of_all(request: Request) -> Request:
    """Return a request of all results, on one page."""
    query = {name: part for name, part in request["query"].items() if name not in {"page", "count_only"}}
    return {**request, "query": query}


# --- in memory --------------------------------------------------------------------------------------------------------


@examples(250)
@given(events=strategies.events(), requests=strategies.several(strategies.list_requests()), scope=strategies.scopes)
def test_answers_as_the_oracle(events: Events, requests: list[Request], scope: Scope) -> None:
    for request in requests:
        assert_agree(request, asked("list", events, request, scope), oracle.list_events(events, request, scope, NOW))


@examples(80)
@given(
    events=strategies.events(most=20),
    request=strategies.list_requests(),
    scope=strategies.scopes,
    limits=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    count=st.booleans(),
)
def test_pages_by_token_are_the_whole_answer(
    events: Events, request: Request, scope: Scope, limits: list[int], *, count: bool
) -> None:
    request = with_query(of_all(request), count=count)
    expected = oracle.list_events(events, of_all(request), scope, NOW)
    answers = walked(lambda page: asked("list", events, page, scope), request, limits)
    assert_same_results(request, [result for answer in answers for result in answer["results"]], expected["results"])
    totals = {answer.get("total_count") for answer in answers}
    assert totals == {expected["total_count"] if count else None}


@examples(80)
@given(events=strategies.events(), request=strategies.list_requests(), scope=strategies.scopes, limit=st.integers(1, 4))
def test_pages_by_start_are_the_whole_answer(events: Events, request: Request, scope: Scope, limit: int) -> None:
    request = of_all(request)
    expected = oracle.list_events(events, request, scope, NOW)
    results = []
    for start in range(1, len(expected["results"]) + 2, limit):
        answer = asked("list", events, with_query(request, page={"start": start, "limit": limit}), scope)
        assert answer["total_count"] == expected["total_count"]
        results += answer["results"]
    assert_same_results(request, results, expected["results"])


IMPLIED = [
    {"key": "domain_id", "value": strategies.DOMAIN, "operator": "eq"},
    {"key": "project_id", "value": strategies.PROJECTS, "operator": "in"},
    {"key": "user_projects", "value": None, "operator": "not"},
    {"key": "event_id", "value": "EVENT-", "operator": "contain"},
    {"key": "created_at", "value": strategies.TIMES[0], "operator": "gte"},
    {"key": "created_at", "value": "2026-03-05T01:00:00+01:00", "operator": "datetime_lt"},
    {"key": "created_at", "value": "now - 1w", "operator": "timediff_gt"},
    {"key": "created_at", "value": True, "operator": "exists"},
]


@examples(80)
@given(
    events=strategies.events(),
    request=strategies.list_requests(),
    scope=strategies.scopes,
    implied=st.lists(st.sampled_from(IMPLIED), min_size=1, max_size=2),
)
def test_a_condition_that_is_implied_changes_nothing(
    events: Events, request: Request, scope: Scope, implied: list[dict[str, Any]]
) -> None:
    required = request["query"].get("filter", [])
    narrowed = with_query(request, filter=[*implied, *required, *required])
    assert _unsigned(asked("list", events, narrowed, scope)) == _unsigned(asked("list", events, request, scope))


@examples(60)
@given(
    events=strategies.events(),
    request=strategies.list_requests(),
    scope=strategies.scopes,
    condition=strategies.conditions(),
)
def test_a_condition_and_its_negation_divide_the_answer(
    events: Events, request: Request, scope: Scope, condition: dict[str, Any]
) -> None:
    """One is required, or one of both: whichever way it is planned, nothing is lost or there twice."""
    request = with_query(of_all(request), only=["event_id"])
    required = request["query"].get("filter", [])

    def count(*conditions: dict[str, Any]) -> int:
        answer = asked("list", events, with_query(request, filter=[*required, *conditions]), scope)
        return int(answer["total_count"])

    opposite = _negated(condition)
    if opposite is not None:
        assert count(condition) + count(opposite) == count()
        assert count(condition, opposite) == 0


_OPPOSITES = {"eq": "not", "in": "not_in", "contain": "not_contain", "contain_in": "not_contain_in"}
_OPPOSITES |= {negative: positive for positive, negative in _OPPOSITES.items()}


def _negated(condition: dict[str, Any]) -> dict[str, Any] | None:
    key, value, operator = condition.values()
    if operator == "exists":
        return {"key": key, "value": not value, "operator": operator}
    return {"key": key, "value": value, "operator": _OPPOSITES[operator]} if operator in _OPPOSITES else None


@examples(60)
@given(events=strategies.events(), request=strategies.list_requests(), scope=strategies.scopes)
def test_explain_and_count_change_no_results(events: Events, request: Request, scope: Scope) -> None:
    answer = asked("list", events, request, scope)
    explained = asked("list", events, with_query(request, explain=True), scope)
    assert explained.pop("explain")
    assert _unsigned(explained) == _unsigned(answer)
    if not request["query"].get("count_only"):
        uncounted = asked("list", events, with_query(request, count=False), scope)
        assert "total_count" not in uncounted
        assert _unsigned(uncounted) | {"total_count": answer["total_count"]} == _unsigned(answer)


def _unsigned(answer: dict[str, Any]) -> dict[str, Any]:
    """Return a response with whether there is a token: its content depends on the request."""
    return answer | {"next_token": "next_token" in answer}


# --- on an engine -----------------------------------------------------------------------------------------------------


@pytest.mark.engine
def test_routes_answer_as_the_oracle(app: Service) -> None:
    events = stored_events(app)
    ask = asking(app, app.gateway.search)

    @examples(120, on_engine=True)
    @given(request=strategies.list_requests(), scope=strategies.scopes)
    def answers_alike(request: Request, scope: Scope) -> None:
        assert_agree(request, ask(request, scope), oracle.list_events(events, request, scope, times.now()))

    @examples(20, on_engine=True)
    @given(request=strategies.list_requests(), scope=strategies.scopes, limit=st.integers(3, 20))
    def pages_alike(request: Request, scope: Scope, limit: int) -> None:
        request = of_all(request)
        expected = oracle.list_events(events, request, scope, times.now())
        answers = walked(lambda page: ask(page, scope), request, [limit])
        assert_same_results(request, [one for answer in answers for one in answer["results"]], expected["results"])

    answers_alike()
    pages_alike()
