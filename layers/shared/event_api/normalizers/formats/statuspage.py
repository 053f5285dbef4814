"""Atlassian Statuspage's webhook of a page's incidents, maintenance and components.

Source: https://support.atlassian.com/statuspage/docs/enable-webhook-notifications/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, fault_severity, first_text, first_time, items, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "statuspage"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("meta", "page", "incident")), Rule(keys=("meta", "page", "component")))

IMPACTS: Final = {
    "critical": Severity.CRITICAL,
    "major": Severity.ERROR,
    "minor": Severity.WARNING,
    "none": Severity.INFO,
    "maintenance": Severity.INFO,
}
"""An incident's ``impact``."""
STATUSES: Final = {
    "major_outage": Severity.CRITICAL,
    "partial_outage": Severity.ERROR,
    "degraded_performance": Severity.WARNING,
    "under_maintenance": Severity.INFO,
}
"""A component's status; ``operational`` is its recovery."""
OVER: Final = frozenset({"resolved", "postmortem", "completed"})
"""How an incident ends; maintenance is completed."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the update of an incident or of a component."""
    body = payload.body
    page = mapping(body.get("page"))
    if isinstance(body.get("incident"), dict):
        return [_incident(mapping(body.get("incident")), page)]
    if isinstance(body.get("component"), dict) or isinstance(body.get("component_update"), dict):
        return [_component(mapping(body.get("component")), mapping(body.get("component_update")), page)]
    raise NormalizeError("there is neither an incident nor a component")


def _incident(incident: JsonObject, page: JsonObject) -> NormalizedEvent:
    incident_id = text(incident.get("id"))
    title = first_text(incident.get("name"), incident_id)
    if title is None:
        raise NormalizeError("the incident has neither a name nor an id")
    # The newest update is the first.
    update = next(iter(items(incident.get("incident_updates"))), {})
    status = (first_text(incident.get("status"), update.get("status")) or "").lower()
    recovered = status in OVER
    impact = first_text(incident.get("impact_override"), incident.get("impact"))
    components = items(incident.get("components"))
    names = ", ".join(filter(None, (text(component.get("name")) for component in components)))
    page_name = first_text(page.get("name"), page.get("id"))
    return NormalizedEvent(
        event_key=f"{NAME}:incident:{incident_id or digest(title, page.get('id'))}",
        event_type=EventType.RECOVERY if recovered else EventType.ALERT,
        title=title,
        severity=Severity.INFO if recovered else fault_severity(impact, IMPACTS),
        description=text(update.get("body")),
        resource=Resource(
            resource_id=text(components[0].get("id")) if len(components) == 1 else text(page.get("id")),
            resource_type="component" if len(components) == 1 else "page",
            name=names or page_name,
        ),
        additional_info=texts(
            {
                "incident_id": incident_id,
                "status": status,
                "impact": impact,
                "shortlink": incident.get("shortlink"),
                "created_at": incident.get("created_at"),
                "scheduled_for": incident.get("scheduled_for"),
                "scheduled_until": incident.get("scheduled_until"),
                "page": page_name,
                "page_status": page.get("status_description"),
            }
        ),
        occurred_at=first_time(
            incident.get("resolved_at") if recovered else None,
            incident.get("updated_at"),
            update.get("created_at"),
            incident.get("created_at"),
        ),
    )


def _component(component: JsonObject, update: JsonObject, page: JsonObject) -> NormalizedEvent:
    component_id = first_text(component.get("id"), update.get("component_id"))
    name = first_text(component.get("name"), component_id)
    if name is None:
        raise NormalizeError("the component has neither a name nor an id")
    status = (first_text(update.get("new_status"), component.get("status")) or "").lower()
    recovered = status == "operational"
    state = status.replace("_", " ")
    return NormalizedEvent(
        event_key=f"{NAME}:component:{component_id or digest(name, page.get('id'))}",
        event_type=EventType.RECOVERY if recovered else EventType.ALERT,
        title=f"{name}: {state}" if state else name,
        severity=Severity.INFO if recovered else fault_severity(status, STATUSES),
        description=text(component.get("description")),
        resource=Resource(resource_id=component_id, resource_type="component", name=name),
        additional_info=texts(
            {
                "old_status": update.get("old_status"),
                "new_status": status,
                "page": first_text(page.get("name"), page.get("id")),
                "page_status": page.get("status_description"),
            }
        ),
        occurred_at=first_time(update.get("created_at"), component.get("updated_at"), component.get("created_at")),
    )
