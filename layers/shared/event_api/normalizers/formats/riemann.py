"""A Riemann event, posted as JSON.

Source: https://riemann.io/concepts.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.elements import each
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import fault_severity, first_text, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "riemann"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
STATES: Final = ("ok", "warning", "critical", "error", "unknown", "expired")
RULES: Final = (
    Rule(keys=("host", "service", "metric"), values={"state": STATES}),
    Rule(keys=("host", "service", "ttl"), values={"state": STATES}),
)

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "expired": Severity.WARNING,
}
"""By state, which is any word that a user chose; these are usual. ``expired`` is Riemann's own: nothing was heard."""
RECOVERED: Final = frozenset({"ok", "up", "normal"})


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of each."""
    content = payload.content
    return each(content if isinstance(content, list) else [payload.body], _event)


def _event(body: JsonObject) -> NormalizedEvent:
    host, service, state = (text(body.get(name)) for name in ("host", "service", "state"))
    about = " ".join(filter(None, (host, service)))
    title = first_text(about, body.get("description"))
    if title is None:
        raise NormalizeError("the event has neither a host, a service nor a description")
    recovered = (state or "").lower() in RECOVERED
    known = ("host", "service", "description", "time")
    return NormalizedEvent(
        # Riemann's own index is by host and service.
        event_key=f"{NAME}:{host or ''}:{service or ''}" if about else f"{NAME}:{title}",
        event_type=EventType.RECOVERY if recovered else EventType.ALERT,
        title=f"{title} is {state}" if about and state else title,
        severity=Severity.INFO if recovered else fault_severity(state, SEVERITIES),
        description=text(body.get("description")),
        rule=service,
        resource=Resource(resource_id=host, resource_type="host" if host else None, name=host),
        additional_info=texts({key: value for key, value in body.items() if key not in known}),
        occurred_at=parse_time(body.get("time")),
    )
