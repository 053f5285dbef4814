"""Rootly's outgoing webhook, for incidents and alerts.

Make one event of an incident or alert that began or ended; none of a pulse, a workflow or a retrospective.

Source: https://docs.rootly.com/configuration/webhooks and https://docs.rootly.com/configuration/event-payloads
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, SEVERITIES, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "rootly"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("event.type", "event.issued_at", "data.id")),)

FORMAT: Final = Declared(
    key=("rootly:{data.id}",),
    title=("data.title", "data.summary"),
    state=("event.type", "data.status"),
    states={
        "incident.resolved": RECOVERY,
        "incident.cancelled": RECOVERY,
        "incident.deleted": RECOVERY,
        "alert.resolved": RECOVERY,
        "alert.deleted": RECOVERY,
        "alert.acknowledged": None,
        "incident.created": ALERT,
        "alert.created": ALERT,
        "resolved": RECOVERY,
        "closed": RECOVERY,
        "cancelled": RECOVERY,
        "started": ALERT,
        "mitigated": ALERT,
        "triggered": ALERT,
        "open": ALERT,
    },
    unknown_state=None,
    severity=("data.severity.slug", "data.severity.name", "data.severity", "data.alert_urgency.name"),
    severities=SEVERITIES
    | {
        "sev0": Severity.CRITICAL,
        "sev1": Severity.CRITICAL,
        "sev2": Severity.ERROR,
        "sev3": Severity.WARNING,
        "sev4": Severity.INFO,
    },
    description=("data.summary", "data.description"),
    rule=("data.source", "data.kind"),
    occurred_at=("data.started_at", "data.created_at", "event.issued_at"),
    ended_at=("data.resolved_at", "data.ended_at", "event.issued_at"),
    info={
        "event": "event.type",
        "status": "data.status",
        "external_id": "data.external_id",
        "external_url": "data.external_url",
        "url": "data.url",
        "number": "data.sequential_id",
    },
)
normalize = FORMAT.normalize
