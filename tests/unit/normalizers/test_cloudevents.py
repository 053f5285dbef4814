"""Rules of CloudEvents that no sample shows."""

import base64
import json

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import NormalizeError, normalize
from tests.samples import own_samples, payload

ALARM = next(sample for sample in own_samples() if str(sample) == "aws-cloudwatch/alarm").body
EVENT = {"specversion": "1.0", "id": "1", "source": "/shop", "type": "com.example.disk.full"}
BINARY = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/shop", "ce-type": "com.example.disk.full"}


def events(body, headers=None, name="cloudevents"):
    return normalize(name, payload(body, headers))[1]


def only(body, headers=None, name="cloudevents"):
    (event,) = events(body, headers, name)
    return event


@pytest.mark.parametrize(
    "data",
    [
        {"data": ALARM},
        {"data": json.dumps(ALARM)},
        {"data_base64": base64.b64encode(json.dumps(ALARM).encode()).decode()},
        {"data": base64.b64encode(json.dumps(ALARM).encode()).decode(), "datacontentencoding": "base64"},
    ],
    ids=["object", "text", "base64", "base64 of version 0.3"],
)
@pytest.mark.parametrize("name", ["cloudevents", "cloudevents-dynatrace", None])
def test_data_is_read_by_its_own_format(data, name):
    assert only(EVENT | data, name=name).event_key == ALARM["AlarmArn"]


def test_data_of_binary_mode_is_the_body():
    assert only(ALARM, BINARY, None).event_key == ALARM["AlarmArn"]


def test_invalid_base64_is_shown_as_it_is():
    assert only(EVENT | {"data_base64": "%"}).description == "%"


def test_attributes_in_headers_are_decoded():
    event = only({}, BINARY | {"ce-subject": '"caf%C3%A9 \\"1\\""'})
    assert event.event_key == '/shop:café "1"'


def test_a_structured_event_may_come_with_the_headers_of_another():
    headers = BINARY | {"ce-type": "com.example.other", "content-type": "application/cloudevents+json"}
    assert only(EVENT, headers).rule == "com.example.disk.full"


def test_key_is_never_the_id():
    assert only(EVENT).event_key == only(EVENT | {"id": "2"}).event_key


@pytest.mark.parametrize(
    ("more", "event_type", "severity"),
    [
        ({"severitytext": "fatal"}, EventType.ALERT, Severity.CRITICAL),
        ({"severitytext": "odd"}, EventType.ALERT, Severity.NONE),
        ({"type": "com.example.disk.resolved.v1"}, EventType.RECOVERY, Severity.INFO),
        ({"data": {"title": "Disk", "severity": "critical"}}, EventType.ALERT, Severity.CRITICAL),
        ({"data": {"title": "Disk", "status": "resolved"}}, EventType.RECOVERY, Severity.INFO),
        ({"data": {"value": 97}}, EventType.ALERT, Severity.INFO),
    ],
)
def test_type_and_data_tell_what_happened(more, event_type, severity):
    event = only(EVENT | more)
    assert (event.event_type, event.severity) == (event_type, severity)


@pytest.mark.parametrize("body", [{}, {"data": {"value": 97}}])
def test_what_tells_nothing_is_said(body):
    with pytest.raises(NormalizeError, match="CloudEvent"):
        events(body)
