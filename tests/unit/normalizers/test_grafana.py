"""Rules of Grafana that no sample shows."""

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import NormalizeError, normalize
from event_api.normalizers.vendors.prometheus import label_fingerprint
from tests.samples import own_samples, payload

SAMPLES = {str(sample): sample.body for sample in own_samples()}
GROUP = SAMPLES["grafana/firing-and-resolved"]
LEGACY = SAMPLES["grafana-legacy/alerting"]


def only(name, body):
    (event,) = normalize(name, payload(body))[1]
    return event


def test_an_alert_without_a_fingerprint_gets_the_one_that_alertmanager_computes():
    alert = {"status": "firing", "labels": {"alertname": "CPU"}}
    event = only("grafana", GROUP | {"alerts": [alert]})
    assert event.event_key == f"1:{label_fingerprint({'alertname': 'CPU'})}"


def test_an_empty_group_makes_no_event():
    assert normalize("grafana", payload(GROUP | {"alerts": []}))[1] == []


def test_a_title_keeps_its_brackets():
    event = only("grafana-legacy", LEGACY | {"title": "CPU [shop]"})
    assert event.title == "CPU [shop]"


@pytest.mark.parametrize(
    ("state", "event_type", "severity"),
    [
        ("OK", EventType.RECOVERY, Severity.INFO),
        ("Alerting", EventType.ALERT, Severity.ERROR),
        ("paused", EventType.ALERT, Severity.NONE),
        ("pending", EventType.ALERT, Severity.NONE),
        (None, EventType.ALERT, Severity.ERROR),
    ],
)
def test_legacy_states(state, event_type, severity):
    event = only("grafana-legacy", LEGACY | {"state": state})
    assert (event.event_type, event.severity) == (event_type, severity)


def test_whole_numbers_stay_whole():
    numbers = {key: float(LEGACY[key]) for key in ("ruleId", "dashboardId", "panelId", "orgId")}
    assert only("grafana-legacy", LEGACY | numbers).event_key == only("grafana-legacy", LEGACY).event_key


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("grafana", {}, "an alert has no fingerprint"),
        ("grafana", {"alerts": [{"labels": {}}]}, "an alert has no fingerprint"),
        ("grafana-legacy", {}, "the rule has neither"),
    ],
)
def test_they_say_what_is_missing(name, body, reason):
    with pytest.raises(NormalizeError) as caught:
        only(name, body)
    assert caught.value.reason.startswith(reason)


def test_an_alert_without_labels_takes_those_of_its_group():
    body = {
        "receiver": "shop",
        "orgId": 1,
        "groupKey": "{}",
        "alerts": [{"status": "firing"}],
        "title": "[FIRING:1]",
        "message": "Webhook test message.",
    }
    name, (event,) = normalize(None, payload(body))
    assert (name, event.title, event.severity) == ("grafana", "Webhook test message.", Severity.ERROR)
    body["commonLabels"] = {"alertname": "Disk full", "severity": "warning"}
    body["alerts"] = [{"status": "firing", "labels": {"instance": "web-1"}}]
    event = only("grafana", body)
    assert (event.title, event.severity, event.resource.name) == ("Disk full", Severity.WARNING, "web-1")


def test_a_single_alert_and_a_group_without_alerts_make_events():
    alert = {"status": "resolved", "labels": {"alertname": "CPU"}, "startsAt": "2026-03-01T11:00:00Z"}
    event = only("grafana", alert)
    assert (event.title, event.event_type) == ("CPU", EventType.RECOVERY)
    event = only("grafana", {"status": "firing", "orgId": 1, "commonLabels": {"alertname": "CPU"}, "alerts": None})
    assert (event.title, event.event_type, event.severity) == ("CPU", EventType.ALERT, Severity.ERROR)
