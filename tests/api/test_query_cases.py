"""The reference's own answers, through the routes, the handlers and the store, on each engine."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from event_api.aws import clients
from event_api.domain import times
from event_api.settings import settings
from event_api.store.table import Table
from eventctl.importer import import_event
from eventctl.records import read_record
from tests import query_cases


@pytest.fixture
def engine(setup):
    """Not moto, which takes minutes for this; `make test` compares the cases in memory (tests/contract)."""
    return setup[0]


@pytest.fixture
def summarized(setup):
    """The part of the events that summaries stand for."""
    return setup[1]


def forget_every_other_summary(app):
    """Delete half of the summaries, and mark half of what is left; return how many are used still."""
    table = Table(clients.dynamodb(), settings().tables.summaries)
    keys: list[dict[str, Any]] = [
        {"d": key["d"]["S"], "b": key["b"]["S"]}
        for key in app.dynamodb.scan(TableName=settings().tables.summaries)["Items"]
        if "s" in key
    ]
    keys.sort(key=lambda key: (key["d"], key["b"]))
    for key in keys[::2]:
        table.delete(key)
    for key in keys[1::4]:
        table.update({"d": key["d"], "b": f"m{key['b'][1:11]}"}, "ADD #v :one", {"one": 1})
    return len(keys[3::4])


@pytest.mark.parametrize(
    "setup",
    [
        pytest.param((engine, part), marks=pytest.mark.engine)
        for engine in ("ministack", "dynoxide")
        for part in ("nothing", "everything", "half")
    ],
    ids="-".join,
)
def test_every_case_is_answered_as_the_reference_does(app, summarized):
    for event in query_cases.load_events():
        assert import_event(app.stores, read_record(json.dumps(event).encode()), times.now())
    if summarized != "nothing":
        assert app.summarize(times.now() + timedelta(hours=1)) > 0
    if summarized == "half":
        assert forget_every_other_summary(app) > 0
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
