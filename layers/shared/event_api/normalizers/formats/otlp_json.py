"""OpenTelemetry's OTLP as JSON: telemetry, so no event.

Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.model import NormalizedEvent
    from event_api.normalizers.payload import Payload

NAME: Final = "otlp-json"
ALIASES: Final = ("otlp",)
RULES: Final = (
    Rule(keys=("resourceLogs",)),
    Rule(keys=("resourceMetrics",)),
    Rule(keys=("resourceSpans",)),
    Rule(keys=("resourceProfiles",)),
)


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make nothing of it: OpenTelemetry defines no alerts, and what is bad in telemetry is for rules to say."""
    if not any(key.startswith("resource") for key in payload.body):
        raise NormalizeError("it is no telemetry of OpenTelemetry's")
    return []
