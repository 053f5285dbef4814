"""Public bug reports about other services, through the routes: B1 and so on are rows of the project's field reports."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from event_api.domain import ids, times
from event_api.domain.model import AlertState
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT


@pytest.fixture
def engine():
    return "moto"


def alerts_of(app):
    alerts = app.stores.alerts.of_domain(DOMAIN, None, times.now())
    return sorted((alert.event_key, alert.generation, alert.state.value) for alert in alerts)


def post(app, path, body, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = app.gateway.post(path, content, headers={"content-type": "application/json", **headers})
    assert response.status == 200, response.text
    return response


def firing(status="firing", ends_at="0001-01-01T00:00:00Z"):
    alert = bodies.alert(1, status) | {"startsAt": "2026-03-01T11:00:00Z", "endsAt": ends_at}
    return bodies.alertmanager(alert)


def test_b1_an_alert_that_fires_again_with_its_first_start_time_is_open(app):
    _, path = app.webhook()
    for body in (firing(), firing("resolved", "2026-03-01T11:30:00Z"), firing()):
        post(app, path, body)
    assert [state for *_, state in alerts_of(app)] == ["RESOLVED", "TRIGGERED"]


def test_b1_a_repeated_recovery_does_not_hide_it(app):
    _, path = app.webhook()
    ended = firing("resolved", "2026-03-01T11:30:00Z")
    for body in (firing(), ended, ended, firing()):
        post(app, path, body)
    assert [state for *_, state in alerts_of(app)] == ["RESOLVED", "TRIGGERED"]


def test_b3_two_senders_with_one_small_id_do_not_resolve_each_other(app):
    _, hot = app.webhook()
    _, shop = app.webhook()
    post(app, hot, {"id": 4, "title": "GPU too hot", "status": "firing"})
    post(app, shop, {"id": 4, "title": "Shop is down", "status": "firing"})
    post(app, hot, {"id": 4, "title": "GPU too hot", "status": "resolved"})
    states = {alert.title: alert.state for alert in app.stores.alerts.of_domain(DOMAIN, None, times.now())}
    assert states == {"GPU too hot": AlertState.RESOLVED, "Shop is down": AlertState.TRIGGERED}


def test_b3_two_routes_of_a_sender_with_global_ids_still_meet(app):
    _, first = app.webhook()
    _, second = app.webhook()
    post(app, first, firing())
    post(app, second, firing("resolved", "2026-03-01T11:30:00Z"))
    assert [state for *_, state in alerts_of(app)] == ["RESOLVED"]


def opened_by_version_0_1(app, webhook, event_key):
    """Move the one open alert to where version 0.1 stored it: in the scope of the project."""
    (alert,) = app.stores.alerts.of_domain(DOMAIN, None, times.now())
    key = ids.alert_key(DOMAIN, PROJECT, event_key)
    return replace(alert, key=key, alert_id=ids.alert_id(key, 1), webhook_id=webhook.webhook_id)


@pytest.mark.parametrize("body", [{"id": 4, "title": "t"}, {"title": "Disk full", "host": "web-1"}])
def test_an_alert_that_is_open_under_a_former_key_is_resolved_by_its_recovery(app, body):
    webhook, path = app.webhook()
    other, _ = app.webhook()
    post(app, path, body | {"status": "firing"})
    former_key = "4" if "id" in body else "7dd3709a59d3038417098382028646a4d31cc607831d2f66bac8624a797af9b2"
    former = opened_by_version_0_1(app, webhook, former_key)
    app.stores.alerts.open(former)
    post(app, path, body | {"status": "resolved"})
    assert {state for *_, state in alerts_of(app)} == {"RESOLVED"}
    app.stores.alerts.open(replace(former, generation=2, webhook_id=other.webhook_id))
    post(app, path, body | {"status": "resolved"})
    assert app.stores.alerts.newest(former.key).is_open


@pytest.mark.parametrize("marks", [b"\xef\xbb\xbf\xef\xbb\xbf", b"\r\n\n\xef\xbb\xbf"])
def test_b5_byte_order_marks_are_skipped(app, marks):
    _, path = app.webhook()
    post(app, path, marks + json.dumps({"title": "Disk full", "severity": "critical"}).encode())
    (event,) = app.events()
    assert (event["event_type"], event["title"], event["severity"]) == ("ALERT", "Disk full", "CRITICAL")


@pytest.mark.parametrize("inside", [b"a\nb", b"a\tb", b"C:\\data", b"\\u12"])
def test_b6_a_raw_control_character_or_a_lone_backslash_costs_one_string_only(app, inside):
    _, path = app.webhook()
    post(app, path, b'{"title": "Disk full", "severity": "critical", "id": 7, "info": "' + inside + b'"}')
    (event,) = app.events()
    assert (event["title"], event["severity"], event["event_key"]) == ("Disk full", "CRITICAL", "7")


def test_b6_a_group_of_alertmanager_keeps_its_alerts(app):
    _, path = app.webhook()
    body = json.dumps(bodies.alertmanager(bodies.alert(1), bodies.alert(2))).replace(
        '"receiver"', '"x": "a\nb", "receiver"', 1
    )
    post(app, path, body.encode())
    assert [event["event_type"] for event in app.events()] == ["ALERT", "ALERT"]


def test_b21_event_grids_validation_is_answered_and_makes_no_event(app):
    _, path = app.webhook()
    body = [
        {
            "id": "1",
            "topic": "/subscriptions/s",
            "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
            "data": {"validationCode": "512d38b6", "validationUrl": "https://rp.example"},
        }
    ]
    response = post(app, path, body, **{"aeg-event-type": "SubscriptionValidation"})
    assert response.json() == {"validationResponse": "512d38b6"}
    assert app.events() == []
    post(app, path, [{"data": {}}], **{"aeg-event-type": "SubscriptionValidation"})
    assert len(app.events()) == 1


def with_severities(app, *severities):
    _, path = app.webhook(format="direct")
    for number, severity in enumerate(severities):
        post(app, path, bodies.direct(title=severity, severity=severity, event_key=f"k{number}"))


def test_b25_severities_compare_and_sort_by_rank(app):
    with_severities(app, "ERROR", "NONE", "CRITICAL", "INFO", "WARNING")

    def found(operator, value, **query):
        condition = {"key": "severity", "value": value, "operator": operator}
        return {event["severity"] for event in app.events(filter=[condition], **query)}

    assert found("gte", "WARNING") == {"WARNING", "ERROR", "CRITICAL"}
    assert found("gt", "INFO") == {"WARNING", "ERROR", "CRITICAL"}
    assert found("lte", "INFO") == {"NONE", "INFO"}
    assert found("lt", "INFO") == {"NONE"}
    assert found("gte", "WARNING", severity_order="text") == {"WARNING"}
    by_rank = [event["severity"] for event in app.events(sort=[{"key": "severity", "desc": True}])]
    assert by_rank == ["CRITICAL", "ERROR", "WARNING", "INFO", "NONE"]
    as_text = app.events(sort=[{"key": "severity", "desc": True}], severity_order="text")
    assert [event["severity"] for event in as_text] == ["WARNING", "NONE", "INFO", "ERROR", "CRITICAL"]


def test_b26_labels_with_dots_are_found_tested_and_grouped(app):
    _, path = app.webhook(format="direct")
    for name in ("shop", "shop", "pay"):
        labels = {"service.name": name, "app.kubernetes.io/name": f"{name}-app"}
        post(app, path, bodies.direct(additional_info=labels, title=name))
    key = "additional_info.service.name"
    found = app.events(filter=[{"key": key, "value": "shop", "operator": "eq"}])
    assert [event["title"] for event in found] == ["shop", "shop"]
    assert (
        len(app.events(filter=[{"key": "additional_info.app.kubernetes.io/name", "value": True, "operator": "exists"}]))
        == 3
    )
    group = {"group": {"keys": [{"key": key, "name": "service"}], "fields": [{"operator": "count", "name": "n"}]}}
    response = app.gateway.stat(app.token(), {"query": {"aggregate": [group]}})
    rows = response.json()["results"]
    assert sorted((row["service"], row["n"]) for row in rows) == [("pay", 1), ("shop", 2)]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("20260301120000", "2026-03-01T12:00:00.000Z"),
        ("16-03-2026 14:25", "2026-03-16T14:25:00.000Z"),
        ("03/16/2026 2:25 PM", "2026-03-16T14:25:00.000Z"),
        ("2026-03-01 12:30:00 AM", "2026-03-01T00:30:00.000Z"),
        ("03/04/2026 2:25 PM", None),
        ("20261399120000", None),
    ],
)
def test_a_time_is_read_or_left_out_and_never_another_year(app, sent, read):
    _, path = app.webhook()
    post(app, path, {"title": "t", "timestamp": sent})
    (event,) = app.events()
    assert event.get("occurred_at") == read
