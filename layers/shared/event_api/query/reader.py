"""Where rows come from: what the query language asks of a store, and the rows that match a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from event_api.model import Scope
from event_api.query.consumption import Consumption
from event_api.query.planner import Plan
from event_api.query.values import Row


class EventReader(Protocol):
    """Many events. ``consumption`` counts what is read of them."""

    consumption: Consumption

    def scan(self, plan: Plan, *, expected: int = ...) -> Iterator[Row]:
        """Read the rows of a plan's index, keys, range and scope that hold ``stored``, with at least its ``fields``.

        All keys merged, by created_at (newest first if the plan is ``descending``), and by ascending event_id where
        that is equal; only what comes behind ``after``. What has expired is not among them. ``expected``: how many rows
        will probably be taken.
        """
        ...

    def fill(self, rows: Iterable[Row], fields: frozenset[str]) -> Iterator[Row]:
        """Add fields to rows, which stay in their order."""
        ...

    def count(self, plan: Plan) -> int:
        """Count the rows that `scan` would give."""
        ...


class SingleEventReader(Protocol):
    """One event at a time."""

    def get(self, scope: Scope, event_id: str, fields: frozenset[str], now: datetime) -> Row | None:
        """Read some fields of an event; None if there is none within the scope."""
        ...


MANY_ROWS = 1000
"""What is expected to be taken where nobody knows."""


def matching(reader: EventReader, plan: Plan, *, expected: int = MANY_ROWS) -> Iterator[Row]:
    """Give the rows that match a plan, with its ``fields`` and ``then_fields``, as they are read."""
    if plan.nothing:
        return iter(())
    rows = reader.scan(plan, expected=expected)
    if plan.first:
        rows = filter(plan.first.predicate(plan.now), reader.consumption.watched(rows))
    if plan.then_fields:
        rows = reader.fill(rows, plan.then_fields)
    # What is done with a row may take long, too.
    rows = reader.consumption.watched(rows)
    return filter(plan.then.predicate(plan.now), rows) if plan.then else rows


def count(reader: EventReader, plan: Plan) -> int:
    """Count the rows that match a plan, without reading them out where that is possible."""
    if plan.nothing:
        return 0
    return reader.count(plan) if plan.exact else sum(1 for _ in matching(reader, plan))
