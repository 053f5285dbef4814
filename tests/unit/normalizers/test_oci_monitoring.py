"""Rules of OCI Monitoring that no sample shows."""

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import NormalizeError, normalize
from tests.samples import own_samples, payload

FIRING = next(sample for sample in own_samples() if str(sample) == "oci-monitoring/ok-to-firing").body


def events(body, name="oci-monitoring"):
    return normalize(name, payload(body))[1]


@pytest.mark.parametrize(
    ("more", "event_type", "severity"),
    [
        ({"severity": "critical"}, EventType.ALERT, Severity.CRITICAL),
        ({"severity": "INFO", "type": "firing_to_ok"}, EventType.RECOVERY, Severity.INFO),
        ({"severity": "odd"}, EventType.ALERT, Severity.NONE),
        ({"severity": None, "type": None}, EventType.ALERT, Severity.ERROR),
        ({"type": None, "alarmMetaData": [{"status": "OK"}]}, EventType.RECOVERY, Severity.ERROR),
    ],
)
def test_type_and_severity(more, event_type, severity):
    (event,) = events(FIRING | more)
    assert (event.event_type, event.severity) == (event_type, severity)


def test_the_key_may_be_written_as_the_documentation_has_it():
    body = {key: value for key, value in FIRING.items() if key != "dedupeKey"} | {"dedupekey": FIRING["dedupeKey"]}
    assert events(body, None) == events(FIRING)


def test_a_confirmation_is_known_without_its_headers_to_a_webhook_for_it():
    assert events({"ConfirmationURL": "https://example.com"}) == []


def test_what_tells_nothing_is_said():
    with pytest.raises(NormalizeError, match="neither a title nor a dedupeKey"):
        events({"type": "OK_TO_FIRING"})
