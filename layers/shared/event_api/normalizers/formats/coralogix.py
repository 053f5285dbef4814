"""Coralogix's generic outbound webhook, with the body that it offers.

Source: https://coralogix.com/docs/user-guides/alerting/outbound-webhooks/generic-outbound-webhooks-alert-webhooks/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, fault_severity, first_text, first_time, items, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "coralogix"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("uuid", "alert_action")),
    Rule(keys=("alert_id", "alert_action", "alert_url")),
)

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "warn": Severity.WARNING,
    "info": Severity.INFO,
    "verbose": Severity.INFO,
    "debug": Severity.INFO,
    "p1": Severity.CRITICAL,
    "p2": Severity.ERROR,
    "p3": Severity.WARNING,
    "p4": Severity.INFO,
    "p5": Severity.INFO,
}
"""By the event's severity, or without one by the alert's priority."""
RECOVERED: Final = frozenset({"resolve", "resolved"})

INFO: Final = ("alert_id", "alert_url", "log_url", "threshold", "timewindow")
"""Useful parts of the body, and of its fields."""
FIELDS: Final = ("team", "application", "subsystem", "priority", "hitCount", "category", "metaLabels")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an alert that is triggered or resolved."""
    body = payload.body
    fields = _fields(body)
    alert = _known(body.get("alert_id"))
    name = first_text(_known(body.get("name")), fields.get("alertName"), alert)
    if name is None:
        raise NormalizeError("the alert has neither a name nor an id")
    recovered = (text(body.get("alert_action")) or "").lower() in RECOVERED
    level = first_text(fields.get("severity"), fields.get("severityLowercase"), fields.get("priority"))
    about = [fields.get(field) for field in ("application", "subsystem")]
    resource = first_text(fields.get("computer"), "/".join(filter(None, about)))
    # An alert's own id is the same for all of its groups.
    key = first_text(fields.get("dedupKey"), fields.get("alertUniqueIdentifier"), alert)
    return [
        NormalizedEvent(
            event_key=f"{NAME}:{key or digest(name, resource)}",
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=name,
            severity=Severity.INFO if recovered else fault_severity(level, SEVERITIES),
            description=first_text(_known(body.get("description")), fields.get("text")),
            rule=name,
            resource=Resource(resource_id=resource, resource_type=None, name=resource),
            account=fields.get("companyId") or "",
            additional_info=texts(
                {name: _known(body.get(name)) for name in INFO} | {name: fields.get(name) for name in FIELDS}
            ),
            occurred_at=first_time(fields.get("timestampISO"), fields.get("timestampMs")),
        )
    ]


def _fields(body: JsonObject) -> dict[str, str]:
    """Return the ``fields`` by their keys: a list of keys and values, which a user may have made an object."""
    listed = body.get("fields")
    if not isinstance(listed, dict):
        listed = {text(one.get("key")) or "": one.get("value") for one in items(listed)}
    return {key: found for key, value in listed.items() if key and (found := _known(value))}


def _known(value: Json) -> str | None:
    """Leave out what Coralogix did not replace, as ``$SERVICE``, and its own words for nothing."""
    found = text(value)
    return None if found is None or found.startswith(("$", "*insert ")) or found == "null" else found
