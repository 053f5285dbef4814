"""OpsCruise's tickets, as its chat webhook writes them: lines of names and values in ``text``.

Source: https://github.com/cloudforet-io/plugin-opscruise-mon-webhook (the sender has no public documentation of it).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_text, severity, text, texts

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload
    from event_api.normalizers.rules import Rule

NAME: Final = "opscruise"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final[tuple[Rule, ...]] = ()

SEVERITIES: Final = {"high": Severity.CRITICAL, "medium": Severity.WARNING, "low": Severity.INFO}
"""By the ticket's priority."""

RECOVERED: Final = frozenset({"resolved", "closed"})

_LINE = re.compile(r"([^:\s][^:]*):(?:\s+(.*))?")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a ticket's state: a state other than resolved or closed is open."""
    fields = _fields(text(payload.body.get("text")) or "")
    ticket = fields.get("ticket id")
    title = first_text(fields.get("summary"), ticket and f"Ticket {ticket}")
    if title is None:
        raise NormalizeError("its text has neither a Summary nor a Ticket ID")
    recovered = fields.get("header message type", "").lower() in RECOVERED
    target = fields.get("target name")
    return [
        NormalizedEvent(
            event_key=f"opscruise:{ticket}" if ticket else digest("opscruise", title, target),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else severity(fields.get("ticket priority"), SEVERITIES, Severity.NONE),
            description=fields.get("description"),
            resource=Resource(
                resource_id=first_text(fields.get("target pod"), target),
                resource_type=fields.get("target type"),
                name=target,
            ),
            additional_info=texts(
                {
                    "ticket_id": ticket,
                    "ticket_priority": fields.get("ticket priority"),
                    "ticket_escalation": fields.get("ticket escalation"),
                    "instance_ip": fields.get("target node"),
                    "pod_name": fields.get("target pod"),
                }
            ),
            occurred_at=parse_time(fields.get("ticket updated")),
        )
    ]


def _fields(told: str) -> dict[str, str]:
    """Read YAML's ``Name: value`` lines by their names in lower case; an indented line goes on with the one before."""
    fields: dict[str, str] = {}
    name = None
    for line in told.splitlines():
        match = _LINE.fullmatch(line)
        if match:
            name = match[1].strip().lower()
            fields[name] = (match[2] or "").strip(" '\"|>")
        elif name is not None and line.strip():
            fields[name] = f"{fields[name]}\n{line.strip()}".strip()
    return {key: value for key, value in fields.items() if value}
