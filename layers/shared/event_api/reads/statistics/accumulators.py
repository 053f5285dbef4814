"""The operators of a group: accumulators, one for each field of each group, as a table.

If the contract leaves a rule open, MongoDB's manual decides: "$group (aggregation)", "Accumulator Operator". An
accumulator takes a value, or `MISSING`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from event_api.json_types import Json, JsonObject
from event_api.query.memory_budget import BYTES_PER_ENTRY, MemoryBudget, estimate_bytes
from event_api.query.values import MISSING, MaybeJson, OrderKey, identity, order_key
from event_api.reads.statistics.numbers import as_answer, is_number


class Accumulator(Protocol):
    """Takes the values of a group's rows one by one, in the rows' order."""

    def add(self, value: MaybeJson) -> None:
        """Take a row's value."""
        ...

    def result(self) -> Json:
        """Return the result for the values so far."""
        ...


class Count:
    """Counts rows."""

    __slots__ = ("_count",)

    def __init__(self) -> None:
        self._count = 0

    def add(self, _value: MaybeJson) -> None:
        """Count a row."""
        self._count += 1

    def result(self) -> Json:
        """Return the count."""
        return self._count


class _Sum:
    """Adds numbers, exactly while they are integers; skips other values."""

    __slots__ = ("_doubles", "_integers", "count")

    def __init__(self) -> None:
        self._integers = 0
        self._doubles: float | None = None
        self.count = 0

    def add(self, value: MaybeJson) -> None:
        if not is_number(value):
            return
        self.count += 1
        if isinstance(value, int):
            self._integers += value
        else:
            self._doubles = (self._doubles or 0.0) + value

    def result(self) -> int | float | None:
        if self._doubles is None:
            return as_answer(self._integers)
        try:
            return as_answer(self._integers + self._doubles)
        except OverflowError:
            return None


class _Average:
    __slots__ = ("_sum",)

    def __init__(self) -> None:
        self._sum = _Sum()

    def add(self, value: MaybeJson) -> None:
        self._sum.add(value)

    def result(self) -> Json:
        total = self._sum.result()
        return None if total is None or self._sum.count == 0 else total / self._sum.count


class _Extreme:
    """Keeps the smallest or the largest value in the order of all types; skips null."""

    __slots__ = ("_kept", "_key", "_replaces", "_value")

    def __init__(self, kept: MemoryBudget, replaces: Callable[[OrderKey, OrderKey], bool]) -> None:
        self._kept = kept
        self._replaces = replaces
        self._key: OrderKey | None = None
        self._value: Json = None

    def add(self, value: MaybeJson) -> None:
        if value is None or value is MISSING:
            return
        key = order_key(value)
        if self._key is None or self._replaces(key, self._key):
            self._kept.swap(self._value, value)
            self._key, self._value = key, value

    def result(self) -> Json:
        return self._value


class _First:
    __slots__ = ("_given", "_kept", "_value")

    def __init__(self, kept: MemoryBudget) -> None:
        self._kept = kept
        self._given = False
        self._value: MaybeJson = None

    def add(self, value: MaybeJson) -> None:
        if not self._given:
            self._kept.add(value)
            self._given, self._value = True, value

    def result(self) -> Json:
        return None if self._value is MISSING else self._value


class _Last:
    __slots__ = ("_kept", "_value")

    def __init__(self, kept: MemoryBudget) -> None:
        self._kept = kept
        self._value: MaybeJson = None

    def add(self, value: MaybeJson) -> None:
        self._kept.swap(self._value, value)
        self._value = value

    def result(self) -> Json:
        return None if self._value is MISSING else self._value


class _Push:
    __slots__ = ("_kept", "_values")

    def __init__(self, kept: MemoryBudget) -> None:
        self._kept = kept
        self._values: list[Json] = []

    def add(self, value: MaybeJson) -> None:
        if value is not MISSING:
            self._kept.add(value)
            self._values.append(value)

    def result(self) -> Json:
        return self._values


class _AddToSet:
    __slots__ = ("_kept", "_values")

    def __init__(self, kept: MemoryBudget) -> None:
        self._kept = kept
        self._values: dict[object, Json] = {}

    def add(self, value: MaybeJson) -> None:
        if value is MISSING:
            return
        key = identity(value)
        if key not in self._values:
            self._kept.take(estimate_bytes(value) + BYTES_PER_ENTRY)
            self._values[key] = value

    def result(self) -> Json:
        return list(self._values.values())


class _MergeObjects:
    """Merges objects, of which later ones take precedence; skips other values."""

    __slots__ = ("_kept", "_merged")

    def __init__(self, kept: MemoryBudget) -> None:
        self._kept = kept
        self._merged: JsonObject = {}

    def add(self, value: MaybeJson) -> None:
        if isinstance(value, dict):
            for name, part in value.items():
                if name not in self._merged:
                    self._kept.add(name)
                self._kept.swap(self._merged.get(name), part)
            self._merged.update(value)

    def result(self) -> Json:
        return self._merged


@dataclass(frozen=True, slots=True)
class GroupOperator:
    """An operator of a group's field: the factory of its accumulators, and the options that it takes."""

    accumulator: Callable[[MemoryBudget], Accumulator]
    needs_key: bool = True
    takes_conditions: bool = False
    takes_fields: bool = False


GROUP_OPERATORS: Mapping[str, GroupOperator] = {
    "count": GroupOperator(lambda _: Count(), needs_key=False, takes_conditions=True),
    "sum": GroupOperator(lambda _: _Sum(), takes_conditions=True),
    "average": GroupOperator(lambda _: _Average(), takes_conditions=True),
    "max": GroupOperator(lambda kept: _Extreme(kept, operator.gt)),
    "min": GroupOperator(lambda kept: _Extreme(kept, operator.lt)),
    "first": GroupOperator(_First),
    "last": GroupOperator(_Last),
    "push": GroupOperator(_Push, takes_fields=True),
    "add_to_set": GroupOperator(_AddToSet),
    "merge_objects": GroupOperator(_MergeObjects),
}
"""Every operator of a group's fields, by name."""
