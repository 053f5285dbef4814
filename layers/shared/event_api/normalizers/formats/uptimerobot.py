"""UptimeRobot's webhook, posted as JSON or as a form, with its own names for the fields or the user's.

Source: https://help.uptimerobot.com/en/articles/14498593-webhook-integration
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_text, plain_names, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json
    from event_api.normalizers.payload import Payload

NAME: Final = "uptimerobot"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("alertType", "monitorID")),
    Rule(keys=("alertType", "monitorURL", "monitorFriendlyName")),
    Rule(keys=("alertTypeFriendlyName", "monitorFriendlyName")),
    Rule(keys=("alert_type", "monitor_url")),
)

DOWN: Final = (EventType.ALERT, Severity.ERROR, "")
KINDS: Final = {
    "1": DOWN,
    "down": DOWN,
    "2": (EventType.RECOVERY, Severity.INFO, ""),
    "up": (EventType.RECOVERY, Severity.INFO, ""),
    "3": (EventType.ALERT, Severity.WARNING, ":ssl"),
}
"""By ``alertType`` or by its friendly name; a certificate that expires is an alert of its own, which nothing ends."""
OTHER: Final = (EventType.ALERT, Severity.WARNING, ":other")
"""Later additions, such as a domain that expires."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the monitor's change of state, or of its certificate's near end."""
    fields = {name: _known(value) for name, value in plain_names(payload.body).items()}
    monitor = fields.get("monitorid")
    url = fields.get("monitorurl")
    name = first_text(fields.get("monitorfriendlyname"), url, monitor)
    if name is None:
        raise NormalizeError("the monitor has neither a name, a URL nor an id")
    words = [(fields.get(field) or "").lower() for field in ("alerttype", "alerttypefriendlyname")]
    kind = next((KINDS[word] for word in words if word in KINDS), OTHER if any(words) else DOWN)
    event_type, severity, part = kind
    return [
        NormalizedEvent(
            event_key=f"{NAME}:{monitor or digest(name, url)}{part}",
            event_type=event_type,
            title=f"{name}: {fields.get('alerttypefriendlyname') or 'other alert'}" if part else name,
            severity=severity,
            description=first_text(fields.get("alertdetails"), fields.get("friendlymessage"), _expiry(fields)),
            rule=name,
            resource=Resource(resource_id=url or monitor, resource_type=fields.get("monitortype"), name=name),
            additional_info=texts(
                {
                    "monitor_id": monitor,
                    "alert_type": fields.get("alerttypefriendlyname"),
                    "duration": fields.get("alertfriendlyduration") or fields.get("alertduration"),
                    "ssl_expiry_date": fields.get("sslexpirydate"),
                    "ssl_expiry_days_left": fields.get("sslexpirydaysleft"),
                    "domain_expire_date": fields.get("domainexpiredate"),
                    "dashboard_url": fields.get("dashboardurl"),
                }
            ),
            occurred_at=parse_time(fields.get("alertdatetime")),
        )
    ]


def _known(value: Json) -> str | None:
    """Leave out variables that UptimeRobot did not replace, as ``*alertDuration*``."""
    found = text(value)
    return None if found is None or (found.startswith("*") and found.endswith("*")) else found


def _expiry(fields: dict[str, str | None]) -> str | None:
    days = fields.get("sslexpirydaysleft")
    return days and f"The SSL certificate expires in {days} days"
