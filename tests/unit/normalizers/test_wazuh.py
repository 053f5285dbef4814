"""Wazuh's rule levels, and its times."""

import pytest

from event_api.domain.event import Severity
from event_api.domain.times import to_iso
from event_api.normalizers import normalize
from tests.samples import payload


def event(body):
    (made,) = normalize("wazuh", payload(body))[1]
    return made


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        (0, Severity.INFO),
        (6, Severity.INFO),
        (7, Severity.WARNING),
        (11, Severity.WARNING),
        ("12", Severity.ERROR),
        (14, Severity.ERROR),
        (15, Severity.CRITICAL),
        (16, Severity.CRITICAL),
        (None, Severity.ERROR),
        ("very", Severity.NONE),
        (-1, Severity.NONE),
        (10**400, Severity.CRITICAL),
    ],
)
def test_severity_is_the_class_of_the_level(level, severity):
    assert event({"rule": {"level": level, "description": "d"}}).severity is severity


def test_an_offset_with_a_dot_is_read():
    made = event({"message": "m", "created_at": "2026-03-01T13:00:00.853014+01.00"})
    assert to_iso(made.occurred_at) == "2026-03-01T12:00:00.853Z"


def test_the_level_in_the_text_counts_without_a_word():
    made = event({"message": "m", "description": "Rule ID 1\nLevel 12\nAgent ID 7"})
    assert (made.severity, made.event_key) == (Severity.ERROR, "wazuh::1:7")
