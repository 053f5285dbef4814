"""OpenTelemetry's OTLP as JSON: telemetry, which makes no events.

Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.normalized import KeyScope
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.domain.normalized import NormalizedEvent
    from event_api.normalizers.payload import Payload

NAME: Final = "otlp-json"
ALIASES: Final = ("otlp",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("resourceLogs",)),
    Rule(keys=("resourceMetrics",)),
    Rule(keys=("resourceSpans",)),
    Rule(keys=("resourceProfiles",)),
)


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make no event: OTLP carries telemetry, from which a monitoring tool's rules must make alerts first."""
    if not any(key.startswith("resource") for key in payload.body):
        raise NormalizeError("the body has no key that begins with 'resource', such as 'resourceMetrics'")
    return []
