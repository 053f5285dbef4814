"""FireHydrant's webhook, for incidents.

Make one event of an incident's milestone; none of a change or a note.

Source: https://docs.firehydrant.com/docs/webhooks
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "firehydrant"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("data.incident.id", "event.operation", "event.resource_type")),)

FORMAT: Final = Declared(
    key=("firehydrant:{data.incident.id}",),
    title=("data.incident.name", "data.incident.summary"),
    state=("data.incident.current_milestone",),
    states={
        "resolved": RECOVERY,
        "closed": RECOVERY,
        "postmortem_started": RECOVERY,
        "postmortem_completed": RECOVERY,
        "retrospective_started": RECOVERY,
        "retrospective_completed": RECOVERY,
    },
    silent={"event.resource_type": ("change_event", "incident_note", "generic_chat_message")},
    severity=("data.incident.severity", "data.incident.priority"),
    severities={
        "sev1": Severity.CRITICAL,
        "sev2": Severity.ERROR,
        "sev3": Severity.WARNING,
        "sev4": Severity.INFO,
        "sev5": Severity.INFO,
        "p1": Severity.CRITICAL,
        "p2": Severity.ERROR,
        "p3": Severity.WARNING,
        "p4": Severity.INFO,
        "maintenance": Severity.INFO,
        "gameday": Severity.INFO,
    },
    description=("data.incident.summary", "data.incident.description", "data.incident.customer_impact_summary"),
    rule=("data.incident.incident_type",),
    occurred_at=("data.incident.started_at", "data.incident.created_at"),
    info={
        "number": "data.incident.number",
        "milestone": "data.incident.current_milestone",
        "severity": "data.incident.severity",
        "priority": "data.incident.priority",
        "operation": "event.operation",
        "url": "data.incident.incident_url",
    },
)
normalize = FORMAT.normalize
