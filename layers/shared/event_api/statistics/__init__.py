"""stat: statistics over the events that match a query."""

from __future__ import annotations

from datetime import datetime

from event_api.fields import EVENT_FIELDS, path_of
from event_api.jsontypes import Json, JsonObject
from event_api.model import Scope
from event_api.query.planner import Plan, make_plan
from event_api.query.reader import EventReader, matching
from event_api.query.selection import event_info
from event_api.query.sorting import SortKey
from event_api.query.values import MISSING, identity, order_key, reach
from event_api.requests import Page, check_domain, parse_request
from event_api.statistics.pipeline import compile_pipeline
from event_api.statistics.requests import EventStatQuery, StatQuery

_OLDEST_FIRST = (SortKey(("created_at",)),)


def stat_events(reader: EventReader, request: Json, scope: Scope, now: datetime) -> JsonObject:
    """Answer an EventStatQuery with ``{"results": [row…]}``, and ``total_count`` beside it for a page of them.

    A row is an object; with ``distinct``, a value. Raises PermissionDeniedError for another domain, and the
    BadRequestErrors of a request that is not well-formed.
    """
    asked = parse_request(EventStatQuery, request)
    check_domain(asked.domain_id, scope)
    query = asked.query
    if query.distinct is not None:
        results = _distinct(reader, query, query.distinct, scope, now)
    else:
        results = _aggregate(reader, query, scope, now)
    return _answer(results, query.page if "page" in query.model_fields_set else None)


def _answer(results: list[Json], page: Page | None) -> JsonObject:
    if page is None:
        return {"results": results}
    last = None if page.most is None else page.skip + page.most
    return {"results": results[page.skip : last], "total_count": len(results)}


def _plan(query: StatQuery, scope: Scope, now: datetime, read: frozenset[str]) -> Plan:
    return make_plan(query.required(), query.alternatives(), scope, now, order=_OLDEST_FIRST, worked_on=read)


def _aggregate(reader: EventReader, query: StatQuery, scope: Scope, now: datetime) -> list[Json]:
    pipeline = compile_pipeline(query.aggregate, now, "query.aggregate")
    plan = _plan(query, scope, now, frozenset(EVENT_FIELDS) if pipeline.read is None else pipeline.read)
    counted = query.aggregate[0].count
    if counted is not None and plan.exact and not plan.nothing:
        count = reader.count(plan)
        return list(pipeline.run([{counted.name: count}] if count else [], done=1))
    rows = pipeline.run(matching(reader, plan))
    return [event_info(row) for row in rows] if pipeline.read is None else list(rows)


def _distinct(reader: EventReader, query: StatQuery, key: str, scope: Scope, now: datetime) -> list[Json]:
    """Return a field's values, each once, in order; those in arrays one by one."""
    path = path_of(key)
    found: dict[object, Json] = {}
    for row in matching(reader, _plan(query, scope, now, frozenset({path[0]}))):
        for value in reach(row, path):
            for one in value if isinstance(value, list) else [value]:
                if one is not MISSING:
                    found.setdefault(identity(one), one)
    return sorted(found.values(), key=order_key)
