"""Every error of our code has one shape and names the key, on every route."""

from __future__ import annotations

from functools import partial

import pytest

from event_api import composition
from event_api.domain.access import Role
from event_api.domain.errors import BadRequestError, EventApiError, UnavailableError
from testkit import stack
from tests.api import test_tenancy
from tests.samples import bodies

LINK = "/monitoring/v1/alert/alert-0000000000000000000000000001/a-key/RESOLVED"
EVENT = "/monitoring/v1/event/event-000000000000"
LIST = "/monitoring/v1/events"
SEARCH = "/monitoring/v1/events/search"
STAT = "/monitoring/v1/events/stat"
DISTINCT = {"distinct": "severity"}


@pytest.fixture
def engine():
    return "moto"


def refusal(response):
    """Status, code and message of an answer that has the one shape."""
    assert response.headers["content-type"] == "application/json"
    answer = response.json()
    assert set(answer) == {"detail"}
    assert set(answer["detail"]) == {"code", "message"}
    return response.status, answer["detail"]["code"], answer["detail"]["message"]


BAD_SEARCHES = [
    ({"nonsense": 1}, "ERROR_INVALID_PARAMETER", "nonsense"),
    ({"query": []}, "ERROR_INVALID_PARAMETER_TYPE", "query"),
    ({"query": {"nonsense": 1}}, "ERROR_INVALID_PARAMETER", "query.nonsense"),
    ({"query": {"filter": {}}}, "ERROR_INVALID_PARAMETER_TYPE", "query.filter"),
    ({"query": {"filter": [{"key": "title"}]}}, "ERROR_REQUIRED_PARAMETER", "query.filter.0"),
    (
        {"query": {"filter": [{"key": "title", "value": 1, "operator": "like"}]}},
        "ERROR_INVALID_PARAMETER",
        "query.filter.0.operator",
    ),
    (
        {"query": {"filter": [{"key": "title", "value": ["a"], "operator": "eq"}]}},
        "ERROR_OPERATOR_VALUE_TYPE",
        "query.filter.0.value",
    ),
    (
        {"query": {"filter": [{"key": "title", "value": "a", "operator": "in"}]}},
        "ERROR_OPERATOR_LIST_VALUE_TYPE",
        "query.filter.0.value",
    ),
    (
        {"query": {"filter_or": [{"k": "title", "v": "a", "o": "exists"}]}},
        "ERROR_OPERATOR_BOOLEAN_TYPE",
        "query.filter_or.0.value",
    ),
    (
        {"query": {"filter": [{"k": "additional_info.a", "v": 1, "o": "match"}]}},
        "ERROR_OPERATOR_DICT_VALUE_TYPE",
        "query.filter.0.value",
    ),
    ({"query": {"page": {"limit": -1}}}, "ERROR_INVALID_PARAMETER", "query.page.limit"),
    ({"query": {"page": {"limit": "10"}}}, "ERROR_INVALID_PARAMETER_TYPE", "query.page.limit"),
    ({"query": {"only": ["nonsense"]}}, "ERROR_INVALID_PARAMETER", "query.only.0"),
    ({"query": {"keyword": 5}}, "ERROR_INVALID_PARAMETER_TYPE", "query.keyword"),
    ({"severity": {"a": 1}}, "ERROR_INVALID_PARAMETER_TYPE", "severity"),
    ({"domain_id": 1}, "ERROR_INVALID_PARAMETER_TYPE", "domain_id"),
]


@pytest.mark.parametrize(("request_", "code", "key"), BAD_SEARCHES)
def test_a_bad_search_names_the_key(app, request_, code, key):
    response = app.gateway.search(app.token(), request_)
    status, found, message = refusal(response)
    assert (status, found) == (400, code)
    assert f"key = {key}" in message


@pytest.mark.parametrize(
    ("request_", "code", "key"),
    [
        ({}, "ERROR_REQUIRED_PARAMETER", "query"),
        ({"query": {}}, "ERROR_REQUIRED_PARAMETER", "query.aggregate"),
        ({"query": {"aggregate": [{"nonsense": {}}]}}, "ERROR_INVALID_PARAMETER", "query.aggregate.0.nonsense"),
        ({"query": {"aggregate": [{"limit": 0}]}}, "ERROR_INVALID_PARAMETER", "query.aggregate.0.limit"),
        ({"query": {"distinct": 1}}, "ERROR_INVALID_PARAMETER_TYPE", "query.distinct"),
        ({"query": {**DISTINCT, "only": []}}, "ERROR_INVALID_PARAMETER", "query.only"),
        ({"query": DISTINCT, "severity": "ERROR"}, "ERROR_INVALID_PARAMETER", "severity"),
    ],
)
def test_a_bad_stat_names_the_key(app, request_, code, key):
    status, found, message = refusal(app.gateway.stat(app.token(), request_))
    assert (status, found) == (400, code)
    assert f"key = {key}" in message


@pytest.mark.parametrize("path", [SEARCH, STAT])
@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"query": NaN}', b"\xff", "[" * 10_000])
def test_a_body_that_is_not_a_json_object_is_refused(app, path, body):
    if body == "" and path == SEARCH:
        assert app.gateway.post(path, body, token=app.token()).status == 200
        return
    status, code, _ = refusal(app.gateway.post(path, body, token=app.token()))
    assert status == 400
    assert code in {"ERROR_JSON_FORMAT", "ERROR_REQUIRED_PARAMETER"}


@pytest.mark.parametrize(
    ("path", "query", "key"),
    [
        (LIST, {"query": "{"}, "query"),
        (LIST, {"query": "[]"}, "query"),
        (LIST, {"nonsense": "1"}, "nonsense"),
        (LIST, {"only": ["nonsense"]}, "query.only.0"),
        (EVENT, {"nonsense": "1"}, "nonsense"),
        (EVENT, {"only": "nonsense"}, "only.0"),
        (EVENT, {"domain_id": ["a", "b"]}, "domain_id"),
    ],
)
def test_a_bad_parameter_is_named(app, path, query, key):
    status, _, message = refusal(app.gateway.get(path, query=query, token=app.token()))
    assert status == 400
    assert f"key = {key}" in message


def test_an_unknown_event_is_not_found(app):
    status, code, message = refusal(app.gateway.get(EVENT, token=app.token()))
    assert (status, code) == (404, "ERROR_NOT_FOUND")
    assert "event_id" in message
    assert refusal(app.gateway.get(f"/monitoring/v1/event/{'e' * 3000}", token=app.token()))[0] == 404


def every_route(app):
    """One well-formed request to each of the template's routes that our code answers."""
    _, path = app.webhook()
    token = app.token()
    asked = {
        "POST /monitoring/v1/webhook/{webhook_id}/{access_key}/events": lambda: app.gateway.post(path, bodies.direct()),
        "POST /monitoring/v1/webhook/{webhook_id}/events": lambda: app.gateway.post(
            path.rsplit("/", 2)[0] + "/events",
            bodies.direct(),
            headers={"Authorization": f"Bearer {path.split('/')[-2]}"},
        ),
        "OPTIONS /monitoring/v1/webhook/{webhook_id}/{access_key}/events": lambda: app.gateway.request("OPTIONS", path),
        "OPTIONS /monitoring/v1/webhook/{webhook_id}/events": lambda: app.gateway.request(
            "OPTIONS",
            path.rsplit("/", 2)[0] + "/events",
            headers={"Authorization": f"Bearer {path.split('/')[-2]}"},
        ),
        "GET /monitoring/v1/event/{event_id}": lambda: app.gateway.get(EVENT, token=token),
        "GET /monitoring/v1/events": lambda: app.gateway.get(LIST, token=token),
        "POST /monitoring/v1/events/search": lambda: app.gateway.search(token, {}),
        "POST /monitoring/v1/alert/{alert_id}/{access_key}/{state}": lambda: app.gateway.post(LINK, b""),
        "POST /monitoring/v1/events/stat": lambda: app.gateway.stat(token, {"query": DISTINCT}),
    }
    admin = app.token(role=Role.ADMIN)
    app.gateway.verdicts = {}
    for caller in (token, admin):
        app.gateway.get("/monitoring/v1/token", token=caller)  # so that the authorizer has answered
    for route in (one for routes in test_tenancy.ROUTES.values() for one in routes):
        (key,) = (one.key for one in stack.routes() if matches(one, route))
        asked.setdefault(key, partial(test_tenancy.ask, app, route, admin))
    # They read nothing that could fail: the console's files are in memory, and the authorizer knows the caller.
    known = {
        route.key for route in stack.routes() if route.function not in {"functions/console", "functions/get_caller"}
    }
    assert set(asked) == known, "a new route needs its line here"
    return asked.items()


def matches(route, asked):
    method, path = asked.split(" ")
    return stack.match(route, method, test_tenancy.V1 + path) is not None


OPENED = (
    "webhooks",
    "tokens",
    "events",
    "audit",
    "event_reader",
    "webhook_reader",
    "token_reader",
    "delivery_reader",
    "audit_reader",
)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (UnavailableError("busy"), 503, "ERROR_UNAVAILABLE"),
        (RuntimeError("secret-value"), 500, "ERROR_UNKNOWN"),
    ],
)
def test_a_failure_has_the_same_shape_on_every_route(app, monkeypatch, error, status, code):
    def fail(*_arguments, **_options):
        raise error

    for route, ask in every_route(app):
        with monkeypatch.context() as patch:
            # The authorizer works; the clients that the function opens fail.
            for opened in OPENED:
                patch.setattr(composition, opened, fail)
            answer = ask()
        assert refusal(answer)[:2] == (status, code), route
        assert "secret-value" not in answer.text
        if status == 503:
            assert int(answer.headers["Retry-After"]) > 0


def test_problem_details_are_answered_to_who_asks(app):
    answer = app.gateway.get(EVENT, token=app.token(), headers={"Accept": "application/problem+json"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert answer.json()["code"] == "ERROR_NOT_FOUND"


def test_an_answer_that_lambda_would_not_let_through_says_what_to_do(app, monkeypatch):
    monkeypatch.setattr("event_api.aws.http.MAX_RESPONSE_BYTES", 300)
    _, path = app.webhook()
    app.gateway.post(path, bodies.direct(description="long " * 50))
    token = app.token()
    (event,) = app.events(token, only=["event_id"])
    status, code, message = refusal(app.gateway.get(f"/monitoring/v1/event/{event['event_id']}", token=token))
    assert (status, code) == (400, "ERROR_INVALID_PARAMETER")
    assert "key = only" in message


def test_every_error_has_a_code_of_its_own_and_a_status():
    def leaves(kind):
        return [leaf for child in kind.__subclasses__() for leaf in leaves(child)] or [kind]

    errors = leaves(EventApiError)
    assert len({error.code for error in errors}) == len(errors)
    assert {error.status for error in errors} == {400, 401, 403, 404, 413, 503}
    assert all(error.status == 400 for error in errors if issubclass(error, BadRequestError))


def test_errors_are_documented(app):
    from localrun.settings import ROOT  # noqa: PLC0415

    documented = (ROOT / "docs/api.md").read_text()

    def codes(kind):
        return {kind.code, *(code for child in kind.__subclasses__() for code in codes(child))}

    assert all(code in documented for code in codes(EventApiError))
