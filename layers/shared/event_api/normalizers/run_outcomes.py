"""How a run of a pipeline ended, by the word that its tool has for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from event_api.domain.event import EventType, Severity
from event_api.normalizers.lenient import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_api.json_types import Json

Outcome = tuple[EventType, Severity, str]
"""The event's type, its severity, and the verb for its title."""


def outcome(status: Json, known: Mapping[str, Outcome], silent: frozenset[str]) -> Outcome | None:
    """Look up a status, whatever its case; None for a ``silent`` one, which is neither a fault nor its end.

    A missing or unknown status is reported: silence would hide a failure.
    """
    word = (text(status) or "").lower()
    if word in silent:
        return None
    if not word:
        return EventType.ALERT, Severity.ERROR, "ended without a status"
    return known.get(word) or (EventType.ALERT, Severity.NONE, f"ended as {word}")
