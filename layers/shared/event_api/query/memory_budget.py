"""What one request may keep in memory.

Rows flow through one by one. What is kept is what the request itself asks to keep: the page of a list that is sorted by
another field than created_at; the groups of a ``group`` with what they push, add to sets and merge; the rows of a
``sort``, as many as the ``limit`` right behind it lets through; and the values of a ``distinct``.
"""

from __future__ import annotations

from event_api.domain.errors import DbQueryError
from event_api.query.values import MISSING, Row

MAX_KEPT_BYTES = 128 * 1024 * 1024
"""Estimated memory of kept values; a function has 1 GB for everything."""
MAX_ROW_BYTES = 32 * 1024 * 1024
"""Memory for one row that a stage makes, as estimated."""

BYTES_PER_ENTRY = 200
"""Bytes of a place in a set, or of a group's field, in addition to the value in it."""

_EACH = 64
"""Bytes of any value, in addition to the characters of a string."""


class MemoryBudget:
    """The memory that one request has taken so far."""

    __slots__ = ("_bytes",)

    def __init__(self) -> None:
        self._bytes = 0

    def take(self, number: int) -> None:
        """Take a number of bytes, or give them back; raise DbQueryError if that is too much."""
        self._bytes += number
        if self._bytes > MAX_KEPT_BYTES:
            raise DbQueryError(
                f"its groups, sets, lists or sorted rows take more than {MAX_KEPT_BYTES} bytes; "
                "filter, group or limit the events before, or keep less of each"
            )

    def fits(self, number: int) -> bool:
        """Return whether a number of bytes could be taken."""
        return self._bytes + number <= MAX_KEPT_BYTES

    def add(self, value: object) -> None:
        """Keep a value; raise DbQueryError if that is too much."""
        self.take(estimate_bytes(value))

    def swap(self, kept: object, value: object) -> None:
        """Keep a value in place of another one."""
        if kept is not value:
            self.take(estimate_bytes(value) - estimate_bytes(kept))


def check_row(row: Row) -> None:
    """Raise DbQueryError for a row that is too large to be worked on: the same list may be in it many times."""
    if estimate_bytes(row) > MAX_ROW_BYTES:
        raise DbQueryError(f"a stage makes a row of more than {MAX_ROW_BYTES} bytes; keep less in it")


def estimate_bytes(value: object) -> int:
    """Estimate the memory that a value would take if nothing in it were shared; stop as soon as it is too much."""
    if isinstance(value, str):
        return _EACH + len(value)
    total = 0
    waiting = [] if value is None or value is MISSING else [value]
    while waiting and total <= MAX_KEPT_BYTES:
        one = waiting.pop()
        total += _EACH
        if isinstance(one, str):
            total += len(one)
        elif isinstance(one, dict):
            total += sum(_EACH + len(name) for name in one)
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
    return total
