"""Records that are read whole and then selected in memory, as a plan says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from event_api.domain.access import Scope
from event_api.query.planner import Place, Plan
from event_api.query.read_budget import ReadBudget
from event_api.query.values import Row


class InMemoryReader:
    """All records of one kind in a domain: for kinds of which a domain has few.

    ``read`` reads the rows of the scope's domain, with all fields of the kind. Rows of other projects than the scope's
    are dropped here, as are rows of no project if the scope is limited to some.
    """

    def __init__(self, read: Callable[[], Iterable[Row]], scope: Scope, consumption: ReadBudget) -> None:
        self._read = read
        self._scope = scope
        self.consumption = consumption

    def scan(self, plan: Plan, *, expected: int = 0) -> Iterator[Row]:
        """Read a plan's rows: by created_at, ascending or descending, and within one instant by ascending id."""
        del expected  # all are read at once
        return iter(selected(self._read(), plan, self._scope))

    def fill(self, rows: Iterable[Row], _fields: frozenset[str]) -> Iterator[Row]:
        """Return the rows: they have all fields."""
        return iter(rows)

    def count(self, plan: Plan) -> int:
        """Count a plan's rows."""
        return sum(1 for _ in self.scan(plan))


def selected(rows: Iterable[Row], plan: Plan, scope: Scope) -> list[Row]:
    """Return the rows that lie within a scope and in a plan's range, and that hold its pushed-down conditions."""
    holds = plan.pushed_down.predicate(plan.now)
    kept = [
        row
        for row in rows
        if row["domain_id"] == scope.domain_id
        and (scope.projects is None or row.get("project_id") in scope.projects)
        and (plan.since is None or str(row["created_at"]) >= plan.since)
        and (plan.until is None or str(row["created_at"]) <= plan.until)
        and (plan.after is None or is_behind(plan.after, row, plan))
        and holds(row)
    ]
    kept.sort(key=lambda row: str(row[plan.kind.id_field]))
    kept.sort(key=lambda row: str(row["created_at"]), reverse=plan.descending)
    return kept


def is_behind(place: Place, row: Row, plan: Plan) -> bool:
    """Return whether a row comes behind a place in a plan's order."""
    created_at, record_id = str(row["created_at"]), str(row[plan.kind.id_field])
    if created_at == place.created_at:
        return not place.instant_done and (
            record_id > place.record_id or (place.including and record_id == place.record_id)
        )
    return (created_at < place.created_at) if plan.descending else (created_at > place.created_at)
