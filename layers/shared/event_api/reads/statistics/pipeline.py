"""The stages of an aggregate, as a table: each becomes a function from rows to rows.

Rows flow through one by one; only ``group`` keeps what it has computed, and ``sort`` what it must
(`event_api.query.memory_budget`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice, takewhile
from operator import itemgetter
from typing import Any, TypeAlias

from event_api.domain.errors import InvalidParameterError, RequiredParameterError
from event_api.domain.fields import EVENT_FIELDS, TIME_FIELDS, Path, is_field, path_of
from event_api.query import severity
from event_api.query.matcher import Condition, Predicate, all_of
from event_api.query.memory_budget import BYTES_PER_ENTRY, MemoryBudget, check_row
from event_api.query.operators import fault_of
from event_api.query.read_budget import ReadBudget
from event_api.query.sorting import SortKey, sort_rows
from event_api.query.summarized import Weighted
from event_api.query.values import MaybeJson, OrderKey, Row, identity, lookup, order_key, unwound
from event_api.reads.requests import RowCondition
from event_api.reads.statistics.accumulators import GROUP_OPERATORS, Accumulator, Count
from event_api.reads.statistics.dates import date_format, precision, specifiers
from event_api.reads.statistics.expressions import PROJECT_OPERATORS, Evaluate, applied, constant, present
from event_api.reads.statistics.requests import (
    CountRows,
    Expression,
    Group,
    GroupField,
    GroupKey,
    Match,
    Project,
    RowSortKey,
    Stage,
    StatQuery,
    UnwindRows,
)

Step: TypeAlias = Callable[[Iterable[Row]], Iterable[Row]]


@dataclass
class Names:
    """The meaning of a stage's keys: fields of events at first, later the names that the previous stage made.

    ``read`` collects the fields of events that have been named. ``group_keys`` are the last group's, which a project
    keeps. ``times`` are the names of instants. ``by_rank``: severities compare by rank. ``consumption`` and ``kept``
    bound the work of the stages.
    """

    now: datetime
    consumption: ReadBudget
    by_rank: bool
    kept: MemoryBudget = field(default_factory=MemoryBudget)
    of_events: bool = True
    group_keys: tuple[str, ...] = ()
    times: frozenset[str] = TIME_FIELDS
    read: set[str] = field(default_factory=set)

    def path(self, key: str, at: str) -> Path:
        """Return the path that a key means; raise InvalidParameterError where events have no such field."""
        if not self.of_events:
            return tuple(key.split("."))
        if not is_field(key):
            raise InvalidParameterError(at, f"unknown field; the fields are {', '.join(EVENT_FIELDS)}")
        path = path_of(key)
        self.read.add(path[0])
        return path

    def value(self, key: str, at: str) -> Evaluate:
        """Return what evaluates a key."""
        path = self.path(key, at)
        if len(path) == 1 and self.of_events:
            name = path[0]
            return lambda row: row.get(name)
        return lambda row: lookup(row, path)

    def conditions(self, parts: Iterable[RowCondition], at: str) -> list[Condition]:
        """Return conditions as the matcher takes them."""
        conditions = []
        for number, part in enumerate(parts):
            condition = Condition(self.path(part.key, f"{at}.{number}.key"), part.operator, part.value, self.times)
            # The result of a stage may hold any value: one that is not a time equals no time.
            fault = fault_of(part.operator, part.value, is_time=condition.is_time and self.of_events)
            if fault is not None:
                raise fault(part.operator, f"{at}.{number}.value")
            conditions.append(severity.ranked(condition) if self.by_rank else condition)
        return conditions

    def predicate(self, parts: Iterable[RowCondition], at: str) -> Predicate | None:
        """Return what tests conditions."""
        return all_of(self.conditions(parts, at), self.now)

    def is_time(self, key: str) -> bool:
        """Return whether the values of a key are instants."""
        return key in self.times

    def times_as(self, name: str, key: str | None) -> set[str]:
        """Return what is an instant under a name that stands for a key's values."""
        if key is None:
            return set()
        inside = {time.removeprefix(key) for time in self.times if time == key or time.startswith(f"{key}.")}
        return {name + rest for rest in inside}

    def made(self, group_keys: tuple[str, ...] = (), times: Iterable[str] = ()) -> None:
        """Note that from here on keys mean what a stage made; ``times`` are the instants in it."""
        self.of_events = False
        self.group_keys = group_keys
        self.times = frozenset(times)


@dataclass(frozen=True, slots=True)
class CountsBy:
    """A group that only counts rows.

    ``paths``: the fields that it needs of an event, but for created_at, of which it needs so many characters as
    ``precision`` says.
    """

    paths: frozenset[Path]
    precision: int
    step: Callable[[Iterable[Weighted]], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """An aggregate, ready to run.

    ``required``: conditions that events must meet to be its rows, from its leading match stages. ``read``: the fields
    that its stages name. ``of_events``: its results are events, whose other fields can be filled in later. ``counted``:
    the names of the counts in the only row, if it begins by counting rows. ``counts_by``: its first step if that only
    counts rows by their keys.
    """

    required: tuple[Condition, ...]
    steps: tuple[Step, ...]
    read: frozenset[str]
    of_events: bool
    counted: tuple[str, ...]
    counts_by: CountsBy | None

    def run(self, rows: Iterable[Row], *, done: int = 0) -> Iterable[Row]:
        """Send rows through all steps behind the first ``done``; events come oldest first."""
        for step in self.steps[done:]:
            rows = step(rows)
        return rows

    def run_counting(self, counts_by: CountsBy, rows: Iterable[Weighted]) -> Iterable[Row]:
        """Send rows, each of which stands for a number of events, through all steps; ``counts_by`` is the first."""
        return self.run(counts_by.step(rows), done=1)


def compile_pipeline(query: StatQuery, now: datetime, consumption: ReadBudget, at: str) -> Pipeline:
    """Compile the aggregate of a query, which stands at a place of a request; raise BadRequestError if it is wrong."""
    stages, by_rank = query.aggregate, query.severity_order == "rank"
    names = Names(now, consumption, by_rank)
    leading = sum(1 for _ in takewhile(lambda stage: stage.match is not None, stages))
    required: list[Condition] = []
    for number, stage in enumerate(stages[:leading]):
        if stage.match is not None:
            # The planner decides whether and from where the fields of these are read.
            required += Names(now, consumption, by_rank).conditions(stage.match.filter, f"{at}.{number}.match.filter")
    steps: list[Step] = []
    for number, stage in enumerate(stages[leading:], leading):
        name, options = stage.given
        step = STAGES[name](options, names, f"{at}.{number}.{name}")
        follower = stages[number + 1] if number + 1 < len(stages) else None
        if name == "sort" and follower is not None and follower.limit is not None:
            step = partial(step, most=follower.limit)
        steps.append(step)
    first = stages[leading] if leading < len(stages) else None
    counted = () if first is None else _counted(first)
    counting = None
    if first is not None and first.group is not None:
        counting = _counts_by(first.group, Names(now, consumption, by_rank, names.kept), f"{at}.{leading}.group")
    return Pipeline(tuple(required), tuple(steps), frozenset(names.read), names.of_events, counted, counting)


def _counted(stage: Stage) -> tuple[str, ...]:
    """Return the names under which a stage answers how many rows there are, if it does nothing else."""
    if stage.count is not None:
        return (stage.count.name,)
    group = stage.group
    if group is None or group.keys or any(part.operator != "count" or part.conditions for part in group.fields):
        return ()
    return tuple(part.name for part in group.fields)


# --- group ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    accumulator: Callable[[MemoryBudget], Accumulator]
    value: Evaluate
    condition: Predicate | None


@dataclass(slots=True)
class _GroupState:
    keys: Row
    accumulators: list[Accumulator]


def _group(options: Group, names: Names, at: str) -> Step:
    if not options.keys and not options.fields:
        raise RequiredParameterError(f"{at}.keys")
    keys = [(key.name, _key(key, names, f"{at}.keys.{number}")) for number, key in enumerate(options.keys)]
    fields = [_field(part, names, f"{at}.fields.{number}") for number, part in enumerate(options.fields)]
    kept = names.kept
    names.made(tuple(name for name, _ in keys), _times_of_group(options, names))

    def step(rows: Iterable[Row]) -> Iterator[Row]:
        groups: dict[Hashable, _GroupState] = {}
        for row in rows:
            values = [evaluate(row) for _, evaluate in keys]
            place = tuple(map(identity, values))
            group = groups.get(place)
            if group is None:
                named = present({name: value for (name, _), value in zip(keys, values, strict=True)})
                kept.add(named)
                kept.take(BYTES_PER_ENTRY * len(fields))
                group = groups[place] = _GroupState(named, [part.accumulator(kept) for part in fields])
            for part, accumulator in zip(fields, group.accumulators, strict=True):
                if part.condition is None or part.condition(row):
                    accumulator.add(part.value(row))
        for group in names.consumption.watched(groups.values()):
            results = zip(fields, group.accumulators, strict=True)
            yield group.keys | {part.name: accumulator.result() for part, accumulator in results}

    return step


def _counts_by(options: Group, names: Names, at: str) -> CountsBy | None:
    """Return the group's step on rows with weights, if it only counts rows and needs created_at to the hour at most."""
    needed = _needed(options)
    if needed is None:
        return None
    paths, digits = needed
    keys = [(key.name, _key(key, names, f"{at}.keys.{number}")) for number, key in enumerate(options.keys)]
    conditions = [
        (part.name, names.predicate(part.conditions, f"{at}.fields.{number}.conditions"))
        for number, part in enumerate(options.fields)
    ]

    def step(rows: Iterable[Weighted]) -> Iterator[Row]:
        groups: dict[Hashable, tuple[list[OrderKey], Row, list[Count]]] = {}
        for row, weight in rows:
            values = [evaluate(row) for _, evaluate in keys]
            place = tuple(map(identity, values))
            group = groups.get(place)
            if group is None:
                named = present({name: value for (name, _), value in zip(keys, values, strict=True)})
                names.kept.add(named)
                names.kept.take(BYTES_PER_ENTRY * len(conditions))
                group = groups[place] = list(map(order_key, values)), named, [Count() for _ in conditions]
            for (_, holds), count in zip(conditions, group[2], strict=True):
                if holds is None or holds(row):
                    count.add(None, weight)
        # In order, because counts from summaries come in no order that pages could rely on.
        for _, named, counts in names.consumption.watched(sorted(groups.values(), key=itemgetter(0))):
            yield named | {name: count.result() for (name, _), count in zip(conditions, counts, strict=True)}

    return CountsBy(paths, digits, step)


def _needed(options: Group) -> tuple[frozenset[Path], int] | None:
    """Return the paths that counting needs, and the characters of created_at; None if it is not just counting."""
    if any(part.operator != "count" for part in options.fields):
        return None
    needed = 0
    paths = {path_of(part.key) for field in options.fields for part in field.conditions}
    for key in options.keys:
        if path_of(key.key) != _CREATED_AT:
            paths.add(path_of(key.key))
            continue
        digits = None if key.date_format is None else precision(key.date_format)
        if digits is None:
            return None
        needed = max(needed, digits)
    return frozenset(paths), needed


_CREATED_AT = ("created_at",)
_KEEPING = {"first", "last", "max", "min", "push", "add_to_set"}
"""Group operators whose results are values of the rows, or lists of them."""


def _times_of_group(options: Group, names: Names) -> set[str]:
    """Return what is an instant in a group's rows; a name that is made twice is the last one."""
    made: dict[str, set[str]] = {
        key.name: names.times_as(key.name, None if key.date_format else key.key) for key in options.keys
    }
    for part in options.fields:
        made[part.name] = names.times_as(part.name, part.key if part.operator in _KEEPING else None)
        for member in part.fields:
            made[part.name] |= names.times_as(f"{part.name}.{member.name}", member.key)
    return set[str]().union(*made.values())


def _key(key: GroupKey, names: Names, at: str) -> Evaluate:
    evaluate = names.value(key.key, f"{at}.key")
    if key.date_format is None:
        return evaluate
    formatted = date_format(key.date_format, instants=names.is_time(key.key))
    if formatted is None:
        raise InvalidParameterError(f"{at}.date_format", f"it is made of {specifiers()}")
    return lambda row: formatted(evaluate(row))


def _field(part: GroupField, names: Names, at: str) -> _Field:
    operator = GROUP_OPERATORS.get(part.operator)
    if operator is None:
        raise InvalidParameterError(f"{at}.operator", f"the operators of a group are {', '.join(GROUP_OPERATORS)}")
    if part.conditions and not operator.takes_conditions:
        raise InvalidParameterError(f"{at}.conditions", f"{part.operator} takes no conditions")
    if part.fields and (part.key is not None or not operator.takes_fields):
        raise InvalidParameterError(f"{at}.fields", "only push takes fields, and no key beside them")
    if operator.needs_key and part.key is None and not part.fields:
        raise RequiredParameterError(f"{at}.key")
    return _Field(
        part.name,
        operator.accumulator,
        _input(part, names, at),
        names.predicate(part.conditions, f"{at}.conditions"),
    )


def _input(part: GroupField, names: Names, at: str) -> Evaluate:
    """Return what an accumulator is given of each row."""
    if part.fields:
        members = [
            (member.name, names.value(member.key, f"{at}.fields.{number}.key"))
            for number, member in enumerate(part.fields)
        ]
        return lambda row: present({name: evaluate(row) for name, evaluate in members})
    return constant(None) if part.key is None else names.value(part.key, f"{at}.key")


# --- the other stages -------------------------------------------------------------------------------------------------


def _unwind(options: UnwindRows, names: Names, at: str) -> Step:
    path = names.path(options.path, f"{at}.path")
    holds = names.predicate(options.filter, f"{at}.filter")

    def step(rows: Iterable[Row]) -> Iterable[Row]:
        # Unwinding unwound rows multiplies them: only time limits it.
        elements = names.consumption.watched(element for row in rows for element in unwound(row, path))
        return elements if holds is None else filter(holds, elements)

    return step


def _count(options: CountRows, names: Names, _at: str) -> Step:
    names.made()

    def step(rows: Iterable[Row]) -> Iterator[Row]:
        count = sum(1 for _ in rows)
        if count:
            yield {options.name: count}

    return step


def _sort(options: Sequence[RowSortKey], names: Names, at: str) -> Step:
    paths = [(names.path(part.key, f"{at}.{number}.key"), part.desc) for number, part in enumerate(options)]
    keys = [SortKey(path, desc, names.by_rank and path == severity.PATH) for path, desc in paths]

    def step(rows: Iterable[Row], most: int | None = None) -> Iterable[Row]:
        return names.consumption.watched(sort_rows(rows, keys, names.kept, most))

    return step


def _limit(most: int, _names: Names, _at: str) -> Step:
    return lambda rows: islice(rows, most)


def _skip(count: int, _names: Names, _at: str) -> Step:
    return lambda rows: islice(rows, count, None)


def _project(options: Project, names: Names, at: str) -> Step:
    fields = [
        (part.name, _expression(part, names, f"{at}.fields.{number}")) for number, part in enumerate(options.fields)
    ]
    kept = () if options.exclude_keys else names.group_keys
    times = {name: names.times_as(name, name) for name in kept}
    times |= {part.name: names.times_as(part.name, None if part.operator else part.key) for part in options.fields}
    names.made(kept, set[str]().union(*times.values()))

    def step(rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            made: dict[str, MaybeJson] = {name: row[name] for name in kept if name in row}
            made.update((name, evaluate(row)) for name, evaluate in fields)
            projected = present(made)
            check_row(projected)
            yield projected

    return step


def _expression(part: Expression, names: Names, at: str) -> Evaluate:
    if part.operator is None:
        if part.fields is not None:
            raise RequiredParameterError(f"{at}.operator")
        return _key_of(part, names, at)
    operator = PROJECT_OPERATORS.get(part.operator)
    if operator is None:
        raise InvalidParameterError(f"{at}.operator", f"the operators of a project are {', '.join(PROJECT_OPERATORS)}")
    operands = [_key_of(part, names, at)] if part.fields is None else _operands(part.fields, names, f"{at}.fields")
    if part.fields is not None and part.key is not None:
        raise InvalidParameterError(f"{at}.key", "an operator takes a key or fields")
    if not operands or operator.operands not in {None, len(operands)}:
        raise InvalidParameterError(f"{at}.fields", f"{part.operator} takes {operator.operands or 'at least one'}")
    return applied(operator, operands)


def _key_of(part: Expression, names: Names, at: str) -> Evaluate:
    if part.key is None:
        raise RequiredParameterError(f"{at}.key")
    return names.value(part.key, f"{at}.key")


def _operands(parts: Sequence[str | float | Expression], names: Names, at: str) -> list[Evaluate]:
    operands: list[Evaluate] = []
    for number, part in enumerate(parts):
        match part:
            case str():
                operands.append(names.value(part, f"{at}.{number}"))
            case Expression():
                operands.append(_expression(part, names, f"{at}.{number}"))
            case _:
                operands.append(constant(part))
    return operands


def _match(options: Match, names: Names, at: str) -> Step:
    holds = names.predicate(options.filter, f"{at}.filter")
    return lambda rows: rows if holds is None else filter(holds, rows)


STAGES: Mapping[str, Callable[[Any, Names, str], Any]] = {
    "group": _group,
    "unwind": _unwind,
    "count": _count,
    "sort": _sort,
    "limit": _limit,
    "skip": _skip,
    "project": _project,
    "match": _match,
}
"""The stages:

for each, the function that makes its step from its options (`event_api.reads.statistics.requests`), the meaning of the
keys, and its place.
"""
