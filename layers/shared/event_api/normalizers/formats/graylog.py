"""Graylog's HTTP notifications of events, and the alarm callbacks of streams before version 3.1.

Source: https://go2docs.graylog.org/current/interacting_with_your_log_data/notifications.html and
https://github.com/Graylog2/documentation/tree/2.5/pages/streams/alerts.rst
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import compact, digest, first_line, first_text, items, mapping, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "graylog"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("event_definition_id", "event.timestamp")),
    Rule(keys=("check_result.triggered_condition", "stream.id")),
)

PRIORITIES: Final = {
    "1": Severity.INFO,
    "2": Severity.WARNING,
    "3": Severity.ERROR,
    "4": Severity.CRITICAL,
    "low": Severity.INFO,
    "normal": Severity.WARNING,
    "medium": Severity.WARNING,
    "high": Severity.ERROR,
    "critical": Severity.CRITICAL,
}
"""By an event's priority; critical came with version 6."""

_TEST_EVENT = "test-dummy-v1"
_TEST_CONDITION = "dummy"


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one ALERT; none of a test notification. Graylog never says that it is over."""
    body = payload.body
    if "check_result" in body:
        return _of_stream(mapping(body.get("check_result")), mapping(body.get("stream")))
    if text(body.get("event_definition_type")) == _TEST_EVENT:
        return []
    return [_of_event(body, mapping(body.get("event")))]


def _of_event(body: JsonObject, event: JsonObject) -> NormalizedEvent:
    definition = first_text(body.get("event_definition_id"), event.get("event_definition_id"))
    rule = text(body.get("event_definition_title"))
    title = first_text(first_line(event.get("message")), rule, definition and f"Event {definition}")
    if title is None:
        raise NormalizeError("the event has neither a message nor a definition")
    fields = texts(mapping(event.get("fields")))
    group = mapping(event.get("group_by_fields"))
    key = first_text(event.get("key"), event.get("key_tuple"), group)
    resource = first_text(next(iter(texts(group).values()), None), event.get("source"))
    backlog = [text(message.get("message")) for message in items(body.get("backlog"))]
    return NormalizedEvent(
        # An event's own id is new each time; its key is the definition's own word for "the same again".
        event_key=f"graylog:{definition}:{key or ''}" if definition else digest("graylog", rule or title, key),
        event_type=EventType.ALERT,
        title=title,
        severity=severity(event.get("priority"), PRIORITIES, Severity.NONE),
        description="\n".join(filter(None, (text(body.get("event_definition_description")), *backlog))) or None,
        rule=rule,
        resource=Resource(resource_id=resource, name=resource),
        additional_info=fields
        | texts(
            {
                "event_id": event.get("id"),
                "event_definition_id": definition,
                "event_definition_type": body.get("event_definition_type"),
                "key": key,
                "source": event.get("source"),
                "source_streams": event.get("source_streams"),
                "query": mapping(event.get("replay_info")).get("query"),
                "timerange_start": event.get("timerange_start"),
                "timerange_end": event.get("timerange_end"),
            }
        ),
        occurred_at=parse_time(event.get("timestamp")),
    )


def _of_stream(result: JsonObject, stream: JsonObject) -> list[NormalizedEvent]:
    condition = mapping(result.get("triggered_condition"))
    kind = first_text(condition.get("type"), condition.get("type_string"))
    if result.get("triggered") is False or (kind or "").lower() == _TEST_CONDITION:
        return []
    told = text(result.get("result_description"))
    name = text(stream.get("title"))
    title = first_text(condition.get("title"), first_line(told), kind, name)
    if title is None:
        raise NormalizeError("the stream's alert has neither a description nor a condition")
    messages = [text(message.get("message")) for message in items(result.get("matching_messages"))]
    return [
        NormalizedEvent(
            event_key=digest("graylog", stream.get("id") or name, condition.get("id") or kind),
            event_type=EventType.ALERT,
            title=title,
            severity=Severity.ERROR,
            description="\n".join(filter(None, (told, *messages))) or None,
            rule=first_text(condition.get("title"), kind),
            resource=Resource(
                resource_id=text(stream.get("id")), resource_type="stream" if stream else None, name=name
            ),
            additional_info=texts(
                {
                    "condition_id": condition.get("id"),
                    "condition_type": kind,
                    "parameters": compact(condition.get("parameters")) if condition.get("parameters") else None,
                    "stream_description": stream.get("description"),
                }
            ),
            occurred_at=parse_time(result.get("triggered_at")),
        )
    ]
