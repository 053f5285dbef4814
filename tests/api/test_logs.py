"""The lines that a request leaves join: access log, function, worker, Lambda, and the stored delivery."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest

from event_api import telemetry
from event_api.domain.errors import UnavailableError
from testkit import stack
from testkit.world import ROOT
from tests.samples import bodies
from tests.service import DOMAIN

PAGE = (ROOT / "docs/operations.md").read_text()
OF_POWERTOOLS = {"level", "location", "message", "timestamp", "service"}
IDS = {"request_id", "lambda_request_id", "cold_start", "route"}


@pytest.fixture
def engine():
    return "moto"


@pytest.fixture
def lines(app, capsys, monkeypatch):  # after the service, which sets its own name
    """Return the lines written since the last look; the logger writes to the captured output."""
    telemetry.logger.cache_clear()
    # logging keeps a logger of each name, with the output that it was made with.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"test-of-logs-{uuid4()}")
    monkeypatch.setattr(telemetry, "_is_cold", True)

    def read():
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    yield read
    telemetry.logger.cache_clear()


def posted(app, body=None):
    webhook, path = app.webhook()
    response = app.gateway.post(path, body or bodies.direct())
    assert response.status == 200
    return webhook, response.headers["x-delivery-id"]


def metrics_of(line):
    return {metric["Name"] for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}


def test_a_deliverys_line_has_every_id(app, lines):
    webhook, delivery_id = posted(app)
    (event,) = app.events()
    line, *_ = lines()
    assert metrics_of(line) == {"DeliveriesStored", "EventsStored", "AlertsOpened"}
    assert line["lambda_request_id"] == app.gateway.context.aws_request_id
    assert line["route"] == "POST /monitoring/v1/webhook/{webhook_id}/{access_key}/events"
    assert {name: line[name] for name in ("delivery_id", "webhook_id", "domain_id", "event_id", "alert_id")} == {
        "delivery_id": delivery_id,
        "webhook_id": webhook.webhook_id,
        "domain_id": DOMAIN,
        "event_id": event["event_id"],
        "alert_id": event["alert_id"],
    }


def test_only_the_first_invocation_of_a_process_is_a_cold_start(app, lines):
    posted(app)
    posted(app)
    assert [line["cold_start"] for line in lines()] == [True, False]


def test_an_invocations_ids_end_with_it(app, lines):
    posted(app)
    telemetry.noticed("something else")
    assert not (IDS | {"delivery_id", "webhook_id"}) & lines()[-1].keys()


@pytest.mark.parametrize("body", [bodies.direct(), bodies.alertmanager(bodies.alert(1), bodies.alert(2))])
def test_a_stored_delivery_keeps_the_request_that_brought_it(app, lines, body):
    _, delivery_id = posted(app, body)
    (line,) = lines()
    stored = app.stores.events.delivery(delivery_id, DOMAIN)
    assert stored.request_id == line["request_id"] != ""


def test_a_refused_read_has_its_ids(app, lines):
    assert app.gateway.get("/monitoring/v1/event/event-0", token=app.token()).status == 404
    (line,) = lines()
    assert line.keys() >= IDS | {"domain_id", "status", "code"}
    assert (line["message"], line["status"], line["domain_id"]) == ("refused", 404, DOMAIN)


def test_a_failing_authorizer_has_its_ids_and_still_fails(app, lines, monkeypatch):
    token = app.token()
    monkeypatch.setattr("event_api.store.tokens.TokenStore.get", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        app.gateway.get("/monitoring/v1/events", token=token)
    line, counted = lines()
    assert counted["TasksFailed"] == 1
    assert line.keys() >= IDS | {"task", "cause"}
    assert (line["task"], line["route"], line["cause"][0]) == (
        "authorize",
        "GET /monitoring/v1/events",
        "ZeroDivisionError",
    )


def access_log_line(request_id, lambda_request_id):
    """API Gateway's line, in the template's format."""
    api = stack.template()["Resources"]["HttpApi"]["Properties"]
    values = {"$context.requestId": request_id, "$context.integration.requestId": lambda_request_id}
    text = re.sub(r"\$context[\w.]+", lambda name: values.get(name[0], "-"), api["AccessLogSettings"]["Format"])
    return json.loads(text)


def matches(line, request_id, lambda_request_id):
    """Whether the page's query returns a line; it is written with ``or`` only."""
    (clause,) = re.findall(r"^\| filter (.*)$", PAGE, re.MULTILINE)
    wanted = {"REQUEST": request_id, "LAMBDA": lambda_request_id}
    for condition in clause.split(" or "):
        parts = re.fullmatch(r'([\w.]+) = "(\w+)"', condition)
        assert parts is not None, condition
        path, value = parts.groups()
        found = line
        for name in path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        if found is not None and found == wanted[value]:
            return True
    return False


def test_the_pages_query_joins_all_lines_of_a_request_and_leads_back_from_the_delivery(app, lines, monkeypatch):
    posted(app)  # another request, whose lines must not be found
    monkeypatch.setattr(app.gateway.context, "aws_request_id", "the-one")
    with monkeypatch.context() as patch:
        patch.setattr("event_api.store.events.EventStore.add", lambda *_, **__: 1 / 0)
        _, delivery_id = posted(app)
    monkeypatch.setattr(app.gateway.context, "aws_request_id", "the-workers")
    app.redrive()
    written = lines()
    request_id = app.stores.events.delivery(delivery_id, DOMAIN).request_id
    of_lambda = [
        {"type": "platform.report", "record": {"requestId": "the-one", "status": "success"}},
        {"level": "ERROR", "errorType": "Runtime.OutOfMemory", "requestId": "the-one"},
        {"type": "platform.report", "record": {"requestId": "another"}},
    ]
    access = [access_log_line(request_id, "the-one"), access_log_line("another", "another")]

    found = [line for line in (*access, *of_lambda, *written) if matches(line, request_id, "the-one")]

    assert access[0] in found
    assert [line in found for line in of_lambda] == [True, True, False]
    own = [line for line in written if line in found]
    assert len(own) == len(written) - 1
    assert {line["lambda_request_id"] for line in own} == {"the-one", "the-workers"}
    assert {line["delivery_id"] for line in own if "_aws" in line} == {delivery_id}
    # Back, with the ids of the stored delivery.
    back = [line for line in (*access, *of_lambda, *written) if matches(line, request_id, None)]
    assert back == [access[0], *own]


def test_the_page_has_every_field_of_a_line(app, lines, monkeypatch):
    posted(app)
    key = {"Idempotency-Key": "one"}
    _, path = app.webhook()
    for title in ("first", "second"):
        app.gateway.post(path, bodies.direct(title=title), headers=key)
    app.gateway.post(f"{path}x", bodies.direct())
    app.gateway.get("/monitoring/v1/event/event-0", token=app.token())
    with monkeypatch.context() as patch:
        patch.setattr("event_api.store.events.EventStore.add", lambda *_, **__: 1 / 0)
        posted(app)
        app.redrive()
    app.sweep()
    written = lines()
    table = PAGE.split("| field | |", 1)[1].split("\n\n", 1)[0]
    documented = set(re.findall(r"`(\w+)`", table)) | OF_POWERTOOLS
    seen = {
        name
        for line in written
        for name in line
        if not ("_aws" in line and (name == "_aws" or name in metrics_of(line)))
    }
    assert seen <= documented
    assert {"stored_as", "message_id", "what", "task", "cause", "code"} <= seen


def test_lambdas_own_lines_are_json_too():
    for name, resource in stack.template()["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            assert resource["Properties"]["LoggingConfig"]["LogFormat"] == "JSON", name


def test_an_unavailable_database_is_a_line_of_the_request(app, lines, monkeypatch):
    _, path = app.webhook()

    def fail(*_, **__):
        raise UnavailableError("no answer")

    monkeypatch.setattr("event_api.store.webhooks.WebhookStore.get", fail)
    assert app.gateway.post(path, bodies.direct()).status == 503
    (line,) = lines()
    assert (line["message"], line["level"], line["status"]) == ("refused", "ERROR", 503)
    assert line.keys() >= IDS
