"""Pingdom's state change webhook, of uptime and of transaction checks.

Source: https://www.pingdom.com/resources/webhooks/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, digest, fault_severity, first_text, first_time, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

NAME: Final = "pingdom"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("check_id", "current_state", "previous_state")),)

RECOVERED: Final = frozenset({"up", "success"})
"""An uptime check is UP or DOWN, a transaction check is in SUCCESS or FAILING."""

SEVERITIES: Final = {"high": Severity.ERROR, "low": Severity.WARNING}
"""By how important the check is; older versions, and transaction checks, do not say it."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the check's change of state."""
    body = payload.body
    check = text(body.get("check_id"))
    name = first_text(body.get("check_name"), at(body, "check_params.hostname"), check)
    if name is None:
        raise NormalizeError("the check has neither a name nor an id")
    params = mapping(body.get("check_params"))
    target = first_text(params.get("full_url"), params.get("url") if not params.get("hostname") else None)
    host = text(params.get("hostname"))
    recovered = (text(body.get("current_state")) or "").lower() in RECOVERED
    probes = (at(body, "first_probe.location"), at(body, "second_probe.location"))
    return [
        NormalizedEvent(
            event_key=f"{NAME}:{check or digest(name, target, host)}",
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=name,
            severity=Severity.INFO if recovered else fault_severity(body.get("importance_level"), SEVERITIES),
            description=first_text(body.get("long_description"), body.get("description")),
            rule=name,
            resource=Resource(
                resource_id=first_text(target, host, check),
                resource_type=text(body.get("check_type")),
                name=first_text(host, name),
            ),
            additional_info=texts(
                {
                    "check_id": check,
                    "reason": body.get("description"),
                    "current_state": body.get("current_state"),
                    "previous_state": body.get("previous_state"),
                    "importance_level": body.get("importance_level"),
                    "tags": body.get("tags"),
                    "probes": "; ".join(filter(None, map(text, probes))),
                }
            ),
            occurred_at=first_time(body.get("state_changed_timestamp"), body.get("state_changed_utc_time")),
        )
    ]
