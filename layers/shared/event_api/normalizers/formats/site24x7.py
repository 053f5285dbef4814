"""Site24x7's webhook with its incident parameters, posted as JSON or as a form.

Source: https://www.site24x7.com/help/admin/configuration-profiles/incident-parameters.html and
https://www.site24x7.com/help/admin/third-party-integration/webhooks.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import (
    digest,
    fault_severity,
    first_line,
    first_text,
    first_time,
    plain_names,
    text,
    texts,
)
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json
    from event_api.normalizers.payload import Payload

NAME: Final = "site24x7"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("MONITORNAME", "STATUS")),)

SEVERITIES: Final = {"critical": Severity.CRITICAL, "down": Severity.ERROR, "trouble": Severity.WARNING}
"""By ``STATUS``: a monitor that is up with a threshold exceeded is in trouble or critical."""
RECOVERED: Final = frozenset({"up"})
NO_FAULT: Final = frozenset({"maintenance", "suspended", "discovery", "discovery in progress"})

DESCRIPTIONS: Final = ("incidentreason", "incidentdetails", "rcacontent", "reason")
INFO: Final = {
    "monitordashboardlink": "dashboard",
    "rcalink": "rca",
    "monitorgroupname": "group",
    "groupname": "group",
    "failedlocations": "failed_locations",
    "tags": "tags",
    "downtimeduration": "duration",
    "reason": "reason",
    "incidenttime": "incident_time",
    "mspcustomername": "customer",
}
"""Parameters by their plain names, and their names in additional_info."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the monitor's change of state; none if it is in maintenance or suspended."""
    fields = {name: _known(value) for name, value in plain_names(payload.body).items()}
    status = (fields.get("status") or "").lower()
    if status in NO_FAULT:
        return []
    monitor, url = fields.get("monitorid"), fields.get("monitorurl")
    name = first_text(fields.get("monitorname"), fields.get("displayname"), url, monitor)
    description = first_text(*(fields.get(field) for field in DESCRIPTIONS))
    title = name or first_line(description)
    if title is None:
        raise NormalizeError("the monitor has neither a name nor an id, nor its incident a reason")
    recovered = status in RECOVERED
    level = fault_severity(status, SEVERITIES)
    return [
        NormalizedEvent(
            event_key=f"{NAME}:{monitor or digest(title, url, fields.get('monitortype'))}",
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else level,
            description=description,
            rule=name,
            resource=Resource(resource_id=first_text(url, monitor), resource_type=fields.get("monitortype"), name=name),
            additional_info=texts(
                {"monitor_id": monitor, "status": fields.get("status")}
                | {told: fields.get(field) for field, told in INFO.items() if fields.get(field)}
            ),
            # The outage's time is its start, in both messages; the incident's is that of this change.
            occurred_at=first_time(
                fields.get("incidenttimeiso"), None if recovered else fields.get("outagetimeunixformat")
            ),
        )
    ]


def _known(value: Json) -> str | None:
    """Leave out parameters that Site24x7 did not replace, as ``$MONITOR_ID``."""
    found = text(value)
    return None if found is None or found.startswith("$") else found
