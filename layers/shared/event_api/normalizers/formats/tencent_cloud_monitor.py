"""Tencent Cloud Observability Platform (Cloud Monitor): alarm callbacks, of metrics and of events.

Source: https://www.tencentcloud.com/document/product/248/38919 and https://cloud.tencent.com/document/product/248/9066
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_local
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, digest, first_text, items, mapping, paragraphs, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "tencent-cloud-monitor"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("sessionId", "alarmStatus")),)

_RESOLVED = "0"
_CHINA: Final = "+08:00"
"""Times come without a zone."""

LEVELS: Final = {"remind": Severity.INFO, "warn": Severity.WARNING, "serious": Severity.CRITICAL}
"""Of policies with several thresholds; all others have no level."""

_ID_DIMENSIONS: Final = frozenset(
    {
        "uninstanceid",
        "uinstanceid",
        "instanceid",
        "instance_id",
        "diskid",
        "un_instance_id",
        "function_name",
        "bucket",
        "domain",
        "uniq_nat_id",
        "vpnconnid",
        "filesystemid",
        "pod_name",
        "tke_cluster_instance_id",
        "target",
    }
)
"""The dimension that names the resource differs by product, and in its spelling."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the alarm's status; it keeps its session from start to end."""
    body = payload.body
    policy = mapping(body.get("alarmPolicyInfo"))
    conditions = mapping(policy.get("conditions"))
    concerned = mapping(body.get("alarmObjInfo"))
    session = text(body.get("sessionId"))
    rule = first_text(policy.get("policyName"), policy.get("policyId"))
    what = first_text(*(conditions.get(key) for key in ("metricShowName", "eventShowName", "metricName", "eventName")))
    title = ": ".join(filter(None, (rule, what))) or session
    if title is None:
        raise NormalizeError("the alarm has neither a policy nor a metric nor an event nor a sessionId")
    recovered = text(body.get("alarmStatus")) == _RESOLVED
    resource = _resource(concerned)
    told = {
        item_key: item.get("value") for item in items(body.get("additionalMsg")) if (item_key := text(item.get("key")))
    }
    return [
        NormalizedEvent(
            event_key=session or digest(rule, what, resource.resource_id),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO
            if recovered
            else severity(
                # A policy of several thresholds has an alert for each: "<sessionId>_Warn".
                first_text(body.get("alarmLevel"), (text(body.get("alertId")) or "").removeprefix(f"{session}_")),
                LEVELS,
                Severity.NONE,
            ),
            description=paragraphs(
                _measured(conditions), policy.get("policyTypeCName"), conditions.get("productShowName")
            ),
            rule=rule,
            resource=resource,
            provider="tencent_cloud",
            account=first_text(concerned.get("uin"), concerned.get("appId")) or "",
            additional_info=texts(told)
            | texts(
                {
                    "region": concerned.get("region"),
                    "policy_id": policy.get("policyId"),
                    "policy_type": policy.get("policyType"),
                    "alarm_type": body.get("alarmType"),
                    "dimensions": concerned.get("dimensions"),
                    "first_occur_time": body.get("firstOccurTime"),
                    "duration_seconds": body.get("durationTime"),
                }
            ),
            occurred_at=parse_local(body.get("recoverTime" if recovered else "firstOccurTime"), _CHINA),
        )
    ]


def _measured(conditions: JsonObject) -> str | None:
    name = first_text(conditions.get("metricShowName"), conditions.get("metricName"))
    if name is None:
        return text(conditions.get("eventShowName"))
    unit = first_text(conditions.get("unit"), conditions.get("calcUnit")) or ""
    limit, current = text(conditions.get("calcValue")), text(conditions.get("currentValue"))
    wanted = f" {text(conditions.get('calcType')) or ''} {limit}{unit}" if limit else ""
    return f"{name}{wanted}" + (f", is {current}{unit}" if current else "")


def _resource(concerned: JsonObject) -> Resource:
    dimensions = mapping(concerned.get("dimensions"))
    found = first_text(
        *(value for key, value in dimensions.items() if key.lower() in _ID_DIMENSIONS),
        dimensions.get("objId"),
        *(value for value in dimensions.values() if isinstance(value, str)),
    )
    return Resource(
        resource_id=found,
        resource_type=first_text(concerned.get("namespace"), at(concerned, "dimensions.resourceType")),
        name=first_text(dimensions.get("objName"), dimensions.get("deviceName"), found),
    )
