"""Uptime Kuma's webhook notification, posted as JSON or as form-data.

Source: https://github.com/louislam/uptime-kuma/blob/master/server/notification-providers/webhook.js; heartbeat.js and
monitor.js in server/model for its members
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import first_line, first_text, first_time, items, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "uptime-kuma"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("monitor", "heartbeat")),
    # Messages without a heartbeat: a test, and a certificate that expires.
    Rule(keys=("msg",), nulls=("monitor", "heartbeat")),
    Rule(keys=("msg", "monitor.id"), nulls=("heartbeat",)),
)

UP, PENDING, MAINTENANCE = "1", "2", "3"
"""Of a heartbeat's status; 0 is down."""

# Groups that are not tried again (?>…): text that does not follow the first brackets does not follow later ones either.
_CERTIFICATE: Final = re.compile(
    r"(?>\[(?P<name>.*?)\]\[(?P<about>.*?)\])(?>.*?\bcertificate\b).*\bexpire", re.IGNORECASE
)
_DOMAIN: Final = re.compile(r"Domain name (?P<about>\S+) .*\bexpire", re.IGNORECASE)
_TEST: Final = re.compile(r"\btest", re.IGNORECASE)
_TARGETS: Final = ("url", "hostname", "docker_container")
_NO_URL: Final = "https://"
"""The placeholder in the form of a monitor that needs no URL."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a heartbeat that is up or down, or of a certificate that expires; none of a test."""
    body = payload.body
    heartbeat = mapping(body.get("heartbeat"))
    monitor = mapping(body.get("monitor"))
    if not heartbeat:
        return _without_heartbeat(body, monitor)
    status = text(heartbeat.get("status"))
    if status in {PENDING, MAINTENANCE}:
        return []
    monitor_id = first_text(monitor.get("id"), heartbeat.get("monitorID"))
    name = first_text(monitor.get("name"), first_line(body.get("msg")), first_line(heartbeat.get("msg")), monitor_id)
    if name is None:
        raise NormalizeError("the monitor has neither a name nor an id")
    target = _target(monitor)
    recovered = status == UP
    offset = text(heartbeat.get("timezoneOffset")) or ""
    return [
        NormalizedEvent(
            event_key=f"{NAME}:{monitor_id or name}",
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=name,
            severity=Severity.INFO if recovered else Severity.ERROR,
            description=first_text(heartbeat.get("msg"), body.get("msg"), monitor.get("description")),
            rule=name,
            resource=Resource(resource_id=target or monitor_id, resource_type=text(monitor.get("type")), name=name),
            additional_info=texts(
                {
                    "monitor_id": monitor_id,
                    "path": monitor.get("pathName"),
                    "tags": [tag.get("name") for tag in items(monitor.get("tags"))],
                    "ping": heartbeat.get("ping"),
                    "message": body.get("msg"),
                }
            ),
            # The one is UTC, the other the server's own time.
            occurred_at=first_time(heartbeat.get("time"), f"{heartbeat.get('localDateTime')}{offset}"),
        )
    ]


def _without_heartbeat(body: JsonObject, monitor: JsonObject) -> list[NormalizedEvent]:
    """Read what is only a message: a test, a certificate or a domain that expires, or something newer."""
    message = first_line(body.get("msg"))
    if message is None:
        raise NormalizeError("there is neither a heartbeat nor a message")
    certificate, domain = _CERTIFICATE.match(message), _DOMAIN.match(message)
    expiry = certificate or domain
    if expiry is None and _TEST.search(message):
        return []
    kind = "certificate" if certificate else "domain" if domain else None
    about = expiry and text(expiry["about"])
    name = first_text(monitor.get("name"), certificate and certificate["name"], about)
    return [
        NormalizedEvent(
            event_key=":".join(filter(None, (NAME, kind, first_text(monitor.get("id"), name, message)))),
            event_type=EventType.ALERT,
            title=f"{kind.capitalize()} expires: {name}" if kind and name else message,
            severity=Severity.WARNING if expiry else Severity.INFO,
            description=text(body.get("msg")),
            rule=name,
            resource=Resource(resource_id=about or name, resource_type=kind, name=about or name),
        )
    ]


def _target(monitor: JsonObject) -> str | None:
    return next((found for name in _TARGETS if (found := text(monitor.get(name))) and found != _NO_URL), None)
