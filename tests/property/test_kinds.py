"""list and stat of a kind whose records are read whole, and selected in memory, answer what the oracle does."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from event_api.domain.access import Scope
from event_api.domain.fields import EVENT, whole_kind
from event_api.query.in_memory import InMemoryReader
from event_api.query.read_budget import ReadBudget
from event_api.reads.search import list_records
from event_api.reads.search_requests import EventQuery
from event_api.reads.statistics import stat_records
from tests import oracle
from tests.fakes import PAGE_KEY
from tests.profiles import examples
from tests.property import strategies
from tests.property.test_search import assert_agree, assert_same_results, of_all
from tests.property.test_statistics import assert_agree as assert_statistics_agree
from tests.property.world import NOW, Events, walked

THING = whole_kind(
    "event",
    "EventInfo",
    EVENT.fields,
    texts=[path[0] for path in EVENT.texts if len(path) == 1],
    times=EVENT.times,
    minimal=EVENT.minimal,
    keywords=EVENT.keywords,
    aliases=EVENT.aliases,
)
"""A kind with the fields of events, so that the oracle and its requests suit it."""


class ThingQuery(EventQuery):
    kind = THING


def asked(method: str, rows: Events, request: dict[str, Any], scope: Scope) -> dict[str, Any]:
    reader = InMemoryReader(lambda: rows, scope, ReadBudget())
    if method == "list":
        return list_records(ThingQuery, reader, request, scope, NOW, page_key=PAGE_KEY)
    return stat_records(THING, reader, request, scope, NOW, page_key=PAGE_KEY)


@examples(60)
@given(rows=strategies.events(), requests=strategies.several(strategies.list_requests()), scope=strategies.scopes)
def test_list(rows: Events, requests: list[dict[str, Any]], scope: Scope) -> None:
    for request in requests:
        assert_agree(request, asked("list", rows, request, scope), oracle.list_events(rows, request, scope, NOW))


@examples(40)
@given(
    rows=strategies.events(most=20),
    request=strategies.list_requests(),
    scope=strategies.scopes,
    limits=st.lists(st.integers(1, 5), min_size=1, max_size=3),
)
def test_pages_of_list(rows: Events, request: dict[str, Any], scope: Scope, limits: list[int]) -> None:
    request = of_all(request)
    expected = oracle.list_events(rows, request, scope, NOW)
    answers = walked(lambda page: asked("list", rows, page, scope), request, limits)
    assert_same_results(request, [result for answer in answers for result in answer["results"]], expected["results"])


@examples(60)
@given(rows=strategies.events(), requests=strategies.several(strategies.stat_requests()), scope=strategies.scopes)
def test_stat(rows: Events, requests: list[dict[str, Any]], scope: Scope) -> None:
    for request in requests:
        answer = asked("stat", rows, request, scope)
        assert_statistics_agree(request["query"], answer, oracle.stat_events(rows, request, scope, NOW))
