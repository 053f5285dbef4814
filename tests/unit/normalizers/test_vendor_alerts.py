"""Rules of the monitoring vendors' formats that no sample shows: other states, and keys that have to agree."""

import copy

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import NormalizeError, normalize
from tests.samples import own_samples, payload

SAMPLES = {str(sample): sample for sample in own_samples()}


def events(name, body, headers=None):
    return normalize(name, payload(body, headers))[1]


def only(name, body, headers=None):
    (event,) = events(name, body, headers)
    return event


def facts(event):
    return str(event.event_type), str(event.severity)


def reason(name, body):
    with pytest.raises(NormalizeError) as caught:
        events(name, body)
    return caught.value.reason


@pytest.mark.parametrize(
    "cases",
    [
        ("datadog/template-triggered", "datadog/template-recovered"),
        ("datadog/default-payload-triggered", "datadog/default-payload-recovered"),
        ("newrelic/activated", "newrelic/closed", "newrelic/edited-template-without-state"),
        ("newrelic-legacy/open", "newrelic-legacy/closed"),
        (
            "sentry/issue-created",
            "sentry/issue-resolved",
            "sentry/issue-alert",
            "sentry/error-without-issue-id",
            "sentry/legacy-plugin",
        ),
        ("sentry/metric-alert-critical", "sentry/metric-alert-resolved"),
        ("pagerduty-events/trigger", "pagerduty-events/resolve"),
        ("pagerduty-events/v1-trigger", "pagerduty-events/v1-resolve"),
        ("pagerduty-webhook/v3-triggered", "pagerduty-webhook/v3-resolved"),
        ("pagerduty-webhook/v2-trigger-assign-resolve",),
        ("pagerduty-webhook/v1-trigger-acknowledge-resolve",),
        ("opsgenie/create", "opsgenie/close"),
        ("splunk-observability/anomalous", "splunk-observability/ok"),
        ("appdynamics/open-critical", "appdynamics/close-critical", "appdynamics/canceled-warning"),
        ("vmware-vrealize/active", "vmware-vrealize/canceled"),
        ("kibana/warning", "kibana/recovered"),
        ("opscruise/open", "opscruise/resolved"),
    ],
    ids=lambda cases: cases[0],
)
def test_what_tells_of_one_alert_has_one_key(cases):
    assert len({event["event_key"] for case in cases for event in SAMPLES[case].events}) == 1


# --- Datadog -----------------------------------------------------------------------------------------------------


def test_datadog_reads_spaceones_template_if_it_is_bound():
    """Unbound it is the direct format's: it has the same keys."""
    body = {
        "event_key": "k",
        "event_type": "error",
        "severity": "error",
        "title": "CPU is high",
        "rule": "CPU",
        "image_url": "https://p.datadoghq.example/1.png",
        "resource": {"name": "web-1", "id": "i-1", "resource_type": "host"},
        "description": "CPU is above 90 %",
        "occured_at": "1772359200000",
        "additional_info": {"team": "web"},
    }
    event = only("datadog", body)
    assert facts(event) == ("ALERT", "ERROR")
    assert (event.event_key, event.rule, event.resource.resource_id, event.image_url) == (
        "k",
        "CPU",
        "i-1",
        "https://p.datadoghq.example/1.png",
    )
    assert event.additional_info["team"] == "web"
    assert event.occurred_at is not None
    assert facts(only("datadog", body | {"event_type": "success"})) == ("RECOVERY", "INFO")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"alert_type": "error"}, "ERROR"),
        ({"alert_type": "Error", "priority": "P1"}, "CRITICAL"),
        ({"alert_type": "error", "priority": "P4"}, "ERROR"),
        ({"alert_type": "warning", "priority": "P1"}, "WARNING"),
        ({"alert_type": "info"}, "INFO"),
        ({"priority": "p2"}, "ERROR"),
        ({"priority": 5}, "INFO"),
        ({"priority": "normal"}, "NONE"),
        ({"transition": "Re-Warn"}, "WARNING"),
        ({"transition": "No Data", "alert_type": "$ALERT_TYPE"}, "ERROR"),
        ({}, "NONE"),
    ],
)
def test_datadog_severity(fields, expected):
    assert facts(only("datadog", {"title": "t", **fields})) == ("ALERT", expected)


@pytest.mark.parametrize(
    ("title", "expected", "short"),
    [
        ("[Triggered] CPU", "ALERT", "CPU"),
        ("[P2] [Re-Triggered on {host:a,env:b}] CPU", "ALERT", "CPU"),
        ("[No data on {host:a}] CPU", "ALERT", "CPU"),
        ("[Recovered] CPU", "RECOVERY", "CPU"),
        ("[P1] [recovered on {host:a}] CPU", "RECOVERY", "CPU"),
        ("[shop] CPU", "ALERT", "[shop] CPU"),
    ],
)
def test_datadog_title_prefixes(title, expected, short):
    event = only("datadog", {"title": title})
    assert (str(event.event_type), event.title) == (expected, short)


def test_datadog_keys_of_two_hosts_differ():
    keys = {only("datadog", {"title": f"[Triggered on {{host:{host}}}] CPU"}).event_key for host in "ab"}
    assert len(keys) == 2


# --- New Relic, Sentry, PagerDuty, Opsgenie ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "sample", "path", "value", "expected"),
    [
        ("newrelic", "activated", "state", "CREATED", ("ALERT", "ERROR")),
        ("newrelic", "activated", "state", "closed", ("RECOVERY", "INFO")),
        ("newrelic", "activated", "priority", "medium", ("ALERT", "WARNING")),
        ("newrelic", "activated", "priority", "LOW", ("ALERT", "INFO")),
        ("newrelic", "activated", "priority", "URGENT", ("ALERT", "NONE")),
        ("newrelic", "activated", "state", "ACKNOWLEDGED", None),
        ("newrelic-legacy", "open", "severity", "WARN", ("ALERT", "WARNING")),
        ("newrelic-legacy", "open", "current_state", "CLOSED", ("RECOVERY", "INFO")),
        ("sentry", "issue-created", "action", "unresolved", ("ALERT", "ERROR")),
        ("sentry", "issue-created", "action", "ignored", ("RECOVERY", "INFO")),
        ("sentry", "issue-created", "action", "linked", None),
        ("sentry", "issue-created", "action", None, ("ALERT", "ERROR")),
        ("sentry", "metric-alert-critical", "action", "warning", ("ALERT", "WARNING")),
        ("pagerduty-events", "trigger", "event_action", "Resolve", ("RECOVERY", "INFO")),
        ("pagerduty-events", "trigger", "event_action", None, ("ALERT", "CRITICAL")),
        ("opsgenie", "create", "action", "Delete", None),
        ("opsgenie", "create", "action", "UnAcknowledge", None),
        ("opsgenie", "create", "action", "UpdatePriority", None),
        ("splunk-observability", "anomalous", "statusExtended", "stopped", ("RECOVERY", "INFO")),
        ("splunk-observability", "anomalous", "severity", "Minor", ("ALERT", "WARNING")),
        ("splunk-observability", "anomalous", "severity", "Info", ("ALERT", "INFO")),
        ("appdynamics", "open-critical", "event_type", "POLICY_UPGRADED", ("ALERT", "ERROR")),
        ("appdynamics", "open-critical", "event_type", "ANOMALY_CLOSE_WARNING", ("RECOVERY", "INFO")),
        ("appdynamics", "open-critical", "severity", "WARN", ("ALERT", "WARNING")),
        ("vmware-vrealize", "active", "criticality", "ALERT_CRITICALITY_LEVEL_INFO", ("ALERT", "INFO")),
        ("vmware-vrealize", "active", "criticality", "ALERT_CRITICALITY_LEVEL_UNKNOWN", ("ALERT", "NONE")),
    ],
)
def test_states_and_severities(name, sample, path, value, expected):
    body = SAMPLES[f"{name}/{sample}"].body | {path: value}
    found = events(name, body, SAMPLES[f"{name}/{sample}"].headers)
    assert [facts(event) for event in found] == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("level", "expected"),
    [("fatal", "CRITICAL"), ("Warning", "WARNING"), ("debug", "INFO"), (None, "ERROR"), ("odd", "NONE")],
)
def test_sentry_levels(level, expected):
    body = {"data": {"issue": {"id": "1", "title": "t", "level": level}}, "action": "created"}
    assert facts(only("sentry", body)) == ("ALERT", expected)


@pytest.mark.parametrize(
    ("activity", "expected"), [("set_resolved", EventType.RECOVERY), ("set_regression", EventType.ALERT)]
)
def test_sentry_activity_alerts(activity, expected):
    body = {"action": "triggered", "data": {"issue": {"id": "1", "title": "t"}, "activity": {"type": activity}}}
    event = only("sentry", body, {"sentry-hook-resource": "activity_alert"})
    assert (event.event_type, event.event_key) == (expected, "sentry-issue:1")


def test_a_pagerduty_change_event_makes_no_event():
    body = {"routing_key": "k", "payload": {"summary": "Deployed", "source": "ci"}}
    assert events("pagerduty-events", body) == []


@pytest.mark.parametrize(
    "said",
    ["incident.unacknowledged", "incident.escalated", "incident.priority_updated", "service.updated", "new.thing"],
)
def test_work_on_a_pagerduty_incident_makes_no_event(said):
    body = SAMPLES["pagerduty-webhook/v3-triggered"].body
    assert events("pagerduty-webhook", {"event": body["event"] | {"event_type": said}}) == []


@pytest.mark.parametrize("key", ["routing_key", "service_key"])
def test_pagerduty_keys_are_not_kept(key):
    event = only("pagerduty-events", {key: "secret-key", "description": "d", "event_type": "trigger"})
    assert "secret-key" not in repr(event)


@pytest.mark.parametrize(
    ("priority", "expected"),
    [("P1", "CRITICAL"), ("p2", "ERROR"), (3, "WARNING"), ("P4", "INFO"), ("5", "INFO"), (None, "NONE")],
)
def test_opsgenie_priorities(priority, expected):
    body = {"action": "create", "alert": {"alertId": "1", "message": "m", "priority": priority}}
    assert facts(only("opsgenie", body)) == ("ALERT", expected)


# --- Graylog, Kibana, OpsCruise ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("priority", "expected"), [(1, "INFO"), (2, "WARNING"), (3, "ERROR"), (4, "CRITICAL"), ("High", "ERROR")]
)
def test_graylog_priorities(priority, expected):
    event = only("graylog", {"event_definition_id": "d", "event": {"priority": priority, "message": "m"}})
    assert event.severity is Severity(expected)


@pytest.mark.parametrize("change", [{"triggered": False}, {"triggered_condition": {"type": "DUMMY"}}])
def test_a_graylog_stream_without_an_alert_makes_no_event(change):
    body = SAMPLES["graylog/stream-alert"].body
    assert events("graylog", body | {"check_result": body["check_result"] | change}) == []


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("default", ("ALERT", "ERROR")),
        ("slo.burnRate.medium", ("ALERT", "WARNING")),
        ("slo.burnRate.low", ("ALERT", "INFO")),
        ("Recovered", ("RECOVERY", "INFO")),
    ],
)
@pytest.mark.parametrize("nested", [True, False])
def test_kibana_action_groups(group, expected, nested):
    body = {"rule": {"id": "r", "name": "n"}, "alert": {"id": "a", "actionGroup": group}}
    flat = {"ruleId": "r", "rule_name": "n", "alert.id": "a", "alertActionGroup": group}
    event = only("kibana", body if nested else flat)
    assert facts(event) == expected
    assert (event.event_key, event.title, event.resource.name) == ("kibana:r:a", "n", "a")


def test_opscruise_reads_what_spans_lines():
    text = (
        "Ticket ID: '7'\nSummary: Down: web\nDescription: |\n  since 10:00\n  note: twice\nHeader Message Type: Closed"
    )
    event = only("opscruise", {"text": text})
    assert (event.event_key, event.title, event.event_type) == ("opscruise:7", "Down: web", EventType.RECOVERY)
    assert event.description == "since 10:00\nnote: twice"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("datadog", "neither a title nor a text"),
        ("newrelic", "neither a title nor an id"),
        ("newrelic-legacy", "none of condition_name, details, policy_name"),
        ("pagerduty-events", "neither a summary nor a dedup_key"),
        ("pagerduty-webhook", "neither a title nor an id"),
        ("opsgenie", "none of alert.message, alert.alias"),
        ("splunk", "none of search_name, Search {search}"),
        ("splunk-observability", "no title, rule"),
        ("graylog", "neither a message nor a definition"),
        ("appdynamics", "no name, type or summary"),
        ("vmware-vrealize", "none of alertName, info"),
        ("kibana", "none of title, rule, message"),
        ("opscruise", "none of summary, Ticket {ticket id}"),
    ],
)
def test_the_reason_says_what_is_missing(name, said):
    assert said in reason(name, {})


def test_a_datadog_monitor_is_detected_by_its_type():
    body = {
        "title": "Disk nearly full",
        "type": "metric alert",
        "query": "min(last_1h):min:system.disk.free{*} by {host} < 20",
        "message": "Disk space is below 20 %.",
        "priority": 4,
        "monitor_id": "12",
    }
    name, (event,) = normalize(None, payload(body))
    assert (name, event.title, facts(event)) == ("datadog", "Disk nearly full", ("ALERT", "INFO"))


CI = [
    ("gitlab/pipeline-failed", "object_attributes.status", "Pipeline"),
    ("bitbucket/build-failed", "commit_status.state", ""),
    ("circleci/job-failed", "job.status", "Job"),
]


@pytest.mark.parametrize(("sample", "path", "title"), CI)
@pytest.mark.parametrize(("status", "severity"), [(None, "ERROR"), ("exploded", "NONE")])
def test_a_run_without_a_known_status_still_makes_an_event(sample, path, title, status, severity):
    found = SAMPLES[sample]
    body = copy.deepcopy(found.body)
    parent, _, key = path.partition(".")
    body[parent][key] = status
    event = only(found.format, body, found.headers)
    assert facts(event) == ("ALERT", severity)
    assert event.title.startswith(title)
    assert event.event_key == only(found.format, found.body, found.headers).event_key


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (
            {"product": "ECS", "resourceId": "i-1", "instanceName": "web-1", "eventTime": "20260301T110000.000+0800"},
            "ECS web-1",
        ),
        (
            {"strategyName": "Faults of the shop", "subscription": {}, "batchId": "1", "userId": "2"},
            "Faults of the shop",
        ),
    ],
)
def test_an_aliyun_event_without_a_name_is_named_by_what_is_left(body, title):
    assert only("aliyun-cms", body).title == title


@pytest.mark.parametrize(
    ("format_", "body"),
    [
        ("datadog", {"id": "1", "title": "CPU", "alert_id": "7", "alert_transition": "Triggered", "body": "high"}),
        (
            "datadog",
            {"title": "CPU", "alert_type": "error", "alert_transition": "Triggered", "last_updated": "1772362800000"},
        ),
        (
            "cloudflare",
            {"name": "DDoS", "alert_type": "advanced_ddos_attack_l4_alert", "data": {"attack_id": "1"}}
            | {"alert_event": "ALERT_STATE_EVENT_START", "ts": 1772362800},
        ),
    ],
)
def test_templates_with_fewer_fields_make_events(format_, body):
    name, (event,) = normalize(None, payload(body))
    assert (name, facts(event)) == (format_, ("ALERT", "ERROR"))


# --- Keys of bodies without the sender's own id -------------------------------------------------------------------


def violation(kind, summary, **fields):
    told = {"eventType": f"POLICY_{kind}_CRITICAL", "displayName": "Health Rule Violation", "summaryMessage": summary}
    return {
        "event": told | {"guid": "g", "eventTypeKey": "k", "deepLink": "l", "application": {"name": "Shop"}} | fields
    }


def test_violations_of_two_rules_in_one_application_have_their_own_keys():
    """The summary names the rule in bold; version 0.1 took the application alone."""
    said = "A problem with Application <b>Shop</b>.<br><b>{}</b> {} violating with <b>critical</b>."
    slow, full = (only("appdynamics", violation("OPEN", said.format(rule, "started"))) for rule in ("Slow", "Full"))
    ended = only("appdynamics", violation("CLOSE", said.format("Slow", "ended")))
    assert slow.event_key == ended.event_key != full.event_key
    assert slow.former_keys == full.former_keys == ended.former_keys


def test_jobs_of_one_model_without_a_name_are_told_apart_by_their_output():
    job = {"event": "job_ended", "model": "script", "timestamp": "2026-03-01T11:40:00Z"}
    one, other, later = (
        only("netbox", job | {"data": {"output": output}, "timestamp": f"2026-03-01T1{number}:40:00Z"})
        for number, output in enumerate(("backup of web-1", "backup of web-2", "backup of web-1"))
    )
    assert one.event_key == later.event_key != other.event_key
    assert one.former_keys == other.former_keys


def test_an_alarm_without_its_dedupe_key_is_of_one_resource():
    def alarm(resource, kind="OK_TO_FIRING"):
        told = {"id": "ocid1.alarm.1", "status": "FIRING", "dimensions": [{"resourceId": resource}]}
        return only("oci-monitoring", {"title": "CPU", "type": kind, "alarmMetaData": [told]})

    assert alarm("i-1").event_key == alarm("i-1", "FIRING_TO_OK").event_key != alarm("i-2").event_key
    assert alarm("i-1").former_keys == ("ocid1.alarm.1",)


def test_signals_of_one_rule_without_an_incident_differ_in_their_dimensions():
    def signal(host, status="anomalous"):
        told = {"detector": "CPU", "rule": "high", "statusExtended": status, "dimensions": {"host": host}}
        return only("splunk-observability", told)

    assert signal("web-1").event_key == signal("web-1", "ok").event_key != signal("web-2").event_key
    assert signal("web-1").former_keys == signal("web-2").former_keys


def test_a_description_without_its_check_is_known_by_its_link_or_its_words():
    def told(description, event="check.down"):
        return only("updown", {"event": event, "description": description})

    down = told("DOWN: https://shop.example since 10:00:00 (UTC), reason: 500")
    assert down.event_key == told("UP: https://shop.example since 10:05:00", "check.up").event_key
    assert down.event_key != told("DOWN: https://mail.example since 10:00:00 (UTC), reason: 500").event_key
    assert down.former_keys == ("updown:DOWN: https://shop.example since 10:00:00 (UTC), reason: 500",)
    assert told("Shop is down since 10:00").event_key == told("Shop is up since 10:07", "check.up").event_key
