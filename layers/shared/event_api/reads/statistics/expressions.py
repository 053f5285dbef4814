"""The operators of a project stage: they compute a value from one row, as a table, and can be nested.

Rules: MongoDB's manual, "Aggregation Operators". If MongoDB would fail for the value of one row (the size of a value
that is not an array, a division by zero), the result is null, because one event must not spoil the statistics of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

from event_api.json_types import Json, JsonObject
from event_api.query.values import MISSING, MaybeJson, Row
from event_api.reads.statistics.numbers import as_answer, is_number, total

Evaluate: TypeAlias = Callable[[Row], MaybeJson]


@dataclass(frozen=True, slots=True)
class ProjectOperator:
    """An operator: its function of the operands' values, and the number of operands (None: any number)."""

    apply: Callable[[list[MaybeJson]], Json]
    operands: int | None = None


def _size(values: list[MaybeJson]) -> Json:
    return len(values[0]) if isinstance(values[0], list) else None


def _sum(values: list[MaybeJson]) -> Json:
    """Add up the numbers among several values, or in the one array."""
    among = values[0] if len(values) == 1 and isinstance(values[0], list) else values
    return total([value for value in among if is_number(value)])


def _array_to_object(values: list[MaybeJson]) -> Json:
    """Make an object of ``[{"k", "v"}…]`` or ``[[k, v]…]``; null for any other value."""
    if not isinstance(values[0], list):
        return None
    made: JsonObject = {}
    for member in values[0]:
        match member:
            case {"k": str(name), "v": value} | [str(name), value]:
                made[name] = value
            case _:
                return None
    return made


def _object_to_array(values: list[MaybeJson]) -> Json:
    return [{"k": name, "v": value} for name, value in values[0].items()] if isinstance(values[0], dict) else None


def _arithmetic(compute: Callable[[float, float], float]) -> Callable[[list[MaybeJson]], Json]:
    def apply(values: list[MaybeJson]) -> Json:
        numbers = [value for value in values if is_number(value)]
        if not numbers or len(numbers) < len(values):
            return None
        try:
            # Cut down at each step: products of long integers would grow without bound.
            return reduce(lambda one, other: _bounded(compute(one, other)), numbers)
        except ArithmeticError:
            return None

    return apply


def _bounded(number: float) -> float:
    answer = as_answer(number)
    if answer is None:
        raise OverflowError
    return answer


PROJECT_OPERATORS: Mapping[str, ProjectOperator] = {
    "size": ProjectOperator(_size, 1),
    "sum": ProjectOperator(_sum),
    "array_to_object": ProjectOperator(_array_to_object, 1),
    "object_to_array": ProjectOperator(_object_to_array, 1),
    "add": ProjectOperator(_arithmetic(lambda one, other: one + other)),
    "subtract": ProjectOperator(_arithmetic(lambda one, other: one - other), 2),
    "multiply": ProjectOperator(_arithmetic(lambda one, other: one * other)),
    "divide": ProjectOperator(_arithmetic(lambda one, other: one / other), 2),
}
"""Every operator of a project's fields, by name."""


def applied(operator: ProjectOperator, operands: list[Evaluate]) -> Evaluate:
    """Return the expression of an operator and its operands."""
    return lambda row: operator.apply([evaluate(row) for evaluate in operands])


def constant(value: Json) -> Evaluate:
    """Return the expression of a literal."""
    return lambda _: value


def present(row: Mapping[str, MaybeJson]) -> Row:
    """Return a row without what is missing."""
    return {name: value for name, value in row.items() if value is not MISSING}
