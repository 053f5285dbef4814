"""How a run of a pipeline ended, by the word that its tool has for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from event_api.model import EventType, Severity
from event_api.normalizers.coerce import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_api.jsontypes import Json

Outcome = tuple[EventType, Severity, str]
"""What an event of it says, and the verb for its title."""


def outcome(status: Json, known: Mapping[str, Outcome], silent: frozenset[str]) -> Outcome | None:
    """Look a status up, whatever its case; None for a ``silent`` one, which is neither a fault nor its end.

    What has no status, or one that nobody knows, is told of: silence would hide a failure.
    """
    word = (text(status) or "").lower()
    if word in silent:
        return None
    if not word:
        return EventType.ALERT, Severity.ERROR, "ended without a status"
    return known.get(word) or (EventType.ALERT, Severity.NONE, f"ended as {word}")
