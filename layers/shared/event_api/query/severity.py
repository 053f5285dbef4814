"""The order of severities: an extension, as the reference compares them as text (docs/api.md)."""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.query.matcher import Condition
from event_api.query.values import MaybeJson

PATH: Final = ("severity",)

_ASCENDING: Final = (
    Severity.NONE,
    Severity.NOT_AVAILABLE,
    Severity.INFO,
    Severity.WARNING,
    Severity.ERROR,
    Severity.CRITICAL,
)
RANKS: Final[dict[str, int]] = {severity.value: rank for rank, severity in enumerate(_ASCENDING)}


def ranked(condition: Condition) -> Condition:
    """Return a condition on the order of severities as one on the severities that satisfy it.

    Any other condition, and one whose value is not a severity, stays as it is.
    """
    if condition.path != PATH or not isinstance(condition.value, str) or condition.value not in RANKS:
        return condition
    bound = RANKS[condition.value]
    holds = {
        "gt": lambda rank: rank > bound,
        "gte": lambda rank: rank >= bound,
        "lt": lambda rank: rank < bound,
        "lte": lambda rank: rank <= bound,
    }.get(condition.operator)
    if holds is None:
        return condition
    return Condition(PATH, "in", [name for name, rank in RANKS.items() if holds(rank)], condition.times)


def sortable(value: MaybeJson) -> MaybeJson:
    """Return what orders a severity by its rank, before any other text; any other value stays as it is."""
    return f"\0{RANKS[value]}" if isinstance(value, str) and value in RANKS else value
