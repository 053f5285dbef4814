"""The reference's answers, from events in memory."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from event_api.domain.access import Scope
from tests import query_cases
from tests.fakes import PAGE_KEY, FakeEventReader, list_events, stat_events

ANSWER = {"list": list_events, "stat": stat_events}
NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def reader() -> FakeEventReader:
    return FakeEventReader(query_cases.load_events())


@pytest.mark.parametrize("case", query_cases.load_cases(), ids=lambda case: case.name)
def test_the_answer_is_the_reference_s(case: query_cases.Case, reader: FakeEventReader) -> None:
    answer = ANSWER[case.method](reader, case.request, Scope(case.domain_id), NOW, PAGE_KEY)
    query_cases.assert_answer(case, answer)
