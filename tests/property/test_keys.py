"""Keys over all samples: objects that differ in name never share one; an alert and its recovery always do.

A sample's own object is renamed wherever its name stands in the payload, also in a JSON text or base64 inside. Where a
sender sends an id of its own, the id is the object's name to us: `IDS` says which field it is.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time, to_iso
from event_api.normalizers import NormalizeError, normalize
from event_api.normalizers.registry import CALLERS_KEYS
from tests.samples import Sample, own_samples, payload

IDS: dict[str, tuple[str, ...]] = {
    "aliyun-cms": ("dimensions", "resourceId"),
    "amorepacific": ("summary",),
    "appdynamics": ("incident_id", "event_id"),
    "aqua": ("id",),
    "aws-budgets": ("anomalyId",),
    "aws-cloudwatch": ("AlarmArn", "alarmArn", "resources", "AlarmName"),
    "aws-eventbridge": (
        "CommonName",
        "AutoScalingGroupName",
        "repository-name",
        "insightId",
        "arn",
        "Id",
        "group",
        "uid",
        "SourceIdentifier",
    ),
    "aws-health": ("eventArn",),
    "aws-lambda-sns-records": ("MessageId",),
    "aws-sns": ("AlarmArn", "eventArn", "MessageId"),
    "axiom": ("monitorID",),
    "azure-devops": ("id", "url"),
    "azure-monitor": ("alertId", "eventDataId", "trackingId"),
    "better-stack": ("id",),
    "bitbucket": ("uuid",),
    "bugsnag": ("errorId", "id"),
    "checkly": ("check_id", "CHECK_ID"),
    "circleci": ("id",),
    "cloudevents": ("PID", "resourceId", "fingerprint", "ce-subject"),
    "cloudflare": (
        "id",
        "attack_id",
        "health_check_id",
        "incident_id",
        "alert_correlation_id",
        "tunnel_id",
    ),
    "coralogix": ("value", "alert_id"),
    "dash0": ("id",),
    "datadog": ("cycle",),
    "direct": ("event_key",),
    "dynatrace": ("PID", "ProblemID"),
    "falco": ("container.id",),
    "firehydrant": ("id",),
    "generic": ("id", "Alert-Id"),
    "gitlab": ("id", "project_id"),
    "google-cloud-monitoring": ("incident_id", "data"),
    "grafana": ("fingerprint",),
    "grafana-legacy": ("ruleId",),
    "grafana-oncall": ("id",),
    "graylog": ("event_definition_id", "id"),
    "healthchecks": ("code",),
    "honeybadger": ("id",),
    "honeycomb": ("id",),
    "incident-io": ("id",),
    "jenkins": ("url",),
    "jira": ("self", "id"),
    "kapacitor": ("id",),
    "kibana": ("id", "watch_id"),
    "librenms": ("alert_id",),
    "logicmonitor": ("internalid",),
    "mackerel": ("id",),
    "mongodb-atlas": ("id",),
    "naver-cloudinsight": ("eventId",),
    "netbox": ("id", "output"),
    "netdata": ("alert_url",),
    "newrelic": ("id", "issueUrl"),
    "newrelic-legacy": ("incident_id",),
    "oci-monitoring": ("dedupeKey",),
    "opscruise": ("text",),
    "opsgenie": ("alertId",),
    "pagerduty-events": ("dedup_key", "incident_key"),
    "pagerduty-webhook": ("id",),
    "pingdom": ("check_id",),
    "prometheus-alertmanager": ("fingerprint",),
    "prtg": ("sensorid",),
    "rollbar": ("id",),
    "rootly": ("id",),
    "sentry": ("id", "issue_id", "issue_url", "url"),
    "site24x7": ("MONITOR_ID",),
    "solarwinds": ("AlertObjectID",),
    "splunk": ("sid",),
    "splunk-observability": ("incidentId",),
    "squadcast": ("id",),
    "statuspage": ("id",),
    "tencent-cloud-monitor": ("sessionId",),
    "terraform-cloud": ("workspace_id",),
    "thousandeyes": ("agentNotificationId", "alertId"),
    "updown": ("token", "description"),
    "uptime-kuma": ("id", "monitorID", "msg"),
    "uptimerobot": ("monitorID",),
    "vmware-vrealize": ("alertId",),
    "wazuh": ("id", "description"),
    "zenduty": ("unique_id",),
    "zabbix": ("id", "event_id", "link"),
}
"""Fields by which a format's sender itself says which object, incident or alert an event is about.

Only for these may another name alone keep the key, as an object may be renamed. Each is used by a sample.
"""
IN_A_TEXT = {"text", "data", "description", "url", "issue_url", "issueUrl", "link", "msg", "dimensions", "output"}
"""Fields of which the id is only a part."""
NAMELESS = {
    "generic/nothing-known": "three numbers",
    "newrelic-legacy/only-a-state": "a time and a state",
}
"""Samples in which nothing names an object, and what they have instead."""


def opened(value: str) -> tuple[Any, Callable[[Any], str]] | None:
    """Return what is packed in a text, and the way to pack it again; None if it is plain."""
    if value[:1] in {"{", "["}:
        try:
            return json.loads(value), json.dumps
        except ValueError:
            return None
    try:
        inner = json.loads(base64.b64decode(value, validate=True)) if len(value) > 40 else None
    except (binascii.Error, ValueError):
        return None
    return (inner, lambda one: base64.b64encode(json.dumps(one).encode()).decode()) if inner else None


def edited(value: Any, change: Callable[[str, Any], Any], name: str = "") -> Any:
    """Return a payload whose scalars are changed, each by its field's name and value."""
    if isinstance(value, dict):
        return {key: edited(one, change, key) for key, one in value.items()}
    if isinstance(value, list):
        return [edited(one, change, name) for one in value]
    if isinstance(value, str) and (packed := opened(value)):
        return packed[1](edited(packed[0], change, name))
    return change(name, value)


def renamed(message: Message, names: tuple[str, ...]) -> Message:
    """Return a payload about an object with other names; a number is another name only as a whole value."""

    def change(_: str, value: Any) -> Any:
        if isinstance(value, str):
            for old in names:
                if value == old or len(old) > 2:
                    value = value.replace(old, other(old))
            return value
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return value + 900001 if is_number and str(value) in names else value

    content, headers = message
    return edited(content, change), edited(headers, change)


def other(name: str) -> str:
    return f"{int(name) + 900001}" if name.isdecimal() else f"{name[: len(name) // 2]}zz{name[len(name) // 2 :]}"


Message = tuple[Any, dict[str, str]]
"""A payload's content and its headers."""


def message_of(sample: Sample) -> Message:
    return sample.payload.content, dict(sample.headers)


def read(sample: Sample, message: Message) -> list[NormalizedEvent]:
    return normalize(sample.format, payload(*message))[1]


def keys(events: list[NormalizedEvent]) -> list[tuple[str, KeyScope]]:
    return [(event.event_key, event.key_scope) for event in events]


def scalars(message: Message) -> list[tuple[str, str]]:
    """Return the fields' names and values, in the order of the payload."""
    found: list[tuple[str, str]] = []

    def note(name: str, value: Any) -> Any:
        if not isinstance(value, bool) and value is not None:
            found.append((name, str(value)))
        return value

    for part in message:
        edited(part, note)
    return found


def names_of(event: NormalizedEvent, message: Message) -> list[str]:
    """Return the object's names that stand in the payload, or the parts of which they were made."""
    there = [value for _, value in scalars(message)]
    whole = [name for name in (event.resource.name, event.resource.resource_id) if name]
    found = [name for name in whole if any(name == one or (len(name) > 2 and name in one) for one in there)]
    parts = {part for name in whole for part in re.split(r" / |[/,=()\[\]: ]+", name) if part} & set(there)
    said = [one for one in (event.rule, event.title) if one and any(one in text for text in there)]
    return list(dict.fromkeys(found or sorted(parts) or said[:1]))


_WORD = re.compile(r"[a-z]*|.{1,2}")
"""Parts of a key that are the format's own words."""


def ids_of(sample: Sample, event: NormalizedEvent, message: Message) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the fields of the sender's ids, and the part of the key that comes from each."""
    for name, value in dict.fromkeys(scalars(message)):
        if name in IDS.get(sample.format, ()) and value:
            parts = tuple(part for part in event.event_key.split(":") if part in value and not _WORD.fullmatch(part))
            yield name, (value,) if value in event.event_key or not parts else parts


SAMPLES = [sample for sample in own_samples() if sample.events]
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=str)


def fields_that_keep_keys_apart(sample: Sample) -> set[str]:
    """Return the fields of ids that tell two objects of a sample apart although another name does not.

    Fails if nothing does.
    """
    message = message_of(sample)
    events = read(sample, message)
    used: set[str] = set()
    for place, event in enumerate(events):

        def is_another(names: tuple[str, ...], place: int = place) -> bool:
            others = read(sample, renamed(message, names))
            return len(others) == len(events) and keys(others)[place] != keys(events)[place]

        names = names_of(event, message)
        assert names or str(sample) in NAMELESS or IDS.get(sample.format), "nothing names the object"
        if str(sample) not in NAMELESS and not (names and all(is_another((name,)) for name in names)):
            by_id = {field for field, taken in ids_of(sample, event, message) if is_another(taken)}
            assert by_id, f"another name of {names} keeps {event.event_key}"
            used |= by_id
    return used


@each_sample
def test_two_objects_that_differ_in_name_never_share_a_key(sample: Sample) -> None:
    fields_that_keep_keys_apart(sample)


def test_each_field_that_is_said_to_be_an_id_keeps_keys_apart() -> None:
    used = {(sample.format, field) for sample in SAMPLES for field in fields_that_keep_keys_apart(sample)}
    assert used == {(name, field) for name, fields in IDS.items() for field in fields}
    assert set(NAMELESS) <= {str(sample) for sample in SAMPLES}
    for sample in SAMPLES:
        if str(sample) in NAMELESS:
            assert not any(names_of(event, message_of(sample)) for event in read(sample, message_of(sample)))


def emptied(sample: Sample, empty: Any) -> Message:
    """Return a message whose sender's ids are all zero or a placeholder."""
    fields = set(IDS[sample.format]) - IN_A_TEXT

    def change(name: str, value: Any) -> Any:
        return empty if name in fields and value is not None else value

    content, headers = message_of(sample)
    return edited(content, change), headers


@pytest.mark.parametrize("empty", [0, "0", "00000000-0000-0000-0000-000000000000", "null"])
@pytest.mark.parametrize(
    "sample", [one for one in SAMPLES if one.format in IDS and one.format not in CALLERS_KEYS], ids=str
)
def test_an_empty_id_does_not_make_two_objects_one(sample: Sample, empty: Any) -> None:
    message = emptied(sample, empty)
    if message == message_of(sample):
        return
    try:
        events = read(sample, message)
    except NormalizeError:
        return
    for place, event in enumerate(events):
        names = tuple(name for name in names_of(event, message) if name != str(empty) and len(name) > 2)
        others = read(sample, renamed(message, names)) if names else []
        if len(others) > place and str(empty) in event.event_key.split(":"):
            assert keys(others)[place] != keys([event])[0]


# --- An alert and its recovery -----------------------------------------------------------------------------------

Side = tuple[Sample, int]
"""One event of a sample."""


def pairs() -> Iterator[tuple[Side, Side]]:
    """Yield each RECOVERY with the ALERTs of its object: of each sample, and of the same one."""
    sides = [(sample, place, event) for sample in SAMPLES for place, event in enumerate(sample.events)]
    for sample, place, event in sides:
        if event["event_type"] == "RECOVERY":
            for fired, at, alert in sides:
                if (
                    fired.format == sample.format
                    and alert["event_type"] == "ALERT"
                    and alert["event_key"] == event["event_key"]
                ):
                    yield (fired, at), (sample, place)


PAIRS = list(pairs())
each_pair = pytest.mark.parametrize(("fired", "ended"), PAIRS, ids=lambda side: f"{side[0]}-{side[1]}")


def key_of(side: Side, message: Message) -> tuple[str, KeyScope]:
    return keys(read(side[0], message))[side[1]]


def shared_names(fired: Side, ended: Side) -> list[tuple[str, ...]]:
    """Return the names and ids that the payloads of an alert and its recovery have in common."""
    found = []
    for sample, place in (fired, ended):
        message = message_of(sample)
        event = read(sample, message)[place]
        names = {(name,) for name in names_of(event, message)}
        found.append(names | {taken for _, taken in ids_of(sample, event, message)})
    return sorted(found[0] & found[1])


def test_each_format_that_tells_recoveries_has_a_pair() -> None:
    recovering = {one.format for one in SAMPLES if any(event["event_type"] == "RECOVERY" for event in one.events)}
    # test_identity.py pairs the bodies of many senders that the generic reader reads.
    assert recovering - {ended.format for _, (ended, _) in PAIRS} == {"generic"}


@each_pair
def test_an_alert_and_its_recovery_share_a_key_whatever_the_object_is_called(fired: Side, ended: Side) -> None:
    sides = fired, ended
    assert key_of(fired, message_of(fired[0])) == key_of(ended, message_of(ended[0]))
    for names in shared_names(fired, ended):
        one, another = (key_of(side, renamed(message_of(side[0]), names)) for side in sides)
        assert one == another, names


def without_ids(sample: Sample) -> Message:
    """Return a message without the fields of the sender's ids; those of which the id is only a part stay."""
    fields = set(IDS[sample.format]) - IN_A_TEXT

    def pruned(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: pruned(one) for name, one in value.items() if name not in fields or isinstance(one, dict | list)
            }
        if isinstance(value, list):
            return [pruned(one) for one in value]
        if isinstance(value, str) and (packed := opened(value)):
            return packed[1](pruned(packed[0]))
        return value

    content, headers = message_of(sample)
    return pruned(content), pruned(headers)


NO_PAIR_WITHOUT_IDS = {
    "dynatrace": "the sample's recovery has the id in its details, too",
    "kapacitor": "the id is always there, and the message, which stands for it, contains the level",
}
"""Formats whose ALERT and RECOVERY have different keys without the sender's ids, and why."""


def test_without_the_senders_ids_each_format_still_has_a_pair() -> None:
    tried, paired = set(), set()
    for sides in PAIRS:
        samples = [sample for sample, _ in sides]
        name = samples[0].format
        if (
            name not in IDS
            or name in CALLERS_KEYS
            or any(without_ids(sample) == message_of(sample) for sample in samples)
        ):
            continue
        tried.add(name)
        events = [read(sample, without_ids(sample)) for sample in samples]
        if [len(several) for several in events] == [len(sample.events) for sample in samples]:
            one, another = (keys(several)[place] for several, (_, place) in zip(events, sides, strict=True))
            if one == another:
                paired.add(name)
    assert len(tried) > 40
    assert tried - paired == set(NO_PAIR_WITHOUT_IDS)


VOLATILE = re.compile(
    r"(value|values|current|duration|elapsed|downtime|latency|responsetime|count|message_?id|event_?guid|threshold)$",
    re.IGNORECASE,
)
"""Names of numbers that are another in each delivery."""
LEVEL = re.compile(r"(severity|priority|level)$", re.IGNORECASE)
LEVELS = {"critical": "warning", "high": "low", "warning": "critical", "error": "warning", "p1": "p2", "low": "high"}


def later(name: str, value: Any) -> Any:
    """Return what a field says in the next delivery about the same object."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        if LEVEL.search(name) and value.lower() in LEVELS:
            word = LEVELS[value.lower()]
            return word.upper() if value.isupper() else word.title() if value[0].isupper() else word
        time = parse_time(value) if re.match(r"\d{4}-\d\d-\d\d[T ]\d", value) else None
        return value if time is None or time.year < 2000 else to_iso(time + timedelta(minutes=7))
    if 1.5e9 < value < 2e9:
        return value + 420
    if 1.5e12 < value < 2e12:
        return value + 420_000
    return value * 3 + 1 if VOLATILE.search(name) else value


@each_pair
def test_what_differs_from_delivery_to_delivery_does_not_change_a_key(fired: Side, ended: Side) -> None:
    for side in fired, ended:
        sample, place = side
        content, headers = message_of(sample)
        changed = read(sample, (edited(content, later), headers))
        assert keys(changed)[place] == key_of(ended, message_of(ended[0]))
