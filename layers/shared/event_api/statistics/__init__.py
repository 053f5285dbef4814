"""stat: statistics over the events that match a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

from event_api import times
from event_api.errors import DbQueryError
from event_api.fields import EVENT_FIELDS, INDEX_FIELDS, path_of
from event_api.jsontypes import Json, JsonObject
from event_api.model import Scope
from event_api.query.bounds import OF_AN_ENTRY, Kept, weight
from event_api.query.explain import explained
from event_api.query.matcher import Condition
from event_api.query.paging import MAX_RESULTS_BYTES, AnswerSpace, Cursor, PageTokens, Passed
from event_api.query.planner import Plan, make_plan
from event_api.query.reader import EventReader, count, matching
from event_api.query.selection import event_info
from event_api.query.sorting import SortKey
from event_api.query.values import MISSING, Row, identity, order_key, reach
from event_api.requests import check_domain, parse_request
from event_api.statistics.pipeline import Pipeline, compile_pipeline
from event_api.statistics.requests import EventStatQuery, StatQuery

_OLDEST_FIRST = (SortKey(("created_at",)),)
_NO_FIELDS: frozenset[str] = frozenset()

Finish: TypeAlias = Callable[[Iterable[Any]], Iterator[Json]]


def stat_events(reader: EventReader, request: JsonObject, scope: Scope, now: datetime, page_key: str) -> JsonObject:
    """Answer an EventStatQuery with ``{"results": [row…]}``, and more where it is asked for.

    A row is an object; with ``distinct``, a value. A page has a ``total_count``, and a ``next_token`` if there is more.
    ``page_key`` is the reader's secret for such tokens. Raises PermissionDeniedError for another domain, and
    the BadRequestErrors of a request that is not well-formed, or too much for the time or the memory that there is.
    """
    asked = parse_request(EventStatQuery, request)
    check_domain(asked.domain_id, scope)
    query = asked.query
    tokens = PageTokens(page_key, "stat", request, scope)
    cursor = Cursor(times.cut(now)) if query.page.token is None else tokens.read(query.page.token)
    finish: Finish = iter
    if query.distinct is not None:
        path = path_of(query.distinct)
        plan = _plan(query, (), scope, cursor.began, worked_on=frozenset({path[0]}))
        results: Iterable[Json] = _distinct(matching(reader, plan), path)
    else:
        pipeline = compile_pipeline(query.aggregate, cursor.began, reader.consumption, "query.aggregate")
        shown = frozenset(EVENT_FIELDS) if pipeline.of_events else _NO_FIELDS
        worked_on = pipeline.read | ({"event_id"} if pipeline.of_events else _NO_FIELDS)
        plan = _plan(query, pipeline.required, scope, cursor.began, shown=shown, worked_on=worked_on)
        results = _aggregate(reader, plan, pipeline)
        if pipeline.of_events:
            finish = partial(_whole_events, reader, plan)
    answer = _page(results, finish, query, cursor, tokens)
    return answer | ({"explain": explained(plan, reader.consumption)} if query.explain else {})


def _plan(
    query: StatQuery,
    required: Iterable[Condition],
    scope: Scope,
    now: datetime,
    *,
    shown: frozenset[str] = _NO_FIELDS,
    worked_on: frozenset[str],
) -> Plan:
    conditions = [*query.required(), *required]
    return make_plan(
        conditions, query.alternatives(), scope, now, order=_OLDEST_FIRST, shown=shown, worked_on=worked_on
    )


def _page(results: Iterable[Json], finish: Finish, query: StatQuery, cursor: Cursor, tokens: PageTokens) -> JsonObject:
    """Answer the page that is asked for, or as much of it as fits; ``finish`` completes the results on it."""
    page = query.page
    skip = page.skip if cursor.position is None else int(cursor.position)
    rows = Passed(results)
    source = iter(rows)
    space = AnswerSpace()
    shown: list[Json] = []
    more = False
    for result in finish(islice(source, skip, None if page.most is None else skip + page.most)):
        more = not space.take(result)
        if more:
            break
        shown.append(result)
    if more and not shown:
        raise DbQueryError(f"one result alone has more than {MAX_RESULTS_BYTES} bytes; keep less in it")
    answer: JsonObject = {"results": shown}
    if more or next(source, MISSING) is not MISSING:
        answer["next_token"] = tokens.write(Cursor(cursor.began, skip + len(shown)))
    if "page" in query.model_fields_set:
        for _ in source:
            pass
        answer["total_count"] = rows.count
    return answer


def _aggregate(reader: EventReader, plan: Plan, pipeline: Pipeline) -> Iterable[Row]:
    if pipeline.counted and plan.exact:
        number = count(reader, plan)
        return pipeline.run([dict.fromkeys(pipeline.counted, number)] if number else [], done=1)
    return pipeline.run(matching(reader, plan))


def _whole_events(reader: EventReader, plan: Plan, rows: Iterable[Row]) -> Iterator[Json]:
    missing = frozenset(EVENT_FIELDS) - INDEX_FIELDS - plan.then_fields
    return map(event_info, reader.fill(rows, missing) if missing else rows)


def _distinct(rows: Iterable[Row], path: tuple[str, ...]) -> Iterator[Json]:
    """Return the values at a path, each once, in order; those in arrays one by one."""
    found: dict[object, Json] = {}
    kept = Kept()
    for row in rows:
        for value in reach(row, path):
            for one in value if isinstance(value, list) else [value]:
                key = identity(one)
                if one is not MISSING and key not in found:
                    kept.take(weight(one) + OF_AN_ENTRY)
                    found[key] = one
    return iter(sorted(found.values(), key=order_key))
