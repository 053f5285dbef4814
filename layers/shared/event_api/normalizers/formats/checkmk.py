"""Checkmk's notification scripts that post their context: KeepHQ's, or one with the context's own names.

Source: https://docs.checkmk.com/latest/en/notifications.html#environment_variables and
https://docs.keephq.dev/providers/documentation/checkmk-provider
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import fault_severity, first_text, plain_names, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "checkmk"
ALIASES: Final = ("check-mk",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("what", "notification_type", "host", "check_command")),
    Rule(keys=("WHAT", "NOTIFICATIONTYPE", "HOSTNAME")),
    Rule(keys=("NOTIFY_WHAT", "NOTIFY_NOTIFICATIONTYPE", "NOTIFY_HOSTNAME")),
)

SEVERITIES: Final = {
    "crit": Severity.CRITICAL,
    "critical": Severity.CRITICAL,
    "down": Severity.CRITICAL,
    "unreach": Severity.ERROR,
    "unreachable": Severity.ERROR,
    "warn": Severity.WARNING,
    "warning": Severity.WARNING,
    "unkn": Severity.WARNING,
    "unknown": Severity.WARNING,
}
"""By the state of the service or of the host; Checkmk ranks UNKNOWN between WARN and CRIT."""
RECOVERED: Final = frozenset({"ok", "up"})
FLAPPING: Final = "FLAPPING"
NO_FAULT: Final = ("ACKNOWLEDGEMENT", "DOWNTIME", "CUSTOM", "ALERTHANDLER")
"""Prefixes of the kinds of notification about people or plans."""

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "host": ("host", "hostname"),
    "service": ("service", "servicedesc", "servicedescription"),
    "address": ("address", "hostaddress"),
    "kind": ("notificationtype",),
    "output": ("output", "serviceoutput", "hostoutput"),
    "long_output": ("longoutput", "longserviceoutput", "longhostoutput"),
    "site": ("site", "omdsite"),
    "time": ("microtime", "shortdatetime"),
    "command": ("checkcommand", "servicecheckcommand", "hostcheckcommand"),
    "url": ("url", "serviceurl", "hosturl"),
    "event": ("event",),
    "alias": ("alias", "hostalias"),
    "comment": ("notificationcomment",),
}

INFO: Final = ("event", "kind", "address", "alias", "site", "command", "url", "comment")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a problem or its recovery, or of the beginning and end of flapping."""
    plain = plain_names({key.upper().removeprefix("NOTIFY_"): value for key, value in payload.body.items()})
    told = {name: _known(plain, names) for name, names in _NAMES.items()}
    kind = (told["kind"] or "").upper()
    if kind.startswith(NO_FAULT):
        return []
    host, service = told["host"] or told["address"], told["service"]
    title = first_text(_known(plain, ("summary",)), " / ".join(filter(None, (host, service))))
    if title is None:
        raise NormalizeError("the notification names neither a host nor a service")
    states = _states(plain, service)
    state = next((word for word in states if word in SEVERITIES or word in RECOVERED), states[0] if states else "")
    flapping = kind.startswith(FLAPPING)
    recovered = kind != FLAPPING + "START" if flapping else kind == "RECOVERY" or state in RECOVERED
    level = Severity.WARNING if flapping else fault_severity(state, SEVERITIES)
    return [
        NormalizedEvent(
            event_key=":".join(
                (NAME, told["site"] or "", host or title, service or "", *(("flapping",) if flapping else ()))
            ),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=f"{title} is flapping" if flapping and not recovered else title,
            severity=Severity.INFO if recovered else level,
            description="\n\n".join(filter(None, (told["output"], told["long_output"]))) or None,
            rule=service or told["command"],
            resource=Resource(
                resource_id="/".join(filter(None, (host, service))) or None,
                resource_type="service" if service else "host",
                name=" / ".join(filter(None, (host, service))) or None,
            ),
            additional_info=texts({name: told[name] for name in INFO}),
            occurred_at=parse_time(told["time"]),
        )
    ]


def _states(plain: JsonObject, service: str | None) -> list[str]:
    about = "service" if service else "host"
    # KeepHQ's script has no state of a service, only its severity.
    told = ("severity", "status") if service else ("status", "severity")
    names = (f"{about}shortstate", f"{about}state", *told)
    found = [_known(plain, (name,)) for name in names]
    return [state.lower() for state in found if state]


def _known(plain: JsonObject, names: tuple[str, ...]) -> str | None:
    """Return the first non-empty value; Checkmk leaves ``$SERVICEDESC$`` for a missing one."""
    values: list[Json] = [plain.get(name) for name in names]
    return next((found for found in map(text, values) if found and not found.startswith("$")), None)
