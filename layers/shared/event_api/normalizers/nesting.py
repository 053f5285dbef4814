"""What lies inside an envelope: its own format is found, and reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from event_api.normalizers.detection import GENERIC, detect
from event_api.normalizers.registry import load

if TYPE_CHECKING:
    from event_api.jsontypes import Json
    from event_api.model import NormalizedEvent
    from event_api.normalizers.payload import Payload

MAX_ENVELOPES: Final = 3
"""A CloudEvent in an SNS message in an SQS record is real; a hundred envelopes are not."""


def claimed(payload: Payload, content: Json) -> list[NormalizedEvent] | None:
    """Return the events of what lies inside a payload's envelope; None if no format claims it.

    The envelope's headers say nothing of it. Raises NormalizeError as the inner format does.
    """
    if payload.envelopes >= MAX_ENVELOPES:
        return None
    name = detect(content, {})
    if name == GENERIC:
        return None
    inner = replace(payload, content=content, headers={}, envelopes=payload.envelopes + 1)
    return load(name).normalize(inner)


def unclaimed(payload: Payload, content: Json) -> list[NormalizedEvent]:
    """Return the generic events of what no format claims."""
    return load(GENERIC).normalize(replace(payload, content=content, headers={}))
