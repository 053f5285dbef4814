"""Conditions, and the one predicate that they become: compiled once for a request, asked of every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import TypeAlias, cast

from event_api.domain.fields import EVENT, Kind, Path
from event_api.json_types import Json
from event_api.query.operators import OPERATORS, Operand, Test
from event_api.query.timerange import NO_TIME, TimeRange
from event_api.query.values import MISSING, Row, candidates, reach

Predicate: TypeAlias = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition whose operator is known and whose value suits it.

    ``times``: the row's keys, dotted, whose values are instants; other kinds and rows of statistics have others.
    """

    path: Path
    operator: str
    value: Json
    times: frozenset[str] = EVENT.times

    @property
    def head(self) -> str:
        """The field that must be read."""
        return self.path[0]

    @property
    def is_time(self) -> bool:
        """Whether the values at the path are instants."""
        return ".".join(self.path) in self.times

    @property
    def negated(self) -> bool:
        """Whether it holds exactly where its operator's test fails."""
        return OPERATORS[self.operator].negates(self.value)

    def operand(self, now: datetime) -> Operand:
        """Return what the operator is given."""
        return Operand(self.value, now, self.is_time)

    def span(self, now: datetime) -> TimeRange | None:
        """Return the instants that satisfy the condition, if they form one range."""
        return None if self.negated else OPERATORS[self.operator].span(self.operand(now))

    def hull(self, now: datetime) -> TimeRange:
        """Return a range that all instants are in which satisfy the condition."""
        if self.operator != "in":
            return self.span(now) or TimeRange()
        spans = [
            replace(self, operator="eq", value=value).span(now) or NO_TIME for value in cast("list[Json]", self.value)
        ]
        return reduce(TimeRange.hull, spans, NO_TIME)


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on one row: ``required`` all hold, and one of ``alternatives``, if there are any."""

    required: tuple[Condition, ...] = ()
    alternatives: tuple[Condition, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is a condition."""
        return bool(self.required or self.alternatives)

    @property
    def heads(self) -> frozenset[str]:
        """The fields that must be read."""
        return frozenset(condition.head for condition in (*self.required, *self.alternatives))

    def predicate(self, now: datetime) -> Predicate:
        """Compile the conditions."""
        parts = (all_of(self.required, now), any_of(self.alternatives, now))
        return conjunction([part for part in parts if part is not None]) or (lambda _: True)


def keyword_conditions(keyword: str, kind: Kind) -> list[Condition]:
    """Return the alternatives that a keyword means: any of its words in any of the kind's keyword fields."""
    return [Condition((field,), "contain", word, kind.times) for word in keyword.split() for field in kind.keywords]


def all_of(conditions: Iterable[Condition], now: datetime) -> Predicate | None:
    """Return the predicate that all conditions hold, or None without conditions."""
    return conjunction([predicate(condition, now) for condition in conditions])


def any_of(conditions: Iterable[Condition], now: datetime) -> Predicate | None:
    """Return the predicate that at least one condition holds, or None without conditions."""
    predicates = [predicate(condition, now) for condition in conditions]
    if len(predicates) <= 1:
        return predicates[0] if predicates else None
    return lambda row: any(holds(row) for holds in predicates)


def conjunction(predicates: Sequence[Predicate]) -> Predicate | None:
    """Return the predicate that all hold, or None without predicates."""
    if len(predicates) <= 1:
        return predicates[0] if predicates else None
    return lambda row: all(holds(row) for holds in predicates)


def predicate(condition: Condition, now: datetime) -> Predicate:
    """Compile one condition."""
    operator = OPERATORS[condition.operator]
    test = operator.test(condition.operand(now))
    if not operator.of_elements:
        holds = _of_values(condition.path, test)
    else:
        holds = _of_field(condition.head, test) if len(condition.path) == 1 else _of_path(condition.path, test)
    return (lambda row: not holds(row)) if condition.negated else holds


def _of_field(field: str, test: Test) -> Predicate:
    def holds(row: Row) -> bool:
        value = row.get(field)
        return any(map(test, (value, *value))) if isinstance(value, list) else test(value)

    return holds


def _of_path(path: Path, test: Test) -> Predicate:
    return lambda row: any(map(test, candidates(row, path)))


def _of_values(path: Path, test: Test) -> Predicate:
    return lambda row: any(value is not MISSING and test(value) for value in reach(row, path))
