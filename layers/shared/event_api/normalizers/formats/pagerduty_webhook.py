"""PagerDuty's own webhooks, version 3, and the retired versions 2 and 1 with their lists of messages.

Source: https://developer.pagerduty.com/docs/webhooks-overview and
https://github.com/PagerDuty/developer-docs/tree/main/docs/webhooks
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.elements import each
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, digest, first_line, first_text, items, mapping, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "pagerduty-webhook"
ALIASES: Final = ("pagerduty-webhook-v1", "pagerduty-webhook-v2", "pagerduty-webhook-v3")
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(headers=("x-pagerduty-signature",)),
    Rule(keys=("event.event_type", "event.resource_type", "event.data")),
    Rule(some={"messages": ("id", "event", "incident.id")}),
    Rule(some={"messages": ("id", "type", "data.incident.id")}),
)

TYPES: Final = {
    "incident.triggered": EventType.ALERT,
    "incident.reopened": EventType.ALERT,
    "incident.resolved": EventType.RECOVERY,
    "incident.trigger": EventType.ALERT,
    "incident.resolve": EventType.RECOVERY,
}
"""Of version 3, then of the older ones. Any other type (an acknowledgement, a note, a ping) makes no event."""

STATES: Final = {"triggered": EventType.ALERT, "resolved": EventType.RECOVERY}
"""By the incident's ``status``, if no type has it, or if it contradicts an acknowledgement."""

URGENCIES: Final = {"high": Severity.ERROR, "low": Severity.WARNING}

_HIGHEST = re.compile(r"(?:p|sev)[- ]?1\b", re.IGNORECASE)


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of each incident that is triggered, reopened or resolved."""
    body = payload.body
    if "messages" in body:
        messages = body.get("messages")
        if not isinstance(messages, list):
            raise NormalizeError("messages is not a list of objects")
        return each(messages, _of_message)
    event = mapping(body.get("event"))
    incident = mapping(event.get("data"))
    said = text(event.get("event_type"))
    event_type = TYPES.get(said.lower()) if said else STATES.get(_status(incident), EventType.ALERT)
    return [] if event_type is None else [_event(incident, event_type, said, event.get("occurred_at"))]


def _of_message(message: JsonObject) -> NormalizedEvent | None:
    incident = mapping(message.get("incident")) or mapping(at(message, "data.incident"))
    said = first_text(message.get("event"), message.get("type"))
    event_type = TYPES.get(said.lower()) if said else STATES.get(_status(incident), EventType.ALERT)
    if (said or "").lower() == "incident.acknowledge":
        event_type = STATES.get(_status(incident))
    return None if event_type is None else _event(incident, event_type, said, message.get("created_on"))


def _status(incident: JsonObject) -> str:
    return (text(incident.get("status")) or "").lower()


def _event(incident: JsonObject, event_type: EventType, said: str | None, when: Json) -> NormalizedEvent:
    incident_id = first_text(incident.get("id"), incident.get("incident_key"))
    number = first_text(incident.get("number"), incident.get("incident_number"))
    trigger = mapping(incident.get("trigger_summary_data"))
    title = first_text(
        *(first_line(incident.get(key)) for key in ("title", "description", "summary")),
        *(first_line(trigger.get(key)) for key in ("subject", "description")),
        number and f"Incident #{number}",
        incident_id and f"Incident {incident_id}",
    )
    if title is None:
        raise NormalizeError("the incident has neither a title nor an id")
    service = mapping(incident.get("service"))
    service_name = first_text(service.get("summary"), service.get("name"))
    priority = first_text(at(incident, "priority.summary"), at(incident, "priority.name"))
    recovered = event_type is EventType.RECOVERY
    return NormalizedEvent(
        event_key=f"pagerduty-incident:{incident_id}" if incident_id else digest("pagerduty", number, title),
        event_type=event_type,
        title=title,
        severity=Severity.INFO if recovered else _severity(incident, priority),
        description=first_text(
            at(incident, "first_trigger_log_entry.channel.details"),
            at(incident, "body.details"),
            trigger.get("details"),
        ),
        resource=Resource(
            resource_id=text(service.get("id")), resource_type="service" if service else None, name=service_name
        ),
        additional_info=texts(
            {
                "url": first_text(incident.get("html_url"), incident.get("self")),
                "number": number,
                "event_type": said,
                "status": incident.get("status"),
                "urgency": incident.get("urgency"),
                "priority": priority,
                "incident_key": incident.get("incident_key"),
                "escalation_policy": first_text(
                    at(incident, "escalation_policy.summary"), at(incident, "escalation_policy.name")
                ),
                "assignees": _names(incident.get("assignees")),
                "teams": _names(incident.get("teams")),
                "resolve_reason": first_text(at(incident, "resolve_reason.type"), incident.get("resolve_reason")),
            }
        ),
        occurred_at=parse_time(when) or parse_time(incident.get("last_status_change_on")),
    )


def _severity(incident: JsonObject, priority: str | None) -> Severity:
    """Read the urgency; version 1 has none. That an incident is critical, only its account's own priorities say."""
    if priority is not None and _HIGHEST.match(priority):
        return Severity.CRITICAL
    urgency = incident.get("urgency")
    return severity(urgency, URGENCIES, Severity.ERROR if text(urgency) is None else Severity.NONE)


def _names(value: Json) -> str | None:
    return ", ".join(filter(None, (text(one.get("summary")) for one in items(value)))) or None
