"""Zenduty's outgoing webhook, for incidents.

Make one event of an incident that was triggered or resolved; none of an acknowledgement.

Source: https://www.zenduty.com/docs/outgoingwebhooks-integration/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, SEVERITIES, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "zenduty"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("payload.event_type", "payload.incident.unique_id")),
    Rule(keys=("event_type", "incident.unique_id", "incident.incident_number")),
)

FORMAT: Final = Declared(
    key=("zenduty:{payload.incident.unique_id}", "zenduty:{incident.unique_id}"),
    title=("payload.incident.title", "incident.title", "payload.incident.summary", "incident.summary"),
    state=("payload.event_type", "event_type"),
    states={"triggered": ALERT, "resolved": RECOVERY, "acknowledged": None},
    severity=(
        "payload.incident.team_priority_object.name",
        "incident.team_priority_object.name",
        "payload.incident.urgency",
        "incident.urgency",
    ),
    severities=SEVERITIES
    | {
        "p0": Severity.CRITICAL,
        "p1": Severity.CRITICAL,
        "p2": Severity.ERROR,
        "p3": Severity.WARNING,
        "1": Severity.ERROR,
        "0": Severity.WARNING,
    },
    description=("payload.incident.summary", "incident.summary"),
    rule=("payload.incident.service.name", "incident.service.name"),
    resource_id=("payload.incident.service.unique_id", "incident.service.unique_id"),
    resource_name=("payload.incident.service.name", "incident.service.name"),
    resource_type=("=service",),
    occurred_at=("payload.incident.creation_date", "incident.creation_date"),
    ended_at=("payload.incident.resolved_date", "incident.resolved_date"),
    info={
        "number": "payload.incident.incident_number",
        "incident_key": "payload.incident.incident_key",
        "event": "payload.event_type",
    },
)
normalize = FORMAT.normalize
