"""The elements of a body that reports several alarms: one that cannot be read costs no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from event_api.json_types import Json, JsonObject

    Read = Callable[[JsonObject], list[NormalizedEvent] | NormalizedEvent | None]

UNREADABLE: Final = "unreadable_element"
"""The entry of additional_info with the position of the element in its list."""


def each(elements: Sequence[Json], read: Read) -> list[NormalizedEvent]:
    """Return the events of a list's elements; one that cannot be read makes an ERROR event.

    Raises the first element's NormalizeError if no element can be read: then the delivery as a whole cannot.
    """
    events: list[NormalizedEvent] = []
    failed: list[NormalizeError] = []
    for place, element in enumerate(elements):
        try:
            events += _read(element, read)
        except NormalizeError as error:
            failed.append(error)
            events.append(_unreadable(element, place, error))
    if failed and len(failed) == len(elements):
        raise failed[0]
    return events


def _read(element: Json, read: Read) -> list[NormalizedEvent]:
    if not isinstance(element, dict):
        raise NormalizeError("an element of its list is not an object")
    try:
        found = read(element)
    except NormalizeError:
        raise
    except Exception as error:
        reason = f"the normalizer failed ({type(error).__name__})"
        raise NormalizeError(reason, may_be_salvaged=False) from error
    return found if isinstance(found, list) else [] if found is None else [found]


def _unreadable(element: Json, place: int, error: NormalizeError) -> NormalizedEvent:
    """Return an ERROR event; the same element in a later delivery joins its alert."""
    named = element if isinstance(element, dict) else {}
    title = first_text(named.get("title"), named.get("name"), named.get("id"))
    return NormalizedEvent(
        event_key=f"unreadable-element:{digest(element)}",
        event_type=EventType.ERROR,
        title=f"Unreadable element {place + 1} of a delivery" + (f": {title}" if title else ""),
        severity=Severity.CRITICAL,
        description=error.reason,
        additional_info={UNREADABLE: str(place)},
        key_scope=KeyScope.WEBHOOK,
    )
