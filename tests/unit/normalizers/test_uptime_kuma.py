"""Uptime Kuma's messages without a heartbeat: a null heartbeat has no monitor, a missing one is not read so."""

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import NormalizeError, normalize
from event_api.normalizers.detection import claims
from tests.samples import payload


def test_a_message_alone_is_not_uptime_kumas():
    assert claims({"msg": "Something Testing"}, {}) == []
    assert claims({"msg": "Something Testing", "heartbeat": None}, {}) == []
    assert claims({"msg": "Something Testing", "heartbeat": None, "monitor": None}, {}) == ["uptime-kuma"]


def test_a_message_that_is_not_a_test_is_not_lost():
    _, (event,) = normalize("uptime-kuma", payload({"msg": "The disk is full", "heartbeat": None, "monitor": None}))
    assert (event.title, event.event_type, event.severity) == ("The disk is full", EventType.ALERT, Severity.INFO)


def test_a_body_without_anything_says_what_it_needs():
    with pytest.raises(NormalizeError, match="neither a heartbeat nor a message"):
        normalize("uptime-kuma", payload({"heartbeat": None}))


@pytest.mark.parametrize("status", [2, "2", 3])
def test_pending_and_maintenance_are_no_fault(status):
    assert normalize("uptime-kuma", payload({"monitor": {"id": 1}, "heartbeat": {"status": status}}))[1] == []
