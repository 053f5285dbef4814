"""Alerta's own alert format, as its clients and scripts post it.

Source: https://docs.alerta.io/api/alert.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers import lenient
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_text, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "alerta-native"
ALIASES: Final = ("alerta",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (Rule(keys=("environment", "event", "resource", "severity")),)

SEVERITIES: Final = {
    "security": Severity.CRITICAL,
    "critical": Severity.CRITICAL,
    "major": Severity.ERROR,
    "high": Severity.ERROR,
    "minor": Severity.WARNING,
    "warning": Severity.WARNING,
    "medium": Severity.WARNING,
    "low": Severity.INFO,
    "advisory": Severity.INFO,
    "informational": Severity.INFO,
    "debug": Severity.INFO,
    "trace": Severity.INFO,
}
"""Alerta's own severities and those of ISA 18.2; ``indeterminate`` and ``unknown`` are NONE."""
RECOVERED: Final = frozenset({"normal", "ok", "cleared"})
"""Severities that say that it is over; ``normal`` is the default."""
NO_EVENTS: Final = frozenset({"ack", "assign", "blackout", "shelved"})
"""Statuses that a person set."""
CLOSED: Final = frozenset({"closed", "expired"})

_HEARTBEAT = "heartbeat"
_TIMES = ("createTime", "lastReceiveTime")
_CLOSED_TIMES = ("updateTime", "lastReceiveTime")  # it was created when it began


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an alert; none of a heartbeat, or of an alert that a person acknowledged or silenced."""
    body = payload.body
    status = (text(body.get("status")) or "").lower()
    if status in NO_EVENTS or (text(body.get("type")) or "").lower() == _HEARTBEAT:
        return []
    event, resource = text(body.get("event")), text(body.get("resource"))
    if event is None and resource is None:
        raise NormalizeError("the alert has neither an event nor a resource")
    word = text(body.get("severity"))
    recovered = status in CLOSED or (word or "").lower() in RECOVERED
    service = body.get("service")
    return [
        NormalizedEvent(
            event_key=_key(body, event, resource),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=f"{event}: {resource}" if event and resource else event or resource or "",
            severity=Severity.INFO if recovered else lenient.severity(word, SEVERITIES, _default(word)),
            description=first_text(body.get("text"), body.get("message")),
            rule=event,
            resource=Resource(resource_id=resource, resource_type=text(body.get("group")), name=resource),
            account=text(body.get("customer")) or "",
            additional_info=texts(
                {
                    **mapping(body.get("attributes")),
                    "environment": body.get("environment"),
                    "service": ", ".join(filter(None, map(text, service))) if isinstance(service, list) else service,
                    "value": body.get("value"),
                    "origin": body.get("origin"),
                    "type": body.get("type"),
                    "tags": body.get("tags"),
                    "hostname": body.get("hostname"),
                }
            ),
            occurred_at=parse_time(first_text(*map(body.get, _CLOSED_TIMES if status in CLOSED else _TIMES))),
        )
    ]


def _default(word: str | None) -> Severity:
    return Severity.ERROR if word is None else Severity.NONE


def _key(body: JsonObject, event: str | None, resource: str | None) -> str:
    """Distinguish alerts as Alerta does: by environment, resource and event, or the events that correlate with it."""
    correlate = body.get("correlate")
    related = {text(one) for one in correlate} if isinstance(correlate, list) else set()
    events = sorted(filter(None, related | {event}))
    return f"alerta:{digest(text(body.get('customer')), text(body.get('environment')), resource, *events)}"
