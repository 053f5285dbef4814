"""Checkly's webhook alert channel, with the template that it offers or one of the same names.

Source: https://www.checklyhq.com/docs/integrations/alerts/webhooks/ and
https://www.checklyhq.com/docs/communicate/alerts/overview/ for the alert types
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
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "checkly"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("check_id",), starts={"alert_type": ("ALERT_", "NO_ALERT")}),
    Rule(keys=("CHECK_ID",), starts={"ALERT_TYPE": ("ALERT_",)}),
)

FAILURE: Final = (EventType.ALERT, Severity.ERROR)
DEGRADED: Final = (EventType.ALERT, Severity.WARNING)
RECOVERED: Final = (EventType.RECOVERY, Severity.INFO)
KINDS: Final = {
    "alert_fail": FAILURE,
    "alert_failure": FAILURE,
    "alert_failure_remain": FAILURE,
    "alert_degraded_failure": FAILURE,
    "alert_degraded": DEGRADED,
    "alert_degraded_remain": DEGRADED,
    "alert_failure_degraded": DEGRADED,
    "alert_ssl": DEGRADED,
    "alert_recovery": RECOVERED,
    "alert_degraded_recovery": RECOVERED,
}
"""By ``alert_type``; one that is not known is unmapped, and none at all is a failure."""
UNKNOWN: Final = (EventType.ALERT, Severity.NONE)
NO_ALERT: Final = "no_alert"
SSL: Final = "alert_ssl"


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the check's change of state, or of an expiring certificate; none without an alert."""
    fields = {name: _known(value) for name, value in plain_names(payload.body).items()}
    alert_type = (text(fields.get("alerttype")) or "").lower()
    if alert_type == NO_ALERT:
        return []
    check = text(fields.get("checkid"))
    alert_title = first_text(fields.get("event"), fields.get("alerttitle"), fields.get("title"))
    name = first_text(fields.get("checkname"), alert_title, check)
    if name is None:
        raise NormalizeError("the check has neither a name nor an id")
    event_type, severity = KINDS.get(alert_type, UNKNOWN) if alert_type else FAILURE
    domain = text(fields.get("sslcheckdomain"))
    # A certificate's alert is another than that of the check, which its recovery would end.
    part = ":ssl" if alert_type == SSL else ""
    return [
        NormalizedEvent(
            event_key=f"{NAME}:{check or digest(text(fields.get('checkname')) or name, fields.get('groupname'))}{part}",
            event_type=event_type,
            title=alert_title or name,
            severity=severity,
            description=first_text(fields.get("checkerrormessage"), _expiry(fields)),
            rule=name,
            resource=Resource(
                resource_id=domain or check, resource_type=text(fields.get("checktype")), name=domain or name
            ),
            additional_info=_additional_info(payload.body),
            occurred_at=parse_time(fields.get("startedat")),
        )
    ]


def _known(value: Json) -> Json:
    """Leave out variables that Checkly did not replace, as ``{{GROUP_NAME}}``."""
    return None if isinstance(value, str) and value.strip().startswith("{{") else value


def _expiry(fields: JsonObject) -> str | None:
    days = text(fields.get("ssldaysremaining"))
    return days and f"The SSL certificate expires in {days} days"


_TOLD: Final = frozenset({"event", "alerttitle", "title", "checkname", "checkerrormessage", "uuid"})


def _additional_info(body: JsonObject) -> dict[str, str]:
    told = {key: _known(value) for key, value in body.items() if not plain_names({key: None}).keys() & _TOLD}
    return texts({key.lower(): value for key, value in told.items()})
