"""PagerDuty's Events API, version 2 or 1, as tools post to it.

Source: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ and
https://developer.pagerduty.com/docs/events-api-v1/overview/. The routing or service key is a secret: it is not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_line, first_text, items, mapping, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json
    from event_api.normalizers.payload import Payload

NAME: Final = "pagerduty-events"
ALIASES: Final = ("pagerduty-events-v1", "pagerduty-events-v2")
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("routing_key", "event_action")),
    # A change event has no action.
    Rule(keys=("routing_key", "payload.summary", "payload.source"), absent=("event_action",)),
    Rule(keys=("service_key",), values={"event_type": ("trigger", "acknowledge", "resolve")}),
)

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
}


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a trigger or a resolve; none of an acknowledgement, nor of a change event."""
    body = payload.body
    about = mapping(body.get("payload"))
    action = (first_text(body.get("event_action"), body.get("event_type")) or "").lower()
    is_change = not action and "payload" in body and about.get("severity") is None
    if action == "acknowledge" or is_change:
        return []
    told = first_text(body.get("dedup_key"), body.get("incident_key"))
    summary = first_text(about.get("summary"), body.get("description"))
    title = first_text(first_line(summary), told)
    if title is None:
        raise NormalizeError("the event has neither a summary nor a dedup_key")
    recovered = action == "resolve"
    # Version 1 has no severity: it reports failures only.
    default = Severity.NONE if "payload" in body else Severity.ERROR
    source, component = text(about.get("source")), text(about.get("component"))
    custom = first_text(about.get("custom_details"), body.get("details"))
    details = mapping(about.get("custom_details") or body.get("details"))
    return [
        NormalizedEvent(
            # Without a key PagerDuty opens an incident for each trigger; only its content identifies it.
            event_key=told or digest("pagerduty", summary, source, component, about.get("group"), about.get("class")),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else severity(about.get("severity"), SEVERITIES, default),
            description="\n\n".join(filter(None, (None if summary == title else summary, None if details else custom)))
            or None,
            rule=text(about.get("class")),
            resource=Resource(resource_id=source, name=source),
            image_url=next(filter(None, map(_image, [*items(body.get("images")), *items(body.get("contexts"))])), None),
            additional_info=texts(details)
            | texts(
                {
                    "component": component,
                    "group": about.get("group"),
                    "class": about.get("class"),
                    "client": body.get("client"),
                    "client_url": body.get("client_url"),
                    "links": _links(body.get("links")) or _links(body.get("contexts")),
                    "dedup_key": told,
                }
            ),
            occurred_at=parse_time(about.get("timestamp")),
        )
    ]


def _image(one: dict[str, Json]) -> str | None:
    return text(one.get("src")) if one.get("type") != "link" else None


def _links(value: Json) -> str | None:
    return "\n".join(filter(None, (text(one.get("href")) for one in items(value)))) or None
