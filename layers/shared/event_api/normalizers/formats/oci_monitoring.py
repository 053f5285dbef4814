"""Oracle Cloud Infrastructure Monitoring's alarms, through its Notifications service.

Source: https://docs.oracle.com/iaas/Content/Monitoring/alarm-message-format.htm and, for the subscription's
confirmation, https://docs.oracle.com/iaas/Content/Notification/Tasks/confirm-subscription.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import first_line, first_text, items, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "oci-monitoring"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT

_CONFIRMATION = "x-oci-ns-confirmationurl"
RULES: Final = (
    Rule(keys=("dedupeKey", "alarmMetaData")),
    # The documentation writes it so, the service as above.
    Rule(keys=("dedupekey", "alarmMetaData")),
    Rule(headers=(_CONFIRMATION,)),
)

RECOVERED: Final = frozenset({"FIRING_TO_OK", "RESET"})
NO_EVENT: Final = frozenset({"RULE_CHANGE"})
"""A person changed the alarm. Every other type is a firing, or the reminder of one."""

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
}
"""Kept when it is over, as SpaceONE's plugin has it."""

_NAMES = ("resourceDisplayName", "resourceName", "displayName", "resourceId")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the alarm's message; none of a confirmation nor of a change of the alarm."""
    body = payload.body
    if _CONFIRMATION in payload.headers or ("ConfirmationURL" in body and "alarmMetaData" not in body):
        return []
    kind = (text(body.get("type")) or "").upper()
    if kind in NO_EVENT:
        return []
    alarms = items(body.get("alarmMetaData"))
    alarm = next(iter(alarms), {})
    key = first_text(body.get("dedupeKey"), body.get("dedupekey"))
    title = first_text(body.get("title"), alarm.get("alarmSummary"), first_line(body.get("body")))
    identity = first_text(key, alarm.get("id"), title)
    if identity is None:
        raise NormalizeError("the alarm has neither a title nor a dedupeKey")
    # An alarm watches many resources, each of which can fire.
    resource = _resource(alarm)
    event_key = identity if key or resource.resource_id is None else f"{identity}:{resource.resource_id}"
    return [
        NormalizedEvent(
            event_key=event_key,
            former_keys=() if event_key == identity else (identity,),
            event_type=EventType.RECOVERY if _is_over(kind, alarm) else EventType.ALERT,
            title=title or f"Alarm {identity}",
            severity=severity(first_text(body.get("severity"), alarm.get("severity")), SEVERITIES, Severity.NONE),
            description="\n\n".join(filter(None, (text(body.get("body")), text(alarm.get("alarmSummary"))))) or None,
            rule=text(alarm.get("query")),
            resource=resource,
            provider="oracle_cloud",
            additional_info=texts(
                {
                    "type": kind,
                    "alarmId": alarm.get("id"),
                    "alarmUrl": alarm.get("alarmUrl"),
                    "namespace": alarm.get("namespace"),
                    "status": alarm.get("status"),
                    "totalMetricsFiring": alarm.get("totalMetricsFiring"),
                    "dimensions": alarm.get("dimensions"),
                    "metricValues": alarm.get("metricValues"),
                    "notificationType": body.get("notificationType"),
                }
            ),
            occurred_at=parse_time(body.get("timestampEpochMillis")) or parse_time(body.get("timestamp")),
        )
    ]


def _is_over(kind: str, alarm: JsonObject) -> bool:
    return kind in RECOVERED or (not kind and (text(alarm.get("status")) or "").upper() == "OK")


def _resource(alarm: JsonObject) -> Resource:
    dimensions = next(iter(items(alarm.get("dimensions"))), {})
    name = first_text(*map(dimensions.get, _NAMES))
    return Resource(
        resource_id=first_text(dimensions.get("resourceId"), name),
        resource_type=text(alarm.get("namespace")) if name else None,
        name=name,
    )
