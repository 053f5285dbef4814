"""New Relic's alerts before workflows: the default payload of a notification channel's webhook.

Source: https://docs.newrelic.com/docs/alerts-applied-intelligence/new-relic-alerts/alert-notifications/customize-your-webhook-payload/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_line, first_text, items, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

NAME: Final = "newrelic-legacy"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("incident_id", "current_state", "condition_name")),
    Rule(keys=("incident_id", "condition_name", "policy_name", "details")),
)

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "warning": Severity.WARNING,
    "warn": Severity.WARNING,
    "info": Severity.INFO,
}

RECOVERED: Final = frozenset({"closed", "close", "resolved"})
NO_EVENT: Final = frozenset({"acknowledged", "acknowledge", "test"})
"""A person handles it, or the channel is tested; any other ``current_state`` is an ALERT."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an incident's state; none of its acknowledgement, nor of a test."""
    body = payload.body
    state = (text(body.get("current_state")) or "").lower()
    if state in NO_EVENT:
        return []
    incident, condition, policy, details = (
        text(body.get(key)) for key in ("incident_id", "condition_name", "policy_name", "details")
    )
    title = first_text(
        condition, first_line(details), policy, incident and f"Incident {incident}", state and f"Incident {state}"
    )
    if title is None:
        raise NormalizeError("the incident has no condition, details, policy or id, and no state")
    targets = items(body.get("targets"))
    target = targets[0] if targets else {}
    recovered = state in RECOVERED
    return [
        NormalizedEvent(
            event_key=f"newrelic-incident:{incident}" if incident else digest("newrelic", condition, policy, details),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else severity(body.get("severity"), SEVERITIES, Severity.NONE),
            description=details,
            rule=condition,
            resource=Resource(
                resource_id=text(target.get("id")),
                resource_type=first_text(target.get("type"), target.get("product")),
                name=text(target.get("name")),
            ),
            account=text(body.get("account_id")) or "",
            image_url=text(body.get("violation_chart_url")),
            additional_info=texts(
                {
                    "incident_url": body.get("incident_url"),
                    "state": body.get("current_state"),
                    "policy": policy,
                    "policy_url": body.get("policy_url"),
                    "runbook_url": body.get("runbook_url"),
                    "violation_url": body.get("violation_callback_url"),
                    "targets": [target.get("name") for target in targets] if len(targets) > 1 else None,
                    "account_name": body.get("account_name"),
                    "owner": body.get("owner"),
                    "event_type": body.get("event_type"),
                }
            ),
            occurred_at=parse_time(body.get("timestamp")),
        )
    ]
