"""Keys over all samples: objects that differ in name never share one; an alert and its recovery always do.

A sample's own object is renamed wherever its name stands in the payload, also in a JSON text or base64 inside. Where a
sender sends an id of its own, the id is the object's name to us: `IDS` says which field it is.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from event_api.domain.model import EventType, KeyScope, NormalizedEvent
from event_api.domain.times import parse_time, to_iso
from event_api.normalizers import NormalizeError, normalize
from tests.samples import Sample, own_samples, payload

IDS: dict[str, tuple[str, ...]] = {
    "aliyun-cms": ("dimensions", "resourceId"),
    "amorepacific": ("summary",),
    "appdynamics": ("incident_id", "event_id"),
    "aqua": ("id",),
    "aws-budgets": ("anomalyId",),
    "aws-cloudwatch": ("AlarmArn", "alarmArn", "resources", "AlarmName"),
    "aws-eventbridge": ("CommonName", "AutoScalingGroupName", "repository-name", "insightId", "arn", "Id"),
    "aws-health": ("eventArn",),
    "aws-lambda-sns-records": ("MessageId",),
    "aws-sns": ("AlarmArn", "eventArn", "MessageId"),
    "axiom": ("monitorID",),
    "azure-devops": ("id", "url"),
    "azure-monitor": ("alertId", "eventDataId", "trackingId"),
    "bitbucket": ("uuid",),
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
    "generic": ("id", "Alert-Id"),
    "gitlab": ("id", "project_id"),
    "google-cloud-monitoring": ("incident_id", "data"),
    "grafana": ("fingerprint",),
    "grafana-legacy": ("ruleId",),
    "graylog": ("event_definition_id", "id"),
    "jenkins": ("url",),
    "jira": ("self", "id"),
    "kapacitor": ("id",),
    "kibana": ("id", "watch_id"),
    "librenms": ("alert_id",),
    "mongodb-atlas": ("id",),
    "naver-cloudinsight": ("eventId",),
    "netbox": ("id", "output"),
    "newrelic": ("id", "issueUrl"),
    "newrelic-legacy": ("incident_id",),
    "oci-monitoring": ("dedupeKey",),
    "opscruise": ("text",),
    "opsgenie": ("alertId",),
    "pagerduty-events": ("dedup_key", "incident_key"),
    "pagerduty-webhook": ("id",),
    "pingdom": ("check_id",),
    "prometheus-alertmanager": ("fingerprint",),
    "sentry": ("id", "issue_id", "issue_url", "url"),
    "site24x7": ("MONITOR_ID",),
    "splunk": ("sid",),
    "splunk-observability": ("incidentId",),
    "statuspage": ("id",),
    "tencent-cloud-monitor": ("sessionId",),
    "terraform-cloud": ("workspace_id",),
    "thousandeyes": ("agentNotificationId", "alertId"),
    "updown": ("token",),
    "uptime-kuma": ("id", "monitorID", "msg"),
    "uptimerobot": ("monitorID",),
    "vmware-vrealize": ("alertId",),
    "wazuh": ("id", "description"),
    "zabbix": ("id", "event_id", "link"),
}
"""Fields by which a format's sender itself says which object, incident or alert an event is about.

Only for these may another name alone keep the key, as an object may be renamed. Each is used by a sample.
"""
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


def ids_of(sample: Sample, event: NormalizedEvent, message: Message) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the fields of the sender's ids, and what the key took from each."""
    for name, value in dict.fromkeys(scalars(message)):
        if name in IDS.get(sample.format, ()) and value:
            taken = (part for part in event.event_key.split(":") if len(part) > 2 and part in value and part != value)
            yield name, (value, *taken)


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
