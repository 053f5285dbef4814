"""Whatever arrives at list and stat is answered, or refused in our shape; nothing fails, and every answer is JSON."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given

from event_api import telemetry
from event_api.domain import times
from eventctl.importer import import_event
from eventctl.records import read_record
from tests.profiles import examples
from tests.samples import bodies, hostile, own_samples
from tests.service import DOMAIN, PROJECT

LIST = "/monitoring/v1/events"
SEARCH = "/monitoring/v1/events/search"
STAT = "/monitoring/v1/events/stat"
REQUESTS = [(SEARCH, hostile.searches), (STAT, hostile.stats)]

PLACED = {
    "ERROR_REQUIRED_PARAMETER",
    "ERROR_INVALID_PARAMETER",
    "ERROR_INVALID_PARAMETER_TYPE",
    "ERROR_OPERATOR_VALUE_TYPE",
    "ERROR_OPERATOR_LIST_VALUE_TYPE",
    "ERROR_OPERATOR_BOOLEAN_TYPE",
    "ERROR_OPERATOR_DICT_VALUE_TYPE",
    "ERROR_JSON_FORMAT",
}
"""Codes whose message names the key."""
UNPLACED = {"ERROR_DB_QUERY"}

VALUES = [
    None,
    "",
    "a" * 30 + "!",
    "İstanbul\x00\ud800",
    -0.0,
    1e308,
    10**30,
    True,
    [],
    {},
    [1, "1", None, [2, [3]], {"b": 1}, {"b": [1, 2]}],
    {"b": {"c": None}, "0": "zero", "": "no name", "$x": 1, "k": "a", "v": 1},
    [{"k": "a", "v": 1}, {"k": "b", "v": [1.5]}],
    [["a", 1], ["b", 2]],
    [{"b": 1}, {"b": "2026-03-01T10:00:00Z"}, {}],
    [[[[1]]], [[[2]]]],
    "2026-03-01T10:00:00+09:00",
    ["2026-03-01", "junk"],
    9007199254740993,
    [1e308, 1e308],
]


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.engine) for name in ("ministack", "dynoxide")])
def engine(request):
    """Not moto, which takes ten times as long for this."""
    return request.param


class Reader:
    """Asks, checks each answer, and counts the statuses."""

    def __init__(self, app) -> None:
        self.app = app
        self.token = app.token()
        self.statuses: Counter[int] = Counter()

    def ask(self, method, path, body=None, **options):
        response = self.app.gateway.request(method, path, body, token=self.token, **options)
        self.statuses[response.status] += 1
        answer = json.loads(response.text, parse_constant=pytest.fail)
        if response.status == 200:
            assert_answer(path, answer)
        else:
            assert_refusal(response.status, answer)
        return response


def assert_answer(path, answer):
    assert answer.keys() <= {"results", "total_count", "next_token", "explain", "omitted"}
    assert isinstance(answer["results"], list)
    assert type(answer.get("total_count", 0)) is int
    assert isinstance(answer.get("next_token", "text"), str)
    assert isinstance(answer.get("explain", {}), dict)
    assert isinstance(answer.get("omitted", []), list)
    if path != STAT:
        assert all(isinstance(event, dict) for event in answer["results"])


def assert_refusal(status, answer):
    assert status == 400, answer
    assert answer.keys() == {"detail"}
    assert answer["detail"].keys() == {"code", "message"}
    code, message = answer["detail"]["code"], answer["detail"]["message"]
    assert code in PLACED | UNPLACED
    if code in PLACED:
        assert "key = " in message


@pytest.fixture
def reader(app, monkeypatch):
    """A reader of events that conditions of every kind can meet."""

    def fail(task, error, **facts):
        raise error

    # Otherwise the handler reports only the place of the defect.
    monkeypatch.setattr(telemetry, "failed", fail)
    _, path = app.webhook()
    samples = [sample.body for sample in own_samples()[::20]]
    direct = [bodies.direct(f"{number}", additional_info={"a": value}) for number, value in enumerate(VALUES[:4])]
    for body in (bodies.alertmanager(*map(bodies.alert, range(8))), *samples, *direct, [1, "a"], "no JSON"):
        assert app.gateway.post(path, json.dumps(body)).status == 200
    for number, value in enumerate(VALUES):
        event = {
            "event_id": f"event-{number:012x}",
            "domain_id": DOMAIN,
            "project_id": PROJECT if number % 3 else None,
            "created_at": f"2026-03-01T10:00:{number // 2:02d}Z",
            "occurred_at": "2026-03-01T09:00:00.123Z" if number % 2 else None,
            "title": ["Disk full", "", None, "a" * 30][number % 4],
            "severity": ["ERROR", "INFO", None, "odd"][number % 4],
            "alert_id": f"alert-{number % 3}",
            "additional_info": {"a": value, "n": number, "tags": ["x", number], "text": "aaaaaaaaaaaaaaaaaaaaaaaa!"},
            "raw_data": {"a": value, "n": number / 2},
        }
        assert import_event(app.stores, read_record(json.dumps(event).encode()), times.now())
    return Reader(app)


def tried(strategy, check):
    """Check examples of a strategy: always the same ones, unless they shall be many."""

    @examples(150)
    @given(strategy)
    def check_all(example):
        check(example)

    check_all()


@pytest.mark.parametrize("path", [SEARCH, STAT])
def test_any_body(reader, path):
    tried(hostile.bodies, lambda body: reader.ask("POST", path, body))
    assert reader.statuses[400] > reader.statuses[200]


@pytest.mark.parametrize(("path", "requests"), REQUESTS)
def test_well_formed_requests(reader, path, requests):
    tried(requests, lambda request: reader.ask("POST", path, hostile.written(request)))
    assert reader.statuses[200] > reader.statuses[400] / 2


@pytest.mark.parametrize(("path", "requests"), REQUESTS)
def test_requests_with_a_broken_part(reader, path, requests):
    broken = hostile.broken(requests)
    tried(broken, lambda request: reader.ask("POST", path, hostile.written(request)))
    assert reader.statuses[400] > reader.statuses[200] / 2 > 0


def test_query_parameters(reader):
    tried(hostile.query_parameters(), lambda query: reader.ask("GET", LIST, query=query))
    assert reader.statuses[200]
    assert reader.statuses[400]


@pytest.mark.parametrize("path", [SEARCH, STAT])
def test_patterns(reader, path):
    what = {"distinct": "severity"} if path == STAT else {}

    def ask(pattern):
        conditions = [
            {"key": "additional_info.text", "value": pattern, "operator": "regex"},
            {"key": "title", "value": [pattern, "^disk"], "operator": "regex_in"},
        ]
        reader.ask("POST", path, json.dumps({"query": {"filter_or": conditions, **what}}))

    tried(hostile.patterns, ask)
    assert reader.statuses[200] > reader.statuses.total() / 10
    assert reader.statuses[400]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (SEARCH, {"filter": [{"key": "title", "value": "a", "operator": "not"}]}),
        (STAT, {"distinct": "event_id"}),
        (STAT, {"aggregate": [{"group": {"keys": [{"key": "event_id", "name": "id"}]}}]}),
    ],
)
def test_changed_page_tokens(reader, path, query):
    def page(token, **changes):
        return reader.ask("POST", path, json.dumps({"query": {**query, "page": {"limit": 3, **token}, **changes}}))

    token = page({}).json()["next_token"]
    assert page({"token": token}).status == 200

    def refused(token, **changes):
        response = page({"token": token}, **changes)
        assert response.status == 400
        assert "key = query.page.token" in response.text

    tried(hostile.changed(token), refused)
    refused(token, keyword="disk")
