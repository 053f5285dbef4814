"""Opsgenie's, and Jira Service Management's, outgoing webhooks: actions on an alert.

Source: https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/ and
https://support.atlassian.com/jira-service-management-cloud/docs/alert-action-data-for-jira-edge-connector/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, digest, first_line, first_text, mapping, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

NAME: Final = "opsgenie"
ALIASES: Final = ("jira-service-management",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (Rule(keys=("action", "alert.alertId")),)

SEVERITIES: Final = {
    f"{prefix}{number}": level
    for prefix in ("p", "")
    for number, level in enumerate(
        (Severity.CRITICAL, Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.INFO), start=1
    )
}
"""By the priority, ``P1`` or 1."""

ACTIONS: Final = {"create": EventType.ALERT, "close": EventType.RECOVERY}
"""Every other action, a custom one included, is a person's work on an alert, and not an event."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an alert that is created or closed."""
    body = payload.body
    action = text(body.get("action"))
    event_type = ACTIONS.get(action.lower()) if action else EventType.ALERT
    if event_type is None:
        return []
    alert = mapping(body.get("alert"))
    alias = first_text(alert.get("alias"), alert.get("alertId"))
    title = first_text(first_line(alert.get("message")), alert.get("alias"), alert.get("alertId"))
    if title is None:
        raise NormalizeError("the alert has neither a message, an alias nor an id")
    entity, source = text(alert.get("entity")), text(alert.get("source"))
    recovered = event_type is EventType.RECOVERY
    return [
        NormalizedEvent(
            event_key=alias or digest("opsgenie", title, entity, source),
            event_type=event_type,
            title=title,
            severity=Severity.INFO if recovered else severity(alert.get("priority"), SEVERITIES, Severity.NONE),
            description=text(alert.get("description")),
            resource=Resource(resource_id=entity, name=entity),
            additional_info=texts(mapping(alert.get("details")))
            | texts(
                {
                    "alert_id": alert.get("alertId"),
                    "alias": alert.get("alias"),
                    "tiny_id": alert.get("tinyId"),
                    "priority": alert.get("priority"),
                    "tags": alert.get("tags"),
                    "teams": alert.get("teams"),
                    "source": source,
                    "user": alert.get("username"),
                    "integration": body.get("integrationName"),
                    "action_source": first_text(at(body, "source.name"), at(body, "source.type")),
                }
            ),
            occurred_at=parse_time(alert.get("updatedAt" if recovered else "createdAt")),
        )
    ]
