"""Paessler PRTG's HTTP action, with its placeholders by their names.

Make one event of a sensor's change of state; none of one that is paused or acknowledged.

Source: https://www.paessler.com/manuals/prtg/list_of_placeholders_for_notifications
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "prtg"
ALIASES: Final = ("paessler-prtg",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("sensor", "sensorid", "device", "status")),
    Rule(keys=("sensor", "device", "status", "laststatus")),
)

FORMAT: Final = Declared(
    key=("prtg:{sensorid}", "prtg:{device}:{sensor}"),
    title=("{sensor} on {device}: {message}", "{sensor} on {device}", "sensor"),
    state=("status",),
    states={
        "up": RECOVERY,
        "down ended (now: up)": RECOVERY,
        "warning ended (now: up)": RECOVERY,
        "unusual ended (now: up)": RECOVERY,
        "down (partial) ended (now: up)": RECOVERY,
        "down (acknowledged)": None,
        "paused": None,
        "paused by user": None,
        "paused by parent": None,
        "paused by dependency": None,
        "paused by schedule": None,
    },
    severity=("status",),
    severities={
        "down": Severity.ERROR,
        "down escalation": Severity.ERROR,
        "down (partial)": Severity.WARNING,
        "warning": Severity.WARNING,
        "unusual": Severity.WARNING,
        "unknown": Severity.WARNING,
    },
    description=("message", "lastmessage"),
    rule=("sensor",),
    resource_id=("deviceid", "host", "device"),
    resource_name=("device",),
    resource_type=("=device",),
    occurred_at=("datetime", "date"),
    info={
        "status": "status",
        "group": "group",
        "probe": "probe",
        "priority": "priority",
        "down": "down",
        "value": "lastvalue",
        "url": "linksensor",
        "tags": "tags",
    },
)
normalize = FORMAT.normalize
