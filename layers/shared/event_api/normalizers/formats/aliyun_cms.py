"""Alibaba Cloud CloudMonitor: callbacks of thresholds (a form), of system events, and of event subscriptions.

Source: https://www.alibabacloud.com/help/en/doc-detail/60714.htm,
https://www.alibabacloud.com/help/en/cms/user-guide/configure-callbacks-for-system-event-triggered-alerts and
https://www.alibabacloud.com/help/en/cms/cloudmonitor-1-0/user-guide/configure-callbacks-for-system-event-triggered-alerts-recommended
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_local, parse_time
from event_api.json_text import parse_json
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, digest, first_text, items, mapping, paragraphs, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "aliyun-cms"
ALIASES: Final = ("aliyun",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("alertName", "alertState", "metricName")),
    Rule(keys=("alertName", "alertState", "triggerLevel")),
    Rule(keys=("eventTime", "level", "name", "product", "regionId", "resourceId", "ver")),
    Rule(keys=("alert", "batchId", "strategyName", "subscription", "userId")),
)

LEVELS: Final = {
    "critical": Severity.CRITICAL,
    "warn": Severity.WARNING,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
}
_OK = "ok"
_NO_DATA = "insufficient_data"
_CHINA: Final = "+08:00"

_ENDED: Final = frozenset({"executed", "avoided", "canceled", "cancelled", "normal", "recovered"})
"""A system event's last words: ``Instance:SystemFailure.Reboot:Executed`` ends what ``…:Executing`` began."""
_STATUSES: Final = _ENDED | {"executing", "scheduled", "failed", "inquiring"}


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the alert."""
    body = {key: value for key, value in payload.body.items() if value != "null"}  # so forms write nothing
    if "alert" in body or "strategyName" in body:
        return [_system_event(_subscribed(body))]
    return [_system_event(body) if "eventTime" in body or "name" in body else _threshold(body)]


def _threshold(body: JsonObject) -> NormalizedEvent:
    dimensions = _dimensions(body.get("dimensions"))
    instance = first_text(dimensions.get("instanceId"), body.get("instanceName"))
    metric, rule_id = text(body.get("metricName")), text(body.get("ruleId"))
    rule = text(body.get("alertName"))
    named = text(body.get("instanceName"))
    title = first_text(rule, metric, rule_id)
    if title is None:
        raise NormalizeError("the alert has neither a name nor a metric nor a ruleId")
    state = (text(body.get("alertState")) or "").lower()
    current = text(body.get("curValue"))
    described = " ".join(filter(None, (metric, text(body.get("expression")))))
    scope = ",".join(f"{key}={value}" for key, value in sorted(dimensions.items()))
    return NormalizedEvent(
        # One rule watches many instances, and each has its own alert.
        event_key=":".join(filter(None, (NAME, rule_id or digest(rule, metric), scope or instance))),
        event_type=EventType.RECOVERY if state == _OK else EventType.ALERT,
        title=f"{title}: {named}" if named and named not in title else title,
        severity=Severity.INFO if state == _OK else _severity(body.get("triggerLevel"), state),
        description=paragraphs(
            f"{described}, is {current}{text(body.get('unit')) or ''}" if described and current else described
        ),
        rule=rule,
        resource=Resource(
            resource_id=instance,
            resource_type=first_text(body.get("namespace"), body.get("metricProject")),
            name=named or instance,
        ),
        provider="alibaba_cloud",
        account=text(body.get("userId")) or "",
        additional_info=dimensions
        | texts(
            {
                key: body.get(key)
                for key in (
                    "ruleId",
                    "triggerLevel",
                    "preTriggerLevel",
                    "lastTime",
                    "groupId",
                    "productGroupName",
                    "regionId",
                    "regionName",
                    "metricProject",
                )
            }
        ),
        occurred_at=parse_time(body.get("timestamp")),
    )


def _severity(level: Json, state: str) -> Severity:
    if state == _NO_DATA:
        return Severity.NONE
    return Severity.ERROR if text(level) is None else severity(level, LEVELS, Severity.NONE)


def _dimensions(value: Json) -> dict[str, str]:
    """Read ``{userId=12, instanceId=i-1}``; older callbacks have a list of objects."""
    if isinstance(value, str):
        pairs = (part.partition("=") for part in value.strip("{}[] ").split(","))
        return {key.strip(): found.strip() for key, _, found in pairs if key.strip() and found.strip()}
    return texts(next(iter(items(value)), mapping(value)))


def _subscribed(body: JsonObject) -> JsonObject:
    """Bring a subscription's event to the form of a plain one. Posted as a form, its parts are JSON in text."""
    alert = body.get("alert")
    if isinstance(alert, str):
        try:
            alert = parse_json(alert)
        except ValueError:
            raise NormalizeError("the event's alert is text that is not JSON") from None
    alert = mapping(alert)
    return {
        "name": alert.get("eventName"),
        "resourceId": alert.get("arn"),
        "level": first_text(alert.get("severity"), body.get("severity")),
        "content": first_text(alert.get("eventContentMap"), alert.get("eventRawContent")),
        "eventTime": alert.get("timestamp"),
        **{key: alert.get(key) for key in ("product", "userId", "traceId", "groupId", "alertStatus")},
        **{key: value for key, value in mapping(at(alert, "meta.sysEventMeta")).items() if text(value)},
        "strategyName": body.get("strategyName"),
    }


def _system_event(body: JsonObject) -> NormalizedEvent:
    product, resource_id = text(body.get("product")), text(body.get("resourceId"))
    instance = first_text(body.get("instanceName"), resource_id)
    name = first_text(body.get("name"), body.get("strategyName"), instance)
    if name is None:
        raise NormalizeError("the system event has neither a name nor a strategy nor a resource")
    head, _, last = name.rpartition(":")
    subject = head if head and last.lower() in _STATUSES else name
    status = (first_text(body.get("status"), last) or "").lower()
    # "Normal" is what events say that have no course, such as a change of state.
    ended = (text(body.get("alertStatus")) or "").lower() == "resolved" or (
        status in _ENDED and (status != "normal" or subject != name)
    )
    return NormalizedEvent(
        event_key=":".join(filter(None, (NAME, product, resource_id or instance, subject))),
        event_type=EventType.RECOVERY if ended else EventType.ALERT,
        title=f"{product} {name}" if product else name,
        severity=Severity.INFO if ended else _severity(body.get("level"), status),
        description=text(body.get("content")),
        rule=subject,
        resource=Resource(
            resource_id=resource_id,
            resource_type=product,
            name=instance,
        ),
        provider="alibaba_cloud",
        account=text(body.get("userId")) or "",
        additional_info=texts(
            {key: body.get(key) for key in ("level", "status", "regionId", "traceId", "groupId", "strategyName")}
        ),
        occurred_at=parse_local(body.get("eventTime"), _CHINA),
    )
