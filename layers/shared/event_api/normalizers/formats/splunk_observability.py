"""Splunk Observability Cloud's (SignalFx's) webhooks: a detector's rule that triggers or clears.

Source: https://help.splunk.com/en/splunk-observability-cloud/manage-data/notification-services/webhook and
https://dev.splunk.com/observability/docs/integrations/webhook_integration_overview
"""

from __future__ import annotations

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

NAME: Final = "splunk-observability"
ALIASES: Final = ("signalfx",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("severity", "originatingMetric", "detectOnCondition")),
    Rule(keys=("incidentId", "statusExtended", "severity"), absent=("originatingMetric",)),
    Rule(keys=("sf_schema", "eventType", "messageTitle"), absent=("originatingMetric", "statusExtended")),
)

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "major": Severity.ERROR,
    "minor": Severity.WARNING,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
}

RECOVERED: Final = frozenset({"ok", "manually resolved", "stopped", "auto_resolved", "auto resolved", "resolved"})
"""Any other status (``anomalous``, ``too high``, ``too low``) is an ALERT."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an incident's state."""
    body = payload.body
    state = (first_text(body.get("statusExtended"), body.get("status")) or "").lower()
    recovered = state in RECOVERED
    incident, rule, detector = (text(body.get(key)) for key in ("incidentId", "rule", "detector"))
    metric, condition = text(body.get("originatingMetric")), text(body.get("detectOnCondition"))
    title = first_text(
        first_line(body.get("messageTitle")),
        rule,
        detector,
        first_line(body.get("description")),
        " ".join(filter(None, (metric, condition))),
        incident and f"Incident {incident}",
    )
    if title is None:
        raise NormalizeError("the notification has no title, rule, detector, metric or incident id")
    dimensions = _dimensions(body)
    host = first_text(*map(dimensions.get, ("host", "host.name", "instance", "InstanceId", "container_name", "pod")))
    watched: tuple[Json, ...] = (first_text(body.get("detectorId"), detector), rule, body.get("eventType"), metric)
    # A rule watches many signals, which differ in their dimensions.
    signal = map("=".join, sorted(dimensions.items()))
    key = f"signalfx-incident:{incident}" if incident else digest("signalfx", *watched, *signal)
    return [
        NormalizedEvent(
            event_key=key,
            former_keys=() if incident else (digest("signalfx", *watched),),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else severity(body.get("severity"), SEVERITIES, Severity.NONE),
            description=first_text(body.get("messageBody"), body.get("description")),
            rule=rule or detector,
            resource=Resource(resource_id=host, name=host),
            account=text(body.get("orgId")) or "",
            image_url=text(body.get("imageUrl")),
            additional_info=dimensions
            | texts(
                {
                    "detector": detector,
                    "detector_url": body.get("detectorUrl"),
                    "runbook_url": body.get("runbookUrl"),
                    "tip": body.get("tip"),
                    "status": first_text(body.get("statusExtended"), body.get("status")),
                    "metric": metric,
                    "condition": condition,
                    "event_type": body.get("eventType"),
                    "triggered_while_muted": body.get("triggeredWhileMuted"),
                }
            ),
            occurred_at=parse_time(body.get("timestamp")),
        )
    ]


def _dimensions(body: JsonObject) -> dict[str, str]:
    """Return the dimensions of the signal, which are those of its first input that has any."""
    inputs = (mapping(one).get("key") for one in mapping(body.get("inputs")).values())
    return texts(mapping(body.get("dimensions")) or next(filter(None, map(mapping, inputs)), {}))
