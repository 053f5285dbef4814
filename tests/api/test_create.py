"""create, through the template's routes."""

from __future__ import annotations

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from event_api import composition
from event_api.admin import administration
from event_api.aws.redrive_queue import QueuedDelivery
from event_api.domain import times
from event_api.domain.alert import AlertState
from event_api.domain.errors import UnavailableError
from event_api.domain.webhook import RecoveryMode, WebhookState
from event_api.normalizers.formats import prometheus_alertmanager
from event_api.store.alerts import AlertStore
from event_api.store.deliveries import DeliveryStore
from event_api.store.events import EventStore
from event_api.store.table import Table
from testkit.gateway import Context
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT

BUSY = UnavailableError("the database is busy")


def alerts_of(app):
    return list(app.stores.alerts.of_domain(DOMAIN, None, times.now()))


def post(app, path, body, **options):
    response = app.gateway.post(path, body, **options)
    assert response.status == 200, response.text
    assert response.json() == {}
    return response.headers["x-delivery-id"]


def test_a_posted_event_is_answered_field_by_field(app):
    webhook, path = app.webhook()
    delivery_id = post(app, path, bodies.SEED_LIKE)
    (event,) = app.events()
    (alert,) = alerts_of(app)
    assert times.parse_iso(event["created_at"]) is not None
    assert event == {
        "event_id": f"event-{delivery_id.removeprefix('delivery-')}0000",
        "event_key": "5d41402abc4b2a76b9719d911017c592",
        "event_type": "ALERT",
        "title": "Notification of access to the bastion host",
        "description": "SSH access to bastion-dev-01 from deploy",
        "severity": "INFO",
        "resource": bodies.SEED_LIKE["resource"],
        "raw_data": bodies.SEED_LIKE,
        "additional_info": {"host": "[]", "user": "deploy"},
        "alert_id": alert.alert_id,
        "webhook_id": webhook.webhook_id,
        "project_id": PROJECT,
        "domain_id": DOMAIN,
        "created_at": event["created_at"],
    }
    got = app.gateway.get(f"/monitoring/v1/event/{event['event_id']}", token=app.token())
    assert got.json() == event


def test_the_documented_request_is_unwrapped_and_its_key_is_not_kept(app):
    webhook, path = app.webhook()
    key = path.split("/")[-2]
    post(app, path, {"webhook_id": webhook.webhook_id, "access_key": key, "data": bodies.SEED_LIKE})
    (event,) = app.events()
    assert event["raw_data"] == bodies.SEED_LIKE
    stored = app.stores.events.delivery(f"delivery-{event['event_id'][6:30]}", DOMAIN)
    assert key.encode() not in stored.body.content


def test_the_key_may_come_as_a_bearer(app):
    webhook, path = app.webhook()
    key = path.split("/")[-2]
    short = f"/monitoring/v1/webhook/{webhook.webhook_id}/events"
    assert app.gateway.post(short, bodies.direct(), headers={"Authorization": f"Bearer {key}"}).status == 200
    assert app.gateway.post(short, bodies.direct(), headers={"Authorization": f"Basic {key}"}).status == 403
    assert app.gateway.post(short, bodies.direct()).status == 403
    assert len(app.events()) == 1


def test_an_unknown_webhook_and_a_wrong_key_are_answered_alike(app):
    webhook, _ = app.webhook()
    wrong = app.gateway.post(f"/monitoring/v1/webhook/{webhook.webhook_id}/wrong/events", bodies.direct())
    unknown = app.gateway.post("/monitoring/v1/webhook/webhook-000000000000/wrong/events", bodies.direct())
    endless = app.gateway.post(f"/monitoring/v1/webhook/{'w' * 3000}/wrong/events", bodies.direct())
    assert wrong.status == unknown.status == endless.status == 403
    assert wrong.json() == unknown.json() == endless.json()
    assert wrong.json()["detail"]["code"] == "ERROR_PERMISSION_DENIED"
    assert not app.events()


def test_a_disabled_webhook_refuses_until_it_is_enabled(app):
    webhook, path = app.webhook()
    administration.set_webhook_state(app.stores, webhook.webhook_id, WebhookState.DISABLED)
    refused = app.gateway.post(path, bodies.direct())
    assert (refused.status, refused.json()["detail"]["code"]) == (400, "ERROR_WEBHOOK_STATE_DISABLED")
    wrong_key = app.gateway.post(path.replace("/events", "x/events"), bodies.direct())
    assert wrong_key.status == 403
    administration.set_webhook_state(app.stores, webhook.webhook_id, WebhookState.ENABLED)
    post(app, path, bodies.direct())


def test_a_rotated_key_is_refused_and_the_new_one_works(app):
    webhook, path = app.webhook()
    _, key = administration.rotate_access_key(app.stores, webhook.webhook_id)
    assert app.gateway.post(path, bodies.direct()).status == 403
    post(app, f"/monitoring/v1/webhook/{webhook.webhook_id}/{key}/events", bodies.direct())


def test_a_body_over_the_limit_is_refused_with_the_limit(app):
    _, path = app.webhook()
    refused = app.gateway.post(path, json.dumps({"filler": "x" * 2_097_152}))
    assert (refused.status, refused.json()["detail"]["code"]) == (413, "ERROR_PAYLOAD_TOO_LARGE")
    assert "2097152" in refused.json()["detail"]["message"]
    assert not app.events()


LARGE = {"title": "large", "noise": random.Random(1).randbytes(800_000).hex()}
"""Larger than an item of DynamoDB, even compressed."""


def test_a_body_that_no_item_can_hold_is_answered_whole(app):
    _, path = app.webhook()
    post(app, path, LARGE)
    (event,) = app.events()
    assert event["raw_data"] == LARGE
    assert app.gateway.get(f"/monitoring/v1/event/{event['event_id']}", token=app.token()).json() == event
    assert len(app.s3.objects) == 1
    app.s3.objects.clear()  # as its lifecycle does
    (event,) = app.events()
    assert "raw_data" not in event


def test_a_large_body_is_in_the_bucket_before_the_item_points_to_it(app):
    _, path = app.webhook()
    with failing(app.s3, "put_object"):
        assert app.gateway.post(path, LARGE).status == 503
    assert not app.events()
    with failing(Table, "put"):
        assert app.gateway.post(path, LARGE).status == 503
    assert len(app.s3.objects) == 1  # nobody points to it; it expires


def test_the_largest_body_is_answered_whole_to_who_takes_gzip(app, monkeypatch):
    monkeypatch.setenv("MAX_BODY_BYTES", "4194304")
    composition.reset()
    _, path = app.webhook()
    body = json.dumps({"title": "t", "quotes": '"' * 2_090_000})
    post(app, path, body)
    (event,) = app.events(only=["event_id"])
    url, token = f"/monitoring/v1/event/{event['event_id']}", app.token()
    refused = app.gateway.get(url, token=token)
    assert refused.status == 400
    assert "gzip" in refused.json()["detail"]["message"]
    assert app.gateway.get(url, token=token, headers={"Accept-Encoding": "br, gzip;q=0"}).status == 400
    whole = app.gateway.get(url, token=token, headers={"Accept-Encoding": "deflate, gzip;q=0.5"})
    assert (whole.status, whole.headers["content-encoding"]) == (200, "gzip")
    assert whole.json()["raw_data"] == json.loads(body)


def test_a_thousand_alerts_become_a_thousand_events_in_time_or_by_the_worker(app, engine):
    if engine == "moto":
        pytest.skip("moto loses updates under threads")
    _, path = app.webhook()
    post(app, path, bodies.alertmanager(*(bodies.alert(n) for n in range(1000))))
    while app.queue.messages:
        assert app.redrive() == {"batchItemFailures": []}
    counted = app.gateway.search(app.token(), {"query": {"count_only": True}}).json()
    assert counted["total_count"] == 1000
    assert len(alerts_of(app)) == 1000


@pytest.mark.parametrize(
    ("body", "raw_data"),
    [
        (b"{not json", {"body": "{not json"}),
        (b"\xff\xfe", {"body": "\ufffd\ufffd"}),
        (b"", {"body": ""}),
        (b"[1, 2]", {"body": [1, 2]}),
        (b'"text"', {"body": "text"}),
        (b'{"a": 1e999}', {"body": '{"a": 1e999}'}),
        (b"[" * 100_000, {"body": "[" * 100_000}),
    ],
)
def test_what_cannot_be_read_becomes_an_error_event(app, body, raw_data):
    _, path = app.webhook(name="Füllstand ✓")
    post(app, path, body)
    (event,) = app.events()
    assert event["event_type"] == "ERROR"
    assert event["severity"] == "CRITICAL"
    assert event["title"] == "Webhook Event Parsing Error - Füllstand ✓"
    assert event["event_key"].startswith("error-")
    assert event["description"]
    assert event["raw_data"] == raw_data
    (alert,) = alerts_of(app)
    assert (alert.state, alert.urgency) == (AlertState.ERROR, "HIGH")


def test_a_payload_that_its_fixed_format_cannot_read_becomes_an_error_event(app):
    _, path = app.webhook(format="prometheus-alertmanager")
    post(app, path, {"nothing": "of Alertmanager's"})
    (event,) = app.events()
    assert event["event_type"] == "ERROR"
    assert event["raw_data"] == {"nothing": "of Alertmanager's"}


def test_the_same_delivery_again_makes_no_second_event(app):
    _, path = app.webhook()
    first = post(app, path, bodies.direct(), headers={"Idempotency-Key": "one"})
    again = post(app, path, bodies.direct(), headers={"Idempotency-Key": "one"})
    other = post(app, path, bodies.direct(), headers={"Idempotency-Key": "two"})
    assert first == again != other
    assert len(app.events()) == 2


def test_another_webhook_may_use_the_same_delivery_id(app):
    for _ in range(2):
        _, path = app.webhook()
        post(app, path, bodies.direct(), headers={"Idempotency-Key": "one"})
    assert len(app.events()) == 2


def test_the_access_key_is_not_shown_to_readers_wherever_the_sender_puts_it(app):
    _, path = app.webhook()
    key = path.split("/")[-2]
    post(app, path, {"access_key": key, "data": ["no object"], "title": f"sent to {path}"})
    (event,) = app.events()
    assert key not in json.dumps(event)
    assert event["raw_data"]["access_key"] == "[access key]"


def test_the_access_key_is_not_shown_to_readers_where_a_header_has_it(app):
    _, path = app.webhook()
    key = path.split("/")[-2]
    headers = {"CE-SpecVersion": "1.0", "CE-ID": key, "CE-Source": f"https://example.com{path}", "CE-Type": "t"}
    delivery_id = app.gateway.post(path, "{}", headers=headers).headers["x-delivery-id"]
    (event,) = app.events()
    assert key not in json.dumps(event)
    assert "[access key]" in event["event_key"]
    assert key not in json.dumps(app.stores.events.delivery(delivery_id, event["domain_id"]).headers)


def test_what_is_nested_too_deep_is_an_error_event_that_can_be_read(app):
    _, path = app.webhook()
    post(app, path, '{"a":' + "[" * 9000 + "]" * 9000 + "}")
    post(app, path, '{"title":"t","a":' + "[" * 190 + "]" * 190 + "}")
    deep, fine = app.events()
    assert deep["event_type"] == "ERROR"
    assert "deep" in deep["description"]
    assert fine["event_type"] == "ALERT"


def test_more_events_than_can_be_finished_become_one_error_event(app):
    _, path = app.webhook(format="prometheus-alertmanager")
    post(app, path, {"receiver": "r", "alerts": [{"labels": {"alertname": "a"}}] * 10_001})
    (event,) = app.events()
    assert event["event_type"] == "ERROR"
    assert "10001 events" in event["description"]


def test_an_alert_is_joined_and_resolved(app):
    _, path = app.webhook()
    for event_type in ("ALERT", "ALERT", "RECOVERY"):
        post(app, path, bodies.direct(event_type))
    events = app.events()
    (alert,) = alerts_of(app)
    assert {event["alert_id"] for event in events} == {alert.alert_id}
    assert alert.state is AlertState.RESOLVED
    assert alert.resolved_by == events[-1]["event_id"]


def test_an_alert_after_the_recovery_is_a_new_one(app):
    _, path = app.webhook()
    for event_type in ("ALERT", "RECOVERY", "ALERT"):
        post(app, path, bodies.direct(event_type))
    assert [alert.state for alert in alerts_of(app)] == [AlertState.TRIGGERED, AlertState.RESOLVED]
    assert len({event["alert_id"] for event in app.events()}) == 2


def test_a_recovery_of_nothing_is_kept_without_an_alert(app):
    _, path = app.webhook()
    post(app, path, bodies.direct("RECOVERY"))
    (event,) = app.events()
    assert "alert_id" not in event
    assert not alerts_of(app)


def test_a_manual_webhook_leaves_the_alert_open(app):
    _, path = app.webhook(recovery_mode=RecoveryMode.MANUAL)
    for event_type in ("ALERT", "RECOVERY"):
        post(app, path, bodies.direct(event_type))
    (alert,) = alerts_of(app)
    assert alert.state is AlertState.TRIGGERED
    assert {event["alert_id"] for event in app.events()} == {alert.alert_id}


def test_after_the_duplicate_event_time_a_new_alert_supersedes_and_one_recovery_resolves_both(app, monkeypatch):
    _, path = app.webhook(duplicate_event_time=600)
    start = times.truncate_to_millisecond(datetime.now(UTC))
    for minutes in (0, 10, 21):  # 10 minutes is not longer than 600 s; 11 more are
        monkeypatch.setattr(times, "now", lambda minutes=minutes: start + timedelta(minutes=minutes))
        post(app, path, bodies.direct())
    assert [alert.state for alert in alerts_of(app)] == [AlertState.TRIGGERED] * 2
    monkeypatch.setattr(times, "now", lambda: start + timedelta(days=2))
    post(app, path, bodies.direct("RECOVERY"))
    assert [alert.state for alert in alerts_of(app)] == [AlertState.RESOLVED] * 2


def test_alerts_are_of_one_project_of_one_domain(app):
    for options in ({}, {"project_id": "project-2"}, {"domain_id": "domain-2"}):
        _, path = app.webhook(**options)
        post(app, path, bodies.direct())
    assert len(alerts_of(app)) == 2
    assert len(list(app.stores.alerts.of_domain("domain-2", None, times.now()))) == 1


def test_a_group_becomes_one_event_an_alert_in_the_order_of_the_body(app):
    _, path = app.webhook()
    post(app, path, bodies.alertmanager(*(bodies.alert(n) for n in range(30))))
    events = app.events()
    assert [event["event_key"] for event in events] == [f"{n:016x}" for n in range(30)]
    assert len(alerts_of(app)) == 30
    assert events[0]["raw_data"] == events[29]["raw_data"]


def test_an_alert_and_its_recovery_in_one_body_resolve(app):
    _, path = app.webhook()
    post(app, path, bodies.alertmanager(bodies.alert(1), bodies.alert(1, "resolved")))
    (alert,) = alerts_of(app)
    assert alert.state is AlertState.RESOLVED


@contextmanager
def failing(owner, method, after=0, error=BUSY):
    """Let a method fail, from its ``after``-th call on."""
    with pytest.MonkeyPatch.context() as patch:
        original = getattr(owner, method)
        calls = count()

        def fail(*arguments, **options):
            if next(calls) >= after:
                raise error
            return original(*arguments, **options)

        patch.setattr(owner, method, fail)
        yield


def test_what_fails_after_storing_is_finished_from_the_queue_without_a_duplicate(app):
    _, path = app.webhook()
    with failing(EventStore, "add_all"):
        post(app, path, bodies.alertmanager(*(bodies.alert(n) for n in range(3))))
    assert len(app.events()) == 1
    assert len(app.queue.messages) == 1
    assert app.redrive() == {"batchItemFailures": []}
    assert [event["event_key"] for event in app.events()] == [f"{n:016x}" for n in range(3)]
    assert len(alerts_of(app)) == 3
    assert app.redrive() == {"batchItemFailures": []}


def test_a_redriven_recovery_still_belongs_to_the_alert_that_it_resolved(app):
    _, path = app.webhook()
    post(app, path, bodies.direct())
    with failing(EventStore, "add"):
        post(app, path, bodies.direct("RECOVERY"))
    post(app, path, bodies.direct())
    app.redrive()
    first, recovery, second = sorted(app.events(), key=lambda event: event["created_at"])
    assert recovery["event_type"] == "RECOVERY"
    assert recovery["alert_id"] == first["alert_id"] != second["alert_id"]


def test_a_recovery_that_was_interrupted_between_two_alerts_resolves_both_when_redriven(app):
    _, path = app.webhook(duplicate_event_time=0)
    for _ in range(2):
        post(app, path, bodies.direct())
        time.sleep(0.002)  # the first must be stale
    with failing(AlertStore, "_update", after=1):
        post(app, path, bodies.direct("RECOVERY"))
    assert {alert.state for alert in alerts_of(app)} == {AlertState.RESOLVED, AlertState.TRIGGERED}
    app.redrive()
    assert [alert.state for alert in alerts_of(app)] == [AlertState.RESOLVED] * 2
    assert app.events()[-1]["alert_id"] == alerts_of(app)[0].alert_id


def test_a_late_alert_joins_what_was_resolved_after_it_arrived(app):
    _, path = app.webhook()
    post(app, path, bodies.direct())
    with failing(EventStore, "add"):
        post(app, path, bodies.direct())
    time.sleep(0.002)
    post(app, path, bodies.direct("RECOVERY"))
    app.redrive()
    (alert,) = alerts_of(app)
    assert alert.state is AlertState.RESOLVED
    assert {event["alert_id"] for event in app.events()} == {alert.alert_id}


def test_a_late_recovery_leaves_open_what_fired_after_it_arrived(app):
    _, path = app.webhook()
    post(app, path, bodies.direct())
    with failing(AlertStore, "resolve"):
        post(app, path, bodies.direct("RECOVERY"))
    time.sleep(0.002)
    post(app, path, bodies.direct())
    app.redrive()
    (alert,) = alerts_of(app)
    assert alert.state is AlertState.TRIGGERED
    assert len(app.events()) == 3


def test_a_delivery_that_finds_no_time_is_finished_by_the_worker(app):
    _, path = app.webhook()
    app.gateway.context = Context(seconds=2)
    post(app, path, bodies.direct())
    app.gateway.context = Context()
    assert not app.events()
    app.redrive()
    assert len(app.events()) == 1


def test_a_sender_does_not_wait_for_long(app, monkeypatch):
    monkeypatch.setattr("event_api.ingest.service.SECONDS_BEFORE_ANSWER", 0.0)
    _, path = app.webhook()
    post(app, path, bodies.direct())
    assert not app.events()
    app.redrive()
    assert len(app.events()) == 1


def test_a_repeated_delivery_finishes_what_the_first_left_undone(app):
    _, path = app.webhook()
    with failing(EventStore, "add"), failing(app.queue, "add", error=OSError("no queue either")):
        post(app, path, bodies.direct(), headers={"Idempotency-Key": "one"})
    assert not app.events()
    post(app, path, bodies.direct(), headers={"Idempotency-Key": "one"})
    assert len(app.events()) == 1


def test_other_content_under_a_known_delivery_id_is_a_delivery_of_its_own(app, monkeypatch):
    counted = []
    monkeypatch.setattr("event_api.telemetry.count", lambda metric, amount=1: counted.append(metric))
    _, path = app.webhook()
    answers = [
        post(app, path, bodies.direct(title=title), headers={"Idempotency-Key": "one"})
        for title in ("first", "first", "second", "second", "third", "first")
    ]
    assert counted.count("DeliveriesConflicting") == 3
    assert counted.count("DeliveriesStored") == 3
    events = app.events()
    assert sorted((event["title"], event["raw_data"]["title"]) for event in events) == [
        ("first", "first"),
        ("second", "second"),
        ("third", "third"),
    ]
    first, again, second, second_again, third, first_again = answers
    assert first == again == first_again
    assert second == second_again
    assert len({first, second, third}) == 3


def test_a_known_delivery_id_whose_content_cannot_be_read_is_answered_503(app):
    _, path = app.webhook()
    key = {"Idempotency-Key": "one"}
    post(app, path, bodies.direct(title="first"), headers=key)
    with failing(EventStore, "delivery", error=UnavailableError("no answer")):
        assert app.gateway.post(path, bodies.direct(title="second"), headers=key).status == 503
    post(app, path, bodies.direct(title="second"), headers=key)
    assert sorted(event["title"] for event in app.events()) == ["first", "second"]


class Killed(BaseException):
    """The process ends here; nothing may catch this."""


def later(monkeypatch, **span):
    at = times.now() + timedelta(**span)
    monkeypatch.setattr(times, "now", lambda: at)


def test_what_a_process_that_died_left_is_found_by_the_sweeper_and_finished(app, monkeypatch):
    _, path = app.webhook()
    with failing(EventStore, "add", error=Killed()), pytest.raises(Killed):
        app.gateway.post(path, bodies.alertmanager(bodies.alert(1), bodies.alert(2)))
    assert app.sweep() == 0  # it might be at work still
    later(monkeypatch, seconds=61)
    assert app.sweep() == 1
    assert app.sweep() == 0  # that is the worker's now
    (pending,) = app.stores.deliveries.unfinished()
    assert (pending.domain_id, pending.state) == (DOMAIN, "queued")
    app.redrive()
    assert len(app.events()) == 2
    assert not list(app.stores.deliveries.unfinished())


def test_what_the_queue_did_not_take_is_found_by_the_sweeper(app, monkeypatch):
    _, path = app.webhook()
    with failing(EventStore, "add"), failing(app.queue, "add", error=OSError("no queue either")):
        for _ in range(13):
            post(app, path, bodies.direct())
    later(monkeypatch, seconds=61)
    with failing(app.queue, "add", after=1), pytest.raises(type(BUSY)):
        app.sweep()
    assert app.sweep() == 3
    app.redrive()
    assert len(app.events()) == 13


def test_finished_deliveries_cost_the_sweeper_nothing(app, monkeypatch):
    _, path = app.webhook()
    for _ in range(3):
        post(app, path, bodies.alertmanager(bodies.alert(1), bodies.alert(2)))
    later(monkeypatch, seconds=61)
    app.meter.reset()
    assert app.sweep() == 0
    assert app.meter.calls == ["Query"] * (16 + 16)  # the open ones, and the oldest of those that are queued


def test_an_alert_that_its_recovery_overtook_is_resolved(app):
    """Both arrive, the ALERT first; it is finished only when the RECOVERY has found nothing to resolve."""
    _, path = app.webhook()
    with failing(EventStore, "add"), failing(AlertStore, "open"):
        post(app, path, bodies.direct())
    time.sleep(0.002)
    post(app, path, bodies.direct("RECOVERY"))
    app.redrive()
    alert_event, recovery = app.events()
    (alert,) = alerts_of(app)
    assert (alert.state, alert.alert_id) == (AlertState.RESOLVED, alert_event["alert_id"])
    assert (alert.opened_by, alert.resolved_by) == (alert_event["event_id"], recovery["event_id"])
    assert "alert_id" not in recovery


def test_an_alert_that_arrives_behind_its_recovery_is_resolved_if_their_times_say_so(app):
    _, path = app.webhook()
    post(app, path, bodies.direct("RECOVERY", occurred_at="2026-03-01T12:05:00Z"))
    time.sleep(0.002)
    post(app, path, bodies.direct(occurred_at="2026-03-01T12:00:00Z"))
    (alert,) = alerts_of(app)
    assert alert.state is AlertState.RESOLVED
    post(app, path, bodies.direct(occurred_at="2026-03-01T12:06:00Z"))
    assert [one.state for one in alerts_of(app)] == [AlertState.TRIGGERED, AlertState.RESOLVED]


def replay(app, delivery_id):
    assert administration.replay(app.stores, app.queue, [QueuedDelivery(delivery_id, DOMAIN)]) == 1
    assert app.redrive() == {"batchItemFailures": []}


@pytest.mark.parametrize("mode", RecoveryMode)
def test_a_replay_with_a_mended_normalizer_makes_what_was_missing_and_ends_the_error(app, monkeypatch, mode):
    _, path = app.webhook(format="prometheus-alertmanager", recovery_mode=mode)
    with monkeypatch.context() as broken:
        broken.setattr(prometheus_alertmanager, "each", lambda *_: 1 / 0)
        delivery_id = post(app, path, bodies.alertmanager(bodies.alert(1), bodies.alert(2)))
    (error,) = app.events()
    assert error["event_type"] == "ERROR"
    for _ in range(2):
        replay(app, delivery_id)
        events = app.events()
        assert sorted(event["event_type"] for event in events) == ["ALERT", "ALERT", "ERROR", "RECOVERY"]
    (recovery,) = (event for event in events if event["event_type"] == "RECOVERY")
    assert recovery["alert_id"] == error["alert_id"]
    states = {one.event_key: one.state for one in alerts_of(app)}
    assert states.pop(error["event_key"]) is AlertState.RESOLVED
    assert list(states.values()) == [AlertState.TRIGGERED] * 2


def test_a_replay_of_what_is_finished_makes_nothing_twice(app):
    _, path = app.webhook()
    made = [post(app, path, body) for body in (bodies.direct(), bodies.direct("RECOVERY"), b"{not json")]
    before, alerts = app.events(), alerts_of(app)
    for delivery_id in made:
        replay(app, delivery_id)
    assert (app.events(), alerts_of(app)) == (before, alerts)


def test_a_sender_is_asked_to_retry_if_nothing_can_be_stored(app):
    _, path = app.webhook()
    with failing(DeliveryStore, "add"), failing(EventStore, "add"):
        refused = app.gateway.post(path, bodies.direct())
    assert refused.status == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert not app.events()


def test_a_webhook_deleted_before_the_redrive_loses_nothing(app):
    webhook, path = app.webhook()
    with failing(EventStore, "add"):
        post(app, path, bodies.direct())
    administration.delete_webhook(app.stores, webhook.webhook_id)
    app.redrive()
    assert len(app.events()) == 1


def test_simultaneous_deliveries_of_a_new_key_open_one_alert(app, engine):
    if engine == "moto":
        pytest.skip("moto loses updates under threads; the real engines decide this")
    _, path = app.webhook()
    for round_ in range(3):
        body = bodies.direct(event_key=f"key-{round_}")
        with ThreadPoolExecutor(20) as threads:
            statuses = list(threads.map(lambda _, body=body: app.gateway.post(path, body).status, range(100)))
        assert statuses == [200] * 100
    assert len(alerts_of(app)) == 3
    events = app.events()
    assert len(events) == 300
    assert len({event["alert_id"] for event in events}) == 3
