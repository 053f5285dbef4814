"""From a query to a plan: which index is read, from when to when, and what is left to match. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from event_api.fields import INDEX_FIELDS
from event_api.model import Scope
from event_api.query.matcher import Condition, Predicate, all_of, any_of, conjunction
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

_CREATED_AT = "created_at"


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of a query are read.

    Everything is read within ``scope``. ``keys`` are ids for the index (none for DOMAIN). ``fields``: the INDEX_FIELDS
    to read. ``since`` and ``until``: created_at, ISO 8601 with milliseconds, both included. ``nothing``: no event can
    match. ``descending``: read the newest first; ``ordered``: as they are read, the rows are in the order wanted.
    ``first`` must hold and needs ``fields`` only; then ``then_fields`` are filled in, and ``then`` must hold.
    """

    scope: Scope
    index: Index
    keys: tuple[str, ...]
    fields: frozenset[str]
    since: str | None
    until: str | None
    nothing: bool
    descending: bool
    ordered: bool
    first: Predicate | None
    then: Predicate | None
    then_fields: frozenset[str]

    @property
    def exact(self) -> bool:
        """Whether every row that is read matches."""
        return self.first is None and self.then is None


def make_plan(
    required: Sequence[Condition],
    alternatives: Sequence[Condition],
    scope: Scope,
    now: datetime,
    *,
    order: Sequence[SortKey] = NEWEST_FIRST,
    shown: frozenset[str] = frozenset(),
    worked_on: frozenset[str] = frozenset(),
) -> Plan:
    """Plan a query: ``required`` conditions all hold, and one of ``alternatives`` if there are any.

    ``shown``: the fields of the answer, which are wanted for few rows. ``worked_on``: the fields that every matching
    row must have, for what is done with it after matching; those of ``order`` are added.
    """
    if len(alternatives) == 1:
        required, alternatives = [*required, *alternatives], ()
    allowed = _allowed_ids(required)
    domains = allowed.pop("domain_id", None)
    index, keys = _narrowest(allowed, scope)
    span = _created(required, now)
    left = [condition for condition in required if not _is_consumed(condition, index, now)]
    if index is not Index.PROJECT and scope.projects is not None:
        left.append(Condition(("project_id",), "in", sorted(scope.projects)))

    cheap = [condition for condition in left if condition.head in INDEX_FIELDS]
    dear = [condition for condition in left if condition.head not in INDEX_FIELDS]
    any_cheap = all(condition.head in INDEX_FIELDS for condition in alternatives)
    either = any_of(alternatives, now)
    ordered = len(order) == 1 and order[0].path == (_CREATED_AT,)
    matched_on = {condition.head for condition in (*left, *alternatives)}
    early = matched_on | worked_on | (set() if ordered else {key.path[0] for key in order})
    return Plan(
        scope=scope,
        index=index,
        keys=keys,
        fields=INDEX_FIELDS & (early | shown | {"event_id"}),
        since=span.since,
        until=span.until,
        nothing=(
            span.empty
            or (domains is not None and scope.domain_id not in domains)
            or any(not ids for ids in allowed.values())
            or (index is not Index.DOMAIN and not keys)
        ),
        descending=ordered and order[0].descending,
        ordered=ordered,
        first=_both(all_of(cheap, now), either if any_cheap else None),
        then=_both(all_of(dear, now), None if any_cheap else either),
        then_fields=frozenset(early - INDEX_FIELDS),
    )


def _both(one: Predicate | None, other: Predicate | None) -> Predicate | None:
    return conjunction([predicate for predicate in (one, other) if predicate is not None])


def _ids_of(condition: Condition) -> set[str] | None:
    """Return the ids that an eq or in condition allows; None if that is no set of ids."""
    if len(condition.path) != 1 or condition.operator not in {"eq", "in"}:
        return None
    values = condition.value if condition.operator == "in" else [condition.value]
    # Null is found by no index. What is neither null nor a string equals no id.
    return None if None in values else {value for value in values if isinstance(value, str)}


def _allowed_ids(required: Sequence[Condition]) -> dict[str, set[str]]:
    """Return, for each field that is an id, the ids that all conditions on it allow."""
    allowed: dict[str, set[str]] = {}
    for condition in required:
        ids = _ids_of(condition)
        if ids is not None and condition.head in {*_KEY_FIELDS, "domain_id"}:
            allowed[condition.head] = allowed.get(condition.head, ids) & ids
    return allowed


def _narrowest(allowed: dict[str, set[str]], scope: Scope) -> tuple[Index, tuple[str, ...]]:
    if scope.projects is not None:
        allowed["project_id"] = allowed.get("project_id", set(scope.projects)) & scope.projects
    for field, index in _KEY_FIELDS.items():
        if field in allowed and (index is Index.EVENT or len(allowed[field]) <= MAX_PARTITIONS):
            return index, tuple(sorted(allowed[field]))
    return Index.DOMAIN, ()


def _created(required: Sequence[Condition], now: datetime) -> TimeRange:
    """Return the range that the conditions on created_at leave."""
    span = TimeRange()
    for condition in required:
        if condition.path == (_CREATED_AT,):
            span = span.intersection(condition.span(now) or TimeRange())
    return NO_TIME if span.empty else span


def _is_consumed(condition: Condition, index: Index, now: datetime) -> bool:
    """Tell whether the plan's keys and range hold a condition exactly, so that no row needs to be asked."""
    if condition.path == (_CREATED_AT,):
        return condition.span(now) is not None
    exact = condition.head == "domain_id" or _KEY_FIELDS.get(condition.head) is index
    return exact and _ids_of(condition) is not None
