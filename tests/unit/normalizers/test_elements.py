"""An element that cannot be read makes an ERROR event of its own and costs no other, in every format with a list."""

from typing import Any

import pytest

from event_api.domain.event import EventType, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.normalizers import NormalizeError, normalize
from event_api.normalizers.elements import UNREADABLE, each
from tests.samples import payload

ALERT: dict[str, Any] = {
    "status": "firing",
    "labels": {"alertname": "A"},
    "annotations": {},
    "startsAt": "2026-03-01T11:00:00Z",
}
COLLECTD = {
    "labels": {"alertname": "collectd_df", "service": "collectd", "df": "root", "severity": "FAILURE"},
    "annotations": {},
}
CLOUDEVENT = {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "data": {"title": "Disk"}}
RECORD = {"EventSource": "aws:sns", "Sns": {"Message": "Disk full", "MessageId": "m", "TopicArn": "t"}}
APPDYNAMICS = {"guid": "g", "eventTypeKey": "POLICY_OPEN_WARNING", "deepLink": "https://a.example", "displayName": "n"}
PAGERDUTY = {"id": "m", "event": "incident.trigger", "incident": {"id": "P1", "title": "Shop"}}
FINDING = {"Id": "f", "Title": "Open port", "Severity": {"Label": "HIGH"}}
HUB = {"version": "0", "source": "aws.securityhub", "detail-type": "Security Hub Findings - Imported"}

LISTS: dict[str, Any] = {
    "prometheus-alertmanager": lambda odd: {"receiver": "r", "alerts": [ALERT, odd, ALERT]},
    "grafana": lambda odd: {"receiver": "r", "orgId": 1, "alerts": [ALERT, odd, ALERT]},
    "collectd": lambda odd: [COLLECTD, odd, COLLECTD],
    "updown": lambda odd: [
        {"event": "check.down", "check": {"token": "a", "url": "https://a.example"}},
        odd,
        {"event": "check.down", "check": {"token": "b", "url": "https://b.example"}},
    ],
    "cloudevents": lambda odd: [CLOUDEVENT, odd, CLOUDEVENT],
    "aws-lambda-sns-records": lambda odd: {"Records": [RECORD, odd, RECORD]},
    "appdynamics": lambda odd: {"controllerUrl": "https://a.example", "events": [APPDYNAMICS, odd, APPDYNAMICS]},
    "pagerduty-webhook": lambda odd: {"messages": [PAGERDUTY, odd, PAGERDUTY]},
    "aws-eventbridge": lambda odd: HUB | {"detail": {"findings": [FINDING, odd, FINDING]}},
    "generic": lambda odd: {"alerts": [{"title": "a", "state": "down"}, odd, {"title": "b", "state": "ok"}]},
}
each_list = pytest.mark.parametrize(("name", "body"), LISTS.items(), ids=LISTS.keys())


@pytest.mark.parametrize("odd", [None, "x", 7, {}, []])
@each_list
def test_an_odd_element_costs_no_other(name, body, odd):
    used, events = normalize(None, payload(body(odd)))
    assert used == name
    assert [event.event_type is EventType.ERROR for event in events] in ([False, True, False], [False] * 3)
    if not isinstance(odd, dict):
        assert events[1].event_type is EventType.ERROR
        assert events[1].additional_info[UNREADABLE] == "1"


def test_a_group_without_any_readable_element_is_unreadable_as_a_whole():
    with pytest.raises(NormalizeError, match="not an object"):
        normalize("prometheus-alertmanager", payload({"alerts": [None, None]}))


def test_a_defect_of_ours_costs_one_element():
    def read(element: dict[str, Any]) -> NormalizedEvent:
        if "defect" in element:
            raise KeyError("s3cret")
        return NormalizedEvent("k", EventType.ALERT, "t")

    first, error = each([{}, {"defect": 1, "title": "Disk"}], read)
    assert first.event_type is EventType.ALERT
    assert (error.event_type, error.severity, error.key_scope) == (EventType.ERROR, Severity.CRITICAL, KeyScope.WEBHOOK)
    assert error.title == "Unreadable element 2 of a delivery: Disk"
    assert error.description == "the normalizer failed (KeyError)"


def test_the_same_unreadable_element_has_the_same_key():
    keys = [
        normalize(None, payload({"receiver": "r", "alerts": alerts}))[1][-1].event_key
        for alerts in ([ALERT, 7], [ALERT, ALERT, 7], [ALERT, 8])
    ]
    assert keys[0] == keys[1] != keys[2]
