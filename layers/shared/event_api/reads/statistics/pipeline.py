"""The stages of an aggregate: each is compiled to a function from rows to rows.

Rows flow through the stages one by one. Only ``group`` and ``sort`` keep data, within a budget
(`event_api.query.memory_budget`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, takewhile
from typing import TypeAlias, cast

from event_api.domain.errors import InvalidParameterError, RequiredParameterError
from event_api.domain.fields import Kind, Path
from event_api.query import severity
from event_api.query.matcher import Condition, Predicate, all_of
from event_api.query.memory_budget import BYTES_PER_ENTRY, MemoryBudget, check_row, estimate_bytes
from event_api.query.operators import fault_of
from event_api.query.read_budget import ReadBudget
from event_api.query.sorting import SortKey, sort_rows
from event_api.query.summarized import Weighted
from event_api.query.values import MaybeJson, OrderKey, Row, identity, lookup, order_key, unwound
from event_api.reads.keys import fault_of_field
from event_api.reads.requests import RowCondition
from event_api.reads.statistics.accumulators import GROUP_OPERATORS, Accumulator
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
    """The meaning of a stage's keys: at first fields of records, later the names that the previous stage defined.

    ``read`` collects the records' fields that the stages name. ``group_keys`` are the keys of the last group, which a
    project keeps. ``times`` are the names of instants. ``by_rank``: severities compare by rank. ``consumption`` and
    ``kept`` limit the time and the memory of the stages.
    """

    kind: Kind
    now: datetime
    consumption: ReadBudget
    by_rank: bool
    kept: MemoryBudget = field(default_factory=MemoryBudget)
    of_records: bool = True
    group_keys: tuple[str, ...] = ()
    times: frozenset[str] = frozenset()
    read: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.times = self.kind.times

    def path(self, key: str, at: str) -> Path:
        """Return the path for a key; raise InvalidParameterError if records have no such field."""
        if not self.of_records:
            return tuple(key.split("."))
        if fault := fault_of_field(key, self.kind):
            raise InvalidParameterError(at, fault)
        path = self.kind.path_of(key)
        self.read.add(path[0])
        return path

    def value(self, key: str, at: str) -> Evaluate:
        """Return the function that evaluates a key."""
        path = self.path(key, at)
        if len(path) == 1 and self.of_records:
            name = path[0]
            return lambda row: row.get(name)
        return lambda row: lookup(row, path)

    def conditions(self, parts: Iterable[RowCondition], at: str) -> list[Condition]:
        """Convert conditions of a request into the matcher's."""
        conditions = []
        for number, part in enumerate(parts):
            condition = Condition(self.path(part.key, f"{at}.{number}.key"), part.operator, part.value, self.times)
            # Rows that a stage made may hold any value, so a condition on an instant may name one that is not a time.
            fault = fault_of(part.operator, part.value, is_time=condition.is_time and self.of_records)
            if fault is not None:
                raise fault(part.operator, f"{at}.{number}.value")
            conditions.append(severity.ranked(condition) if self.by_rank else condition)
        return conditions

    def predicate(self, parts: Iterable[RowCondition], at: str) -> Predicate | None:
        """Compile conditions; return None if there are none."""
        return all_of(self.conditions(parts, at), self.now)

    def is_time(self, key: str) -> bool:
        """Return whether the values of a key are instants."""
        return key in self.times

    def times_as(self, name: str, key: str | None) -> set[str]:
        """Return the paths of instants under a new name for a key's values."""
        if key is None:
            return set()
        inside = {time.removeprefix(key) for time in self.times if time == key or time.startswith(f"{key}.")}
        return {name + rest for rest in inside}

    def made(self, group_keys: tuple[str, ...] = (), times: Iterable[str] = ()) -> None:
        """Note that keys now refer to the rows that a stage made; ``times`` are the instants in them."""
        self.of_records = False
        self.group_keys = group_keys
        self.times = frozenset(times)


@dataclass(frozen=True, slots=True)
class CountsBy:
    """A group that only counts rows.

    ``paths``: the records' fields that it needs, except created_at. ``precision``: the characters of created_at that it
    needs, from the beginning.
    """

    paths: frozenset[Path]
    precision: int
    step: Callable[[Iterable[Weighted]], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """An aggregate, ready to run.

    ``required``: the conditions of its leading match stages, which records must meet to become rows. ``read``: the
    fields that its stages name. ``of_records``: its results are records, whose other fields can be filled in later.
    ``counted``: the names of the counts in the single row, if its first step only counts all rows. ``counts_by``: its
    first step, if that only counts rows by their keys.
    """

    required: tuple[Condition, ...]
    steps: tuple[Step, ...]
    read: frozenset[str]
    of_records: bool
    counted: tuple[str, ...]
    counts_by: CountsBy | None

    def run(self, rows: Iterable[Row], *, done: int = 0) -> Iterable[Row]:
        """Send rows through all steps after the first ``done``; records must arrive oldest first."""
        for step in self.steps[done:]:
            rows = step(rows)
        return rows

    def run_counting(self, counts_by: CountsBy, rows: Iterable[Weighted]) -> Iterable[Row]:
        """Send weighted rows through all steps; ``counts_by`` is the first. A row's weight is its number of events."""
        return self.run(counts_by.step(rows), done=1)


def compile_pipeline(kind: Kind, query: StatQuery, now: datetime, consumption: ReadBudget, at: str) -> Pipeline:
    """Compile a query's aggregate; raise BadRequestError if it is invalid. ``at`` is its place in the request."""
    stages, by_rank = query.aggregate, query.severity_order == "rank"
    names = Names(kind, now, consumption, by_rank)
    leading = sum(1 for _ in takewhile(lambda stage: stage.match is not None, stages))
    required: list[Condition] = []
    for number, stage in enumerate(stages[:leading]):
        if stage.match is not None:
            # The planner decides whether these fields are read, and from which table or index.
            apart = Names(kind, now, consumption, by_rank)
            required += apart.conditions(stage.match.filter, f"{at}.{number}.match.filter")
    steps: list[Step] = []
    for number, stage in enumerate(stages[leading:], leading):
        follower = stages[number + 1] if number + 1 < len(stages) else None
        steps.append(_step(stage, names, f"{at}.{number}", follower))
    first = stages[leading] if leading < len(stages) else None
    counted = () if first is None else _counted(first)
    counting = None
    if first is not None and first.group is not None:
        apart = Names(kind, now, consumption, by_rank, names.kept)
        counting = _counts_by(first.group, apart, f"{at}.{leading}.group")
    return Pipeline(tuple(required), tuple(steps), frozenset(names.read), names.of_records, counted, counting)


def _step(stage: Stage, names: Names, at: str, follower: Stage | None) -> Step:
    """Compile one stage; ``follower`` is the next one."""
    name, options = stage.given
    at = f"{at}.{name}"
    match options:
        case Group():
            return _group(options, names, at)
        case UnwindRows():
            return _unwind(options, names, at)
        case CountRows():
            return _count(options, names)
        case Project():
            return _project(options, names, at)
        case Match():
            return _match(options, names, at)
        case list():
            return _sort(options, names, at, most=None if follower is None else follower.limit)
        case int():
            return _limit(options) if name == "limit" else _skip(options)


def _counted(stage: Stage) -> tuple[str, ...]:
    """Return the names under which a stage returns the number of rows, if it does nothing else."""
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
    needed = _needed(options, names.kind)
    if needed is None:
        return None
    paths, digits = needed
    keys = [(key.name, _key(key, names, f"{at}.keys.{number}")) for number, key in enumerate(options.keys)]
    conditions = [
        (part.name, names.predicate(part.conditions, f"{at}.fields.{number}.conditions"))
        for number, part in enumerate(options.fields)
    ]

    key_names, count_names = [name for name, _ in keys], [name for name, _ in conditions]
    least = estimate_bytes({}) + sum(map(estimate_bytes, key_names)) + BYTES_PER_ENTRY * len(conditions)

    def step(rows: Iterable[Weighted]) -> Iterator[Row]:
        groups: dict[tuple[Hashable, ...], list[int]] = {}
        # Groups with a value that is not a string, and so not its own identity.
        others: dict[tuple[Hashable, ...], list[MaybeJson]] = {}
        for row, weight in rows:
            values = [evaluate(row) for _, evaluate in keys]
            place = tuple([identity(value) for value in values])
            counts = groups.get(place)
            if counts is None:
                names.kept.take(least + sum([estimate_bytes(value) for value in values]))
                counts = groups[place] = [0] * len(conditions)
                if not all(isinstance(value, str) for value in values):
                    others[place] = values
            for number, (_, holds) in enumerate(conditions):
                if holds is None or holds(row):
                    counts[number] += weight

        def order(place: tuple[Hashable, ...]) -> list[OrderKey]:
            return [order_key(value) for value in others.get(place) or cast("tuple[str, ...]", place)]

        # In order, because counts from summaries come in no order that pages could rely on.
        for place in names.consumption.watched(sorted(groups, key=order if others else None)):
            values = others.get(place) or [*cast("tuple[str, ...]", place)]
            named = present(dict(zip(key_names, values, strict=True)))
            named.update(zip(count_names, groups[place], strict=True))
            yield named

    return CountsBy(paths, digits, step)


def _needed(options: Group, kind: Kind) -> tuple[frozenset[Path], int] | None:
    """Return the paths that counting needs, and the characters of created_at; None for more than counting."""
    if any(part.operator != "count" for part in options.fields):
        return None
    needed = 0
    paths = {kind.path_of(part.key) for field in options.fields for part in field.conditions}
    for key in options.keys:
        if kind.path_of(key.key) != _CREATED_AT:
            paths.add(kind.path_of(key.key))
            continue
        digits = None if key.date_format is None else precision(key.date_format)
        if digits is None:
            return None
        needed = max(needed, digits)
    return frozenset(paths), needed


_CREATED_AT = ("created_at",)
_KEEPING = {"first", "last", "max", "min", "push", "add_to_set"}
"""Group operators whose results are values from the rows, or lists of such values."""


def _times_of_group(options: Group, names: Names) -> set[str]:
    """Return the paths of instants in a group's rows; of two fields with the same name, the last counts."""
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
        raise InvalidParameterError(f"{at}.date_format", f"unknown specifier; the specifiers are {specifiers()}")
    return lambda row: formatted(evaluate(row))


def _field(part: GroupField, names: Names, at: str) -> _Field:
    operator = GROUP_OPERATORS.get(part.operator)
    if operator is None:
        raise InvalidParameterError(f"{at}.operator", f"the operators of a group are {', '.join(GROUP_OPERATORS)}")
    if part.conditions and not operator.takes_conditions:
        raise InvalidParameterError(f"{at}.conditions", f"{part.operator} takes no conditions")
    if part.fields and (part.key is not None or not operator.takes_fields):
        raise InvalidParameterError(f"{at}.fields", "only push takes fields, and it takes either a key or fields")
    if operator.needs_key and part.key is None and not part.fields:
        raise RequiredParameterError(f"{at}.key")
    return _Field(
        part.name,
        operator.accumulator,
        _input(part, names, at),
        names.predicate(part.conditions, f"{at}.conditions"),
    )


def _input(part: GroupField, names: Names, at: str) -> Evaluate:
    """Return the function that reads an accumulator's input from a row."""
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
        # Repeated unwinding multiplies rows; only the time limit bounds it.
        elements = names.consumption.watched(element for row in rows for element in unwound(row, path))
        return elements if holds is None else filter(holds, elements)

    return step


def _count(options: CountRows, names: Names) -> Step:
    names.made()

    def step(rows: Iterable[Row]) -> Iterator[Row]:
        count = sum(1 for _ in rows)
        if count:
            yield {options.name: count}

    return step


def _sort(options: Sequence[RowSortKey], names: Names, at: str, *, most: int | None) -> Step:
    """Sort rows; keep only ``most`` if the next stage drops the others."""
    paths = [(names.path(part.key, f"{at}.{number}.key"), part.desc) for number, part in enumerate(options)]
    keys = [SortKey(path, desc, names.by_rank and path == severity.PATH) for path, desc in paths]
    return lambda rows: names.consumption.watched(sort_rows(rows, keys, names.kept, most))


def _limit(most: int) -> Step:
    return lambda rows: islice(rows, most)


def _skip(count: int) -> Step:
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
        raise InvalidParameterError(f"{at}.key", "an operator takes either a key or fields")
    number = operator.operands
    if not operands or number not in {None, len(operands)}:
        wanted = "one operand" if number == 1 else f"{number or 'one or more'} operands"
        raise InvalidParameterError(f"{at}.fields", f"{part.operator} takes {wanted}")
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
