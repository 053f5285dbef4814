"""Datadog's webhooks: the template that we recommend, SpaceONE's, the default payload, and fields named by variables.

Source: https://docs.datadoghq.com/integrations/webhooks/. The payload is the user's own template;
docs/senders/datadog.md has ours. A field may be named as in ours or, in any case, as the variable that fills it
(``alert_transition``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_line, first_text, mapping, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "datadog"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
_KINDS: Final = (
    "composite",
    "event alert",
    "event-v2 alert",
    "log alert",
    "metric alert",
    "process alert",
    "query alert",
    "rum alert",
    "service check",
    "slo alert",
    "synthetics alert",
    "trace-analytics alert",
)
"""The types of monitors in Datadog's API."""

RULES: Final = (
    # SpaceONE's template has event_key, title and event_type, which is the direct format's: it has to be bound.
    Rule(keys=("event_key", "cycle", "transition", "alert_type"), absent=("event_type",)),
    Rule(keys=("body", "last_updated", "event_type", "title", "date", "org.id"), absent=("event_key",)),
    Rule(keys=("alert_transition", "alert_type"), absent=("event_key",)),
    Rule(keys=("alert_transition", "alert_id", "title"), absent=("event_key",)),
    Rule(keys=("monitor_id", "scopes", "query"), absent=("alert_transition", "last_updated")),
    Rule(
        keys=("monitor_id", "query", "message"),
        starts={"type": _KINDS},
        absent=("alert_transition", "last_updated", "scopes"),
    ),
)

FIELDS: Final = {
    "cycle": ("cycle", "alert_cycle_key"),
    "key": ("event_key", "aggreg_key"),
    "monitor": ("alert_id", "monitor_id"),
    "transition": ("transition", "alert_transition"),
    "alert_type": ("alert_type", "severity", "event_type"),
    "event_type": ("event_type",),
    "priority": ("priority", "alert_priority", "severity"),
    "title": ("title", "event_title", "alert_title"),
    "description": ("text", "text_only_msg", "description", "body", "message", "event_msg", "alert_status"),
    "rule": ("rule", "alert_title", "monitor_name"),
    "image": ("image", "image_url", "snapshot", "snapshot_url"),
    "scope": ("scope", "alert_scope", "scopes"),
    "host": ("host", "hostname"),
    "url": ("url", "link", "alert_url"),
    "query": ("query", "alert_query"),
    "metric": ("metric", "alert_metric"),
    "tags": ("tags",),
    "resource": ("resource",),
    "org": ("org_id", "org"),
    "org_name": ("org_name",),
    # SpaceONE's template writes "occured_at".
    "date": ("date", "occurred_at", "occured_at", "last_updated"),
}
"""Names of a field, in lower case; the first with a value counts."""

SEVERITIES: Final = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
    "success": Severity.INFO,
}
"""By ``$ALERT_TYPE``."""

PRIORITIES: Final = {
    "p1": Severity.CRITICAL,
    "p2": Severity.ERROR,
    "p3": Severity.WARNING,
    "p4": Severity.INFO,
    "p5": Severity.INFO,
    "1": Severity.CRITICAL,
    "2": Severity.ERROR,
    "3": Severity.WARNING,
    "4": Severity.INFO,
    "5": Severity.INFO,
}
"""By the monitor's ``$ALERT_PRIORITY``, which few monitors have."""

TRANSITIONS: Final = {
    "triggered": Severity.ERROR,
    "re-triggered": Severity.ERROR,
    "no data": Severity.ERROR,
    "re-no data": Severity.ERROR,
    "warn": Severity.WARNING,
    "re-warn": Severity.WARNING,
}
"""By ``$ALERT_TRANSITION``, if the template has neither of the others."""

_UNFILLED = re.compile(r"\$[A-Z][A-Z0-9_]*")
_TEST = re.compile(r"\s*\[TEST\]")
_PREFIX = re.compile(
    r"(?:\[P\d\]\s*)?\[((?:Re-)?(?:Triggered|Recovered|Warn|No Data|Notify)|Renotify)(?: on ([^\]]*))?\]\s*(?:-\s*)?",
    re.IGNORECASE,
)
"""Datadog's prefixes of a monitor's name: ``[P2] [Triggered on {host:web-1}] CPU is high``."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event; none of a monitor's test notification, whose title says ``[TEST]`` before its name."""
    fields = _Fields(payload.body)
    told = fields.text("title")
    prefix = _PREFIX.match(told or "")
    name = (told or "")[prefix.end() :] if prefix else told or ""
    if _TEST.match(told or "") or _TEST.match(name):
        return []
    title = first_line(name)
    rule = fields.text("rule")
    if title is None and rule is None and fields.text("description") is None:
        raise NormalizeError("the notification has neither a title nor a text")
    transition = first_text(fields.text("transition"), prefix and prefix[1])
    recovered = _is_recovered(fields, transition)
    scope = first_text(fields.text("scope"), prefix and (prefix[2] or "").strip("{}"))
    org = mapping(fields.first("org"))
    title = title or rule or first_line(fields.text("description")) or ""
    return [
        NormalizedEvent(
            event_key=_key(fields, title, scope),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else _severity(fields, transition),
            description=fields.text("description"),
            rule=rule or (title if prefix or fields.text("monitor") else None),
            resource=_resource(fields, scope),
            account=first_text(org.get("id"), None if org else fields.text("org")) or "",
            image_url=fields.text("image"),
            additional_info=texts(mapping(payload.body.get("additional_info")))
            | texts(
                {
                    "transition": transition,
                    "priority": fields.text("priority"),
                    "scope": scope,
                    "url": fields.text("url"),
                    "query": fields.text("query"),
                    "metric": fields.text("metric"),
                    "tags": fields.text("tags"),
                    "monitor_id": fields.text("monitor"),
                    "org_name": first_text(org.get("name"), fields.text("org_name")),
                }
            ),
            occurred_at=parse_time(fields.first("date")),
        )
    ]


class _Fields:
    """A template's values by their meaning. A missing value stays a ``$VARIABLE``, or is empty."""

    def __init__(self, body: JsonObject) -> None:
        self._values = {
            key.lower().lstrip("$"): value
            for key, value in body.items()
            if text(value) is not None and not (isinstance(value, str) and _UNFILLED.fullmatch(value.strip()))
        }

    def first(self, meaning: str) -> Json:
        """Return the first of the fields of this meaning that has a value, or None."""
        return next((self._values[name] for name in FIELDS[meaning] if name in self._values), None)

    def text(self, meaning: str) -> str | None:
        """Return the text of `first`."""
        return text(self.first(meaning))


def _is_recovered(fields: _Fields, transition: str | None) -> bool:
    if transition is not None:
        return "recovered" in transition.lower()
    # SpaceONE's template fills its event_type with $ALERT_TYPE.
    return "success" in {(fields.text(field) or "").lower() for field in ("alert_type", "event_type")}


def _severity(fields: _Fields, transition: str | None) -> Severity:
    priority = severity(fields.first("priority"), PRIORITIES, Severity.NONE)
    kind = severity(fields.first("alert_type"), SEVERITIES, Severity.NONE)
    if kind is Severity.NONE:
        by_transition = severity(transition, TRANSITIONS, Severity.NONE)
        return by_transition if priority is Severity.NONE else priority
    # Every monitor that triggers is an "error"; that it is critical, only its priority says.
    return priority if (kind, priority) == (Severity.ERROR, Severity.CRITICAL) else kind


def _key(fields: _Fields, title: str, scope: str | None) -> str:
    """Name the cycle from trigger to recovery, else the monitor and its object. An event's ``$ID`` is its own."""
    monitor = fields.text("monitor")
    return (
        first_text(fields.text("cycle"), fields.text("key"))
        or (f"datadog:{monitor}:{scope or ''}" if monitor else None)
        or digest("datadog", fields.text("org"), title, scope, fields.text("host"))
    )


def _resource(fields: _Fields, scope: str | None) -> Resource:
    told = mapping(fields.first("resource"))
    host = fields.text("host") or next(
        (part.partition(":")[2] for part in re.split(r"[,\s]+", scope or "") if part.startswith("host:")), None
    )
    return Resource(
        resource_id=first_text(told.get("id"), told.get("resource_id"), host),
        resource_type=first_text(told.get("resource_type"), "host" if host else None),
        name=first_text(told.get("name"), host, scope),
    )
