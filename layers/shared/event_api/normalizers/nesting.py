"""What lies inside an envelope: its own format is found, and reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from event_api.model import Resource, Severity
from event_api.normalizers.detection import GENERIC, detect
from event_api.normalizers.limits import check_shape
from event_api.normalizers.registry import load

if TYPE_CHECKING:
    from datetime import datetime

    from event_api.jsontypes import Json
    from event_api.model import NormalizedEvent
    from event_api.normalizers.payload import Payload

MAX_ENVELOPES: Final = 3
"""A CloudEvent in an SNS message in an SQS record is real; a hundred envelopes are not."""


def claimed(
    payload: Payload, content: Json, besides: str = GENERIC, at: datetime | None = None
) -> list[NormalizedEvent] | None:
    """Return the events of what lies inside a payload's envelope; None if no format claims it, or only ``besides``.

    The envelope's headers say nothing of it. ``at`` is the envelope's own time, for events that have none. Raises
    NormalizeError as the inner format does.
    """
    if payload.envelopes >= MAX_ENVELOPES:
        return None
    name = detect(content, {})
    return None if name in {GENERIC, besides} else read_as(name, payload, content, at)


def read_as(name: str, payload: Payload, content: Json, at: datetime | None = None) -> list[NormalizedEvent]:
    """Return the events of what lies inside a payload's envelope and is known to be of that format; see `claimed`."""
    check_shape(content)
    inner = replace(payload, content=content, headers={}, envelopes=payload.envelopes + 1)
    return [replace(event, occurred_at=event.occurred_at or at) for event in load(name).normalize(inner)]


def unclaimed(payload: Payload, content: Json) -> list[NormalizedEvent]:
    """Return the generic events of what no format claims."""
    return load(GENERIC).normalize(replace(payload, content=content, headers={}))


def read_over(envelope: NormalizedEvent, content: Json) -> NormalizedEvent:
    """Return an envelope's event with what its content, which no format claims, tells by the usual names.

    Only if there is anything in it that could be a title. The envelope's key stays, as does its severity where the
    content has none.
    """
    from event_api.normalizers.formats import generic  # noqa: PLC0415  # a format, imported like any other: if needed

    read = generic.read_titled(content) if isinstance(content, dict) else None
    if read is None:
        return envelope
    return replace(
        read,
        event_key=envelope.event_key,
        severity=envelope.severity if read.severity is Severity.NONE else read.severity,
        description=read.description or envelope.description,
        rule=read.rule or envelope.rule,
        resource=envelope.resource if read.resource == Resource() else read.resource,
        provider=read.provider or envelope.provider,
        account=read.account or envelope.account,
        additional_info=read.additional_info | envelope.additional_info,
        occurred_at=read.occurred_at or envelope.occurred_at,
    )
