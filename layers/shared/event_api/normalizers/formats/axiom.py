"""Axiom's custom webhook notifier, with its template's own names.

Source: https://axiom.co/docs/monitor-data/custom-webhook-notifier
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_text, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "axiom"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("action", "event.monitorID")),)

RECOVERED: Final = frozenset({"closed", "close", "resolved"})
_PREFIXES: Final = ("Triggered: ", "Resolved: ")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a monitor that matched or triggered (``Open``), or that resolved (``Closed``)."""
    body = payload.body
    event = mapping(body.get("event")) or body
    monitor, title = text(event.get("monitorID")), text(event.get("title"))
    name = _name(title) or monitor
    if name is None:
        raise NormalizeError("the event has neither a title nor a monitor")
    recovered = (text(body.get("action")) or "").lower() in RECOVERED
    # A match monitor reports each event that it finds, which need not be a fault; a threshold is there to be kept.
    matched = bool(event.get("matchedEvent"))
    return [
        NormalizedEvent(
            event_key=_key(monitor or digest(name), event),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=name,
            severity=Severity.INFO if recovered or matched else Severity.ERROR,
            description="\n\n".join(filter(None, (text(event.get("body")), text(event.get("description"))))) or None,
            rule=name,
            resource=Resource(resource_id=monitor, resource_type="monitor", name=name),
            additional_info=texts(
                {
                    "title": title,
                    "value": event.get("value"),
                    "query_start_time": event.get("queryStartTime"),
                    "query_end_time": event.get("queryEndTime"),
                    "matched_event": event.get("matchedEvent"),
                    "group_keys": event.get("groupKeys"),
                    "group_values": event.get("groupValues"),
                }
            ),
            occurred_at=parse_time(first_text(event.get("timestamp"), event.get("queryEndTime"))),
        )
    ]


def _name(title: str | None) -> str | None:
    for prefix in _PREFIXES:
        title = title and title.removeprefix(prefix)
    return title or None


def _key(monitor: str, event: JsonObject) -> str:
    """Distinguish the groups of one monitor."""
    keys, values = event.get("groupKeys"), event.get("groupValues")
    return ":".join((NAME, monitor, *((digest(keys, values),) if text(values) else ())))
