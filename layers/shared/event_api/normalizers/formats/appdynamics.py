"""AppDynamics' HTTP request action, with the template that SpaceONE's plugin gives, or those of other receivers.

Source: https://help.splunk.com/en/appdynamics-saas/get-started/26.4.0/alert-and-respond/actions/predefined-templating-variables
The template is the user's own; whatever it is, it fills its fields with these variables.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.elements import each
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.identity import STATE_WORDS, identity
from event_api.normalizers.lenient import at, digest, first_line, first_text, mapping, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from datetime import datetime

    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "appdynamics"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("event_guid", "event_type", "event_deep_link", "controller_url")),
    Rule(keys=("event.guid", "event.eventTypeKey", "event.deepLink")),
    Rule(keys=("controllerUrl",), some={"events": ("guid", "eventTypeKey", "deepLink")}),
)

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "warn": Severity.WARNING,
    "info": Severity.INFO,
}

FIELDS: Final = {
    "event_name": ("displayName", "name"),
    "event_type": ("eventType", "eventTypeKey"),
    "event_time": ("eventTime", "lastReceived"),
    "event_message": ("eventMessage", "message"),
    "event_deep_link": ("deepLink", "url"),
    "event_id": ("id",),
    "summary": ("summaryMessage", "description"),
    "policy": ("policy_name", "policy.name"),
    "controller_url": ("controllerUrl",),
    "severity": ("topSeverity",),
    "app_id": ("application.id",),
    "app_name": ("application_name", "application.name"),
    "tier_id": ("tier.id",),
    "tier_name": ("tier.name",),
    "node_id": ("node.id",),
    "node_name": ("node.name",),
    "health_rule_id": ("healthRule.id",),
    "health_rule_name": ("healthRule.name",),
    "incident_id": ("incident.id",),
    "incident_name": ("incident.name",),
}
"""Names in SpaceONE's template, and the corresponding names in other templates."""

RECOVERED: Final = ("_CLOSE", "_CANCEL")
"""In the event's type: POLICY_CLOSE_WARNING, POLICY_CANCELED_CRITICAL, ANOMALY_CLOSE_CRITICAL."""
ENDED: Final = (" ended", " canceled", " cancelled")
"""In the event's name, where no type is sent: ``Health Rule Violation Ended - Warning``."""

_BOLD = re.compile(r"<b>(.*?)</b>")
_PLACEHOLDER = "${"
_PARTS_OF_A_JAVA_DATE = 6


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event for each health rule's violation that starts, continues or ends, or other policy's event."""
    body = payload.body
    events = body.get("events")
    found = events if isinstance(events, list) and events else [mapping(body.get("event"))]
    return each(found, lambda event: _event(_read({**body, **event})))


def _read(event: JsonObject) -> dict[str, str]:
    """Bring the fields to the names of SpaceONE's template, and leave out what AppDynamics had no value for."""
    named = {
        name: next(filter(_is_filled, (at(event, path) for path in (name, *paths))), None)
        for name, paths in FIELDS.items()
    }
    plain: JsonObject = {key: value for key, value in event.items() if not isinstance(value, dict | list)}
    return {key: found for key, found in texts(plain | named).items() if _is_filled(found)}


def _is_filled(value: Json) -> bool:
    # A variable without a value stays as it was written.
    found = text(value)
    return found is not None and not found.startswith(_PLACEHOLDER)


def _event(body: dict[str, str]) -> NormalizedEvent:
    name = first_text(body.get("health_rule_name"), body.get("incident_name"))
    event_name = first_text(body.get("event_name"), body.get("event_type"))
    title = ": ".join(filter(None, (event_name, name))) or first_line(body.get("summary"))
    if title is None:
        raise NormalizeError("the event has no name, type or summary, and no health rule")
    recovered = any(word in body.get("event_type", "").upper().replace(".", "_") for word in RECOVERED) or any(
        word in (event_name or "").lower() for word in ENDED
    )
    kind = next((one for one in ("node", "tier", "app") if body.get(f"{one}_name") or body.get(f"{one}_id")), None)
    names = [body.get(f"{one}_name") for one in ("app", "tier", "node")]
    key, former_keys = _keys(body, name)
    return NormalizedEvent(
        event_key=key,
        former_keys=former_keys,
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
        additional_info={key: value for key, value in body.items() if key not in {"summary", "event_time", "severity"}},
        occurred_at=_java_time(body.get("event_time")),
    )


def _keys(body: dict[str, str], name: str | None) -> tuple[str, tuple[str, ...]]:
    """Name the incident, which lasts as long as the violation, else what is violated where.

    With the key of version 0.1, if that was another.
    """
    controller = body.get("controller_url", "")
    if incident := body.get("incident_id"):
        return f"appdynamics:{controller}:incident:{incident}", ()
    rule = first_text(body.get("health_rule_id"), name)
    # A violation's start and end are two events, which without its rule have only their place and words in common.
    if rule is None and not _is_violation(body) and (event := body.get("event_id")):
        return f"appdynamics:{controller}:event:{event}", ()
    places = [first_text(body.get(f"{one}_id"), body.get(f"{one}_name")) for one in ("app", "tier", "node")]
    watched = rule or ("violation" if _is_violation(body) else body.get("event_name"))
    former = digest("appdynamics", controller, watched, *places)
    if rule is not None:
        return former, ()
    return digest("appdynamics", controller, watched, *places, _words(body)), (former,)


def _words(body: dict[str, str]) -> str:
    """Return a hash of the names that a summary puts in bold, else of its sentences.

    Two rules can be violated at one place, and the end of one must not end the other.
    """
    said = " ".join(filter(None, (body.get("summary"), body.get("event_message"))))
    places = {body.get(f"{one}_name") for one in ("app", "tier", "node")}
    bold = [one for one in _BOLD.findall(said) if one not in places and one.lower() not in STATE_WORDS]
    return identity({}, " ".join(bold) or said)


def _is_violation(body: dict[str, str]) -> bool:
    return "POLICY_" in body.get("event_type", "").upper() or "violation" in body.get("event_name", "").lower()


def _java_time(value: str | None) -> datetime | None:
    """Read ``Mon Apr 06 02:04:55 UTC 2026``, as Java writes a date."""
    parts = (value or "").split()
    if len(parts) != _PARTS_OF_A_JAVA_DATE:
        return parse_time(value)
    _, month, day, clock, zone, year = parts
    return parse_time(f"{day} {month} {year} {clock} {zone}")
