"""Turn a sender's body into events: one small pure module per format, in `event_api.normalizers.formats`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from event_api.domain.event import EventType
from event_api.normalizers import limits
from event_api.normalizers.detection import detect
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.payload import Payload, headers_to_store
from event_api.normalizers.registry import known_formats, load, read

if TYPE_CHECKING:
    from event_api.domain.normalized import NormalizedEvent
    from event_api.json_types import JsonObject

UNREAD_BECAUSE = "unread_because"
"""The entry of additional_info with the reason why the payload's own format could not read it."""
_MAPPING = "mapping"

__all__ = [
    "UNREAD_BECAUSE",
    "NormalizeError",
    "Payload",
    "fallback_event",
    "headers_to_store",
    "known_formats",
    "normalize",
]


def normalize(
    format: str | None,  # noqa: A002 - the domain's word
    payload: Payload,
    own: JsonObject | None = None,
) -> tuple[str, list[NormalizedEvent]]:
    """Return the format that was used, under its own name, and the payload's events, each within `limits`.

    ``format`` is what the webhook is fixed to; None has it detected. ``own`` is the mapping of the webhook's own format
    (`event_api.normalizers.custom_mapping`), which goes before. Raises NormalizeError, and nothing else.
    """
    name = _MAPPING if own is not None else format or detect(payload.content, payload.headers)
    try:
        limits.check_shape(payload.content)
        events = _mapped(payload, own) if own is not None else read(name, payload)
        limits.check_number(events)
        events = [limits.apply(event) for event in events]
    except NormalizeError:
        raise
    except Exception as error:
        # A fault of ours must not lose a delivery: it becomes an ERROR event that says so.
        reason = f"the {name} normalizer failed ({type(error).__name__})"
        raise NormalizeError(reason, may_be_salvaged=False) from error
    return name if own is not None else load(name).NAME, events


def _mapped(payload: Payload, own: JsonObject) -> list[NormalizedEvent]:
    from event_api.normalizers import custom_mapping  # noqa: PLC0415  # few webhooks have one

    return custom_mapping.read(own).events(payload)


def fallback_event(payload: Payload, reason: str) -> NormalizedEvent | None:
    """Return an ALERT with the legible part of a payload that its normalizer could not read, or None.

    ``reason`` is the normalizer's; the event contains it. Whether the payload reports an alert at all is unknown.
    """
    from event_api.normalizers.formats import generic  # noqa: PLC0415  # a format, imported like any other: if needed

    event = generic.read_titled(payload.content)
    if event is None:
        return None
    told = {**event.additional_info, UNREAD_BECAUSE: reason}
    return limits.apply(replace(event, event_type=EventType.ALERT, additional_info=told, key_scope=generic.KEY_SCOPE))
