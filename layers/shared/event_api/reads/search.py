"""list: the records of a kind that match a query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import dropwhile, islice
from typing import cast

from event_api.domain.access import Scope
from event_api.domain.errors import InvalidParameterError
from event_api.domain.fields import EVENT, RAW_FIELDS, Kind
from event_api.json_text import write_json
from event_api.json_types import Json, JsonObject
from event_api.query.execution import MANY_ROWS, RecordReader, count, counts_apart, matching
from event_api.query.explain import explained
from event_api.query.matcher import Condition
from event_api.query.memory_budget import MemoryBudget, estimate_bytes
from event_api.query.pagination import AnswerSpace, CountedResults, Cursor, PageTokens, RowPosition
from event_api.query.planner import Place, Plan, make_plan
from event_api.query.projection import Selection, info_of, selection
from event_api.query.sorting import Ordered, SortKey, row_key, sort_keyed
from event_api.query.summarized import question_of
from event_api.query.values import Row, unwound
from event_api.reads.keys import check_domain
from event_api.reads.requests import parse_request
from event_api.reads.search_requests import RecordQuery, SearchQuery

MAX_SORTED_RESULTS = 20_000
"""Results that are kept while they are sorted by another field than created_at."""

_OF_A_ROW = 2_000
"""Bytes that a row's fields take of those that every index has, as estimated."""

_FEW_ROWS = 100
"""Rows that are rather counted again than that a summary is not used."""

_ELEMENT = "element"
"""Field that an unwound row has in addition to the record's:

the index, from 0, of its element in the record's array.
"""


def list_records(
    model: type[RecordQuery], reader: RecordReader, request: JsonObject, scope: Scope, now: datetime, *, page_key: str
) -> JsonObject:
    """Answer a request of the form ``model`` with ``{"results": […], "total_count": n}``, and more on request.

    The response has a ``next_token`` if there are more results. ``page_key`` is the caller's secret for such tokens.
    Raises PermissionDeniedError for another domain, and the BadRequestErrors of a request that is malformed or needs
    more time than is left.
    """
    kind = model.kind
    asked = parse_request(model, request, kind)
    check_domain(asked.domain_id, scope)
    query = asked.query
    tokens = PageTokens(page_key, _method(kind), request, scope, _restored)
    cursor = tokens.start(query.page.token, now)
    shown = selection(query.only, minimal=query.minimal, kind=kind)
    plan = make_plan(
        [*asked.named(), *query.required(kind)],
        query.alternatives(kind),
        scope,
        cursor.began,
        kind=kind,
        order=query.order(kind),
        projected=frozenset() if query.count_only else _read_early(frozenset(shown), kind),
        required_fields=_required_fields(query, kind),
    )
    listing = _Listing(reader, plan, query, shown, tokens, cursor)
    answer: JsonObject = {"results": [], "total_count": listing.count(plan)} if query.count_only else listing.answer()
    return answer | ({"explain": explained(plan, reader.consumption)} if query.explain else {})


def _method(kind: Kind) -> str:
    """Return what binds a page token to list and the kind; of events, tokens of earlier versions stay valid."""
    return "list" if kind is EVENT else f"list {kind.name}"


def _read_early(shown: frozenset[str], kind: Kind) -> frozenset[str]:
    """Return the fields of the answer that are read with every row: none if the rows shown are read whole anyway."""
    return frozenset() if shown - kind.early - RAW_FIELDS else shown


def _required_fields(query: SearchQuery, kind: Kind) -> frozenset[str]:
    """Return the fields that every matching row needs, in addition to its sort keys."""
    unwound_field = set() if query.unwind is None else {kind.path_of(query.unwind.path)[0]}
    return frozenset(unwound_field if query.count_only else unwound_field | {kind.id_field, "created_at"})


@dataclass
class _PassedRows(CountedResults[Row]):
    """``of_instant``: how many of those that passed are of the last one's instant."""

    of_instant: int = 0

    def __iter__(self) -> Iterator[Row]:
        instant = None
        for row in super().__iter__():
            self.of_instant = self.of_instant + 1 if row["created_at"] == instant else 1
            instant = row["created_at"]
            yield row


@dataclass(frozen=True)
class _Listing:
    """One page of list."""

    reader: RecordReader
    plan: Plan
    query: SearchQuery
    shown: Selection
    tokens: PageTokens[RowPosition]
    cursor: Cursor[RowPosition]

    def answer(self) -> JsonObject:
        return self._in_order() if self.plan.ordered else self._sorted()

    def count(self, plan: Plan) -> int:
        """Count the results of a plan."""
        if self.query.unwind is None:
            return count(self.reader, plan, summaries=self.query.summaries)
        return sum(1 for _ in self._results(plan))

    # --- in the order of an index -------------------------------------------------------------------------------------

    def _in_order(self) -> JsonObject:
        """Answer the rows as they are read; nothing is kept but the page."""
        page, wants_total, position = self.query.page, self.query.count, self.cursor.position
        skip = page.skip if position is None else 0
        last = None if page.most is None else skip + page.most
        # Rows that must all pass to be counted are read in large pages, otherwise one more than is shown.
        all_pass = wants_total and position is None and not self._counts_apart
        rows = _PassedRows(self._behind(position, MANY_ROWS if all_pass or last is None else min(last + 1, MANY_ROWS)))
        source = iter(rows)
        answer = self._page(islice(source, skip, last), source, self.plan.residual_fields)
        if wants_total:
            answer["total_count"] = self.count(self.plan) if position is not None else self._total(rows, source)
        return answer

    @property
    def _counts_apart(self) -> bool:
        """Whether results are counted without reading them out."""
        return self.query.unwind is None and counts_apart(self.plan)

    def _total(self, rows: _PassedRows, source: Iterator[Row]) -> int:
        """Count all results, of which some have passed and ``source`` gives the others."""
        if self._counts_apart and not rows.ended and rows.count <= _FEW_ROWS and question_of(self.plan, ()) is not None:
            # The hour of the last one may have a summary, but not the part of it that is behind.
            return self.count(self.plan)
        if self._counts_apart and rows.last is not None and not rows.ended:
            # From the last instant on, whole: one range of keys for each partition.
            instant = str(rows.last["created_at"])
            rest = replace(self.plan, until=instant) if self.plan.descending else replace(self.plan, since=instant)
            return rows.count - rows.of_instant + self.count(rest)
        for _ in source:
            pass
        return rows.count

    def _behind(self, position: RowPosition | None, expected: int) -> Iterator[Row]:
        if position is None:
            return self._results(self.plan, expected)
        created_at, record_id, element, instant_done = position
        after = Place(created_at, record_id, including=element is not None, instant_done=instant_done)
        rows = self._results(replace(self.plan, after=after), expected)
        if element is None:
            return rows
        return dropwhile(lambda row: row[self._id] == record_id and cast("int", row[_ELEMENT]) <= element, rows)

    # --- in any other order -------------------------------------------------------------------------------------------

    def _sorted(self) -> JsonObject:
        """Answer the first rows of another order behind the cursor; all pass, and only the page is kept."""
        page, order, position = self.query.page, self._order, self.cursor.position
        skip = page.skip if position is None else 0
        last = min(MAX_SORTED_RESULTS, skip + (page.most or MAX_SORTED_RESULTS))
        kept_fields = self.plan.residual_fields & self._unwound_fields
        again = self.plan.residual_fields - kept_fields
        key = row_key(order)

        def weigh(pair: tuple[Ordered, Row]) -> int:
            return _OF_A_ROW + estimate_bytes(pair[0]) + sum(estimate_bytes(pair[1][field]) for field in kept_fields)

        rows = CountedResults(self._results(self.plan))
        keyed = ((key(row), _without(again, row)) for row in rows)
        if position is not None:
            behind = key(self._row_at(position))
            keyed = (pair for pair in keyed if behind < pair[0])
        # One row more than is shown reveals whether there is a next page.
        kept = iter(sort_keyed(keyed, MemoryBudget(), weigh, last + 1))
        if skip >= MAX_SORTED_RESULTS and rows.count > skip:
            reason = f"at most {MAX_SORTED_RESULTS} where results are not sorted by created_at: use page.token"
            raise InvalidParameterError("query.page.start", reason)
        answer = self._page(islice(kept, skip, last), kept, kept_fields)
        return answer | ({"total_count": rows.count} if self.query.count else {})

    def _row_at(self, position: RowPosition) -> Row:
        """Read again the row that ended the previous page; its values may be too large for a token."""
        found = make_plan(
            [Condition((self._id,), "eq", position.record_id)],
            (),
            self.plan.scope,
            self.plan.now,
            kind=self.plan.kind,
            order=self.query.order(self.plan.kind),
            required_fields=_required_fields(self.query, self.plan.kind),
        )
        for row in self._results(found):
            if row.get(_ELEMENT) == position.element:
                return row
        reason = f"the {self.plan.kind.name} where its page ended has expired: begin again without it"
        raise InvalidParameterError("query.page.token", reason)

    @property
    def _order(self) -> list[SortKey]:
        """The order that is wanted, made total."""
        names = ("created_at", self._id, _ELEMENT)
        return [*self.query.order(self.plan.kind), *(SortKey((name,)) for name in names)]

    # --- both ---------------------------------------------------------------------------------------------------------

    @property
    def _id(self) -> str:
        return self.plan.kind.id_field

    @property
    def _unwound_fields(self) -> frozenset[str]:
        return (
            frozenset() if self.query.unwind is None else frozenset({self.plan.kind.path_of(self.query.unwind.path)[0]})
        )

    def _results(self, plan: Plan, expected: int = MANY_ROWS) -> Iterator[Row]:
        rows = matching(self.reader, plan, expected=expected)
        if self.query.unwind is None:
            return rows
        path = self.plan.kind.path_of(self.query.unwind.path)
        return self.reader.consumption.watched(
            {**one, _ELEMENT: number} for row in rows for number, one in enumerate(unwound(row, path))
        )

    def _page(self, rows: Iterator[Row], source: Iterator[Row], filled: frozenset[str]) -> JsonObject:
        """Answer as many of some rows as fit; ``source`` gives what follows, ``filled`` are fields that they have."""
        missing = frozenset(self.shown) - self.plan.fields - filled
        space = AnswerSpace()
        results: list[Json] = []
        omitted: list[Json] = []
        last = following = None
        for row in self.reader.fill(rows, missing) if missing else rows:
            info = info_of(row, self.shown)
            if not space.take(info):
                if results:
                    following = row
                    break
                # One record alone may be too large, and must not block the way to those behind it.
                fitted = _fitted(info, self.plan.kind.large, space)
                omitted.extend({self._id: row[self._id], "field": field} for field in fitted)
            results.append(info)
            last = row
        else:
            following = next(source, None)
        answer: JsonObject = {"results": results}
        if omitted:
            answer["omitted"] = omitted
        if last is not None and following is not None:
            answer["next_token"] = self.tokens.write(replace(self.cursor, position=self._position(last, following)))
        return answer

    def _position(self, last: Row, following: Row) -> RowPosition:
        """Return the position after the last row of a page that another row follows."""
        same_record = following[self._id] == last[self._id]
        element = last.get(_ELEMENT) if same_record or not self.plan.ordered else None
        instant_done = following["created_at"] != last["created_at"]
        return RowPosition(str(last["created_at"]), str(last[self._id]), cast("int | None", element), instant_done)


def _restored(position: Json) -> RowPosition:
    return RowPosition(*cast("tuple[str, str, int | None, bool]", position))


def _fitted(info: JsonObject, may_be_left: frozenset[str], space: AnswerSpace) -> Iterator[str]:
    """Leave the largest fields out of a record until it fits, and return which; an index's fields always fit."""
    large = sorted(may_be_left & info.keys(), key=lambda field: len(write_json(info[field])))
    while not space.take(info):
        field = large.pop()
        del info[field]
        yield field


def _without(fields: frozenset[str], row: Row) -> Row:
    """Return a row without what is large and can be read again."""
    return {name: value for name, value in row.items() if name not in fields} if fields else row
