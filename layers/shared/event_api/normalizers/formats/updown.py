"""updown.io's webhook: an array of events of checks and their certificates.

Source: https://updown.io/api#webhooks
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.normalizers.elements import each
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.identity import identity
from event_api.normalizers.lenient import at, first_line, first_text, first_time, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from datetime import datetime

    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "updown"
ALIASES: Final = ("updown-io",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(of_array=True, keys=("check",), starts={"event": ("check.",)}),
    Rule(keys=("check.token",), starts={"event": ("check.",)}),
)

_LINK: Final = re.compile(r"https?://[^\s\"'<>]+")

KINDS: Final = {
    "check.down": (EventType.ALERT, Severity.ERROR, ""),
    "check.up": (EventType.RECOVERY, Severity.INFO, ""),
    "check.ssl_invalid": (EventType.ALERT, Severity.ERROR, ":ssl"),
    "check.ssl_valid": (EventType.RECOVERY, Severity.INFO, ":ssl"),
    "check.ssl_expiration": (EventType.ALERT, Severity.WARNING, ":ssl-expiration"),
    "check.ssl_renewed": (EventType.RECOVERY, Severity.INFO, ":ssl-expiration"),
    "check.performance_drop": (EventType.ALERT, Severity.WARNING, ":performance"),
}
"""By event; the last part distinguishes the alerts of one check. A drop of performance has no end."""
NOT_SAID: Final = KINDS["check.down"]
UNKNOWN: Final = (EventType.ALERT, Severity.NONE, "")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of each element; an element alone is read as well."""
    content: Json = payload.content
    found = content if isinstance(content, list) else [content]
    if not found:
        raise NormalizeError("the body contains no event")
    return each(found, _event)


def _event(one: JsonObject) -> NormalizedEvent:
    check, downtime = mapping(one.get("check")), mapping(one.get("downtime"))
    token, url = text(check.get("token")), text(check.get("url"))
    name = first_text(check.get("alias"), url, token)
    about = name or first_line(one.get("description"))
    if about is None:
        raise NormalizeError("the check has neither an alias, a URL, a token nor a description")
    kind = text(one.get("event"))
    event_type, severity, part = KINDS.get(kind.lower(), UNKNOWN) if kind else NOT_SAID
    # A description without its check has times and states, but a link to the check.
    linked = found[0].rstrip(",.;)") if (found := _LINK.search(about)) else identity({}, about)
    former_key = f"{NAME}:{token or url or about}{part}"
    key = f"{NAME}:{token or url or name or linked}{part}"
    return NormalizedEvent(
        event_key=key,
        former_keys=() if key == former_key else (former_key,),
        event_type=event_type,
        title=f"{about}: {_words(kind)}" if part else about,
        severity=severity,
        description=first_text(
            one.get("description"), at(one, "ssl.error"), downtime.get("error"), check.get("error"), _apdex(one)
        ),
        rule=name,
        resource=Resource(resource_id=url or token, resource_type="check", name=name),
        additional_info=texts(
            {
                "event": kind,
                "url": url,
                "token": token,
                "error": downtime.get("error"),
                "downtime_url": downtime.get("details_url"),
                "duration": downtime.get("duration"),
                "last_status": check.get("last_status"),
                "uptime": check.get("uptime"),
                "certificate": at(one, "ssl.cert.subject"),
                "certificate_expires": first_text(at(one, "ssl.cert.to"), at(one, "ssl.new_cert.to")),
                "days_before_expiration": at(one, "ssl.days_before_expiration"),
            }
        ),
        occurred_at=_time(one, event_type),
    )


def _words(kind: str | None) -> str:
    return (kind or "").lower().rpartition(".")[2].replace("_", " ").replace("ssl", "SSL")


def _apdex(one: JsonObject) -> str | None:
    dropped = text(one.get("apdex_dropped"))
    return dropped and f"The Apdex dropped by {dropped}"


def _time(one: JsonObject, event_type: EventType) -> datetime | None:
    """Prefer the downtime's own times: events are sent after confirmation."""
    path = "downtime.ended_at" if event_type is EventType.RECOVERY else "downtime.started_at"
    return first_time(at(one, path), one.get("time"), at(one, "check.last_check_at"))
