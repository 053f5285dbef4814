"""Rules of Google Cloud Monitoring that no sample shows."""

import base64
import json

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import NormalizeError, normalize
from tests.samples import own_samples, payload

SAMPLES = {sample.case: sample.body for sample in own_samples() if sample.format == "google-cloud-monitoring"}
ALARM = next(sample for sample in own_samples() if str(sample) == "aws-cloudwatch/alarm").body


def events(body, name="google-cloud-monitoring"):
    return normalize(name, payload(body))[1]


def incident(**more):
    return {"version": "1.2", "incident": SAMPLES["open"]["incident"] | more}


@pytest.mark.parametrize(
    ("more", "event_type", "severity"),
    [
        ({"severity": "ERROR"}, EventType.ALERT, Severity.ERROR),
        ({"severity": "No severity"}, EventType.ALERT, Severity.WARNING),
        ({"severity": None}, EventType.ALERT, Severity.WARNING),
        ({"severity": "odd"}, EventType.ALERT, Severity.NONE),
        ({"severity": None, "state": "OPEN"}, EventType.ALERT, Severity.INFO),
        ({"state": "CLOSED"}, EventType.RECOVERY, Severity.INFO),
        ({"state": None}, EventType.ALERT, Severity.CRITICAL),
    ],
)
def test_state_and_severity_in_any_case(more, event_type, severity):
    (event,) = events(incident(**more))
    assert (event.event_type, event.severity) == (event_type, severity)


def test_an_incident_without_an_id_has_the_same_key_when_it_ends():
    keys = {events(incident(incident_id=None, state=state))[0].event_key for state in ("open", "closed")}
    assert len(keys) == 1


@pytest.mark.parametrize("name", ["google-cloud-monitoring", None])
def test_pubsub_may_bring_what_another_format_reads(name):
    def push(data):
        return {"message": {"data": data, "messageId": "1"}, "subscription": "projects/p/subscriptions/s"}

    encoded = base64.b64encode(json.dumps(ALARM).encode()).decode()
    assert events(push(encoded), name)[0].event_key == ALARM["AlarmArn"]
    assert events(push("no base64!"), name)[0].title == "no base64!"


def test_what_tells_nothing_is_said():
    with pytest.raises(NormalizeError, match="no id, no policy and no condition"):
        events({"incident": {"state": "open"}})
