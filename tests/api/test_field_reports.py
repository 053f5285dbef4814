"""Public bug reports about other services, through the routes: B1 and so on are rows of the project's field reports."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from event_api.domain import ids, times
from event_api.domain.alert import AlertState
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


def test_an_alert_that_is_open_under_a_zero_id_is_resolved_by_its_recovery(app):
    webhook, path = app.webhook(format="pingdom")
    check = {"check_id": 0, "check_name": "Shop", "check_type": "HTTP", "previous_state": "UP"}
    post(app, path, check | {"current_state": "DOWN"})
    app.stores.alerts.open(opened_by_version_0_1(app, webhook, "pingdom:0"))
    post(app, path, check | {"current_state": "UP"})
    assert {state for *_, state in alerts_of(app)} == {"RESOLVED"}


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


def outcomes(app):
    return [(event["event_type"], event["severity"]) for event in app.events()]


def read_again(app, event):
    """Get an event by its id."""
    response = app.gateway.get(f"/monitoring/v1/event/{event['event_id']}", token=app.token())
    assert response.status == 200
    return response.json()


def states_of(app):
    return [state for *_, state in alerts_of(app)]


def test_b2_a_recovery_whose_start_is_its_end_ends_its_alert(app):
    _, path = app.webhook()
    ended = firing("resolved", "2026-03-01T11:30:00Z")
    ended["alerts"][0]["startsAt"] = "2026-03-01T11:30:00Z"
    fired_again = firing()
    fired_again["alerts"][0]["startsAt"] = "2026-03-01T11:40:00Z"
    for body in (firing(), ended, fired_again):
        post(app, path, body)
    assert states_of(app) == ["RESOLVED", "TRIGGERED"]


def test_what_is_left_of_an_unread_body_belongs_to_its_webhook(app):
    for _ in range(2):
        _, path = app.webhook()
        post(app, path, bodies.alertmanager() | {"alerts": None})
    assert states_of(app) == ["TRIGGERED", "TRIGGERED"]


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_b4_one_byte_order_mark_is_skipped(app, kind):
    _, path = app.webhook()
    body = b'{"title": "Disk full", "severity": "high"}' if kind.endswith("json") else b"title=Disk+full&severity=high"
    post(app, path, b"\xef\xbb\xbf" + body, **{"content-type": kind})
    (event,) = app.events()
    assert (event["title"], event["severity"]) == ("Disk full", "ERROR")


def test_b7_typographic_quotes_are_an_error_that_says_where(app):
    _, path = app.webhook()
    post(app, path, "{“title”: “Disk full”}".encode())
    (event,) = app.events()
    assert event["event_type"] == "ERROR"
    assert "line 1 column 2" in event["description"] + json.dumps(event["additional_info"])
    assert "Disk full" in json.dumps(read_again(app, event), ensure_ascii=False)


def test_b8_a_nul_character_is_replaced_and_the_recovery_joins(app):
    _, path = app.webhook()
    for status in ("firing", "resolved"):
        post(app, path, {"id": "n\0-1", "title": "Disk\0full", "host": "web\0-1", "status": status})
    assert {event["title"] for event in app.events()} == {"Disk\ufffdfull"}
    assert states_of(app) == ["RESOLVED"]


def test_b9_an_sns_message_that_is_an_object_is_read(app):
    _, path = app.webhook()
    alarm = {
        "AlarmName": "cpu",
        "NewStateValue": "INSUFFICIENT_DATA",
        "NewStateReason": "no data",
        "StateChangeTime": "2026-03-01T12:00:00.000+0000",
        "Region": "EU (Ireland)",
        "AWSAccountId": "123456789012",
        "OldStateValue": "OK",
        "Trigger": {"MetricName": "CPUUtilization", "Dimensions": [{"name": "InstanceId", "value": "i-1"}]},
    }
    body = {"Type": "Notification", "MessageId": "m-1", "TopicArn": "arn:aws:sns:eu-west-1:123456789012:t"}
    post(app, path, body | {"Message": alarm, "Timestamp": "2026-03-01T12:00:00.000Z"})
    (event,) = app.events()
    assert (event["event_type"], event["severity"], event["title"]) == ("ALERT", "NONE", "cpu")
    assert event["resource"]["resource_id"] == "i-1"


def test_b10_new_relics_channel_test_makes_no_event(app):
    _, path = app.webhook(format="newrelic-legacy")
    post(
        app, path, {"account_id": 1, "current_state": "test", "details": "New Relic test", "event_type": "NOTIFICATION"}
    )
    assert app.events() == []


def datadog(transition, title, kind="error"):
    return {
        "id": "1",
        "last_updated": "1772366400000",
        "event_type": "query_alert_monitor",
        "title": title,
        "date": "1772366400000",
        "org": {"id": "7", "name": "acme"},
        "body": "%%% disk %%%",
        "alert_transition": transition,
        "alert_type": kind,
        "alert_id": "77",
        "aggregate": "a1b2",
        "alert_scope": "host:web-1",
    }


def test_b11_a_priority_before_the_state_in_datadogs_title_is_skipped(app):
    _, path = app.webhook(format="datadog")
    for state in ("Triggered", "Recovered"):
        body = datadog("", f"[P3] [{state}] Disk of web-1")
        post(
            app, path, {key: body[key] for key in ("id", "last_updated", "event_type", "title", "date", "org", "body")}
        )
    assert [kind for kind, _ in outcomes(app)] == ["ALERT", "RECOVERY"]
    assert states_of(app) == ["RESOLVED"]


def test_b12_datadogs_transitions_are_read(app):
    _, path = app.webhook(format="datadog")
    for transition in ("No Data", "Re-No Data", "Recovered", "Re-Warn", "Renotify"):
        post(app, path, datadog(transition, "Disk of web-1", "warning" if "Warn" in transition else "error"))
    assert [kind for kind, _ in outcomes(app)] == ["ALERT", "ALERT", "RECOVERY", "ALERT", "ALERT"]
    assert outcomes(app)[3] == ("ALERT", "WARNING")
    assert states_of(app) == ["RESOLVED", "TRIGGERED"]


def azure(condition, context, **essentials):
    told = {
        "alertId": "/subscriptions/s1/providers/Microsoft.AlertsManagement/alerts/a1",
        "alertRule": "CPU of the shop",
        "severity": "Sev1",
        "signalType": "Log",
        "monitorCondition": condition,
        "monitoringService": "Log Alerts V2",
        "firedDateTime": "2026-03-01T11:40:00Z",
    }
    return {
        "schemaId": "azureMonitorCommonAlertSchema",
        "data": {"essentials": told | essentials, "alertContext": context},
    }


def test_b13_azures_metric_alert_without_properties_is_read(app):
    _, path = app.webhook()
    for status in ("Activated", "Deactivated"):
        context = {
            "timestamp": "2026-03-01T11:40:00Z",
            "id": "/subscriptions/s1/resourceGroups/g/providers/microsoft.insights/metricAlerts/cpu",
            "name": "cpu",
            "severity": "3",
            "conditionType": "SingleResourceMultipleMetricCriteria",
            "condition": {"windowSize": "PT5M", "allOf": [{"metricName": "CPU", "operator": "GreaterThan"}]},
            "resourceId": "/subscriptions/s1/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/web-1",
        }
        data = {"version": "2.0", "properties": None, "status": status, "context": context}
        post(app, path, {"schemaId": "AzureMonitorMetricAlert", "data": data})
    assert [kind for kind, _ in outcomes(app)] == ["ALERT", "RECOVERY"]
    assert states_of(app) == ["RESOLVED"]


def test_b14_azures_log_alert_with_nulls_is_read(app):
    _, path = app.webhook()
    for condition in ("Fired", "Resolved"):
        post(app, path, azure(condition, None, alertTargetIDs=None, configurationItems=None))
    assert outcomes(app)[0] == ("ALERT", "ERROR")
    assert states_of(app) == ["RESOLVED"]


def test_b15_google_cloud_monitorings_test_opens_no_alert(app):
    _, path = app.webhook()
    incident = {
        "incident_id": "12345",
        "policy_name": "Example Policy",
        "condition_name": "Example condition",
        "state": "OPEN",
        "started_at": 1772366400,
        "resource_name": "Example Resource",
        "summary": "Test",
    }
    post(app, path, {"version": "test", "incident": incident})
    assert app.events() == []


def test_b16_pagerdutys_incident_without_a_key_or_service_is_read(app):
    _, path = app.webhook()
    for kind in ("triggered", "resolved"):
        incident: dict[str, str | None] = {
            "id": "Q1",
            "type": "incident",
            "title": "Shop",
            "status": kind,
            "incident_key": None,
        }
        event: dict[str, object] = {"id": f"e-{kind}", "event_type": f"incident.{kind}", "resource_type": "incident"}
        event |= {"occurred_at": "2026-03-01T12:00:00Z", "data": incident | {"service": None, "urgency": "high"}}
        post(app, path, {"event": event})
    assert [kind for kind, _ in outcomes(app)] == ["ALERT", "RECOVERY"]
    assert states_of(app) == ["RESOLVED"]


def test_b17_uptime_kumas_states_are_read(app):
    _, path = app.webhook()
    down, up, pending, maintenance = 0, 1, 2, 3
    monitor = {"id": 3, "name": "Shop", "url": "https://shop.example", "type": "http"}
    for state in (pending, down, maintenance, up):
        heartbeat = {"monitorID": 3, "status": state, "time": "2026-03-01 12:00:00", "msg": "", "important": True}
        post(app, path, {"heartbeat": heartbeat, "monitor": monitor, "msg": "[Shop]"})
    message = "[Shop][https://shop.example] Server certificate shop.example will be expired in 7 days"
    post(app, path, {"heartbeat": None, "monitor": None, "msg": message})
    assert [kind for kind, _ in outcomes(app)] == ["ALERT", "RECOVERY", "ALERT"]
    assert outcomes(app)[-1] == ("ALERT", "WARNING")
    assert sorted(states_of(app)) == ["RESOLVED", "TRIGGERED"]


def test_b18_the_last_of_duplicate_keys_wins(app):
    _, path = app.webhook()
    post(app, path, b'{"title": "old", "severity": "info", "title": "new", "severity": "critical"}')
    (event,) = app.events()
    assert (event["title"], event["severity"]) == ("new", "CRITICAL")


def listed(number, state, ends_at):
    """Return an alert of Alertmanager's GET /api/v2/alerts."""
    alert = bodies.alert(number) | {"endsAt": ends_at, "receivers": [{"name": "event-api"}]}
    return alert | {"status": {"state": state, "silencedBy": [], "inhibitedBy": []}, "updatedAt": ends_at}


def test_b19_the_alerts_of_alertmanagers_own_list_are_read(app):
    _, path = app.webhook(format="prometheus-alertmanager")
    future, past = "2099-03-01T12:00:00Z", "2026-03-01T10:30:00Z"
    post(app, path, [listed(1, "active", future), listed(2, "active", past)])
    assert [kind for kind, _ in outcomes(app)] == ["ALERT", "RECOVERY"]


def test_b20_a_group_whose_alerts_are_null_says_that_they_are_missing(app):
    _, path = app.webhook()
    post(app, path, bodies.alertmanager() | {"alerts": None})
    (event,) = app.events()
    assert event["additional_info"]["unread_because"] == "alerts is missing, or no list of objects"


def test_b20_an_alert_whose_labels_are_null_does_not_cost_the_group(app):
    _, path = app.webhook()
    bare = bodies.alert(2) | {"labels": None, "annotations": None}
    post(app, path, bodies.alertmanager(bodies.alert(1), bare))
    assert [kind for kind, _ in outcomes(app)] == ["ALERT", "ALERT"]
    assert outcomes(app)[0] == ("ALERT", "CRITICAL")


def test_b22_fields_in_the_query_of_a_post_without_a_body_are_read(app):
    _, path = app.webhook()
    query = {
        "monitorID": "77",
        "monitorURL": "https://shop.example",
        "monitorFriendlyName": "Shop",
        "alertType": "1",
        "alertTypeFriendlyName": "Down",
        "alertDetails": "timeout",
    }
    assert app.gateway.request("POST", path, b"", query=query).status == 200
    (event,) = app.events()
    assert (event["event_type"], event["title"]) == ("ALERT", "Shop")


@pytest.mark.parametrize("named", [True, False])
def test_b23_githubs_form_with_a_payload_is_read(app, named):
    _, path = app.webhook(format=None if named else "github")
    run = {
        "id": 1,
        "name": "ci",
        "workflow_id": 5,
        "head_branch": "main",
        "conclusion": "failure",
        "status": "completed",
    }
    repository = {"full_name": "acme/shop", "html_url": "https://github.example/acme/shop"}
    told = {"action": "completed", "workflow_run": run | {"html_url": "https://g.example/1"}, "repository": repository}
    body = urlencode({"payload": json.dumps(told)}).encode()
    headers = {"x-github-event": "workflow_run"} if named else {}
    post(app, path, body, **{"content-type": "application/x-www-form-urlencoded", **headers})
    assert outcomes(app) == [("ALERT", "ERROR")]


def test_b24_events_of_a_day_are_found(app):
    _, path = app.webhook(format="direct")
    post(app, path, bodies.direct())
    day = app.events()[0]["created_at"][:10]

    def found(operator, value):
        return len(app.events(filter=[{"key": "created_at", "value": value, "operator": operator}]))

    assert found("eq", day) == 0
    assert found("datetime_gte", day) == found("contain", day) == found("regex", f"^{day}") == 1


def test_b27_times_with_offsets_are_the_instants_that_they_say(app):
    _, path = app.webhook(format="direct")
    post(app, path, bodies.direct(occurred_at="2026-03-01T13:00:00+01:00"))
    condition = {"key": "occurred_at", "operator": "datetime_lte"}
    assert len(app.events(filter=[condition | {"value": "2026-03-01T14:00:00+02:00"}])) == 1
    assert app.events(filter=[condition | {"value": "2026-03-01T12:59:59+01:00"}]) == []


@pytest.mark.parametrize("mark", ["(", "\\", "[", "%", ";"])
def test_b28_marks_in_a_keyword_are_found(app, mark):
    _, path = app.webhook(format="direct")
    post(app, path, bodies.direct(title=f"Disk {mark}full"))
    assert len(app.events(keyword=f"{mark}full")) == 1
    assert len(app.events(filter=[{"key": "title", "value": f"{mark}f", "operator": "contain"}])) == 1


def test_b28_a_broken_pattern_is_refused_with_the_reason(app):
    query = {"filter": [{"key": "title", "value": "(", "operator": "regex"}]}
    response = app.gateway.search(app.token(), {"query": query})
    assert response.status == 400
    assert "a parenthesis is not closed" in response.text


def test_a_delivery_without_events_is_counted(app, capfd):
    _, path = app.webhook()
    post(app, path, bodies.alertmanager())
    assert app.events() == []
    assert "DeliveriesWithoutEvents" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("content", "headers", "title"),
    [
        (b"Disk of web-1 is full\nCall the operator.", {"content-type": "text/plain"}, "Disk of web-1 is full"),
        (
            "title=\u00dcberlast".encode("latin-1"),
            {"content-type": "application/x-www-form-urlencoded; charset=latin1"},
            "\u00dcberlast",
        ),
        (
            '{"title": "\u30c7\u30a3\u30b9\u30af"}'.encode("shift_jis"),
            {"content-type": "application/json; charset=Shift_JIS"},
            "\u30c7\u30a3\u30b9\u30af",
        ),
        ('{"title": "Disk"}'.encode("utf-16"), {}, "Disk"),
        (gzip.compress(b'{"title": "Disk"}', mtime=0), {"content-encoding": "gzip"}, "Disk"),
        (b'{"title": "Disk", "value": NaN}', {}, "Disk"),
    ],
)
def test_bytes_of_any_kind_are_read(app, content, headers, title):
    _, path = app.webhook()
    post(app, path, content, **headers)
    (event,) = app.events()
    assert (event["event_type"], event["title"]) == ("ALERT", title)


def test_lines_of_json_are_an_event_each_and_a_broken_line_is_an_error(app):
    _, path = app.webhook()
    post(app, path, b'{"title": "Disk", "id": 1}\nbroken\n{"title": "CPU", "id": 2, "status": "ok"}\n')
    assert [event["event_type"] for event in app.events()] == ["ALERT", "ERROR", "RECOVERY"]


def test_text_ends_the_alert_of_the_same_text(app):
    _, path = app.webhook()
    for line in (b"[FIRING] Disk of web-1 is full", b"[RESOLVED] Disk of web-1 is full"):
        post(app, path, line, **{"content-type": "text/plain"})
    assert states_of(app) == ["RESOLVED"]


def test_text_at_a_webhook_with_a_format_is_an_error(app):
    _, path = app.webhook(format="pingdom")
    post(app, path, b"Disk full", **{"content-type": "text/plain"})
    (event,) = app.events()
    assert (event["event_type"], "not JSON" in event["description"]) == ("ERROR", True)
