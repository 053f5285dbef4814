"""NAVER Cloud Platform Cloud Insight: an event rule's events, and Integration payloads with the same fields.

Source: https://guide.ncloud-docs.com/docs/en/cloudfunctions-cloudinsight-vpc,
https://guide.ncloud-docs.com/docs/en/cloudinsight-use-integration and
https://github.com/skdudddl/plugin-naver-cloud-cloudinsight-mon-webhook
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.elements import each
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import (
    digest,
    first_line,
    first_text,
    mapping,
    paragraphs,
    severity,
    text,
    texts,
)
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "naver-cloudinsight"
ALIASES: Final = ("naver-cloud-cloudinsight",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("eventLevel", "prodKey", "ruleId", "ruleName")),
    Rule(keys=("events.eventLevel", "events.prodKey", "events.ruleId")),
)

LEVELS: Final = {
    "critical": Severity.CRITICAL,
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
}
"""Cloud Insight has INFO, WARNING and CRITICAL; a payload that its user wrote may have others, or none."""

_OVER: Final = frozenset({"resolve", "resolved", "recovery", "recovered", "close", "closed", "end", "terminated", "ok"})


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of each event of a rule."""
    body = payload.body
    events = body.get("events")
    return each(events if isinstance(events, list) and events else [mapping(events) or body], _event)


def _event(event: JsonObject) -> NormalizedEvent:
    rule, metric = first_text(event.get("ruleName"), event.get("name")), text(event.get("metric"))
    written = text(event.get("text"))
    title = ": ".join(filter(None, (rule, metric))) or first_line(written)
    if title is None:
        raise NormalizeError("the event has neither a rule's name nor a metric nor a text")
    dimension = texts(mapping(event.get("dimension")))
    resource_id = first_text(
        event.get("resourceId"), *(value for key, value in dimension.items() if key.lower().endswith(("no", "id")))
    )
    name = text(event.get("resourceName"))
    status = first_text(event.get("eventStatus"), event.get("status"), event.get("type"))
    # An event that goes on has an endTime of 0.
    over = (status or "").lower() in _OVER or parse_time(event.get("endTime")) is not None
    event_id = text(event.get("eventId"))
    product = first_text(event.get("prodKey"), event.get("productKey"))
    # A product's key is not an event's, as SpaceONE's plugin has it: it would make one alert of all servers.
    identity = (product, first_text(event.get("ruleId"), title), metric, resource_id, name)
    return NormalizedEvent(
        event_key=f"{NAME}:{event_id or digest(*identity)}",
        event_type=EventType.RECOVERY if over else EventType.ALERT,
        title=title,
        severity=Severity.INFO
        if over
        else severity(first_text(event.get("eventLevel"), event.get("level"), "info"), LEVELS, Severity.NONE),
        description=paragraphs(written, _measured(event)),
        rule=rule,
        resource=Resource(resource_id=resource_id or name, resource_type=text(event.get("prodName")), name=name),
        provider="naver_cloud",
        additional_info=dimension
        | texts(
            {
                key: event.get(key)
                for key in (
                    "ruleId",
                    "prodKey",
                    "prodName",
                    "metric",
                    "detectValue",
                    "criteria",
                    "notificationGroups",
                    "url",
                )
            }
        ),
        occurred_at=parse_time(event.get("endTime") if over else event.get("startTime"))
        or parse_time(event.get("alarmStartTime")),
    )


def _measured(event: JsonObject) -> str | None:
    words = [text(event.get(key)) for key in ("calc", "metric", "operator", "criteria")]
    value = text(event.get("detectValue"))
    return " ".join(filter(None, words)) + (f", is {value}" if value else "") if words[1] else None
