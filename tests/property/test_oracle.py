"""The oracle itself answers all the reference's cases."""

from __future__ import annotations

import pytest

from event_api.domain.access import Scope
from tests import oracle, query_cases
from tests.property.world import NOW

ANSWER = {"list": oracle.list_events, "stat": oracle.stat_events}


@pytest.mark.parametrize("method", ANSWER)
def test_answers_as_the_reference(method: str) -> None:
    events = query_cases.load_events()
    cases = [case for case in query_cases.load_cases() if case.method == method]
    assert cases
    for case in cases:
        query_cases.assert_answer(case, ANSWER[method](events, case.request, Scope(case.domain_id), NOW))
