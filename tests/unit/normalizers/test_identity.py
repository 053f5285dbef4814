"""Bodies without a known id: unlike objects get unlike keys, an ALERT and its RECOVERY the same.

The bodies are written after the senders' public documentation; P2 and so on are the field reports that they are from.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.domain.normalized import KeyScope
from event_api.normalizers import Payload, normalize
from event_api.normalizers.identity import identity
from event_api.normalizers.ids import is_id
from tests.samples.mutations import paths, replaced

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

HYPERPING: dict[str, Any] = {  # P2
    "text": "web-1 is down",
    "event": "check.down",
    "check": {"url": "https://web-1.example", "status": 500, "down": True, "date": 1767225600000, "downtime": 1},
}
ONLINEORNOT = {
    "event": "uptime.down",
    "name": "Shop",
    "url": "https://web-1.example",
    "since": "2026-03-01T12:00:00Z",
}  # P3
SEMATEXT = {  # P11
    "title": "CPU is high",
    "backToNormal": "false",
    "filters": {"hostname": "web-1"},
    "createDate": "2026-03-01T12:00:00Z",
}
HERTZBEAT = {  # P13
    "title": "HertzBeat Alert Notification",
    "alerts": [
        {"labels": {"instance": "192.0.2.1", "severity": "warning"}, "content": "no answer", "startAt": 1767225600000}
    ],
}
GLITCHTIP = {  # P14
    "alias": "GlitchTip",
    "text": "GlitchTip Alert",
    "attachments": [
        {"title": "ValueError: web-1", "title_link": "https://glitchtip.example/web-1", "color": "#e52b50"}
    ],
}
ALERTIFYPRO: dict[str, Any] = {  # P18
    "event": "monitor.down",
    "data": {"monitor": {"name": "web-1"}, "alert": {"severity": "critical", "message": "500"}, "checked": 3},
}
MONITAO = {"event": "monitor.down", "monitor": {"name": "web-1", "status": {"code": 0, "label": "DOWN"}}}  # P20
APPFORMIX: dict[str, Any] = {  # P22
    "spec": {"name": "cpu-rule", "severity": "critical"},
    "status": {"state": "active", "entityId": "web-1", "timestamp": 1767225600000},
}
STATUSMATE = {"event": "incident_created", "meta": {"uuid": "web-1", "title": "Outage"}}  # P27
COOLMONITOR = {"event": "status_change", "monitor": {"name": "web-1", "status": "异常"}, "status_code": 0}  # P29
DEPENDENCY_TRACK = {  # P32
    "notification": {
        "level": "INFORMATIONAL",
        "group": "NEW_VULNERABILITY",
        "title": "New Vulnerability Identified",
        "subject": {"vulnerability": {"vulnId": "web-1", "severity": "HIGH"}, "component": {"name": "lib"}},
    }
}
KUBEWATCH = {  # P35
    "eventmeta": {"kind": "pod", "name": "web-1", "namespace": "default", "reason": "deleted"},
    "text": "A `pod` in namespace `default` has been `deleted`:",
    "time": "2026-03-01T12:00:00Z",
}
DRONE = {"repo": "acme/web-1", "build_number": 812, "build_status": "failure", "commit_message": "fix the cart"}
AIRFLOW = {"dag_id": "web-1", "run_id": "scheduled-7", "state": "failed", "exception": "timeout"}
TRAP = {"trap_name": "IF-MIB::linkDown", "agent_hostname": "web-1", "severity": "major"}
CHAT = {"text": ":x: *CRITICAL* the disk of web-1 is full", "channel": "#ops"}
OPSVIEW = {
    "service": {"name": "Port 12", "state": "CRITICAL"},
    "host": {"name": "web-1"},
    "notification": {"id": "n-1"},
}
PLAIN = {"title": "Alert", "message": "web-1 does not answer", "source": "acme"}

DEGRADED = {
    "object": {"kind": "Database", "metadata": {"name": "web-1"}},
    "condition": {"type": "Degraded", "status": "True", "message": "Primary is lost"},
}
ON_BATTERY = {"ups": "web-1", "notify": "ONBATT", "msg": "The UPS runs on battery"}
OFFLINE = {"eventType": "DEVICE_OFFLINE", "deviceName": "web-1", "description": "Lost connection"}
CHANGED = {"host": "web-1", "test": "http", "color": "red", "oldcolor": "green", "line": "timeout after 10 s"}
CHECKED = {"host": "web-1", "check": "queue", "status": "problem", "subject": "Queue has 4120 messages"}
REFERRED = {"node": "web-1", "ref": "quorum/web-1", "title": "web-1 left the cluster", "status": "open"}

ALL = {name.lower(): body for name, body in globals().items() if name.isupper() and isinstance(body, dict)}
NUMBERED = {"title": "Probe", "server": 3, "load": 97}


def read(body):
    _, (event,) = normalize("generic", Payload(body, {}, NOW))
    return event


def renamed(value, old="web-1", new="web-2"):
    """Return a body that is about another object."""
    if isinstance(value, dict):
        return {key: renamed(one, old, new) for key, one in value.items()}
    if isinstance(value, list):
        return [renamed(one, old, new) for one in value]
    return value.replace(old, new).replace("192.0.2.1", "192.0.2.2") if isinstance(value, str) else value


@pytest.mark.parametrize("body", ALL.values(), ids=ALL.keys())
def test_two_objects_never_share_a_key(body):
    other = renamed(body)
    assert other != body
    assert read(other).event_key != read(body).event_key


@pytest.mark.parametrize(
    ("fired", "ended"),
    [
        (
            HYPERPING,
            {"text": "web-1 is up", "event": "check.up", "check": HYPERPING["check"] | {"status": 200, "down": False}},
        ),
        (ONLINEORNOT, ONLINEORNOT | {"event": "uptime.up", "since": "2026-03-01T12:10:00Z"}),
        (SEMATEXT, SEMATEXT | {"backToNormal": "true", "createDate": "2026-03-01T12:10:00Z"}),
        (
            ALERTIFYPRO,
            {"event": "monitor.recovered", "data": ALERTIFYPRO["data"] | {"alert": {"severity": "info"}, "checked": 4}},
        ),
        (MONITAO, {"event": "monitor.up", "monitor": {"name": "web-1", "status": {"code": 1, "label": "UP"}}}),
        (APPFORMIX, APPFORMIX | {"status": APPFORMIX["status"] | {"state": "inactive", "timestamp": 1767225700000}}),
        (STATUSMATE, STATUSMATE | {"event": "incident_finished"}),
        (NUMBERED, NUMBERED | {"load": 3}),
        ({"title": "[FIRING] Disk of db-1"}, {"title": "[RESOLVED] Disk of db-1"}),
        ({"subject": "DOWN alert: shop is DOWN"}, {"subject": "UP alert: shop is UP"}),
        (
            DEGRADED,
            DEGRADED | {"condition": {"type": "Degraded", "status": "False", "message": "All members are ready"}},
        ),
        (ON_BATTERY, {"ups": "web-1", "notify": "ONLINE", "msg": "The power is back"}),
        (OFFLINE, OFFLINE | {"eventType": "DEVICE_ONLINE", "description": "Reconnected"}),
        (CHANGED, CHANGED | {"color": "green", "oldcolor": "red", "line": "200 OK in 1 s"}),
        (CHECKED, CHECKED | {"status": "ok", "subject": "The queue is empty"}),
        (REFERRED, REFERRED | {"title": "web-1 is a member again", "status": "resolved"}),
        (
            "Job vacuum FAILED on web-1 at 2026-03-01 02:00 (exit 3)",
            "Job vacuum succeeded on web-1 at 2026-03-02 02:00",
        ),
    ],
)
def test_the_parts_that_change_do_not_change_the_key(fired, ended):
    assert read(ended).event_key == read(fired).event_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (DEGRADED, DEGRADED | {"condition": {"type": "Ready", "status": "False", "message": "Primary is lost"}}),
        (ON_BATTERY, ON_BATTERY | {"notify": "COMMBAD"}),
        (OFFLINE, OFFLINE | {"eventType": "FAN_FAILED"}),
        (CHECKED, CHECKED | {"check": "disk"}),
        ({"host": "web-1", "message": "The disk is full"}, {"host": "web-1", "message": "The load is high"}),
        ({"title": "Backup of vm-1", "details": "no space"}, {"title": "Backup of vm-2", "details": "no space"}),
    ],
)
def test_two_problems_of_an_object_never_share_a_key(one, other):
    assert read(other).event_key != read(one).event_key


REWORDED: dict[str, Any] = {
    "a queue": {"queue": "orders", "text": "12 000 messages wait", "depth": 12000},
    "a sensor": {"sensor": {"ref": "PX-1182", "fw": "1.2"}, "headline": "Freezer 3 is too warm", "temp": "9.2 C"},
    "a rule of an object": {"rule": "latency", "device": "gw-7", "text": "p99 is 3 s", "affected": ["a", "b"]},
    "a check of a thing": {"check": "mount", "box": "nas-2", "words": "/srv is not there", "rev": "r41"},
    "an alarm's code": {"unit": "UPS-9", "event": {"code": "MAINS_LOST", "seq": 12}, "load": "45 %"},
    "pairs": {"facts": [{"name": "Job", "value": "etl"}, {"name": "Took", "value": "31 min"}], "text": "etl is late"},
}
"""Bodies with another wording, by what names their problem."""
REWORDED_TO: dict[str, Any] = {
    "a queue": {"queue": "orders", "text": "drained", "depth": 3},
    "a sensor": {"sensor": {"ref": "PX-1182", "fw": "1.3"}, "headline": "Freezer 3 has recovered", "temp": "4 C"},
    "a rule of an object": {"rule": "latency", "device": "gw-7", "text": "all good", "affected": []},
    "a check of a thing": {"check": "mount", "box": "nas-2", "words": "found it", "rev": "r42"},
    "an alarm's code": {"unit": "UPS-9", "event": {"code": "MAINS_RESTORED", "seq": 13}, "load": "41 %"},
    "pairs": {"facts": [{"name": "Job", "value": "etl"}, {"name": "Took", "value": "2 min"}], "text": "etl came in"},
}


@pytest.mark.parametrize("names", REWORDED)
def test_what_a_sentence_says_does_not_change_the_key_of_what_is_named(names):
    assert read(REWORDED_TO[names]).event_key == read(REWORDED[names]).event_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"subject": "Alarm", "body": "Boiler 2 has no water"}, {"subject": "Alarm", "body": "The lift is stuck"}),
        ({"rule": "disk", "text": "The disk of Graz is full"}, {"rule": "disk", "text": "The disk of Linz is full"}),
        ({"serwer": "atlas", "kontrola": "dysk"}, {"serwer": "atlas", "kontrola": "sieć"}),
    ],
)
def test_a_sentence_or_an_unknown_name_counts_if_nothing_else_names_the_problem(one, other):
    assert read(other).event_key != read(one).event_key


def test_alarms_in_a_list_are_told_apart_by_what_is_around_the_list():
    alarms: list[Any] = [{"title": "Paper jam", "state": "open"}, {"title": "No toner", "state": "open"}]
    keys = set()
    for printer in ("west", "east"):
        body: dict[str, Any] = {"dev": {"sysName": printer}, "batch": f"b-{printer}", "alarms": alarms}
        _, events = normalize("generic", Payload(body, {}, NOW))
        keys |= {event.event_key for event in events}
    assert len(keys) == 4


def test_numbers_name_an_object_only_under_a_name_of_objects():
    assert read(NUMBERED | {"server": 4}).event_key != read(NUMBERED).event_key


@pytest.mark.parametrize(
    "empty", ["", " ", 0, "0", "00000000-0000-0000-0000-000000000000", None, "null", "N/A", False, [], {}]
)
def test_an_empty_id_is_not_a_key(empty):
    assert not is_id(empty)
    one, other = ({"id": empty, "title": "Disk full", "host": host} for host in ("web-1", "web-2"))
    assert read(one).event_key != read(other).event_key


def test_an_alert_of_version_0_1_is_found_under_its_key():
    assert read({"id": 7, "title": "t"}).former_keys == ("7",)
    event = read({"title": "Disk full", "host": "web-1"})
    assert event.key_scope is KeyScope.WEBHOOK
    assert event.former_keys == ("7dd3709a59d3038417098382028646a4d31cc607831d2f66bac8624a797af9b2",)


@given(data=st.data())
def test_another_name_anywhere_is_another_object(data):
    body = data.draw(st.sampled_from(list(ALL.values())))
    named = [
        path
        for path in paths(body)
        if path and str(path[-1]).lower().endswith(("name", "url", "uuid", "host", "vulnid"))
    ]
    if named:
        path = data.draw(st.sampled_from(named))
        one, other = data.draw(
            st.lists(st.from_regex(r"[a-z]{3}-[a-z]{4}", fullmatch=True), min_size=2, max_size=2, unique=True)
        )
        assert read(replaced(body, path, one)).event_key != read(replaced(body, path, other)).event_key


@given(
    body=st.dictionaries(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
            max_leaves=12,
        ),
        max_size=5,
    )
)
def test_any_body_has_an_identity_that_does_not_depend_on_the_order_of_its_keys(body):
    turned = dict(reversed(copy.deepcopy(body).items()))
    assert identity(body, None) == identity(turned, None)
