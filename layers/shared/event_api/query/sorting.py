"""Sorting rows: any number of keys, values of any types, and no more rows kept than are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, TypeAlias

from event_api.fields import Path
from event_api.query.values import MISSING, OrderKey, Row, order_key, reach

RowKey: TypeAlias = Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key to sort by."""

    path: Path
    descending: bool = False


NEWEST_FIRST = (SortKey(("created_at",), descending=True),)
"""How list sorts unless told otherwise."""


class _Descending:
    """Turns an order around."""

    __slots__ = ("key",)

    def __init__(self, key: OrderKey) -> None:
        self.key = key

    def __lt__(self, other: _Descending) -> bool:
        return other.key < self.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and other.key == self.key

    __hash__ = None  # type: ignore[assignment]  # nobody looks it up


def sort_rows(rows: Iterable[Row], keys: Sequence[SortKey], most: int | None = None) -> list[Row]:
    """Sort rows, stably; of more than ``most`` only the first are kept, and no others while sorting."""
    key = row_key(keys)
    return sorted(rows, key=key) if most is None else nsmallest(most, rows, key=key)


def row_key(keys: Sequence[SortKey]) -> RowKey:
    """Return what orders rows: something that compares, and is equal for rows that the keys do not tell apart."""
    single = [_descending(key.path) if key.descending else _ascending(key.path) for key in keys]
    if len(single) == 1:
        return single[0]
    return lambda row: [key(row) for key in single]


def _ascending(path: Path) -> RowKey:
    return lambda row: min(_order_keys(row, path))


def _descending(path: Path) -> RowKey:
    return lambda row: _Descending(max(_order_keys(row, path)))


def _order_keys(row: Row, path: Path) -> list[OrderKey]:
    """Return the orders of a path's values; an array has its elements', and an empty one that of no value."""
    keys: list[OrderKey] = []
    for value in reach(row, path) or [MISSING]:
        keys.extend(map(order_key, value or [MISSING]) if isinstance(value, list) else [order_key(value)])
    return keys
