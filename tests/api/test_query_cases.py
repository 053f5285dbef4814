"""The reference's own answers, through the routes, the handlers and the store, on each engine."""

from __future__ import annotations

import json

import pytest

from event_api import times
from eventctl.importer import import_event
from eventctl.records import read_record
from tests import query_cases

pytestmark = pytest.mark.skipif(not query_cases.CASES.is_dir(), reason="the reference's answers are not there")


@pytest.fixture(params=["ministack", pytest.param("dynoxide", marks=pytest.mark.engine)])
def engine(request):
    """Not moto, which takes minutes for this; ministack is a Python package, so `make test` can have it."""
    return request.param


def test_every_case_is_answered_as_the_reference_does(app):
    for event in query_cases.load_events():
        assert import_event(app.stores, read_record(json.dumps(event).encode()), times.now())
    ask = {"list": app.gateway.search, "stat": app.gateway.stat}
    tokens = {case.domain_id: app.token(domain_id=case.domain_id) for case in query_cases.load_cases()}
    wrong = {}
    for case in query_cases.load_cases():
        response = ask[case.method](tokens[case.domain_id], case.request)
        try:
            assert response.status == 200, response.text
            query_cases.assert_answer(case, response.json())
        except AssertionError as error:
            wrong[case.name] = str(error)[:200]
    assert not wrong
