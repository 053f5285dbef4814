"""Dash0's webhook, for issues that a check rule found.

Source: https://www.dash0.com/hub/integrations/int_alerting_webhook/overview
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, fault_severity, first_text, items, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "dash0"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("data.issue.id", "data.issue.status"), starts={"type": ("alert.",)}),)

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "failed": Severity.CRITICAL,
    "degraded": Severity.WARNING,
}
"""Severities by the issue's status."""
OVER: Final = frozenset({"alert.resolved", "alert.superseded", "alert.closed", "resolved", "superseded", "closed"})
"""Types and statuses of an issue that is over. A superseded issue continues under another id."""
TEST: Final = frozenset({"test", "alert.test"})

RESOURCE: Final = ("dash0.resource.name", "service.name", "k8s.pod.name", "host.name")
"""Labels that name the resource; the first one that an issue has counts."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an issue; none of the channel's test message."""
    body = payload.body
    kind = (text(body.get("type")) or "").lower()
    if kind in TEST:
        return []
    issue = mapping(at(body, "data.issue"))
    rule = next(iter(items(issue.get("checkrules"))), None) or mapping(issue.get("checkrule"))
    key = first_text(issue.get("id"), issue.get("issueIdentifier"))
    title = first_text(issue.get("summary"), rule.get("name"), key)
    if title is None:
        raise NormalizeError("the issue has neither a summary, a check rule nor an id")
    status = text(issue.get("status"))
    recovered = kind in OVER or (status or "").lower() in OVER
    labels = _attributes(issue.get("labels"))
    label = next((name for name in RESOURCE if name in labels), None)
    resource = labels.get(label or "")
    return [
        NormalizedEvent(
            event_key=f"{NAME}:{key or title}",
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else fault_severity(status, SEVERITIES),
            description=first_text(issue.get("description"), rule.get("description"), rule.get("expression")),
            rule=text(rule.get("name")),
            resource=Resource(resource_id=resource, resource_type=label, name=resource),
            additional_info=labels
            | _attributes(issue.get("annotations"))
            | texts(
                {
                    "url": issue.get("url"),
                    "check_rule_url": rule.get("url"),
                    "expression": rule.get("expression"),
                    "dataset": issue.get("dataset"),
                    "status": status,
                    "issue_identifier": issue.get("issueIdentifier"),
                    "start": issue.get("start"),
                }
            ),
            occurred_at=parse_time(issue.get("end" if recovered else "start")),
        )
    ]


def _attributes(value: Json) -> dict[str, str]:
    """Read OpenTelemetry's list of keys and typed values, or a plain object."""
    if isinstance(value, dict):
        return texts(value)
    return texts({text(one.get("key")) or "": _value(mapping(one.get("value"))) for one in items(value)})


def _value(typed: JsonObject) -> Json:
    return next(iter(typed.values()), None)
