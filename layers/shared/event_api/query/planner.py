"""From a query to a plan: the index to read, its range of time, and the filter that is left. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import cast

from event_api.domain.access import Scope
from event_api.domain.fields import EVENT, Kind, Path
from event_api.json_text import is_utf8
from event_api.json_types import Json
from event_api.query.matcher import Condition, Filter
from event_api.query.sorting import NEWEST_FIRST, SortKey
from event_api.query.timerange import NO_TIME, TimeRange


class Index(Enum):
    """Where records are found: by an event's id, an alert's, their project's, the open ones, or all of the domain."""

    EVENT = "event"
    ALERT = "alert"
    PROJECT = "project"
    OPEN = "open"
    DOMAIN = "domain"


MAX_PARTITIONS = 100
"""Alerts or projects that are read one by one; beyond, reading the domain costs less than asking so often."""

MAX_STORED_VALUES = 80
"""Values in the conditions that are left to the store; it takes no more than 100 in one list."""

MAX_STORED_CHARACTERS = 1_000
"""Characters in such a value: DynamoDB takes 2 MB in all."""

_CREATED_AT = "created_at"
_PROJECT = ("project_id",)
_STORED_OPERATORS = {"eq", "not", "in", "not_in", "gt", "gte", "lt", "lte", "exists"}


@dataclass(frozen=True, slots=True)
class Place:
    """The place behind one record in the order of reading.

    ``including``: it is before the record, which is read again. ``instant_done``: it is behind all of its instant.
    """

    created_at: str
    record_id: str
    including: bool = False
    instant_done: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of a query are read.

    Everything is read within ``scope``: its domain, and its projects if it is limited to some. ``keys`` are ids for the
    index (none for DOMAIN; projects for OPEN, where none means all). ``fields``: the kind's early fields to read.
    ``since`` and ``until``: created_at, ISO 8601 with milliseconds, both included. ``is_empty``: no record can match.
    ``descending``: read the newest first. ``ordered``: the rows are read in the requested order. ``after``: read only
    rows behind that place. The store returns only rows that satisfy ``pushed_down``. ``index_filter`` needs ``fields``
    only; ``residual_fields`` are then filled in for ``residual_filter``. ``now`` is the present of relative times.
    """

    kind: Kind
    scope: Scope
    now: datetime
    index: Index
    keys: tuple[str, ...]
    fields: frozenset[str]
    since: str | None
    until: str | None
    is_empty: bool
    descending: bool
    ordered: bool
    pushed_down: Filter
    index_filter: Filter
    residual_filter: Filter
    residual_fields: frozenset[str]
    after: Place | None = None

    @property
    def exact(self) -> bool:
        """Whether every row that is read matches."""
        return not self.index_filter and not self.residual_filter


def make_plan(
    required: Sequence[Condition],
    alternatives: Sequence[Condition],
    scope: Scope,
    now: datetime,
    *,
    kind: Kind = EVENT,
    order: Sequence[SortKey] = NEWEST_FIRST,
    projected: frozenset[str] = frozenset(),
    required_fields: frozenset[str] = frozenset(),
) -> Plan:
    """Plan a query: ``required`` conditions all hold, and one of ``alternatives`` if there are any.

    ``projected``: the fields of the response, which are needed for few rows. ``required_fields``: the fields that every
    matching row needs for the work after matching; those of ``order`` are added.
    """
    required, alternatives = _simplified(required, alternatives, kind)
    allowed = _allowed_values(required, kind)
    domains = allowed.pop(("domain_id",), None)
    contradiction = (
        (domains is not None and scope.domain_id not in domains)
        or not all(allowed.values())
        or scope.projects == frozenset()
    )
    index, keys = _narrowest(allowed, scope, kind)
    span = _created(required, alternatives, now)
    left = [condition for condition in required if not _is_consumed(condition, index, now, kind)]
    pushed_down, index_filter, residual_filter = _shared_out(left, tuple(alternatives), now, kind)
    ordered = _is_ordered_by_time(order, kind)
    early = (
        index_filter.heads
        | residual_filter.heads
        | required_fields
        | (set() if ordered else {key.path[0] for key in order})
    )
    residual_fields = frozenset(early - kind.early)
    return Plan(
        kind=kind,
        scope=scope,
        now=now,
        index=index,
        keys=keys or (),
        fields=kind.early & (early | projected | ({kind.id_field} if residual_fields else set())),
        since=span.since,
        until=span.until,
        is_empty=span.empty or contradiction or keys is None,
        descending=ordered and order[0].descending,
        ordered=ordered,
        pushed_down=pushed_down,
        index_filter=index_filter,
        residual_filter=residual_filter,
        residual_fields=residual_fields,
    )


# --- what the conditions allow ---------------------------------------------------------------------------------------


def _simplified(
    required: Sequence[Condition], alternatives: Sequence[Condition], kind: Kind
) -> tuple[Sequence[Condition], Sequence[Condition]]:
    """Turn alternatives into one required condition if that is possible."""
    values = [_values_of(condition, kind) for condition in alternatives]
    paths = {condition.path for condition in alternatives}
    if len(alternatives) == 1:
        return [*required, *alternatives], ()
    if len(paths) == 1 and None not in values:
        together = sorted(set[str | None]().union(*filter(None, values)), key=lambda value: value or "")
        return [*required, Condition(paths.pop(), "in", [*together], kind.times)], ()
    return required, alternatives


def _values_of(condition: Condition, kind: Kind) -> frozenset[str | None] | None:
    """Return the values that a condition on a text allows; None if it allows no finite set."""
    if condition.path not in kind.texts:
        return None
    sparse = kind.sparse
    match condition.operator:
        case "eq":
            values = [condition.value]
        case "in":
            values = cast("list[Json]", condition.value)
        case "exists" if condition.value is False:
            values = [None]
        case "not" | "not_in" if sparse is not None and condition.path == (sparse.field,):
            excluded = condition.value if isinstance(condition.value, list) else [condition.value]
            values = [value for value in sparse.values | sparse.others if value not in excluded]
        case _:
            return None
    # A value that is neither null nor a string equals no text.
    found = {value for value in values if value is None or isinstance(value, str)}
    return frozenset(found - {None} if condition.head in kind.always else found)


def _allowed_values(required: Iterable[Condition], kind: Kind) -> dict[Path, frozenset[str | None]]:
    """Return, for each text that has conditions on its values, those that all of them allow."""
    allowed: dict[Path, frozenset[str | None]] = {}
    for condition in required:
        values = _values_of(condition, kind)
        if values is not None:
            allowed[condition.path] = allowed.get(condition.path, values) & values
    return allowed


def _narrowest(
    allowed: dict[Path, frozenset[str | None]], scope: Scope, kind: Kind
) -> tuple[Index, tuple[str, ...] | None]:
    """Return the index and its keys; without keys there are no records, if they are None."""
    if scope.projects is not None:
        projects = frozenset[str | None](scope.projects)
        allowed[_PROJECT] = allowed.get(_PROJECT, projects) & projects
    for field, index in kind.indexes.items():
        values = allowed.get((field,), _ANY)
        if _can_be_keys(values, MAX_PARTITIONS if field != kind.id_field else None):
            return Index(index), _keys(values)
    sparse = kind.sparse
    if sparse is not None and allowed.get((sparse.field,), _ANY) <= sparse.values:
        values = allowed.get(_PROJECT, _ANY)
        return Index(sparse.name), _keys(values) if _can_be_keys(values, MAX_PARTITIONS) else ()
    return Index.DOMAIN, ()


_ANY = frozenset[str | None]({None})


def _can_be_keys(values: frozenset[str | None], most: int | None) -> bool:
    # No index finds what has no value.
    return None not in values and (most is None or len(values) <= most)


def _keys(values: frozenset[str | None]) -> tuple[str, ...] | None:
    return tuple(sorted(value for value in values if value is not None)) or None


def _created(required: Iterable[Condition], alternatives: Sequence[Condition], now: datetime) -> TimeRange:
    """Return a range of created_at that the conditions leave."""
    span = TimeRange()
    for condition in required:
        if condition.path == (_CREATED_AT,):
            span = span.intersection(condition.hull(now))
    if alternatives and all(condition.path == (_CREATED_AT,) for condition in alternatives):
        either = NO_TIME
        for condition in alternatives:
            either = either.hull(condition.hull(now))
        span = span.intersection(either)
    return NO_TIME if span.empty else span


def _is_consumed(condition: Condition, index: Index, now: datetime, kind: Kind) -> bool:
    """Return whether the plan's keys and range hold a condition exactly, so that no row needs the test."""
    if condition.path == (_CREATED_AT,):
        return condition.span(now) is not None
    is_key = len(condition.path) == 1 and kind.indexes.get(condition.head) == index.value
    return (is_key or condition.path == ("domain_id",)) and _values_of(condition, kind) is not None


def _is_ordered_by_time(order: Sequence[SortKey], kind: Kind) -> bool:
    """Return whether an order is an index's: by created_at, and for equal times by ascending id."""
    first, *rest = order
    return first.path == (_CREATED_AT,) and rest in ([], [SortKey((kind.id_field,))])


# --- who tests what ---------------------------------------------------------------------------------------------------


def _shared_out(
    required: Iterable[Condition], alternatives: tuple[Condition, ...], now: datetime, kind: Kind
) -> tuple[Filter, Filter, Filter]:
    """Divide the conditions: those that the store tests, those that an index's row can answer, and the rest."""
    room = MAX_STORED_VALUES
    parts: dict[str, list[Condition]] = {"stored": [], "first": [], "then": []}
    for condition in required:
        stored = _for_the_store(condition, now, kind)
        weight = sum(map(_weight, stored))
        if stored and weight <= room:
            room -= weight
            parts["stored"].extend(stored)
        else:
            parts["first" if condition.head in kind.early else "then"].append(condition)
    either: dict[str, tuple[Condition, ...]] = {}
    each = [_for_the_store(condition, now, kind) for condition in alternatives]
    if all(len(stored) == 1 for stored in each) and sum(_weight(stored[0]) for stored in each) <= room:
        either["stored"] = tuple(stored[0] for stored in each)
    elif all(condition.head in kind.early for condition in alternatives):
        either["first"] = alternatives
    else:
        either["then"] = alternatives
    stored_filter, first, then = (Filter(tuple(parts[name]), either.get(name, ())) for name in parts)
    return stored_filter, first, then


def _for_the_store(condition: Condition, now: datetime, kind: Kind) -> list[Condition]:
    """Return what the store can test in place of a condition, with the same result; nothing if it cannot."""
    if condition.path not in kind.stored:
        return []
    if condition.is_time:
        return _of_range(condition, condition.span(now))
    if condition.operator not in _STORED_OPERATORS:
        return []
    values = condition.value if isinstance(condition.value, list) else [condition.value]
    testable = condition.operator == "exists" or all(isinstance(value, str) and _is_plain(value) for value in values)
    return [condition] if testable and values else []


def _of_range(condition: Condition, span: TimeRange | None) -> list[Condition]:
    if span is None or span.empty:
        return []
    bounds = (("gte", span.since), ("lte", span.until))
    return [replace(condition, operator=operator, value=bound) for operator, bound in bounds if bound is not None]


def _is_plain(value: str) -> bool:
    # Engines differ about empty strings, and DynamoDB bounds what an expression may hold.
    return 0 < len(value) <= MAX_STORED_CHARACTERS and is_utf8(value)


def _weight(condition: Condition) -> int:
    return len(condition.value) if isinstance(condition.value, list) else 1
