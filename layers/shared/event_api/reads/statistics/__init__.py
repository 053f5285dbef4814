"""stat: statistics over the records of a kind that match a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TypeAlias, TypeVar, cast

from event_api.domain.access import Scope
from event_api.domain.errors import DbQueryError
from event_api.domain.fields import EVENT, Kind
from event_api.json_types import Json, JsonObject
from event_api.query.execution import RecordReader, count, counts_apart, matching, tallying
from event_api.query.explain import explained
from event_api.query.matcher import Condition
from event_api.query.memory_budget import BYTES_PER_ENTRY, MemoryBudget, estimate_bytes
from event_api.query.pagination import MAX_RESULTS_BYTES, AnswerSpace, CountedResults, Cursor, PageTokens
from event_api.query.planner import Plan, make_plan
from event_api.query.projection import info_of, selection
from event_api.query.sorting import SortKey
from event_api.query.summarized import question_of, weighted
from event_api.query.values import MISSING, Row, identity, order_key, reach
from event_api.reads.keys import check_domain
from event_api.reads.requests import parse_request
from event_api.reads.statistics.pipeline import Pipeline, compile_pipeline
from event_api.reads.statistics.requests import RecordStatQuery, StatQuery

_OLDEST_FIRST = (SortKey(("created_at",)),)
_NO_FIELDS: frozenset[str] = frozenset()

Result = TypeVar("Result", bound=Json)

Finish: TypeAlias = Callable[[Iterable[Result]], Iterator[Json]]
"""Completes the results of a page."""


def stat_records(
    kind: Kind, reader: RecordReader, request: JsonObject, scope: Scope, now: datetime, *, page_key: str
) -> JsonObject:
    """Answer a RecordStatQuery with ``{"results": [row…]}``, and more on request.

    A row is an object, or a value if the query has ``distinct``. The answer to a request with a ``page`` has a
    ``total_count``, and a ``next_token`` if more results follow. ``page_key`` is the caller's secret for such tokens.
    Raises PermissionDeniedError for another domain, and a BadRequestError for a request that is malformed or needs more
    time or memory than is available.
    """
    asked = parse_request(RecordStatQuery, request, kind)
    check_domain(asked.domain_id, scope)
    query = asked.query
    tokens = PageTokens(page_key, "stat" if kind is EVENT else f"stat {kind.name}", request, scope, _number)
    cursor = tokens.start(query.page.token, now)
    if query.distinct is not None:
        path = kind.path_of(query.distinct)
        plan = _plan(kind, query, (), scope, cursor.began, required_fields=frozenset({path[0]}))
        question = question_of(plan, [path])
        rows: Iterable[Row] = (
            matching(reader, plan)
            if question is None
            else (row for row, _ in weighted(tallying(reader), plan, question, summaries=query.summaries))
        )
        answer = _page(_distinct(rows, path), iter, query, cursor, tokens)
    else:
        pipeline = compile_pipeline(kind, query, cursor.began, reader.consumption, "query.aggregate")
        shown = frozenset(kind.fields) if pipeline.of_records else _NO_FIELDS
        required_fields = pipeline.read | ({kind.id_field} if pipeline.of_records else _NO_FIELDS)
        plan = _plan(
            kind, query, pipeline.required, scope, cursor.began, projected=shown, required_fields=required_fields
        )
        results = _aggregate(reader, plan, pipeline, summaries=query.summaries)
        finish: Finish[Row] = partial(_whole_records, reader, plan) if pipeline.of_records else iter
        answer = _page(results, finish, query, cursor, tokens)
    return answer | ({"explain": explained(plan, reader.consumption)} if query.explain else {})


def _number(position: Json) -> int:
    return cast("int", position)


def _plan(
    kind: Kind,
    query: StatQuery,
    required: Iterable[Condition],
    scope: Scope,
    now: datetime,
    *,
    projected: frozenset[str] = _NO_FIELDS,
    required_fields: frozenset[str],
) -> Plan:
    conditions = [*query.required(kind), *required]
    return make_plan(
        conditions,
        query.alternatives(kind),
        scope,
        now,
        kind=kind,
        order=_OLDEST_FIRST,
        projected=projected,
        required_fields=required_fields,
    )


def _page(
    results: Iterable[Result], finish: Finish[Result], query: StatQuery, cursor: Cursor[int], tokens: PageTokens[int]
) -> JsonObject:
    """Return the requested page, or as much of it as fits; ``finish`` completes the results on it."""
    page = query.page
    skip = page.skip if cursor.position is None else cursor.position
    rows = CountedResults(results)
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


def _aggregate(reader: RecordReader, plan: Plan, pipeline: Pipeline, *, summaries: bool) -> Iterable[Row]:
    if pipeline.counted and counts_apart(plan):
        number = count(reader, plan, summaries=summaries)
        return pipeline.run([dict.fromkeys(pipeline.counted, number)] if number else [], done=1)
    counts_by = pipeline.counts_by
    question = None if counts_by is None else question_of(plan, counts_by.paths, counts_by.precision)
    if counts_by is not None and question is not None:
        return pipeline.run_counting(counts_by, weighted(tallying(reader), plan, question, summaries=summaries))
    return pipeline.run(matching(reader, plan))


def _whole_records(reader: RecordReader, plan: Plan, rows: Iterable[Row]) -> Iterator[Json]:
    kind = plan.kind
    missing = frozenset(kind.fields) - kind.early - plan.residual_fields
    everything = selection((), kind=kind)
    return (info_of(row, everything) for row in (reader.fill(rows, missing) if missing else rows))


def _distinct(rows: Iterable[Row], path: tuple[str, ...]) -> Iterator[Json]:
    """Return the distinct values at a path, in order; each element of an array is a value."""
    found: dict[object, Json] = {}
    kept = MemoryBudget()
    for row in rows:
        for value in reach(row, path):
            for one in value if isinstance(value, list) else [value]:
                key = identity(one)
                if one is not MISSING and key not in found:
                    kept.take(estimate_bytes(one) + BYTES_PER_ENTRY)
                    found[key] = one
    return iter(sorted(found.values(), key=order_key))
