"""The content of an envelope: its own format is detected, and reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from event_api.normalizers.detection import GENERIC, detect
from event_api.normalizers.limits import check_shape
from event_api.normalizers.registry import read

if TYPE_CHECKING:
    from datetime import datetime

    from event_api.domain.normalized import NormalizedEvent
    from event_api.json_types import Json
    from event_api.normalizers.payload import Payload

MAX_ENVELOPES: Final = 3
"""A CloudEvent in an SNS message in an SQS record is real; a hundred envelopes are not."""


def claimed(
    payload: Payload, content: Json, besides: str = GENERIC, at: datetime | None = None
) -> list[NormalizedEvent] | None:
    """Return the events of an envelope's content; None if no format claims it, or only ``besides``.

    The envelope's headers do not describe it. ``at`` is the envelope's own time, for events that have none. Raises
    NormalizeError as the inner format does.
    """
    if payload.envelopes >= MAX_ENVELOPES:
        return None
    name = detect(content, {})
    return None if name in {GENERIC, besides} else read_as(name, payload, content, at)


def read_as(name: str, payload: Payload, content: Json, at: datetime | None = None) -> list[NormalizedEvent]:
    """Return the events of an envelope's content, which is known to be of that format; see `claimed`."""
    check_shape(content)
    inner = replace(payload, content=content, headers={}, envelopes=payload.envelopes + 1)
    return [replace(event, occurred_at=event.occurred_at or at) for event in read(name, inner)]


def unclaimed(payload: Payload, content: Json) -> list[NormalizedEvent]:
    """Return the generic events of content that no format claims."""
    return read(GENERIC, replace(payload, content=content, headers={}))
