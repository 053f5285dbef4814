"""Execution of a plan: the operations that the query language needs of a store, and the rows that match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol, cast

from event_api.domain.access import Scope
from event_api.query.planner import Plan
from event_api.query.read_budget import ReadBudget
from event_api.query.summarized import Question, TallyingReader, question_of
from event_api.query.summarized import count as count_by_fields
from event_api.query.values import Row


class RecordReader(Protocol):
    """Many records of a kind. ``consumption`` counts what is read of them. A reader of events also tallies."""

    consumption: ReadBudget

    def scan(self, plan: Plan, *, expected: int = ...) -> Iterator[Row]:
        """Read the rows of a plan's index, keys, range and scope that hold ``stored``, with at least its ``fields``.

        All keys merged, by created_at (newest first if the plan is ``descending``), and by ascending id where
        that is equal; only what comes behind ``after``. What has expired is not among them. ``expected``: how many rows
        will probably be taken.
        """
        ...

    def fill(self, rows: Iterable[Row], fields: frozenset[str], /) -> Iterator[Row]:
        """Add fields to rows, which stay in their order."""
        ...

    def count(self, plan: Plan) -> int:
        """Count a plan's rows without reading them, if that is possible."""
        ...


class SingleReader(Protocol):
    """One record at a time."""

    def get(self, scope: Scope, record_id: str, fields: frozenset[str], now: datetime, /) -> Row | None:
        """Read some fields of a record; return None if it is not within the scope."""
        ...


MANY_ROWS = 1000
"""Expected number of rows if it is unknown."""


def matching(reader: RecordReader, plan: Plan, *, expected: int = MANY_ROWS) -> Iterator[Row]:
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


def tallying(reader: RecordReader) -> TallyingReader:
    """Return a reader as one that tallies: only plans for events lead to a `Question`."""
    return cast("TallyingReader", reader)


def counts_apart(plan: Plan) -> bool:
    """Return whether matching rows can be counted without reading them out."""
    return plan.exact or question_of(plan, ()) is not None


def count(reader: RecordReader, plan: Plan, *, summaries: bool = True) -> int:
    """Count the rows that match a plan, without reading them if possible."""
    if plan.is_empty:
        return 0
    question: Question | None = question_of(plan, ())
    if question is not None:
        return count_by_fields(tallying(reader), plan, question, summaries=summaries)
    reader.consumption.read_range(plan.since, plan.until)
    return reader.count(plan) if plan.exact else sum(1 for _ in matching(reader, plan))
