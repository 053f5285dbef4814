"""Execution of a plan: the operations that the query language needs of a store, and the rows that match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from event_api.domain.access import Scope
from event_api.query.planner import Plan
from event_api.query.summarized import Question, TallyingReader, question_of
from event_api.query.summarized import count as count_by_fields
from event_api.query.values import Row


class EventReader(TallyingReader, Protocol):
    """Many events. ``consumption`` counts what is read of them."""

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


class SingleEventReader(Protocol):
    """One event at a time."""

    def get(self, scope: Scope, event_id: str, fields: frozenset[str], now: datetime) -> Row | None:
        """Read some fields of an event; return None if it is not within the scope."""
        ...


MANY_ROWS = 1000
"""Expected number of rows if it is unknown."""


def matching(reader: EventReader, plan: Plan, *, expected: int = MANY_ROWS) -> Iterator[Row]:
    """Yield the rows that match a plan, with its ``fields`` and ``residual_fields``, as they are read."""
    if plan.is_empty:
        return iter(())
    reader.consumption.read_range(plan.since, plan.until)
    rows = reader.scan(plan, expected=expected)
    if plan.index_filter:
        rows = filter(plan.index_filter.predicate(plan.now), reader.consumption.watched(rows))
    if plan.residual_fields:
        rows = reader.fill(rows, plan.residual_fields)
    # The work on a row may take long, too.
    rows = reader.consumption.watched(rows)
    return filter(plan.residual_filter.predicate(plan.now), rows) if plan.residual_filter else rows


def counts_apart(plan: Plan) -> bool:
    """Return whether matching rows can be counted without reading them out."""
    return plan.exact or question_of(plan, ()) is not None


def count(reader: EventReader, plan: Plan, *, summaries: bool = True) -> int:
    """Count the rows that match a plan, without reading them if possible."""
    if plan.is_empty:
        return 0
    question: Question | None = question_of(plan, ())
    if question is not None:
        return count_by_fields(reader, plan, question, summaries=summaries)
    reader.consumption.read_range(plan.since, plan.until)
    return reader.count(plan) if plan.exact else sum(1 for _ in matching(reader, plan))
