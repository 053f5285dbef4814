"""The Python client, over HTTP, against the service's handlers and against a server that misbehaves."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from event_api_client import ApiError, Client, ConnectionFailedError
from event_api_client.transport import Transport

from event_api.domain.access import Role
from testkit.server import LocalServer, Routes
from tests.api.http_front import served
from tests.samples import bodies
from tests.service import PROJECT


@pytest.fixture
def api_url(app):
    with served(app.gateway) as url:
        yield url


@pytest.fixture
def client(app, api_url):
    return Client(api_url, app.token(role=Role.ADMIN), attempts=1)


@pytest.fixture
def stored(app):
    _, path = app.webhook()
    for number in range(5):
        assert app.gateway.post(path, bodies.direct(event_key=f"key-{number}", title=f"Event {number}")).status == 200


@pytest.mark.usefixtures("stored")
def test_events_are_read_page_by_page(client, monkeypatch):
    monkeypatch.setattr("event_api_client.records.PAGE_SIZE", 2)
    titles = [event["title"] for event in client.events.search()]
    assert titles == [f"Event {number}" for number in (4, 3, 2, 1, 0)]
    assert [event["title"] for event in client.events.search(limit=3)] == titles[:3]
    assert list(client.events.search(limit=0)) == []
    assert [event["title"] for event in client.events.search(event_key="key-1")] == ["Event 1"]
    assert client.events.count() == 5
    assert client.events.count({"filter": [{"k": "title", "v": "4", "o": "contain"}]}) == 1
    (event,) = client.events.search({"filter": [{"k": "title", "v": "Event 2", "o": "eq"}]})
    assert client.events.get(event["event_id"])["raw_data"]["event_key"] == "key-2"
    rows = client.events.stat({"aggregate": [{"count": {"name": "n"}}]})
    assert rows == [{"n": 5}]


@pytest.mark.usefixtures("stored")
def test_an_alerts_course(client):
    alert = next(client.alerts.search(state="TRIGGERED"))
    assert client.alerts.acknowledge(alert["alert_id"])["state"] == "ACKNOWLEDGED"
    assert client.alerts.update(alert["alert_id"], assignee="ada")["assignee"] == "ada"
    assert client.alerts.resolve(alert["alert_id"])["state"] == "RESOLVED"
    course = [entry["action"] for entry in client.alerts.history(alert["alert_id"])]
    assert course[-3:] == ["ACKNOWLEDGED", "ASSIGNED", "RESOLVED"]
    made = client.alerts.create("By hand", PROJECT, urgency="LOW")
    other = client.alerts.create("Another", PROJECT)
    assert client.alerts.snooze(made["alert_id"], "2099-01-01T00:00:00Z")["is_snoozed"] is True
    client.alerts.merge([other["alert_id"]], made["alert_id"])
    client.alerts.delete(made["alert_id"])
    with pytest.raises(ApiError):
        client.alerts.get(made["alert_id"])
    assert client.alerts.count(state="TRIGGERED") == 4


def test_a_webhooks_life(app, client):
    made = client.webhooks.create("Alertmanager", PROJECT, tags={"team": "shop"})
    path = urlsplit(made["webhook_url"]).path
    assert app.gateway.post(path, bodies.direct()).status == 200
    webhook_id = made["webhook_id"]
    assert client.webhooks.update(webhook_id, name="Renamed")["name"] == "Renamed"
    assert client.webhooks.update_plugin(webhook_id, plugin_id="grafana")["plugin_info"]["plugin_id"] == "grafana"
    assert client.webhooks.disable(webhook_id)["state"] == "DISABLED"
    assert client.webhooks.enable(webhook_id)["state"] == "ENABLED"
    assert client.webhooks.rotate(webhook_id)["webhook_url"] != made["webhook_url"]
    assert [one["name"] for one in client.webhooks.search()] == ["Renamed"]
    client.webhooks.delete(webhook_id)
    assert client.webhooks.count() == 0
    actions = {record["action"] for record in client.audit.search()}
    assert {"webhook.create", "webhook.rotate", "webhook.delete"} <= actions


def test_a_tokens_life(client, api_url):
    made = client.tokens.create(name="reader", role="reader")
    reader = Client(api_url, made["token"], attempts=1)
    assert reader.caller()["actor_id"] == made["token_id"]
    rotated = client.tokens.rotate(made["token_id"])
    client.tokens.revoke(rotated["token_id"])
    assert {one["token_id"] for one in client.tokens.search()} >= {made["token_id"]}
    with pytest.raises(ApiError) as caught:
        Client(api_url, rotated["token"], attempts=1).caller()
    assert caught.value.status == 403


def test_deliveries_that_need_a_look(app, client, monkeypatch):
    _, path = app.webhook()
    app.gateway.post(path, b"\xff\xfe\xfd")
    (delivery,) = client.deliveries.search()
    assert client.deliveries.get(delivery["delivery_id"])["events"]
    client.deliveries.replay(delivery["delivery_id"])
    client.deliveries.discard(delivery["delivery_id"])
    app.gateway.post(path, b"{no json")
    monkeypatch.setattr("event_api_client.records.PAGE_SIZE", 1)
    assert len(list(client.deliveries.search(state="UNREADABLE"))) == 2
    assert client.deliveries.count(state=["OPEN", "QUEUED"]) == 0


def test_a_body_is_tried_and_verified(app, client):
    webhook, _ = app.webhook()
    assert client.webhooks.try_body(webhook.webhook_id, json.dumps(bodies.direct()).encode())["total_count"] == 1
    client.webhooks.verify_plugin(webhook.webhook_id, body=bodies.direct(), plugin_info={"plugin_id": "direct"})
    with pytest.raises(ApiError, match="ERROR_INVALID_PARAMETER"):
        client.webhooks.verify_plugin(webhook.webhook_id, plugin_info={"plugin_id": "nonsense"})
    assert app.events() == []


def test_a_refusal_has_its_code_and_its_request(client):
    with pytest.raises(ApiError) as caught:
        client.events.get("event-0")
    error = caught.value
    assert (error.status, error.code, error.request_id) == (404, "ERROR_NOT_FOUND", "request-1")
    assert str(error).startswith("404 ERROR_NOT_FOUND: ")


# --- a server that misbehaves -----------------------------------------------------------------------------------------


class Server:
    """Answers with each status in turn, the last one for ever; notes the requests."""

    def __init__(self):
        self.statuses = [200]
        self.requests: list[tuple[str, str, bytes, dict[str, str]]] = []
        server = self

        class BadRoutes(Routes):
            def get(self):
                self.post(b"")

            def post(self, body):
                server.requests.append((self.command, self.path, body, dict(self.headers)))
                status = server.statuses.pop(0) if len(server.statuses) > 1 else server.statuses[0]
                self.answer(status, b'{"message": "busy"}' if status >= 400 else b"{}", {"Retry-After": "0"})

        self.routes = BadRoutes


@pytest.fixture
def bad():
    server = Server()
    with LocalServer(server.routes) as running:
        yield server, Transport(f"http://{running.address}/", "token-1.secret", attempts=3)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_read_is_sent_again(bad, status):
    server, transport = bad
    server.statuses = [status, status, 200]
    assert transport.request("GET", "token", reads=True) == {}
    assert len(server.requests) == 3


@pytest.mark.parametrize(("status", "requests"), [(429, 3), (500, 1), (502, 1), (503, 1), (504, 1), (400, 1)])
def test_a_change_is_sent_again_only_if_nothing_was_done(bad, status, requests):
    server, transport = bad
    server.statuses = [status]
    with pytest.raises(ApiError) as caught:
        transport.request("POST", "tokens", body={})
    assert (caught.value.status, caught.value.code, caught.value.message) == (status, "HTTP", "busy")
    assert len(server.requests) == requests


def test_parts_of_a_path_cannot_leave_it(bad):
    server, transport = bad
    transport.request("GET", "event", "../tokens?x=1#y", reads=True)
    assert server.requests[0][1] == "/monitoring/v1/event/..%2Ftokens%3Fx%3D1%23y"


def test_no_answer_is_an_error_without_the_token():
    with pytest.raises(ConnectionFailedError) as caught:
        Transport("http://127.0.0.1:9", "token-1.secret", attempts=1).request("GET", "token", reads=True)
    assert "secret" not in f"{caught.value!r} {caught.value}"


def test_a_redirect_is_not_followed(bad):
    server, transport = bad
    server.statuses = [302]
    with pytest.raises(ApiError):
        transport.request("GET", "token", reads=True)
    assert len(server.requests) == 1


def test_the_token_is_in_no_repr():
    client = Client("https://api.example", "token-1.secret")
    assert "secret" not in f"{client!r} {client.events!r} {vars(client)!r}"
    with pytest.raises(ValueError, match="not the URL"):
        Client("ftp://api.example", "token-1.secret")


def test_bodies_are_json(bad):
    server, transport = bad
    transport.request("PUT", "webhook", "w", body={"name": "é"})
    method, _, body, headers = server.requests[0]
    assert (method, json.loads(body), headers["content-type"]) == ("PUT", {"name": "é"}, "application/json")
