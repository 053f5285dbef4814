"""Rules of Dynatrace that no sample shows."""

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import NormalizeError, normalize
from tests.samples import own_samples, payload

OPEN = next(sample for sample in own_samples() if str(sample) == "dynatrace/open").body


def events(body):
    return normalize("dynatrace", payload(body))[1]


@pytest.mark.parametrize(
    ("more", "event_type", "severity"),
    [
        ({"ProblemSeverity": "availability"}, EventType.ALERT, Severity.CRITICAL),
        ({"ProblemSeverity": "ERROR"}, EventType.ALERT, Severity.ERROR),
        ({"ProblemSeverity": "RESOURCE_CONTENTION"}, EventType.ALERT, Severity.WARNING),
        ({"ProblemSeverity": "CUSTOM_ALERT"}, EventType.ALERT, Severity.NONE),
        ({"ProblemSeverity": None, "ProblemDetails": {"severityLevel": "ERROR"}}, EventType.ALERT, Severity.ERROR),
        ({"State": None}, EventType.ALERT, Severity.WARNING),
        ({"State": "Resolved"}, EventType.RECOVERY, Severity.INFO),
    ],
)
def test_state_and_severity(more, event_type, severity):
    (event,) = events(OPEN | more)
    assert (event.event_type, event.severity) == (event_type, severity)


def test_a_number_is_a_key_as_well():
    assert events({"PID": 99999, "State": "OPEN"})[0].event_key == "99999"


def test_what_tells_nothing_is_said():
    with pytest.raises(NormalizeError, match="neither a title nor an id"):
        events({"State": "OPEN"})
