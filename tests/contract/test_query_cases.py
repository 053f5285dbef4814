"""The reference's own answers, from events in memory."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from event_api.model import Scope
from event_api.search import list_events
from event_api.statistics import stat_events
from tests import query_cases
from tests.fakes import PAGE_KEY, FakeEventReader

ANSWER = {"list": list_events, "stat": stat_events}
NOW = datetime(2026, 4, 1, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not query_cases.CASES.is_dir(), reason="the reference's answers are not there")


@pytest.fixture(scope="module")
def reader() -> FakeEventReader:
    return FakeEventReader(query_cases.load_events())


@pytest.mark.parametrize("case", query_cases.load_cases(), ids=lambda case: case.name)
def test_answers_as_the_reference(case: query_cases.Case, reader: FakeEventReader) -> None:
    answer = ANSWER[case.method](reader, case.request, Scope(case.domain_id), NOW, PAGE_KEY)
    query_cases.assert_answer(case, answer)
