"""Checkmk's kinds of notification and states, of hosts and of services."""

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import NormalizeError, normalize
from tests.samples import payload


def events(**context):
    return normalize("checkmk", payload({"HOSTNAME": "h"} | context))[1]


@pytest.mark.parametrize(
    "kind", ["ACKNOWLEDGEMENT", "DOWNTIMESTART", "DOWNTIMEEND", "DOWNTIMECANCELLED", "CUSTOM", "ALERTHANDLER (OK)"]
)
def test_actions_of_people_make_no_event(kind):
    assert events(NOTIFICATIONTYPE=kind, HOSTSTATE="DOWN") == []


@pytest.mark.parametrize(
    ("state", "severity"),
    [
        ("CRITICAL", Severity.CRITICAL),
        ("Warning", Severity.WARNING),
        ("UNKNOWN", Severity.WARNING),
        ("PENDING", Severity.NONE),
        (None, Severity.ERROR),
    ],
)
def test_severity_of_a_service_is_its_state_whatever_its_hosts(state, severity):
    (event,) = events(NOTIFICATIONTYPE="PROBLEM", HOSTSTATE="UP", SERVICEDESC="CPU", SERVICESTATE=state)
    assert (event.event_type, event.severity) == (EventType.ALERT, severity)


@pytest.mark.parametrize(("state", "severity"), [("DOWN", Severity.CRITICAL), ("UNREACHABLE", Severity.ERROR)])
def test_severity_of_a_host_is_its_state(state, severity):
    (event,) = events(NOTIFICATIONTYPE="PROBLEM", HOSTSTATE=state, SERVICEDESC="$SERVICEDESC$")
    assert event.severity is severity


def test_flapping_is_an_alert_of_its_own():
    (problem,) = events(NOTIFICATIONTYPE="PROBLEM", HOSTSTATE="DOWN")
    (start,) = events(NOTIFICATIONTYPE="FLAPPINGSTART", HOSTSTATE="UP")
    (stop,) = events(NOTIFICATIONTYPE="FLAPPINGSTOP", HOSTSTATE="DOWN")
    assert (start.event_type, stop.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert start.event_key == stop.event_key != problem.event_key


def test_a_notification_about_nothing_says_so():
    with pytest.raises(NormalizeError, match="neither a host nor a service"):
        normalize("checkmk", payload({"NOTIFICATIONTYPE": "PROBLEM"}))
