"""CloudEvents of any sender: structured, batched or binary; their data is read by its own format.

Source: https://github.com/cloudevents/spec/tree/main/cloudevents (1.0, with the names of 0.1, which Oracle's Events
service still uses) and its HTTP binding and JSON format.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from event_api.domain.body import CLOUDEVENTS_HEADER
from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.json_text import parse_json
from event_api.normalizers import envelopes, words
from event_api.normalizers.elements import each
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.formats import generic
from event_api.normalizers.identity import identity
from event_api.normalizers.lenient import at, compact, first_text, severity, text, texts
from event_api.normalizers.rules import Rule, media_type

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "cloudevents"
ALIASES: Final = ("cloudevents-dynatrace",)
KEY_SCOPE: Final = KeyScope.PROJECT

_STRUCTURED: Final = ("application/cloudevents+json", "application/cloudevents-batch+json")
_REQUIRED = ("specversion", "id", "source", "type")
RULES: Final = (
    Rule(headers=(CLOUDEVENTS_HEADER,)),
    Rule(content_types=_STRUCTURED),
    Rule(keys=_REQUIRED),
    Rule(keys=_REQUIRED, of_array=True),
    Rule(keys=("cloudEventsVersion", "eventType", "source", "eventID")),
)

_PREFIX = "ce-"
HEADERS: Final = (
    "ce-dataschema",
    "ce-id",
    "ce-severitytext",
    "ce-source",
    CLOUDEVENTS_HEADER,
    "ce-subject",
    "ce-time",
    "ce-type",
)

_DATA = frozenset({"data", "data_base64"})

SEVERITIES: Final = words.SEVERITIES
"""By the extension ``severitytext``."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make the events of each CloudEvent's data; of data that no format claims, one, by default ALERT and INFO.

    An empty batch is valid, and makes none.
    """
    content = payload.content
    if CLOUDEVENTS_HEADER in payload.headers and media_type(payload.headers) not in _STRUCTURED:
        names = (name for name in HEADERS if name in payload.headers)
        attributes: JsonObject = {name.removeprefix(_PREFIX): _decoded(payload.headers[name]) for name in names}
        return _events(payload, attributes, content)
    if isinstance(content, list):
        return each(content, lambda one: _events(payload, one, _data(one)))
    return _events(payload, payload.body, _data(payload.body))


def _decoded(value: str) -> str:
    """Decode a header's value as the HTTP binding has it: quoted or not, UTF-8 in percents."""
    if len(value) > 1 and value.startswith('"') and value.endswith('"'):
        value = value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return unquote(value)


def _data(attributes: JsonObject) -> Json:
    encoded = attributes.get("data_base64")
    if encoded is None and text(attributes.get("datacontentencoding")) == "base64":  # as 0.3 had it
        encoded = attributes.get("data")
    data = attributes.get("data") if encoded is None else _from_base64(encoded)
    if isinstance(data, str):
        try:
            return parse_json(data)
        except ValueError:
            return data
    return data


def _from_base64(encoded: Json) -> Json:
    try:
        return base64.b64decode(encoded if isinstance(encoded, str) else "", validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return encoded


def _events(payload: Payload, attributes: JsonObject, data: Json) -> list[NormalizedEvent]:
    kind = first_text(attributes.get("type"), attributes.get("eventType"))
    # Version 0.1 had no subject; Oracle's events name their resource in the data.
    source, subject = text(attributes.get("source")), first_text(attributes.get("subject"), at(data, "resourceId"))
    happened_at = parse_time(attributes.get("time")) or parse_time(attributes.get("eventTime"))
    events = envelopes.claimed(payload, data, at=happened_at)
    if events is not None:
        return events
    called = first_text(attributes.get("subject"), at(data, "resourceName"), subject)
    name = first_text(kind, subject, source)
    level = text(attributes.get("severitytext"))
    recovered = _last_word(kind) in words.ENDED - words.WORK_ENDED
    event = generic.read_over(
        NormalizedEvent(
            # Its id is unique to each event, and so correlates nothing.
            event_key=":".join(filter(None, (source, subject or _part(data) or kind))),
            former_keys=(":".join(filter(None, (source, subject or kind))),),
            event_type=EventType.ALERT,
            title=": ".join(filter(None, (kind, called))) or name or "",
            # An event that grades nothing is a fact, no fault.
            severity=severity(level, SEVERITIES, Severity.NONE) if level else Severity.INFO,
            description=data if isinstance(data, str) else compact(data) if data else None,
            rule=kind,
            resource=Resource(resource_id=subject, name=called or source),
            additional_info=texts({key: attributes[key] for key in attributes if key not in _DATA}),
            occurred_at=happened_at,
        ),
        data,
    )
    if not event.title:
        raise NormalizeError("the CloudEvent has neither a type nor a source, and nothing in its data is a title")
    if recovered or event.event_type is EventType.RECOVERY:
        event = replace(event, event_type=EventType.RECOVERY, severity=Severity.INFO)
    return [event if event.event_key else replace(event, event_key=event.title)]


def _part(data: Json) -> str | None:
    """Identify the object of an event without a subject by its data; its type may be that of all objects."""
    return identity(data, None) if isinstance(data, dict) and data else None


def _last_word(kind: str | None) -> str:
    """Return what a type such as ``com.example.disk.resolved.v1`` says has happened."""
    words = [word for word in (kind or "").lower().replace("-", ".").replace("_", ".").split(".") if word]
    return next((word for word in reversed(words) if not word.removeprefix("v").isdigit()), "")
