"""Rules at a format's edges that no sample shows."""

import json
from typing import Any

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import NormalizeError, known_formats, normalize, registry
from event_api.normalizers.vendors.prometheus import RESOURCE_LABELS, label_fingerprint
from tests.samples import own_samples, payload

SAMPLES = {str(sample): sample for sample in own_samples()}
ALARM = SAMPLES["aws-cloudwatch/alarm"].body
ALERTMANAGER = SAMPLES["prometheus-alertmanager/group-firing-and-resolved"].body


def events(name, body, headers=None):
    return normalize(name, payload(body, headers))[1]


def only(name, body, headers=None):
    (event,) = events(name, body, headers)
    return event


def reason(name, body):
    with pytest.raises(NormalizeError) as caught:
        events(name, body)
    return caught.value.reason


# --- direct ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [{}, {"event_key": None}, {"event_key": " "}, {"event_key": []}])
def test_direct_names_the_key_that_it_needs(body):
    assert reason("direct", body) == "event_key is missing or empty"


def test_direct_takes_text_as_it_is():
    event = only("direct", {"event_key": " k ", "title": " t\n", "description": "  indented"})
    assert (event.event_key, event.title, event.description) == (" k ", " t\n", "  indented")


@pytest.mark.parametrize(
    ("said", "event_type", "severity"),
    [
        ("ERROR", EventType.ERROR, Severity.ERROR),
        ("recovery", EventType.RECOVERY, Severity.NONE),
        ("not_available", EventType.ALERT, Severity.NOT_AVAILABLE),
        (None, EventType.ALERT, Severity.NONE),
        (["ERROR"], EventType.ALERT, Severity.NONE),
    ],
)
def test_direct_knows_the_enums_words_in_any_case(said, event_type, severity):
    event = only("direct", {"event_key": "k", "event_type": said, "severity": said})
    assert (event.event_type, event.severity) == (event_type, severity)


def test_direct_additional_info_is_pythons_str():
    info = {"user": "admin", "host": [], "hosts": ["10.0.0.1"], "none": None, "yes": True, "n": 1.0, "empty": ""}
    assert only("direct", {"event_key": "k", "additional_info": info}).additional_info == {
        "user": "admin",
        "host": "[]",
        "hosts": "['10.0.0.1']",
        "none": "None",
        "yes": "True",
        "n": "1.0",
        "empty": "",
    }


# --- Alertmanager ------------------------------------------------------------------------------------------------


def test_alertmanager_fingerprint_does_not_depend_on_the_order_of_labels():
    labels = {"alertname": "A", "instance": "i"}
    assert label_fingerprint(labels) == label_fingerprint(dict(reversed(labels.items())))
    assert label_fingerprint({"a": "bc"}) != label_fingerprint({"ab": "c"})
    assert label_fingerprint({}) == "cbf29ce484222325"  # FNV-1a's offset: nothing was hashed


def test_alertmanager_recovery_has_the_key_of_its_alert_with_and_without_a_fingerprint():
    firing = {"status": "firing", "labels": {"alertname": "A", "instance": "i"}}
    resolved = firing | {"status": "resolved", "endsAt": "2026-03-01T12:00:00Z"}
    first, second = events("prometheus-alertmanager", {"alerts": [firing, resolved]})
    assert first.event_key == second.event_key
    assert (first.event_type, second.event_type) == (EventType.ALERT, EventType.RECOVERY)


def test_alertmanager_alert_is_about_its_first_known_label():
    labels = {label: f"the {label}" for label in reversed(RESOURCE_LABELS)}
    for label in RESOURCE_LABELS:
        resource = only("prometheus-alertmanager", {"labels": labels}).resource
        assert (resource.resource_type, resource.resource_id) == (label, f"the {label}")
        del labels[label]


def test_alertmanager_falls_back_to_what_the_group_says():
    body = {"commonLabels": {"alertname": "A"}, "commonAnnotations": {"summary": "S"}, "alerts": [{}]}
    event = only("prometheus-alertmanager", body)
    assert (event.title, event.rule) == ("S", "A")


def test_alertmanager_status_is_each_alerts_own():
    body = {"status": "resolved", "alerts": [{"labels": {"a": "b"}}, {"labels": {"a": "c"}, "status": "Resolved"}]}
    kinds = [event.event_type for event in events("prometheus-alertmanager", body)]
    assert kinds == [EventType.ALERT, EventType.RECOVERY]


@pytest.mark.parametrize("alerts", [None, {}, "x"])
def test_alertmanager_names_the_key_that_it_needs(alerts):
    assert "alerts" in reason("prometheus-alertmanager", {"receiver": "r", "alerts": alerts})


def test_alertmanager_says_what_an_empty_alert_lacks():
    assert "no labels" in reason("prometheus-alertmanager", {"alerts": [{"status": "firing"}]})


def test_alertmanager_does_not_take_grafanas_payload():
    assert normalize(None, payload(ALERTMANAGER | {"orgId": 1}))[0] == "grafana"


# --- CloudWatch and SNS ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "event_type", "severity"),
    [
        ("SLEEPING", EventType.ALERT, Severity.NONE),
        (None, EventType.ALERT, Severity.ERROR),
    ],
)
def test_cloudwatch_state_that_is_unknown_or_missing(state, event_type, severity):
    event = only("aws-cloudwatch", ALARM | {"NewStateValue": state})
    assert (event.event_type, event.severity) == (event_type, severity)


def test_cloudwatch_recovers_in_every_shape_under_one_key():
    cases = ("alarm", "ok", "lambda-action", "eventbridge-ok-suppressed")
    assert len({only("aws-cloudwatch", SAMPLES[f"aws-cloudwatch/{case}"].body).event_key for case in cases}) == 1


def test_cloudwatch_alarm_without_a_name_is_named_by_its_arn():
    assert only("aws-cloudwatch", {"AlarmArn": ALARM["AlarmArn"]}).title == "checkout-latency"


def test_cloudwatch_without_name_and_arn_says_so():
    assert (
        reason("aws-cloudwatch", {"NewStateValue": "ALARM"}) == "the alarm has neither a name nor an ARN nor a metric"
    )


def test_cloudwatch_without_name_is_named_by_its_arn_or_its_metric():
    arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-latency"
    assert only("aws-cloudwatch", {"alarmArn": arn}).title == "checkout-latency"
    assert only("aws-cloudwatch", {"detail-type": "CloudWatch Alarm State Change", "resources": [arn]}).event_key == arn
    assert only("aws-cloudwatch", {"MetricName": "CPUUtilization", "Namespace": "AWS/EC2"}).title == "CPUUtilization"


def test_cloudwatch_webhook_reads_an_envelope_a_handshake_and_a_text():
    assert only("aws-cloudwatch-sns", {"Message": ALARM}).severity is Severity.ERROR
    sample = SAMPLES["aws-sns/subscription-confirmation"]
    assert events("aws-cloudwatch-sns", sample.body, sample.headers) == []
    sample = SAMPLES["aws-sns/plain-text"]
    assert only("aws-cloudwatch-sns", sample.body, sample.headers).title == "Certificate expires"


def test_sns_message_of_another_format_is_unwrapped():
    envelope = SAMPLES["aws-sns/plain-text"].body
    used, made = normalize(None, payload(envelope | {"Message": json.dumps(ALERTMANAGER)}))
    assert used == "aws-sns"
    assert [event.event_key for event in made] == ["5f1d2c3b4a596877", "8b7a695847362514"]


def test_sns_envelope_inside_an_envelope_is_not_unwrapped_for_ever():
    envelope = body = SAMPLES["aws-sns/plain-text"].body
    for _ in range(6):
        body = envelope | {"Message": body}
    event = only("aws-sns", body)
    assert event.title == "Certificate expires"
    assert event.additional_info["format"] == "generic"


def test_sns_notification_without_anything_to_read_says_so():
    assert "neither a Subject nor a Message" in reason("aws-sns", {"Type": "Notification", "Message": None})


def test_sns_title_without_a_subject_is_the_first_line():
    envelope = SAMPLES["aws-sns/plain-text"].body | {"Subject": None}
    assert only("aws-sns", envelope).title == "The certificate of shop.example.com"


# --- generic -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "event_type", "severity"),
    [
        ({"status": "firing", "severity": "P1"}, EventType.ALERT, Severity.CRITICAL),
        ({"state": "RECOVERED", "severity": "critical"}, EventType.RECOVERY, Severity.INFO),
        ({"level": "ok"}, EventType.RECOVERY, Severity.INFO),
        ({"priority": "normal"}, EventType.ALERT, Severity.NONE),
        ({"severity": "whatever", "status": {"a": 1}}, EventType.ALERT, Severity.NONE),
        ({}, EventType.ALERT, Severity.NONE),
    ],
)
def test_generic_understands_usual_words(body, event_type, severity):
    event = only("generic", body)
    assert (event.event_type, event.severity) == (event_type, severity)
    assert event.additional_info["format"] == "generic"


def test_generic_key_without_an_id_is_the_same_at_the_end_of_the_fault():
    fault = {"title": "Disk full", "host": "web-1"}
    first = only("generic", fault | {"status": "down", "time": 1772366400, "message": "5% left"})
    second = only("generic", fault | {"status": "up", "time": 1772366999, "message": "50% left"})
    assert first.event_key == second.event_key
    assert first.event_key != only("generic", fault | {"host": "web-2"}).event_key


def test_generic_prefers_the_id_of_the_alert_to_that_of_the_message():
    assert only("generic", {"id": "message-1", "alert_id": "alert-1"}).event_key == "alert-1"


FOREIGN: tuple[dict[str, Any], ...] = (
    {},
    {"title": "Disk is full", "severity": "critical"},
    {"checks": [1], "team": "shop"},
)


@pytest.mark.parametrize("name", sorted({registry.load(name).NAME for name in known_formats()}))
@pytest.mark.parametrize("body", FOREIGN, ids=["empty", "titled", "foreign"])
def test_no_format_swallows_what_is_not_its_own(name, body):
    """A webhook with the wrong format, or without the headers that a proxy took, loses nothing: it says so."""
    for headers in ({}, {"x-github-event": "workflow_run"}):
        try:
            _, made = normalize(name, payload(body, headers))
        except NormalizeError as error:
            assert error.reason  # noqa: PT017  # either outcome is right
        else:
            assert made
