"""Deliveries over HTTP: those that need a look, what became of one, replay and discard."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from event_api.admin import administration
from event_api.domain import times
from event_api.domain.access import Permission, Role
from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from event_api.json_types import JsonObject
from event_api.store.deliveries import DeliveryState
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT

DELIVERIES = "/monitoring/v1/deliveries"


@pytest.fixture
def admin(app):
    return app.token(role=Role.ADMIN)


@pytest.fixture
def ask(app, admin):
    def send(method, path, body=None, **options):
        return app.gateway.request(method, path, body, **{"token": admin, **options})

    return send


def unfinished(app, number=1, **fields):
    """An unfinished delivery that nobody is at work on."""
    webhook, _ = app.webhook(**{name: fields[name] for name in ("domain_id", "project_id") if name in fields})
    delivery = Delivery(
        delivery_id=f"delivery-{number:024x}",
        domain_id=webhook.domain_id,
        project_id=webhook.project_id,
        webhook_id=webhook.webhook_id,
        body=Body.received(b'{"event_key": "a", "event_type": "ALERT", "title": "left"}'),
        headers={},
        received_at=times.now() - timedelta(hours=1),
    )
    app.stores.deliveries.add(delivery)
    return delivery


def unreadable(app, path=None):
    path = app.webhook()[1] if path is None else path
    return app.gateway.post(path, b"{no json").headers["x-delivery-id"]


def test_what_needs_a_look_is_listed(app, ask):
    left = unfinished(app)
    queued = unfinished(app, 2)
    app.stores.deliveries.mark_queued(queued.delivery_id, DOMAIN)
    unread = unreadable(app)
    app.gateway.post(app.webhook()[1], bodies.direct())
    listed = ask("GET", DELIVERIES).json()
    states = {one["delivery_id"]: one["state"] for one in listed["results"]}
    assert states == {left.delivery_id: "OPEN", queued.delivery_id: "QUEUED", unread: "UNREADABLE"}
    assert listed["total_count"] == 3
    (found,) = ask("GET", DELIVERIES, query={"state": "UNREADABLE"}).json()["results"]
    assert "JSON" in found["unread_because"]
    (found,) = ask("GET", DELIVERIES, query={"webhook_id": left.webhook_id}).json()["results"]
    assert found["delivery_id"] == left.delivery_id
    page = ask("GET", DELIVERIES, query={"query": '{"page": {"limit": 2}, "sort": {"key": "state"}}'}).json()
    assert [one["state"] for one in page["results"]] == ["OPEN", "QUEUED"]
    assert page["next_token"]


def test_unreadable_ones_are_looked_for_since_a_time(app, ask, monkeypatch):
    unread = unreadable(app)
    now = times.now()
    monkeypatch.setattr(times, "now", lambda: now + timedelta(days=8))
    assert ask("GET", DELIVERIES).json()["results"] == []
    since = times.to_iso(now - timedelta(days=1))
    (found,) = ask("GET", DELIVERIES, query={"since": since}).json()["results"]
    assert found["delivery_id"] == unread
    assert ask("GET", DELIVERIES, query={"since": "yesterday"}).status == 400


def test_one_delivery_shows_its_body_and_what_became_of_it(app, ask):
    delivery_id = app.gateway.post(app.webhook()[1], '{"event_key":"é"}').headers["x-delivery-id"]
    shown = ask("GET", f"/monitoring/v1/delivery/{delivery_id}").json()
    assert (shown["body"], shown["body_encoding"], shown["state"]) == ('{"event_key":"é"}', "text", "FINISHED")
    assert [event["event_id"] for event in shown["events"]] == [event["event_id"] for event in app.events()]
    unread = app.gateway.post(app.webhook()[1], b"\xff\xfe\xfd").headers["x-delivery-id"]
    shown = ask("GET", f"/monitoring/v1/delivery/{unread}").json()
    assert shown["body_encoding"] == "base64"
    assert base64.b64decode(shown["body"]) == b"\xff\xfe\xfd"
    assert shown["unread_because"]
    assert shown["events"][0]["event_type"] == "ERROR"


def test_a_replayed_delivery_is_read_by_the_present_format(app, ask):
    webhook, path = app.webhook(format="grafana")
    delivery_id = app.gateway.post(path, {"n": 7}).headers["x-delivery-id"]
    assert [event["event_type"] for event in app.events()] == ["ERROR"]
    mapping: JsonObject = {
        "fields": {"title": {"constant": "t"}, "event_key": "to_string(n)", "event_type": {"constant": "ALERT"}}
    }
    administration.set_format(app.stores, webhook.webhook_id, None, mapping)
    assert ask("POST", f"/monitoring/v1/delivery/{delivery_id}/replay").json() == {}
    app.redrive()
    assert sorted(event["event_type"] for event in app.events()) == ["ALERT", "ERROR", "RECOVERY"]
    assert ask("GET", DELIVERIES).json()["results"] == []


def test_a_discarded_delivery_is_finished_by_nobody(app, ask):
    left = unfinished(app)
    path = f"/monitoring/v1/delivery/{left.delivery_id}"
    assert ask("POST", f"{path}/discard", {}).json() == {}
    assert not list(app.stores.deliveries.unfinished(list(DeliveryState)))
    assert app.sweep() == 0
    assert ask("GET", path).json()["events"] == []
    again = ask("POST", f"{path}/discard", {})
    assert (again.status, again.json()["detail"]["code"]) == (400, "ERROR_INVALID_PARAMETER")
    assert ask("POST", f"{path}/replay").status == 200
    app.redrive()
    assert [event["title"] for event in app.events()] == ["left"]


def test_deliveries_of_others_do_not_exist(app, ask):
    mine = unfinished(app, 1, project_id=PROJECT)
    hidden = [unfinished(app, 2, project_id="other"), unfinished(app, 3, domain_id="other")]
    for options in ({"project_id": "other"}, {"domain_id": "other"}):
        unreadable(app, app.webhook(**options)[1])
    limited = app.token(role=Role.ADMIN, projects=[PROJECT])
    listed = ask("GET", DELIVERIES, token=limited).json()
    assert ([one["delivery_id"] for one in listed["results"]], listed["total_count"]) == ([mine.delivery_id], 1)
    for delivery in hidden:
        path = f"/monitoring/v1/delivery/{delivery.delivery_id}"
        for method, below in (("GET", ""), ("POST", "/replay"), ("POST", "/discard")):
            answer = ask(method, path + below, token=limited)
            assert (answer.status, answer.json()["detail"]["code"]) == (404, "ERROR_NOT_FOUND")
    assert app.queue.messages == []
    assert len(list(app.stores.deliveries.unfinished())) == 3


def test_a_reader_of_deliveries_changes_none(app, ask):
    left = unfinished(app)
    reader = app.token(permissions=[Permission.DELIVERY_READ])
    path = f"/monitoring/v1/delivery/{left.delivery_id}"
    assert ask("GET", path, token=reader).status == 200
    assert [ask("POST", f"{path}/{what}", token=reader).status for what in ("replay", "discard")] == [403, 403]
