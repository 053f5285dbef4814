"""From a query to a plan: the index to read, its range of time, and the filter that is left. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import cast

from event_api.domain.access import Scope
from event_api.domain.fields import INDEX_FIELDS, Path
from event_api.json_text import is_utf8
from event_api.json_types import Json
from event_api.query.matcher import Condition, Filter
from event_api.query.sorting import NEWEST_FIRST, SortKey
from event_api.query.timerange import NO_TIME, TimeRange


class Index(Enum):
    """Where events are found: by their own id, their alert's, their project's, or all of the domain."""

    EVENT = "event"
    ALERT = "alert"
    PROJECT = "project"
    DOMAIN = "domain"


_KEY_FIELDS = {"event_id": Index.EVENT, "alert_id": Index.ALERT, "project_id": Index.PROJECT}
"""The fields whose ids an index is read by, the narrowest first."""

MAX_PARTITIONS = 100
"""Alerts or projects that are read one by one; beyond, reading the domain costs less than asking so often."""

MAX_STORED_VALUES = 80
"""Values in the conditions that are left to the store; it takes no more than 100 in one list."""

MAX_STORED_CHARACTERS = 1_000
"""Characters in such a value: DynamoDB takes 2 MB in all."""

_CREATED_AT = "created_at"
_ALWAYS_THERE = frozenset({"event_id", "domain_id", _CREATED_AT})
_RESOURCE = "resource"
_NOT_STORED = _ALWAYS_THERE | {"occurred_at", _RESOURCE}
_STORED_OPERATORS = {"eq", "not", "in", "not_in", "gt", "gte", "lt", "lte", "exists"}


@dataclass(frozen=True, slots=True)
class Place:
    """The place behind one event in the order of reading.

    ``including``: it is before the event, which is read again. ``instant_done``: it is behind all of its instant.
    """

    created_at: str
    event_id: str
    including: bool = False
    instant_done: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of a query are read.

    Everything is read within ``scope``: its domain, and its projects if it is limited to some. ``keys`` are ids for the
    index (none for DOMAIN). ``fields``: the INDEX_FIELDS to read. ``since`` and ``until``: created_at, ISO 8601 with
    milliseconds, both included. ``is_empty``: no event can match. ``descending``: read the newest first. ``ordered``:
    the rows are read in the requested order. ``after``: read only rows behind that place. The store returns only rows
    that satisfy ``pushed_down``. ``index_filter`` needs ``fields`` only; ``residual_fields`` are then filled in
    for ``residual_filter``. ``now`` is the present of relative times.
    """

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
    order: Sequence[SortKey] = NEWEST_FIRST,
    projected: frozenset[str] = frozenset(),
    required_fields: frozenset[str] = frozenset(),
) -> Plan:
    """Plan a query: ``required`` conditions all hold, and one of ``alternatives`` if there are any.

    ``projected``: the fields of the response, which are needed for few rows. ``required_fields``: the fields that every
    matching row needs for the work after matching; those of ``order`` are added.
    """
    required, alternatives = _simplified(required, alternatives)
    allowed = _allowed_values(required)
    domains = allowed.pop(("domain_id",), None)
    contradiction = (
        (domains is not None and scope.domain_id not in domains)
        or not all(allowed.values())
        or scope.projects == frozenset()
    )
    index, keys = _narrowest(allowed, scope)
    span = _created(required, alternatives, now)
    left = [condition for condition in required if not _is_consumed(condition, index, now)]
    pushed_down, index_filter, residual_filter = _shared_out(left, tuple(alternatives), now)
    ordered = _is_ordered_by_time(order)
    early = (
        index_filter.heads
        | residual_filter.heads
        | required_fields
        | (set() if ordered else {key.path[0] for key in order})
    )
    residual_fields = frozenset(early - INDEX_FIELDS)
    return Plan(
        scope=scope,
        now=now,
        index=index,
        keys=keys,
        fields=INDEX_FIELDS & (early | projected | ({"event_id"} if residual_fields else set())),
        since=span.since,
        until=span.until,
        is_empty=span.empty or contradiction or (index is not Index.DOMAIN and not keys),
        descending=ordered and order[0].descending,
        ordered=ordered,
        pushed_down=pushed_down,
        index_filter=index_filter,
        residual_filter=residual_filter,
        residual_fields=residual_fields,
    )


# --- what the conditions allow ---------------------------------------------------------------------------------------


def _simplified(
    required: Sequence[Condition], alternatives: Sequence[Condition]
) -> tuple[Sequence[Condition], Sequence[Condition]]:
    """Turn alternatives into one required condition if that is possible."""
    values = [_values_of(condition) for condition in alternatives]
    paths = {condition.path for condition in alternatives}
    if len(alternatives) == 1:
        return [*required, *alternatives], ()
    if len(paths) == 1 and None not in values:
        together = sorted(set[str | None]().union(*filter(None, values)), key=lambda value: value or "")
        return [*required, Condition(paths.pop(), "in", [*together])], ()
    return required, alternatives


def _values_of(condition: Condition) -> frozenset[str | None] | None:
    """Return the values that an eq or in condition on a scalar field allows; None if it allows no finite set."""
    if (
        condition.head not in INDEX_FIELDS
        or condition.is_time
        or (condition.path[0] == _RESOURCE) != (len(condition.path) == len(("resource", "name")))
    ):
        return None
    match condition.operator:
        case "eq":
            values = [condition.value]
        case "in":
            values = cast("list[Json]", condition.value)
        case "exists" if condition.value is False:
            values = [None]
        case _:
            return None
    # A value that is neither null nor a string equals no scalar field's value.
    found = {value for value in values if value is None or isinstance(value, str)}
    return frozenset(found - {None} if condition.head in _ALWAYS_THERE else found)


def _allowed_values(required: Iterable[Condition]) -> dict[Path, frozenset[str | None]]:
    """Return, for each scalar field that has conditions on its values, those that all of them allow."""
    allowed: dict[Path, frozenset[str | None]] = {}
    for condition in required:
        values = _values_of(condition)
        if values is not None:
            allowed[condition.path] = allowed.get(condition.path, values) & values
    return allowed


def _narrowest(allowed: dict[Path, frozenset[str | None]], scope: Scope) -> tuple[Index, tuple[str, ...]]:
    if scope.projects is not None:
        projects = frozenset[str | None](scope.projects)
        allowed[("project_id",)] = allowed.get(("project_id",), projects) & projects
    for field, index in _KEY_FIELDS.items():
        values = allowed.get((field,), frozenset({None}))
        # No index finds what has no value.
        if None not in values and (index is Index.EVENT or len(values) <= MAX_PARTITIONS):
            return index, tuple(sorted(value for value in values if value is not None))
    return Index.DOMAIN, ()


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


def _is_consumed(condition: Condition, index: Index, now: datetime) -> bool:
    """Return whether the plan's keys and range hold a condition exactly, so that no row needs the test."""
    if condition.path == (_CREATED_AT,):
        return condition.span(now) is not None
    exact = condition.path == ("domain_id",) or (len(condition.path) == 1 and _KEY_FIELDS.get(condition.head) is index)
    return exact and _values_of(condition) is not None


def _is_ordered_by_time(order: Sequence[SortKey]) -> bool:
    """Return whether an order is an index's: by created_at, and for equal times by ascending event_id."""
    first, *rest = order
    return first.path == (_CREATED_AT,) and rest in ([], [SortKey(("event_id",))])


# --- who tests what ---------------------------------------------------------------------------------------------------


def _shared_out(
    required: Iterable[Condition], alternatives: tuple[Condition, ...], now: datetime
) -> tuple[Filter, Filter, Filter]:
    """Divide the conditions: those that the store tests, those that an index's row can answer, and the rest."""
    room = MAX_STORED_VALUES
    parts: dict[str, list[Condition]] = {"stored": [], "first": [], "then": []}
    for condition in required:
        stored = _for_the_store(condition, now)
        weight = sum(map(_weight, stored))
        if stored and weight <= room:
            room -= weight
            parts["stored"].extend(stored)
        else:
            parts["first" if condition.head in INDEX_FIELDS else "then"].append(condition)
    either: dict[str, tuple[Condition, ...]] = {}
    each = [_for_the_store(condition, now) for condition in alternatives]
    if all(len(stored) == 1 for stored in each) and sum(_weight(stored[0]) for stored in each) <= room:
        either["stored"] = tuple(stored[0] for stored in each)
    elif all(condition.head in INDEX_FIELDS for condition in alternatives):
        either["first"] = alternatives
    else:
        either["then"] = alternatives
    stored_filter, first, then = (Filter(tuple(parts[name]), either.get(name, ())) for name in parts)
    return stored_filter, first, then


def _for_the_store(condition: Condition, now: datetime) -> list[Condition]:
    """Return what the store can test in place of a condition, with the same result; nothing if it cannot."""
    if condition.path == ("occurred_at",):
        return _of_range(condition.path, condition.span(now))
    if condition.operator not in _STORED_OPERATORS or not _is_stored(condition.path):
        return []
    values = condition.value if isinstance(condition.value, list) else [condition.value]
    testable = condition.operator == "exists" or all(isinstance(value, str) and _is_plain(value) for value in values)
    return [condition] if testable and values else []


def _of_range(path: Path, span: TimeRange | None) -> list[Condition]:
    if span is None or span.empty:
        return []
    bounds = (("gte", span.since), ("lte", span.until))
    return [Condition(path, operator, bound) for operator, bound in bounds if bound is not None]


def _is_stored(path: Path) -> bool:
    """Return whether a path is one attribute of the index, but not one of its keys."""
    head, *below = path
    if head == _RESOURCE:
        return below in (["resource_id"], ["resource_type"], ["name"])
    return not below and head in INDEX_FIELDS and head not in _NOT_STORED


def _is_plain(value: str) -> bool:
    # Engines differ about empty strings, and DynamoDB bounds what an expression may hold.
    return 0 < len(value) <= MAX_STORED_CHARACTERS and is_utf8(value)


def _weight(condition: Condition) -> int:
    return len(condition.value) if isinstance(condition.value, list) else 1
