"""The table of words: the meaning of each, alone and in a text."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.domain.event import Severity
from event_api.normalizers import words

ENDED = (
    "ok", "RESOLVED", "resolved_item", "alert.resolved", "check.up", "incident_finished", "back to normal",
    "CRITICAL -> OK", "no longer down", "resolved_threat_handled", "POLICY_CLOSE_CRITICAL", "Recovered (critical)",
    "已恢复", "正常", "해제", "復旧", "behoben", "résolue", "восстановлено", "geht", "COMMOK",
    "DEVICE_ONLINE", "CameraConnected", "linkUp",
)  # fmt: skip
STANDING = (
    "down", "firing", "new_item", "OK -> CRITICAL", "not ok", "unresolved", "recovery_failed", "NOT_RESOLVED",
    "partiallySucceeded", "ROLLBACK_COMPLETE", "未恢复", "异常", "still firing", "kommt",
    "geht nicht", "ONBATT", "CameraDisconnected", "linkDown",
)  # fmt: skip
NEITHER: tuple[Any, ...] = (
    "",
    "disk",
    "status_change",
    "a sentence of many words says that it was resolved at last",
    None,
    3,
    True,
    {},
    [],
)


@pytest.mark.parametrize("value", ENDED)
def test_an_end_is_understood(value):
    assert words.has_ended(value) is True


@pytest.mark.parametrize("value", STANDING)
def test_what_still_stands_is_understood(value):
    assert words.has_ended(value) is False


@pytest.mark.parametrize("value", NEITHER)
def test_other_values_say_neither(value):
    assert words.has_ended(value) is None


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("🔴 critical", "CRITICAL"), ("🟡", "WARNING"), ("HIGH (3)", "ERROR"), ("SEV-1", "ERROR"),
        ("P1", "CRITICAL"), ("p5", "INFO"), ("yellow", "WARNING"), ("1 - Critical", "CRITICAL"), ("심각", "CRITICAL"),
        ("MAJOROUTAGE", "CRITICAL"), ("major_outage", "CRITICAL"), ("kritisch", "CRITICAL"), ("Sev 0", "CRITICAL"),
        ("Not Available", "NOT_AVAILABLE"),
        ("odd", None), ("", None), (3, None), (True, None), (None, None), ({}, None), (math.nan, None),
        (math.inf, None),
    ],
)  # fmt: skip
def test_a_severity_is_understood(value, level):
    assert words.severity_of(value) == (level and Severity(level))


@pytest.mark.parametrize(
    ("value", "name", "beside", "level"),
    [
        (50, "level", {}, "CRITICAL"),  # Rollbar, Python
        ("40", "level", {}, "ERROR"),
        (40, "level", {"pid": 1, "hostname": "h"}, "WARNING"),  # Pino
        (2, "level", {"shortmessage": "m"}, "CRITICAL"),  # GELF
        (6, "sysloglevel", {}, "INFO"),
        (5, "severityid", {}, "CRITICAL"),  # OCSF
        (17, "severitynumber", {}, "ERROR"),  # OpenTelemetry
        (1, "severity", {}, None),
        (1, "priority", {}, None),
        (40, "priority", {}, None),
    ],
)
def test_a_number_counts_only_on_a_known_scale(value, name, beside, level):
    assert words.severity_of(value, name, beside) == (level and Severity(level))


@given(st.text())
def test_any_text_is_read(value):
    words.has_ended(value)
    words.severity_of(value)


def test_no_word_means_an_end_and_the_opposite():
    assert not words.ENDED & words.STANDING
    assert words.ENDED >= words.WORK_ENDED | words.CONDITIONS
    assert words.STANDING >= words.BEGINNINGS


@pytest.mark.parametrize(
    ("name", "is_so", "is_fine"),
    [
        ("Ready", "True", True), ("Ready", "False", False), ("Ready", "Unknown", False), ("Available", False, False),
        ("DiskPressure", "False", True), ("DiskPressure", "True", False), ("Degraded", "True", False),
        ("Degraded", "Unknown", False), ("Progressing", "True", None), ("Ready", "firing", None), (3, "True", None),
        ("Ready", 1, None),
    ],
)  # fmt: skip
def test_a_condition_is_fine_or_not(name, is_so, is_fine):
    assert words.condition(name, is_so) is is_fine


@pytest.mark.parametrize(
    ("legend", "level"),
    [
        ({"1": "critical", "2": "error"}, Severity.ERROR),
        ({"critical": 1, "error": 2}, Severity.ERROR),
        ("1=critical, 2=warning", Severity.WARNING),
        ({"2": "no such word"}, None),
        ({"1": "critical"}, None),
        (["critical", "error"], None),
        (None, None),
    ],
)
def test_a_legend_gives_a_number_its_word(legend, level):
    assert words.severity_of(2, "prio", {}, lambda _: legend) is level
