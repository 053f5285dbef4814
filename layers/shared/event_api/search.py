"""get and list: one event, and the events that match a query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from event_api.errors import NotFoundError
from event_api.fields import INDEX_FIELDS, path_of
from event_api.jsontypes import Json, JsonObject
from event_api.model import Scope
from event_api.query.planner import Plan, make_plan
from event_api.query.reader import EventReader, SingleEventReader, matching
from event_api.query.selection import event_info, selection
from event_api.query.sorting import sort_rows
from event_api.query.values import Row, unwound
from event_api.requests import (
    EventQuery,
    GetEventRequest,
    Page,
    SearchQuery,
    Unwind,
    check_domain,
    parse_request,
)


def get_event(events: SingleEventReader, request: Json, scope: Scope, now: datetime) -> JsonObject:
    """Answer a GetEventRequest with an EventInfo.

    Raises NotFoundError where the scope holds no such event, PermissionDeniedError for another domain, and the
    BadRequestErrors of a request that is not well-formed.
    """
    asked = parse_request(GetEventRequest, request)
    check_domain(asked.domain_id, scope)
    shown = selection(asked.only)
    row = events.get(scope, asked.event_id, frozenset(shown), now)
    if row is None:
        raise NotFoundError("event_id", asked.event_id)
    return event_info(row, shown)


def list_events(reader: EventReader, request: Json, scope: Scope, now: datetime) -> JsonObject:
    """Answer an EventQuery with ``{"results": [EventInfo…], "total_count": n}``.

    Raises PermissionDeniedError for another domain, and the BadRequestErrors of a request that is not well-formed.
    """
    asked = parse_request(EventQuery, request)
    check_domain(asked.domain_id, scope)
    query = asked.query
    shown = selection(query.only, minimal=query.minimal)
    plan = make_plan(
        [*asked.named(), *query.required()],
        query.alternatives(),
        scope,
        now,
        order=query.order(),
        shown=frozenset() if query.count_only else frozenset(shown),
        worked_on=frozenset() if query.unwind is None else frozenset({path_of(query.unwind.path)[0]}),
    )
    if query.count_only:
        return {"results": [], "total_count": _count(reader, plan, query.unwind)}
    rows, total = _page(reader, plan, query)
    missing = frozenset(shown) - INDEX_FIELDS - plan.then_fields
    filled = reader.fill(rows, missing) if missing and rows else rows
    return {"results": [event_info(row, shown) for row in filled], "total_count": total}


class _Counted:
    """Rows that are counted as they pass."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row

    def exhaust(self) -> int:
        """Let all pass, and return how many there were."""
        for _ in self._rows:
            self.count += 1
        return self.count


def _count(reader: EventReader, plan: Plan, unwind: Unwind | None) -> int:
    if plan.nothing:
        return 0
    if plan.exact and unwind is None:
        return reader.count(plan)
    return _Counted(_results(reader, plan, unwind)).exhaust()


def _page(reader: EventReader, plan: Plan, query: SearchQuery) -> tuple[list[Row], int]:
    """Return the rows of the page that is asked for, and how many there are on all pages."""
    page = query.page
    last = None if page.most is None else page.skip + page.most
    if plan.ordered and plan.exact and last is not None and query.unwind is None and not plan.nothing:
        return _page_of_all(reader, plan, page, last)
    rows = _Counted(_results(reader, plan, query.unwind))
    in_order = islice(rows, last) if plan.ordered else sort_rows(rows, query.order(), last)
    on_page = list(islice(in_order, page.skip, None))
    return on_page, rows.exhaust()


def _page_of_all(reader: EventReader, plan: Plan, page: Page, last: int) -> tuple[list[Row], int]:
    """Return a page where every row matches: only its rows are read out, the others are at most counted."""
    seen = _Counted(reader.scan(plan, expected=last))
    rows = list(islice(seen, page.skip, last))
    return rows, reader.count(plan) if seen.count == last else seen.count


def _results(reader: EventReader, plan: Plan, unwind: Unwind | None) -> Iterator[Row]:
    rows = matching(reader, plan)
    if unwind is None:
        return rows
    path = path_of(unwind.path)
    return (element for row in rows for element in unwound(row, path))
