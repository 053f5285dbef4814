"""What one request may keep in memory.

Rows flow through the stages one by one. What is kept is what the request itself asks to keep: the groups of a ``group``
with what they push, add to sets and merge, the rows of a ``sort`` without a ``limit`` behind it, and the values of a
``distinct``.
"""

from __future__ import annotations

from event_api.errors import DbQueryError
from event_api.query.values import MISSING, MaybeJson, Row

MAX_KEPT_BYTES = 128 * 1024 * 1024
"""Memory for what is kept, as estimated; a function has 1 GB for everything."""
MAX_ROW_BYTES = 32 * 1024 * 1024
"""Memory for one row that a stage makes, as estimated."""

_EACH = 64
"""Bytes that any value takes, beside the characters of a string."""


class Kept:
    """The memory that one request has taken so far."""

    __slots__ = ("_bytes",)

    def __init__(self) -> None:
        self._bytes = 0

    def add(self, value: MaybeJson) -> None:
        """Keep a value; raise DbQueryError if that is too much."""
        self._bytes += _weight(value)
        if self._bytes > MAX_KEPT_BYTES:
            raise DbQueryError(
                f"its groups, sets, lists or sorted rows take more than {MAX_KEPT_BYTES} bytes; "
                "filter, group or limit the events before, or keep less of each"
            )

    def swap(self, kept: MaybeJson, value: MaybeJson) -> None:
        """Keep a value in place of another one."""
        if kept is not value:
            self._bytes -= _weight(kept)
            self.add(value)


def check_row(row: Row) -> None:
    """Raise DbQueryError for a row that is too large to be worked on: the same list may be in it many times."""
    if _weight(row) > MAX_ROW_BYTES:
        raise DbQueryError(f"a stage makes a row of more than {MAX_ROW_BYTES} bytes; keep less in it")


def _weight(value: MaybeJson) -> int:
    """Estimate the memory that a value would take if nothing in it were shared; stop where that is too much."""
    if isinstance(value, str):
        return _EACH + len(value)
    weight = 0
    waiting: list[MaybeJson] = [] if value is None or value is MISSING else [value]
    while waiting and weight <= MAX_KEPT_BYTES:
        one = waiting.pop()
        weight += _EACH
        if isinstance(one, str):
            weight += len(one)
        elif isinstance(one, dict):
            weight += sum(_EACH + len(name) for name in one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return weight
