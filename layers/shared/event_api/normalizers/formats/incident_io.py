"""incident.io's webhook, for incidents.

Make one event of an incident's status; none of its actions, follow-ups and members.

Source: https://api-docs.incident.io/tag/Webhooks/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, SEVERITIES, Declared
from event_api.normalizers.lenient import mapping, text
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject

NAME: Final = "incident-io"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(
        starts={
            "event_type": ("public_incident.", "private_incident.", "public_alert.", "private_alert."),
        }
    ),
)

_INCIDENTS: Final = ("incident_created", "incident_updated", "incident_status_updated")


def _with_incident(body: JsonObject) -> JsonObject:
    """Add the incident, which lies under the event's own name; a change of its status has it one level deeper."""
    kind = text(body.get("event_type")) or ""
    told = mapping(body.get(kind)) or mapping(body.get("incident"))
    about_incident = not kind or any(name in kind for name in _INCIDENTS)
    return {**body, "incident": mapping(told.get("incident")) or told, "about_incident": about_incident}


FORMAT: Final = Declared(
    prepare=_with_incident,
    key=("incident-io:{incident.id}",),
    title=("incident.name", "incident.title", "incident.reference", "incident.id"),
    state=("incident.incident_status.category", "incident.status.category"),
    states={
        "triage": ALERT,
        "active": ALERT,
        "live": ALERT,
        "learning": RECOVERY,
        "closed": RECOVERY,
        "declined": RECOVERY,
        "merged": RECOVERY,
        "canceled": RECOVERY,
        "paused": None,
    },
    silent={"about_incident": (False,)},
    severity=("incident.severity.name",),
    severities=SEVERITIES
    | {
        "critical": Severity.CRITICAL,
        "major": Severity.ERROR,
        "minor": Severity.WARNING,
        "sev1": Severity.CRITICAL,
        "sev2": Severity.ERROR,
        "sev3": Severity.WARNING,
    },
    description=("incident.summary",),
    rule=("incident.incident_type.name",),
    occurred_at=("incident.created_at",),
    ended_at=("incident.updated_at",),
    info={
        "reference": "incident.reference",
        "status": "incident.incident_status.name",
        "event": "event_type",
        "url": "incident.permalink",
    },
)
normalize = FORMAT.normalize
