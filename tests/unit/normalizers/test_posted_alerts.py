"""Arrays of alerts: Prometheus posts them to Alertmanager's API, and collectd in the same shape."""

from typing import Any

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import normalize
from event_api.normalizers.detection import claims
from tests.samples import payload

ALERT: dict[str, Any] = {
    "labels": {"alertname": "A", "instance": "i"},
    "annotations": {},
    "startsAt": "2026-03-01T11:00:00Z",
}


@pytest.mark.parametrize(
    ("ends_at", "event_type"),
    [
        ("2026-03-01T12:00:00Z", EventType.RECOVERY),  # when it was received
        ("2026-03-01T12:00:00.001Z", EventType.ALERT),
        ("0001-01-01T00:00:00Z", EventType.ALERT),
        ("1970-01-01T00:00:00Z", EventType.ALERT),
        (None, EventType.ALERT),
        ({}, EventType.ALERT),
    ],
)
def test_a_posted_alert_is_resolved_if_it_has_ended(ends_at, event_type):
    used, (event,) = normalize(None, payload([ALERT | {"endsAt": ends_at}]))
    assert (used, event.event_type) == ("prometheus-alertmanager", event_type)


def test_a_status_says_more_than_the_end():
    _, (event,) = normalize(None, payload([ALERT | {"status": "firing", "endsAt": "2026-03-01T11:59:00Z"}]))
    assert event.event_type is EventType.ALERT


def test_collectds_service_distinguishes_it_from_prometheus():
    notification = ALERT | {"labels": ALERT["labels"] | {"service": "collectd", "severity": "FAILURE"}}
    assert claims([notification], {}) == ["collectd"]
    assert claims([notification, ALERT], {}) == ["collectd", "prometheus-alertmanager"]


@pytest.mark.parametrize(
    ("said", "event_type", "severity"),
    [
        ("FAILURE", EventType.ALERT, Severity.ERROR),
        ("warning", EventType.ALERT, Severity.WARNING),
        ("OKAY", EventType.RECOVERY, Severity.INFO),
        ("UNKNOWN", EventType.ALERT, Severity.NONE),
        (None, EventType.ALERT, Severity.ERROR),
    ],
)
def test_collectds_severities_share_the_key(said, event_type, severity):
    labels = {"alertname": "collectd_cpu", "service": "collectd"}
    _, (event,) = normalize("collectd", payload([{"labels": labels | {"severity": said}}]))
    _, (plain,) = normalize("collectd", payload([{"labels": labels}]))
    assert (event.event_type, event.severity) == (event_type, severity)
    assert event.event_key == plain.event_key


@pytest.mark.parametrize(
    ("labels", "annotations", "title"),
    [
        ({"alertname": "collectd_df", "df": "root", "instance": "web-1"}, {"summary": "S"}, "df root on web-1"),
        ({"alertname": "collectd_exec_", "exec": "backup", "instance": ""}, {"summary": "S"}, "exec backup"),
        ({"alertname": "collectd_", "instance": "web-1"}, {"summary": "S\nof two lines"}, "S on web-1"),
        ({"alertname": "collectd_", "instance": ""}, {"summary": "S"}, "S"),
    ],
)
def test_collectds_title_is_what_was_measured_or_else_its_message(labels, annotations, title):
    _, (event,) = normalize("collectd", payload([{"labels": labels, "annotations": annotations}]))
    assert event.title == title


@pytest.mark.parametrize(("host", "is_shared"), [("web-1", True), ("", False)])
def test_collectds_message_is_no_part_of_the_key_where_anything_else_is_told(host, is_shared):
    labels = {"alertname": "collectd_", "instance": host, "service": "collectd"}
    body = [{"labels": labels, "annotations": {"summary": summary}} for summary in ("failed", "works again")]
    _, events = normalize(None, payload(body))
    assert (len({event.event_key for event in events}) == 1) is is_shared
