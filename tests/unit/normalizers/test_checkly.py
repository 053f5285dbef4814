"""Checkly's alert types."""

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import normalize
from tests.samples import payload


@pytest.mark.parametrize(
    ("alert_type", "event_type", "severity"),
    [
        ("ALERT_FAILURE", EventType.ALERT, Severity.ERROR),
        ("ALERT_FAILURE_REMAIN", EventType.ALERT, Severity.ERROR),
        ("ALERT_FAILURE_DEGRADED", EventType.ALERT, Severity.WARNING),
        ("ALERT_DEGRADED_FAILURE", EventType.ALERT, Severity.ERROR),
        ("alert_degraded_remain", EventType.ALERT, Severity.WARNING),
        ("ALERT_DEGRADED_RECOVERY", EventType.RECOVERY, Severity.INFO),
        ("ALERT_SOMETHING", EventType.ALERT, Severity.NONE),
        (None, EventType.ALERT, Severity.ERROR),
    ],
)
def test_the_alert_type_says_what_happened(alert_type, event_type, severity):
    _, (event,) = normalize("checkly", payload({"check_id": "c", "alert_type": alert_type}))
    assert (event.event_type, event.severity) == (event_type, severity)


def test_no_alert_is_no_event():
    assert normalize(None, payload({"check_id": "c", "alert_type": "NO_ALERT"})) == ("checkly", [])


def test_a_certificates_alert_is_not_the_checks():
    keys = {
        normalize("checkly", payload({"check_id": "c", "alert_type": kind}))[1][0].event_key
        for kind in ("ALERT_SSL", "ALERT_FAILURE", "ALERT_RECOVERY")
    }
    assert len(keys) == 2
