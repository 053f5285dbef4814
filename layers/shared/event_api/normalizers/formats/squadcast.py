"""Squadcast's (SolarWinds Incident Response's) outgoing webhook, versions 1 and 2.

Make one event of an incident that was triggered or resolved; none of its other changes.

Source: https://developers.squadcast.com/outgoing-webhooks/payload/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, SEVERITIES, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "squadcast"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("version", "event.type", "event.resource", "data.resource_data.id")),
    Rule(keys=("id", "event_type", "organization.id", "alert_source"), starts={"event_type": ("incident_",)}),
)

FORMAT: Final = Declared(
    key=("squadcast:{data.resource_data.id}", "squadcast:{id}"),
    title=("data.resource_data.message", "message"),
    state=("event.type", "event_type"),
    states={
        "incident.triggered": ALERT,
        "incident.resolved": RECOVERY,
        "incident_triggered": ALERT,
        "incident_resolved": RECOVERY,
    },
    unknown_state=None,
    severity=(
        "data.resource_data.tags.severity.value",
        "tags.severity.value",
        "data.resource_data.priority",
        "priority",
    ),
    severities=SEVERITIES
    | {
        "p1": Severity.CRITICAL,
        "p2": Severity.ERROR,
        "p3": Severity.WARNING,
        "p4": Severity.INFO,
        "p5": Severity.INFO,
        "unset": Severity.NONE,
    },
    description=("data.resource_data.description", "description"),
    rule=("data.resource_data.alert_source.type", "alert_source.type"),
    resource_id=("data.resource_data.service.id", "service.id"),
    resource_name=("data.resource_data.service.name", "service.name"),
    resource_type=("=service",),
    account=("organization.name",),
    occurred_at=("data.resource_data.created_at", "created_at"),
    ended_at=("event.timestamp", "resolved_at"),
    info={
        "event": "event.type",
        "status": "data.resource_data.status",
        "url": "data.resource_data.url",
        "team": "data.resource_data.owner.name",
    },
)
normalize = FORMAT.normalize
