"""AppDynamics' HTTP request action, with the template that SpaceONE's plugin gives.

Source: https://help.splunk.com/en/appdynamics-saas/get-started/26.4.0/alert-and-respond/actions/predefined-templating-variables
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.model import EventType, NormalizedEvent, Resource, Severity
from event_api.normalizers.coerce import digest, first_line, first_text, severity, texts
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.rules import Rule
from event_api.times import parse_time

if TYPE_CHECKING:
    from datetime import datetime

    from event_api.normalizers.payload import Payload

NAME: Final = "appdynamics"
ALIASES: Final = ()
RULES: Final = (Rule(keys=("event_guid", "event_type", "event_deep_link", "controller_url")),)

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "warn": Severity.WARNING,
    "info": Severity.INFO,
}

RECOVERED: Final = ("_CLOSE", "_CANCEL")
"""In the event's type: POLICY_CLOSE_WARNING, POLICY_CANCELED_CRITICAL, ANOMALY_CLOSE_CRITICAL."""

_PLACEHOLDER = "${"
_PARTS_OF_A_JAVA_DATE = 6


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event: a health rule's violation that starts, goes on or ends, or whatever else a policy watches."""
    # What a variable had no value for stays as it was written.
    body = {key: found for key, found in texts(payload.body).items() if not found.startswith(_PLACEHOLDER)}
    name = first_text(body.get("health_rule_name"), body.get("incident_name"))
    event_name = first_text(body.get("event_name"), body.get("event_type"))
    title = ": ".join(filter(None, (event_name, name))) or first_line(body.get("summary"))
    if title is None:
        raise NormalizeError("the event has no name, type or summary, and no health rule")
    recovered = any(word in (body.get("event_type") or "").upper() for word in RECOVERED)
    kind = next((one for one in ("node", "tier", "app") if body.get(f"{one}_name") or body.get(f"{one}_id")), None)
    names = [body.get(f"{one}_name") for one in ("app", "tier", "node")]
    return [
        NormalizedEvent(
            event_key=_key(body, name),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else severity(body.get("severity"), SEVERITIES, Severity.NONE),
            description=first_text(body.get("summary"), body.get("event_message")),
            rule=name or body.get("policy"),
            resource=Resource(
                resource_id=body.get(f"{kind}_id"),
                resource_type={"app": "application"}.get(kind or "", kind),
                name=" / ".join(filter(None, names)) or None,
            ),
            additional_info={
                key: value for key, value in body.items() if key not in {"summary", "event_time", "severity"}
            },
            occurred_at=_java_time(body.get("event_time")),
        )
    ]


def _key(body: dict[str, str], name: str | None) -> str:
    """Name the incident, which lasts as long as the violation, else what is violated where."""
    controller = body.get("controller_url", "")
    if incident := body.get("incident_id"):
        return f"appdynamics:{controller}:incident:{incident}"
    rule = first_text(body.get("health_rule_id"), name)
    if rule is None and (event := body.get("event_id")):
        return f"appdynamics:{controller}:event:{event}"
    places = [first_text(body.get(f"{one}_id"), body.get(f"{one}_name")) for one in ("app", "tier", "node")]
    return digest("appdynamics", controller, rule or body.get("event_name"), *places)


def _java_time(value: str | None) -> datetime | None:
    """Read ``Mon Apr 06 02:04:55 UTC 2026``, as Java writes a date."""
    parts = (value or "").split()
    if len(parts) != _PARTS_OF_A_JAVA_DATE:
        return parse_time(value)
    _, month, day, clock, zone, year = parts
    return parse_time(f"{day} {month} {year} {clock} {zone}")
