"""Public bug reports about other services, through the routes: B1 and so on are rows of the project's field reports."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from event_api.domain import ids, times
from event_api.domain.model import AlertState
from tests.samples import FOLDER, bodies, read_sample
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


def sample(name, **changes):
    """The body of an own sample, with other values for some of its keys."""
    return read_sample(FOLDER / f"{name}.json").body | changes


def kinds(app, *fields):
    """The events in the order of their arrival, as their types and some more of their fields."""
    events = sorted(app.events(), key=lambda event: (event["created_at"], event["event_id"]))
    return [tuple(event[field] for field in ("event_type", *fields)) for event in events]


def states(app):
    return sorted(state for *_, state in alerts_of(app))


def test_b2_a_resolved_alert_of_grafana_12_that_starts_when_it_ends_is_over(app):
    _, path = app.webhook()
    for times_of_it in (firing(), firing("resolved", "2026-03-01T11:00:00Z"), firing()):
        post(app, path, times_of_it)
    assert states(app) == ["RESOLVED", "TRIGGERED"]


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_b4_a_byte_order_mark_before_a_body_is_skipped(app, content_type):
    _, path = app.webhook()
    body = {"title": "Disk full", "severity": "critical", "id": "7"}
    content = json.dumps(body).encode() if "json" in content_type else urlencode(body).encode()
    post(app, path, b"\xef\xbb\xbf" + content, **{"content-type": content_type})
    assert kinds(app, "title", "severity") == [("ALERT", "Disk full", "CRITICAL")]


def test_b7_typographic_quotes_make_an_error_event_that_says_where_and_keeps_the_body(app):
    _, path = app.webhook()
    body = "{“title”: “Disk full”}"
    post(app, path, body.encode())
    (event,) = app.events()
    assert (event["event_type"], event["raw_data"]) == ("ERROR", {"body": body})
    assert "line 1 column 2" in event["description"]


def test_b8_nul_in_a_title_an_id_or_a_host_does_not_break_the_pair(app):
    _, path = app.webhook()
    for status in ("firing", "resolved"):
        post(app, path, {"title": "Disk\0 full", "id": "host\0-7", "host": "web\0", "status": status})
    assert kinds(app, "title") == [("ALERT", "Disk\ufffd full"), ("RECOVERY", "Disk\ufffd full")]
    assert states(app) == ["RESOLVED"]


def test_b9_a_message_of_sns_may_be_an_object(app):
    _, path = app.webhook()
    alarm = sample("aws-cloudwatch/insufficient-data")
    post(
        app,
        path,
        {"Type": "Notification", "MessageId": "m-1", "TopicArn": "arn:aws:sns:eu-west-1:1:t", "Message": alarm},
    )
    assert kinds(app, "severity", "rule") == [("ALERT", "NONE", alarm["AlarmName"])]


@pytest.mark.parametrize("name", ["newrelic-legacy/test", "google-cloud-monitoring/test"])
def test_b10_b15_the_test_of_a_channel_makes_no_event(app, name):
    _, path = app.webhook()
    post(app, path, sample(name))
    assert app.events() == []


def test_b11_b12_the_transitions_of_datadog_keep_to_their_alert(app):
    _, path = app.webhook(format="datadog")
    for transition in ("No Data", "Re-No Data", "Recovered", "Re-Warn", "Renotify"):
        status = "success" if transition == "Recovered" else "warning" if "Warn" in transition else "error"
        body = {
            "alert_transition": transition,
            "alert_type": status,
            "aggreg_key": "a-1",
            "id": f"e-{transition}",
            "title": f"[P3] [{transition}] Queue is long",
        }
        post(app, path, body)
    assert [kind for (kind,) in kinds(app)] == ["ALERT", "ALERT", "RECOVERY", "ALERT", "ALERT"]
    assert states(app) == ["RESOLVED", "TRIGGERED"]


def test_b11_a_priority_before_the_recovery_in_a_title_of_datadog(app):
    _, path = app.webhook(format="datadog")
    for title in ("[P3] [Triggered] Queue is long", "[P3] [Recovered] Queue is long"):
        post(app, path, sample("datadog/default-payload-triggered", title=title))
    assert [kind for (kind,) in kinds(app)] == ["ALERT", "RECOVERY"]
    assert states(app) == ["RESOLVED"]


def test_b13_a_metric_alert_of_azure_may_have_no_properties(app):
    _, path = app.webhook()
    for name in ("azure-monitor/metric-v2-activated", "azure-monitor/metric-v2-deactivated"):
        body = sample(name)
        post(app, path, body | {"data": body["data"] | {"properties": None}})
    assert [kind for (kind,) in kinds(app)] == ["ALERT", "RECOVERY"]
    assert states(app) == ["RESOLVED"]


def test_b14_a_log_alert_of_azure_may_have_no_targets_and_no_context(app):
    _, path = app.webhook()
    data = sample("azure-monitor/common-log-v2")["data"]
    for condition in ("Fired", "Resolved"):
        essentials = data["essentials"] | {"alertTargetIDs": None, "monitorCondition": condition}
        body = {"schemaId": "azureMonitorCommonAlertSchema", "data": {"essentials": essentials, "alertContext": None}}
        post(app, path, body)
    assert [kind for (kind,) in kinds(app)] == ["ALERT", "RECOVERY"]
    assert states(app) == ["RESOLVED"]


def test_b16_an_incident_of_pagerduty_may_have_no_key_and_no_service(app):
    _, path = app.webhook()
    for name in ("pagerduty-webhook/v3-triggered", "pagerduty-webhook/v3-resolved"):
        event = sample(name)["event"]
        post(app, path, {"event": event | {"data": event["data"] | {"incident_key": None, "service": None}}})
    assert [kind for (kind,) in kinds(app)] == ["ALERT", "RECOVERY"]
    assert states(app) == ["RESOLVED"]


def test_b17_the_states_of_uptime_kuma(app):
    _, path = app.webhook(format="uptime-kuma")
    down = sample("uptime-kuma/down")
    for status in (2, 0, 3, 1):
        post(app, path, down | {"heartbeat": down["heartbeat"] | {"status": status}})
    post(app, path, sample("uptime-kuma/certificate"))
    assert kinds(app, "severity")[:2] == [("ALERT", "ERROR"), ("RECOVERY", "INFO")]
    assert [kind for (kind,) in kinds(app)] == ["ALERT", "RECOVERY", "ALERT"]
    assert states(app) == ["RESOLVED", "TRIGGERED"]


def test_b18_of_duplicate_keys_the_last_counts(app):
    _, path = app.webhook()
    post(app, path, b'{"title": "first", "id": 7, "title": "second"}')
    assert kinds(app, "title") == [("ALERT", "second")]


def test_b19_an_object_of_alertmanagers_own_list_that_has_ended_is_a_recovery(app):
    _, path = app.webhook(format="prometheus-alertmanager")
    alert = bodies.alert(1) | {"startsAt": "2026-03-01T11:00:00Z", "status": {"state": "active", "silencedBy": []}}
    post(app, path, [alert | {"endsAt": times.to_iso(times.now().replace(year=2099))}])
    post(app, path, [alert | {"endsAt": "2026-03-01T11:30:00Z"}])
    assert [kind for (kind,) in kinds(app)] == ["ALERT", "RECOVERY"]


def test_b20_a_group_without_alerts_and_an_alert_without_labels(app):
    _, path = app.webhook(format="prometheus-alertmanager")
    post(app, path, bodies.alertmanager() | {"alerts": None})
    (event,) = app.events()
    assert "alerts is missing" in event["additional_info"]["unread_because"]
    unlabelled = bodies.alert(2) | {"labels": None, "annotations": None}
    post(app, path, bodies.alertmanager(bodies.alert(1), unlabelled))
    assert len(app.events()) == 1 + 2


def test_b22_fields_in_the_query_of_a_post_without_a_body(app):
    _, path = app.webhook()
    assert app.gateway.post(path, b"", query=sample("uptimerobot/down")).status == 200
    assert [kind for (kind,) in kinds(app)] == ["ALERT"]


def test_b23_the_default_content_type_of_github(app):
    _, path = app.webhook()
    form = urlencode({"payload": json.dumps(sample("github/workflow-run-failure"))}).encode()
    kind = {"content-type": "application/x-www-form-urlencoded", "x-github-event": "workflow_run"}
    post(app, path, form, **kind)
    assert kinds(app, "severity") == [("ALERT", "ERROR")]


def test_b24_events_are_found_by_a_day(app):
    _, path = app.webhook()
    post(app, path, bodies.direct())
    day = app.events()[0]["created_at"][:10]
    for operator, value in (("datetime_gte", day), ("contain", day), ("regex", f"^{day}")):
        condition = {"key": "created_at", "value": value, "operator": operator}
        assert len(app.events(filter=[condition])) == 1, operator


def test_b27_times_with_offsets_are_equal_as_instants(app):
    _, path = app.webhook(format="direct")
    post(app, path, bodies.direct(occurred_at="2026-03-01T13:00:00+02:00"))
    (event,) = app.events()
    assert event["occurred_at"] == "2026-03-01T11:00:00.000Z"
    for written in ("2026-03-01T11:00:00Z", "2026-03-01T20:00:00+09:00"):
        condition = {"key": "occurred_at", "value": written, "operator": "datetime_lte"}
        assert len(app.events(filter=[condition])) == 1
        assert app.events(filter=[condition | {"operator": "datetime_lt"}]) == []


def test_b28_characters_of_patterns_are_found_as_text_and_a_broken_pattern_is_refused(app):
    _, path = app.webhook(format="direct")
    title = r"Volume C:\ at 97% (web[1]; eu)"
    post(app, path, bodies.direct(title=title))
    for part in ("(web", "\\", "[1]", ";", "%"):
        assert len(app.events(keyword=part)) == 1, part
        assert len(app.events(filter=[{"key": "title", "value": part, "operator": "contain"}])) == 1, part
    condition = {"key": "title", "value": "(web", "operator": "regex"}
    response = app.gateway.search(app.token(), {"query": {"filter": [condition]}})
    assert (response.status, "query.filter.0.value" in response.text) == (400, True)
