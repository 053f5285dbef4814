"""LibreNMS' API alert transport, with its template's fields under their own names.

Source: https://docs.librenms.org/Alerting/Transports/ and https://docs.librenms.org/Alerting/Templates/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.model import EventType, KeyScope, NormalizedEvent, Resource, Severity
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import fault_severity, first_text, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

NAME: Final = "librenms"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (Rule(keys=("alert_id", "device_id", "rule_id", "state")),)

SEVERITIES: Final = {"critical": Severity.CRITICAL, "warning": Severity.WARNING, "ok": Severity.INFO}
"""A rule's severity: ``ok`` is for mere information."""

RECOVERED, ACKNOWLEDGED = "0", "2"
"""Of the states; the others are an alert, and one that got worse, better or changed."""
_TEST: Final = "000"

INFO: Final = ("alert_id", "rule_id", "device_id", "sysName", "ip", "os", "hardware", "location", "elapsed", "proc")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a device's alert or its recovery; none of an acknowledgement, nor of the transport's test."""
    body = payload.body
    state = text(body.get("state"))
    if state == ACKNOWLEDGED or text(body.get("uid")) == _TEST:
        return []
    device, rule = first_text(body.get("device_id"), body.get("hostname")), text(body.get("name"))
    alert = text(body.get("alert_id"))
    title = first_text(body.get("title"), rule, body.get("hostname"))
    if title is None:
        raise NormalizeError("the alert has neither a title, a rule nor a device")
    recovered = state == RECOVERED
    key = alert or ":".join(filter(None, (device, first_text(body.get("rule_id"), rule)))) or title
    return [
        NormalizedEvent(
            event_key=f"{NAME}:{key}",
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else fault_severity(body.get("severity"), SEVERITIES),
            description=text(body.get("msg")),
            rule=rule,
            resource=Resource(
                resource_id=first_text(body.get("hostname"), body.get("ip"), device),
                resource_type=text(body.get("type")),
                name=first_text(body.get("display"), body.get("sysName"), body.get("hostname")),
            ),
            additional_info=texts({name: body.get(name) for name in INFO} | {"notes": body.get("alert_notes")}),
            occurred_at=parse_time(body.get("timestamp")),
        )
    ]
