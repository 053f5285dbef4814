"""Cisco ThousandEyes' classic webhook, for alerts and agent notifications.

Source: https://docs.thousandeyes.com/product-documentation/alerts/standard-notification-methods/classic-webhooks-for-alert-notifs
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, fault_severity, first_text, first_time, items, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "thousandeyes"
ALIASES: Final = ("thousand-eyes",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("eventId", "alert", "eventType")),
    Rule(keys=("eventId", "agentAlert", "eventType"), absent=("alert",)),
    Rule(keys=("eventId",), values={"eventType": ("WEBHOOK_TEST",)}),
)

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "major": Severity.ERROR,
    "minor": Severity.WARNING,
    "info": Severity.INFO,
}
"""Severities of alert rules. Older versions send none; their alerts are ERROR."""

_TEST: Final = "TEST"
_CLEAR: Final = "_CLEAR"


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an alert that is triggered or cleared; none of the webhook's test."""
    body = payload.body
    kind = (text(body.get("eventType")) or "").upper()
    if kind.endswith(_TEST):
        return []
    alert = mapping(body.get("alert")) or mapping(body.get("agentAlert"))
    alert_id = first_text(alert.get("alertId"), alert.get("agentNotificationId"))
    test, rule = text(alert.get("testName")), text(alert.get("ruleName"))
    agent = first_text(alert.get("agentName"), alert.get("hostname"))
    about = first_text(test, alert.get("deviceName"), agent)
    title = ": ".join(filter(None, (about, rule))) or alert_id
    if title is None:
        raise NormalizeError("the alert has neither a test, an agent, a rule nor an id")
    recovered = kind.endswith(_CLEAR)
    when = ("dateEndZoned", "dateEnd") if recovered else ("dateStartZoned", "dateStart")
    return [
        NormalizedEvent(
            event_key=f"{NAME}:{alert_id or digest(about, rule, alert.get('ruleExpression'))}",
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else fault_severity(alert.get("severity"), SEVERITIES),
            description=_description(alert, "metricsAtEnd" if recovered else "metricsAtStart"),
            rule=rule,
            resource=_resource(alert, about),
            account=text(alert.get("ruleAid")) or "",
            additional_info=texts(
                {
                    "alert_id": alert_id,
                    "permalink": alert.get("permalink"),
                    "test_id": alert.get("testId"),
                    "severity": alert.get("severity"),
                    "violation_count": alert.get("violationCount"),
                    "agents": _names(alert.get("agents"), "agentName"),
                    "monitors": _names(alert.get("monitors"), "monitorName"),
                    "labels": _names(alert.get("testLabels"), "name"),
                    "ip_address": alert.get("ipAddress"),
                    "date_start": alert.get("dateStart"),
                }
            ),
            occurred_at=first_time(*map(alert.get, when)),
        )
    ]


def _description(alert: JsonObject, metrics_name: str) -> str | None:
    """Return the rule's expression and the measured values, each with its agent or monitor."""
    places = items(alert.get("agents")) or items(alert.get("monitors")) or [alert]
    metrics = [
        ": ".join(filter(None, (first_text(one.get("agentName"), one.get("monitorName")), found)))
        for one in places
        if (found := text(one.get(metrics_name)))
    ]
    return "\n".join(filter(None, (text(alert.get("ruleExpression")), *metrics))) or None


def _resource(alert: JsonObject, about: str | None) -> Resource:
    targets = alert.get("testTargetsDescription")
    target = ", ".join(filter(None, map(text, targets))) if isinstance(targets, list) else text(targets)
    return Resource(
        resource_id=first_text(target, alert.get("testId"), alert.get("deviceId"), alert.get("agentId"), about),
        resource_type=text(alert.get("type")),
        name=first_text(target, about),
    )


def _names(value: Json, key: str) -> str:
    return ", ".join(filter(None, (text(one.get(key)) for one in items(value))))
