"""The reader of audit records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from event_api.admin.kinds import audit_row
from event_api.domain.access import Scope
from event_api.query.in_memory import is_behind
from event_api.query.planner import Plan
from event_api.query.read_budget import ReadBudget
from event_api.query.values import Row
from event_api.store.audit import AuditStore


class AuditReader:
    """The audit records of a scope, read by time as far as a page needs them."""

    def __init__(self, audit: AuditStore, scope: Scope, now: datetime, consumption: ReadBudget) -> None:
        self._audit = audit.metered(consumption)
        self._scope = scope
        self._now = now
        self.consumption = consumption

    def scan(self, plan: Plan, *, expected: int = 0) -> Iterator[Row]:
        """Read a plan's rows: by created_at, ascending or descending, and within one instant by ascending id."""
        since, until = plan.since, plan.until
        if plan.after is not None:
            since, until = (since, plan.after.created_at) if plan.descending else (plan.after.created_at, until)
        records = self._audit.of_scope(
            self._scope, self._now, since=since, until=until, descending=plan.descending, expected=expected
        )
        holds = plan.pushed_down.predicate(plan.now)
        rows = map(audit_row, records)
        return (row for row in rows if holds(row) and (plan.after is None or is_behind(plan.after, row, plan)))

    def fill(self, rows: Iterable[Row], _fields: frozenset[str]) -> Iterator[Row]:
        """Return the rows: they have all fields."""
        return iter(rows)

    def count(self, plan: Plan) -> int:
        """Count a plan's rows."""
        return sum(1 for _ in self.scan(plan))
