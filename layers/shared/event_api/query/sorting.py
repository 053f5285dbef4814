"""Sorting rows: any number of keys, values of any types, and no more rows kept than are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from event_api.domain.fields import Path
from event_api.query.memory_budget import MemoryBudget, estimate_bytes
from event_api.query.severity import sortable
from event_api.query.values import MISSING, MaybeJson, OrderKey, Row, order_key, reach


class Ordered(Protocol):
    """A sort key: any value that compares with those of the same keys."""

    def __lt__(self, other: Any, /) -> bool:  # noqa: ANN401  # as in typeshed's SupportsLessThan
        """Return whether it sorts before another."""
        ...


RowKey: TypeAlias = Callable[[Row], Ordered]

_ROOM = 1_000
"""Rows that are kept before those behind the wanted ones are dropped: sorting a thousand is cheap."""


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key to sort by."""

    path: Path
    descending: bool = False
    by_severity: bool = False
    """Severities compare by rank, not as text."""


NEWEST_FIRST = (SortKey(("created_at",), descending=True),)
"""The default order of list."""


class _Descending(tuple[OrderKey]):
    """Turns an order around."""

    __slots__ = ()

    def __lt__(self, other: tuple[OrderKey, ...]) -> bool:
        return other[0] < self[0]


def sort_rows(rows: Iterable[Row], keys: Sequence[SortKey], kept: MemoryBudget, most: int | None = None) -> list[Row]:
    """Sort rows, stably; of more than ``most`` only the first are kept, and few others while sorting.

    Raises DbQueryError if those take too much memory.
    """
    key = row_key(keys)
    return sort_keyed(((key(row), row) for row in rows), kept, estimate_bytes, most)


def sort_keyed(
    keyed: Iterable[tuple[Ordered, Row]],
    kept: MemoryBudget,
    weigh: Callable[[tuple[Ordered, Row]], int],
    most: int | None = None,
) -> list[Row]:
    """Sort rows that come with their sort keys, as `sort_rows` does; ``weigh`` estimates the memory of each."""
    first: list[tuple[Ordered, Row, int]] = []
    last = None
    total = taken = 0
    room, least = (None, 0) if most is None else (max(2 * most, _ROOM), most + most // 4)
    for pair in keyed:
        if last is not None and not pair[0] < last:
            continue
        weighs = weigh(pair)
        first.append((*pair, weighs))
        total += weighs
        if most is not None and (len(first) == room or (len(first) > least and not kept.fits(total - taken))):
            first.sort(key=_key_of)
            del first[most:]
            last = first[-1][0]
            total = sum(weighs for _, _, weighs in first)
        kept.take(total - taken)
        taken = total
    first.sort(key=_key_of)
    return [row for _, row, _ in first[:most]]


def _key_of(one: tuple[Ordered, Row, int]) -> Ordered:
    return one[0]


def row_key(keys: Sequence[SortKey]) -> RowKey:
    """Return a function to a row's sort key, which compares, and is equal for rows that the keys do not distinguish."""
    single = [_descending(key) if key.descending else _ascending(key) for key in keys]
    if len(single) == 1:
        return single[0]
    return lambda row: [key(row) for key in single]


def _ascending(key: SortKey) -> RowKey:
    return lambda row: min(_order_keys(row, key))


def _descending(key: SortKey) -> RowKey:
    return lambda row: _Descending((max(_order_keys(row, key)),))


def _order_keys(row: Row, key: SortKey) -> list[OrderKey]:
    """Return the orders of a key's values; an array has its elements', and an empty one that of no value."""
    if len(key.path) == 1:  # most are, and there may be many rows
        value = row.get(key.path[0], MISSING)
        if not isinstance(value, list):
            return [order_key(sortable(value) if key.by_severity else value)]
    keys: list[OrderKey] = []
    for value in reach(row, key.path) or [MISSING]:
        elements: Sequence[MaybeJson] = (value or [MISSING]) if isinstance(value, list) else [value]
        keys.extend(map(order_key, map(sortable, elements) if key.by_severity else elements))
    return keys
