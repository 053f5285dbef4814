"""Alerta's own alert format, as its clients and scripts post it.

Make one event of an alert; none of a heartbeat, or of an alert that a person acknowledged or silenced.

Source: https://docs.alerta.io/api/alert.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, SEVERITIES, Declared
from event_api.normalizers.lenient import digest, text
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject

NAME: Final = "alerta-native"
ALIASES: Final = ("alerta",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (Rule(keys=("environment", "event", "resource", "severity")),)

_CLOSED: Final = ("closed", "expired")


def _alert(body: JsonObject) -> JsonObject:
    event, resource, service = (body.get(name) for name in ("event", "resource", "service"))
    # As Alerta distinguishes alerts: by environment, resource and event, or the events that correlate with it.
    events = sorted({*_texts(body.get("correlate")), *_texts([event])})
    key = digest(*(text(body.get(name)) for name in ("customer", "environment", "resource")), *events)
    services = ", ".join(_texts(service)) if isinstance(service, list) else service
    # It was created when it began.
    ended = body.get("updateTime" if (text(body.get("status")) or "").lower() in _CLOSED else "createTime")
    return {**body, "key": key if text(event) or text(resource) else None, "service": services, "ended": ended}


def _texts(value: Json) -> list[str]:
    return list(filter(None, map(text, value))) if isinstance(value, list) else []


FORMAT: Final = Declared(
    prepare=_alert,
    key=("alerta:{key}",),
    title=("{event}: {resource}", "event", "resource"),
    state=("status", "type={type}", "severity={severity}"),
    states=dict.fromkeys(_CLOSED, RECOVERY)
    | dict.fromkeys(("ack", "assign", "blackout", "shelved", "type=heartbeat"))
    # The first is the default.
    | dict.fromkeys(("severity=normal", "severity=ok", "severity=cleared"), RECOVERY),
    severity=("severity",),
    # Alerta's own severities and those of ISA 18.2; ``indeterminate`` and ``unknown`` are NONE.
    severities=SEVERITIES
    | {
        "security": Severity.CRITICAL,
        "major": Severity.ERROR,
        "minor": Severity.WARNING,
        "advisory": Severity.INFO,
        "informational": Severity.INFO,
        "debug": Severity.INFO,
        "trace": Severity.INFO,
    },
    description=("text", "message"),
    rule=("event",),
    resource_id=("resource",),
    resource_name=("resource",),
    resource_type=("group",),
    strict_resource=True,
    account=("customer",),
    occurred_at=("createTime", "lastReceiveTime"),
    ended_at=("ended", "lastReceiveTime"),
    strict_end=True,
    info_of=("attributes",),
    info={name: name for name in ("environment", "service", "value", "origin", "type", "tags", "hostname")},
)
normalize = FORMAT.normalize
