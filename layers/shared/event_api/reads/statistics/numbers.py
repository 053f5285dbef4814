"""Numbers as MongoDB computes them, and as JSON can answer them."""

from __future__ import annotations

from math import isfinite
from typing import TypeGuard

from event_api.query.values import MaybeJson

_LAST_LONG = 2**63 - 1


def is_number(value: MaybeJson) -> TypeGuard[int | float]:
    """Return whether a value is a number; a boolean is not one."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_answer(number: float) -> int | float | None:
    """Return a result that JSON can hold: a double beyond 64 bits, None beyond a double."""
    if isinstance(number, int) and abs(number) <= _LAST_LONG:
        return number
    try:
        double = float(number)
    except OverflowError:
        return None
    return double if isfinite(double) else None


def total(numbers: list[int | float]) -> int | float | None:
    """Return a sum; None if it exceeds a double."""
    try:
        return as_answer(sum(numbers))
    except OverflowError:  # an integer beyond a double, and a double
        return None
