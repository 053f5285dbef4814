"""Rules of Zabbix's macros that no sample shows."""

import pytest

from event_api.normalizers import NormalizeError
from event_api.normalizers.formats.zabbix import normalize
from tests.samples import payload


def event(**fields):
    (made,) = normalize(payload({"event_name": "Disk is full", "host_name": "web-1", **fields}))
    return made


@pytest.mark.parametrize(
    ("number", "severity"),
    [("0", "NONE"), ("1", "INFO"), ("2", "WARNING"), ("3", "WARNING"), ("4", "ERROR"), ("5", "CRITICAL")],
)
def test_the_number_of_the_severity_counts_before_its_word(number, severity):
    assert event(event_nseverity=number, event_severity="renamed").severity == severity


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("Not classified", "NONE"),
        ("information", "INFO"),
        ("WARNING", "WARNING"),
        ("Average", "WARNING"),
        ("high", "ERROR"),
        ("Disaster", "CRITICAL"),
        ("renamed", "NONE"),
        ("{EVENT.SEVERITY}", "ERROR"),
    ],
)
def test_the_word_of_the_severity_has_any_case(word, severity):
    assert event(event_severity=word).severity == severity


def test_the_guides_warning_is_none_unless_the_number_is_there():
    guide = {"host": {"name": "web-1"}, "trigger": {"name": "Disk is full"}}
    words = {"name": "Disk is full", "severity": "Warning"}
    assert [normalize(payload({**guide, "event": words | more}))[0].severity for more in ({}, {"nseverity": "2"})] == [
        "NONE",
        "WARNING",
    ]


@pytest.mark.parametrize("state", [{"event_value": "0"}, {"event_status": "Resolved"}, {"trigger_status": "OK"}])
def test_each_of_the_macros_can_tell_a_recovery(state):
    assert event(**state).event_type == "RECOVERY"


def test_names_of_parameters_have_any_spelling():
    spelled = event(eventID="7", hostId="3", triggerName="Disk", zabbixURL="https://zabbix.example.com")
    assert (spelled.event_key, spelled.rule) == ("zabbix:3:7", "Disk")
    assert spelled.additional_info["zabbix_url"] == "https://zabbix.example.com"


def test_without_an_event_the_trigger_and_the_host_are_the_key():
    problem, recovery = event(trigger_id="5", event_value="1"), event(trigger_id="5", event_value="0")
    assert problem.event_key == recovery.event_key != event(trigger_id="5", host_name="web-2").event_key


def test_a_local_time_without_its_zone_is_not_a_time():
    assert event(event_date="2026.03.01", event_time="12:00:00").occurred_at is None


def test_other_parameters_may_be_secret():
    assert "zabbix_token" not in event(zabbix_token="not to be told").additional_info


def test_a_problem_without_any_name_is_refused():
    with pytest.raises(NormalizeError, match="neither an event name"):
        normalize(payload({"event_id": "7"}))
