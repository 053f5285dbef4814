"""Honeybadger's webhook in its payload versions 1 to 3: errors, uptime, check-ins and alarms.

Make one event of a fault, an outage, a missing check-in or an alarm, and of its end; none of a person's note.

Source: https://docs.honeybadger.io/guides/integrations/webhook/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "honeybadger"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("event", "message", "fault.id", "fault.klass")),
    Rule(keys=("event", "message", "project", "site.id")),
    Rule(keys=("event", "message", "project", "check_in.id")),
    Rule(keys=("event", "message", "project", "alarm.id")),
    Rule(keys=("message", "project", "deploy"), values={"event": ("deployed",)}),
)

FORMAT: Final = Declared(
    key=(
        "honeybadger:fault:{fault.id}",
        "honeybadger:site:{site.id}",
        "honeybadger:check-in:{check_in.id}",
        "honeybadger:alarm:{alarm.id}",
    ),
    title=("{fault.klass}: {fault.message}", "fault.klass", "message", "site.name", "check_in.name", "alarm.name"),
    state=("event",),
    states={
        "resolved": RECOVERY,
        "up": RECOVERY,
        "check_in_reporting": RECOVERY,
        "alarm_ok": RECOVERY,
        "assigned": None,
        "commented": None,
        "deployed": None,
    },
    severity=("event",),
    severities={
        "occurred": Severity.ERROR,
        "rate_exceeded": Severity.ERROR,
        "unresolved": Severity.ERROR,
        "volume_spike": Severity.WARNING,
        "down": Severity.ERROR,
        "cert_will_expire": Severity.WARNING,
        "check_in_missing": Severity.ERROR,
        "alarm_alert": Severity.ERROR,
    },
    parts={"cert_will_expire": ":certificate", "volume_spike": ":volume"},
    description=("message",),
    rule=("fault.klass", "alarm.name", "event"),
    resource_id=("site.url", "check_in.id", "fault.environment", "project.id"),
    resource_name=("site.name", "check_in.name", "fault.environment", "project.name"),
    occurred_at=("notice.created_at", "fault.last_notice_at", "outage.created_at"),
    info={
        "event": "event",
        "environment": "fault.environment",
        "component": "fault.component",
        "url": "fault.url",
        "project": "project.name",
        "status": "outage.status",
        "reason": "outage.reason",
    },
)
normalize = FORMAT.normalize
