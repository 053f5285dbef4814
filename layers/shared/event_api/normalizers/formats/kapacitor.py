"""Kapacitor's alerts, as its HTTP post handler and its httpPost() send them.

Source: https://docs.influxdata.com/kapacitor/v1/reference/event_handlers/post/ and
https://docs.influxdata.com/kapacitor/v1/working/alerts/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, digest, first_line, first_text, items, mapping, paragraphs, text, texts
from event_api.normalizers.rules import Rule
from event_api.normalizers.vendors.prometheus import RESOURCE_LABELS

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "kapacitor"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("id", "message", "time", "level", "data"), values={"level": ("OK", "INFO", "WARNING", "CRITICAL")}),
)

LEVELS: Final = {
    "ok": (EventType.RECOVERY, Severity.INFO),
    "info": (EventType.ALERT, Severity.INFO),
    "warning": (EventType.ALERT, Severity.WARNING),
    "critical": (EventType.ALERT, Severity.CRITICAL),
}
_NO_LEVEL = (EventType.ALERT, Severity.ERROR)
_OTHER_LEVEL = (EventType.ALERT, Severity.NONE)

_HOST_TAGS = ("host", "hostname", "server", *RESOURCE_LABELS)
_DEFAULT_DETAILS = ("{&#34;", "{&quot;", '{"')
"""Prefix of generated details: the default template is the whole alert again, as escaped JSON."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the alert's level."""
    body = payload.body
    alert_id = text(body.get("id"))
    title = first_text(first_line(body.get("message")), alert_id)
    if title is None:
        raise NormalizeError("the alert has neither a message nor an id")
    level = (text(body.get("level")) or "").lower()
    event_type, severity = LEVELS.get(level, _OTHER_LEVEL) if level else _NO_LEVEL
    series = items(at(body, "data.series"))
    tags = texts({key: value for one in reversed(series) for key, value in mapping(one.get("tags")).items()})
    tag = next((name for name in _HOST_TAGS if name in tags), None)
    details = text(body.get("details"))
    return [
        NormalizedEvent(
            event_key=alert_id or digest(title, {**tags}),
            event_type=event_type,
            title=title,
            severity=severity,
            description=paragraphs(
                body.get("message"), None if details and details.startswith(_DEFAULT_DETAILS) else details
            ),
            rule=first_text(*(one.get("name") for one in series)),
            resource=Resource(resource_id=tags.get(tag or ""), resource_type=tag, name=tags.get(tag or "")),
            additional_info=_values(series)
            | tags
            | texts(
                {
                    "id": alert_id,
                    "level": body.get("level"),
                    "previous_level": body.get("previousLevel"),
                    "duration_ns": body.get("duration") or None,  # 0 when it starts
                }
            ),
            occurred_at=parse_time(body.get("time")),
        )
    ]


def _values(series: list[JsonObject]) -> dict[str, str]:
    """Return the fields of the last point, which is the one that changed the level."""
    if not series:
        return {}
    columns, rows = _list(series[0].get("columns")), _list(series[0].get("values"))
    last = _list(rows[-1]) if rows else []
    return texts(
        {name: value for column, value in zip(columns, last, strict=False) if (name := text(column)) and name != "time"}
    )


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
