"""Payloads that no other format claims: the names that most tools use, wherever they put them."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from event_api.domain.model import EventType, KeyScope, NormalizedEvent, Resource, Severity
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.identity import identity, is_id
from event_api.normalizers.lenient import (
    digest,
    first_line,
    first_text,
    items,
    mapping,
    plain_names,
    severity,
    text,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "generic"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = ()

TITLE: Final = (
    "title",
    "summary",
    "subject",
    "headline",
    "alertname",
    "alarmname",
    "message",
    "msg",
    "text",
    "name",
    "event",
    "alert",
    "error",
    "body",
)
DESCRIPTION: Final = (
    "description",
    "message",
    "details",
    "detail",
    "text",
    "reason",
    "body",
    "content",
    "msg",
)
SEVERITY: Final = ("severity", "alertseverity", "level", "criticality", "priority", "urgency")
STATUS: Final = (
    "status",
    "state",
    "eventtype",
    "alertstatus",
    "alertstate",
    "currentstate",
    "newstate",
    "action",
)
KEY: Final = (
    "eventkey",
    "alertkey",
    "dedupkey",
    "dedupekey",
    "deduplicationkey",
    "fingerprint",
    "incidentkey",
    "correlationid",
    "alertid",
    "incidentid",
    "problemid",
    "issueid",
    "alarmid",
    "id",
)
"""Names of an alert come before names that may identify only a message."""
TIME: Final = (
    "occurredat",
    "occuredat",
    "timestamp",
    "time",
    "eventtime",
    "triggeredat",
    "startedat",
    "startsat",
    "createdat",
    "date",
    "datetime",
)
RULE: Final = (
    "rule",
    "rulename",
    "alertrule",
    "policy",
    "policyname",
    "checkname",
    "monitorname",
    "condition",
)
RESOURCE: Final = (
    "resource",
    "host",
    "hostname",
    "instance",
    "server",
    "node",
    "device",
    "service",
    "target",
)
RESOURCE_ID: Final = ("resourceid", "instanceid", "hostid")
RESOURCE_NAME: Final = ("resourcename", "instancename", "hostname")
RESOURCE_TYPE: Final = ("resourcetype", "hosttype")
PROVIDER: Final = ("provider", "cloudprovider")
ACCOUNT: Final = ("account", "accountid")
IMAGE_URL: Final = ("imageurl",)

WRAPPERS: Final = (
    "alert",
    "event",
    "incident",
    "alarm",
    "problem",
    "notification",
    "data",
    "payload",
    "detail",
    "message",
    "annotations",
    "labels",
    "attributes",
)
"""Objects that hold the fields of a body that has none at its top. The top comes first."""

SEVERITIES: Final = {
    word: level
    for level, words in {
        Severity.CRITICAL: "critical crit fatal emergency emerg panic disaster blocker p1",
        Severity.ERROR: "error err high major severe p2",
        Severity.WARNING: "warning warn medium minor moderate average p3",
        Severity.INFO: "info information informational notice low debug p4 p5",
        Severity.NOT_AVAILABLE: "not_available",
    }.items()
    for word in words.split()
}
RECOVERED: Final = frozenset(
    {
        "ok",
        "okay",
        "resolved",
        "resolve",
        "recovered",
        "recovery",
        "closed",
        "close",
        "cleared",
        "clear",
        "fixed",
        "healthy",
        "normal",
        "up",
    }
)
"""States that clearly say that it is over."""
RECOVERED_SEVERITIES: Final = frozenset({"ok", "resolved", "recovered", "cleared", "clear"})
"""Fewer than the states: a priority is often ``normal``."""

UNTITLED: Final = "Event without a title"
_MOST_VALUES = 1_000
_MOST_ELEMENTS = 3


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an object, or one per object of an array: ALERTs of severity NONE unless they state otherwise.

    Raises NormalizeError if the content holds no object.
    """
    content = payload.content
    if isinstance(content, dict):
        return [_event(content)]
    if events := [_event(one) for one in items(content)]:
        return events
    raise NormalizeError("the body is neither an object nor an array of objects")


def read_titled(content: Json) -> NormalizedEvent | None:
    """Return the event of a body, or of an array's first object, if there is anything in it that could be a title."""
    body = content if isinstance(content, dict) else next(iter(items(content)), {})
    return None if _title(_Fields(body), body) is None else _event(body)


def _event(body: JsonObject) -> NormalizedEvent:
    fields = _Fields(body)
    title = _title(fields, body)
    description = text(fields.first(DESCRIPTION))
    rule = fields.text(RULE)
    resource = _resource(fields)
    recovered = fields.says(STATUS, RECOVERED) or fields.says(SEVERITY, RECOVERED_SEVERITIES)
    return NormalizedEvent(
        event_key=_id(fields) or identity(body, title),
        former_keys=(fields.text(KEY) or _former_key(body, title, rule, resource),),
        event_type=EventType.RECOVERY if recovered else EventType.ALERT,
        title=title or UNTITLED,
        severity=Severity.INFO if recovered else _severity(fields),
        description=None if description == title else description,
        rule=rule,
        resource=resource,
        provider=fields.text(PROVIDER) or "",
        account=fields.text(ACCOUNT) or "",
        image_url=fields.text(IMAGE_URL),
        additional_info=_additional_info(body),
        occurred_at=next(filter(None, map(parse_time, fields.all(TIME))), None),
    )


def _severity(fields: _Fields) -> Severity:
    """Read the severity; without one, use a state such as ``critical`` or ``warning``."""
    by_state = severity(fields.scalar(STATUS), SEVERITIES, Severity.NONE)
    return severity(fields.scalar(SEVERITY), SEVERITIES, by_state if fields.scalar(SEVERITY) is None else Severity.NONE)


def _title(fields: _Fields, body: JsonObject) -> str | None:
    """Find a title at the usual places, else anywhere inside, the least deep one; else the description begins so."""
    usual = first_line(fields.scalar(TITLE)) or fields.text(RULE)
    return usual or next(filter(None, map(_title_in, _inside(body))), None) or first_line(fields.scalar(DESCRIPTION))


def _title_in(level: JsonObject) -> str | None:
    plain = plain_names(level)
    values = (plain.get(name) for name in TITLE)
    return next(filter(None, (first_line(value) for value in values if not isinstance(value, dict | list))), None)


def _inside(body: JsonObject) -> Iterator[JsonObject]:
    """Yield the objects in a body, breadth first; of a list, the first few, and no more than a person would read."""
    waiting: deque[Json] = deque([body])
    for _ in range(_MOST_VALUES):
        if not waiting:
            return
        value = waiting.popleft()
        if isinstance(value, dict):
            yield value
        children = (
            value.values() if isinstance(value, dict) else value[:_MOST_ELEMENTS] if isinstance(value, list) else ()
        )
        waiting.extend(one for one in children if isinstance(one, dict | list))


class _Fields:
    """A body's fields by their plain names (``Alert_Id`` is ``alertid``), the top's before those inside."""

    def __init__(self, body: JsonObject) -> None:
        top = plain_names(body)
        self._levels = [
            top,
            *(plain_names(inner) for name in WRAPPERS if isinstance(inner := top.get(name), dict)),
        ]

    def all(self, names: tuple[str, ...]) -> Iterator[Json]:
        """Yield what has one of these names and a value: level by level, in the order of the names."""
        return (level[name] for level in self._levels for name in names if text(level.get(name)) is not None)

    def first(self, names: tuple[str, ...]) -> Json:
        """Return the first of `all`, or None."""
        return next(self.all(names), None)

    def scalar(self, names: tuple[str, ...]) -> Json:
        """Return the first of `all` that is neither an object nor a list, or None."""
        return next((value for value in self.all(names) if not isinstance(value, dict | list)), None)

    def text(self, names: tuple[str, ...]) -> str | None:
        """Return the text of `scalar`."""
        return text(self.scalar(names))

    def says(self, names: tuple[str, ...], words: frozenset[str]) -> bool:
        """Whether any of these fields is one of these words."""
        return any((text(value) or "").lower() in words for value in self.all(names))


def _resource(fields: _Fields) -> Resource:
    value = fields.first(RESOURCE)
    inner = plain_names(mapping(value))
    told = None if inner else text(value)
    name = first_text(fields.text(RESOURCE_NAME), inner.get("name"), told)
    return Resource(
        resource_id=first_text(fields.text(RESOURCE_ID), inner.get("resourceid"), inner.get("id"), told, name),
        resource_type=first_text(fields.text(RESOURCE_TYPE), inner.get("resourcetype"), inner.get("type")),
        name=name,
    )


def _id(fields: _Fields) -> str | None:
    return next((text(value) for value in fields.all(KEY) if is_id(value)), None)


def _former_key(body: JsonObject, title: str | None, rule: str | None, resource: Resource) -> str:
    """Return the key under which version 0.1 opened the alert of a body without an id."""
    named = (title, rule, resource.resource_id, resource.name)
    return digest(*named) if any(named) else digest(body)


def _additional_info(body: JsonObject) -> dict[str, str]:
    return texts({key: value for key, value in body.items() if not isinstance(value, dict | list)}) | {"format": NAME}


def read_over(envelope: NormalizedEvent, content: Json) -> NormalizedEvent:
    """Return an envelope's event with the fields of its content, which no format claims, by the usual names.

    Only if the content has a possible title. The envelope's key stays, as does its severity if the content has none.
    """
    read = read_titled(content) if isinstance(content, dict) else None
    if read is None:
        return envelope
    return replace(
        read,
        event_key=envelope.event_key,
        former_keys=envelope.former_keys,
        severity=envelope.severity if read.severity is Severity.NONE else read.severity,
        description=read.description or envelope.description,
        rule=read.rule or envelope.rule,
        resource=envelope.resource if read.resource == Resource() else read.resource,
        provider=read.provider or envelope.provider,
        account=read.account or envelope.account,
        additional_info=read.additional_info | envelope.additional_info,
        occurred_at=read.occurred_at or envelope.occurred_at,
    )
