"""Lets ministack read one page of an index for a query, and not the whole partition.

ministack collects, sorts and tests every entry of the partition for each page, so that reading n events takes n² steps:
eight seconds for ten thousand. Here it gets only the entries that the page can have: those in the range, behind the
start key, up to the limit. What it gets needs no test of the range any more, and the names of a projection are read
once. A query that is not understood here only takes longer.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

_Table = dict[str, Any]
_Item = dict[str, Any]
_Entry = tuple[str, str, str]
"""The range key of an index and the keys of the table: the order of the entries of a partition."""

_RANGE = re.compile(r"\S+ = :\w+ AND (?P<name>\S+) BETWEEN (?P<low>:\w+) AND (?P<high>:\w+)")
_SORTED = " sorted"
"""The key of the sorted partitions beside ministack's own of each index, which go when these go."""


@dataclass(frozen=True, slots=True)
class _Page:
    """What a query asks of a partition: values from ``low`` to ``high`` behind ``start``, and how many."""

    index: str
    range_key: str
    low: str
    high: str
    start: dict[str, dict[str, str]] | None
    descending: bool
    limit: int

    @classmethod
    def of(cls, request: dict[str, Any]) -> _Page | None:
        """Return the page that a Query asks for; None if it is read as ministack does."""
        found = _RANGE.fullmatch(request.get("KeyConditionExpression") or "")
        if not found or not {"IndexName", "Limit"} <= request.keys():
            return None
        names, values = (request.get(f"ExpressionAttribute{one}") or {} for one in ("Names", "Values"))
        low, high = (values.get(found[end], {}).get("S") for end in ("low", "high"))
        if not isinstance(low, str) or not isinstance(high, str):
            return None
        return cls(
            request["IndexName"],
            str(names.get(found["name"], found["name"])),
            low,
            high,
            request.get("ExclusiveStartKey"),
            request.get("ScanIndexForward") is False,
            int(request["Limit"]),
        )


_wanted: ContextVar[_Page | None] = ContextVar("_wanted", default=None)
_is_narrowed: ContextVar[bool] = ContextVar("_is_narrowed", default=False)
"""Whether the query gets the entries of its range only."""


def install() -> None:
    """Change ministack's DynamoDB in this process. Its functions are private; its version is pinned."""
    from ministack.services import dynamodb  # noqa: PLC0415 - it reads its settings from the environment

    module = vars(dynamodb)
    query, index_members, index_item = (module[name] for name in ("_query", "_index_members", "_index_item"))
    evaluate = module["_evaluate_condition"]

    def narrowed_query(request: dict[str, Any]) -> object:
        tokens = _wanted.set(_Page.of(request)), _is_narrowed.set(False)
        try:
            return query(request)
        finally:
            _wanted.reset(tokens[0])
            _is_narrowed.reset(tokens[1])

    def evaluated(*arguments: object, slot: str = "ConditionExpression") -> object:
        if slot == "KeyConditionExpression" and _is_narrowed.get():
            return True
        return evaluate(*arguments, slot=slot)

    def narrowed_members(table: _Table) -> object:
        page, members = _wanted.get(), index_members(table)
        if page is None or table["sk_name"] is None:
            return members
        keys = (page.range_key, table["pk_name"], table["sk_name"])
        if any(module["_get_attr_type"](table, name) != "S" for name in keys):
            return members
        return {page.index: _Partitions(table, members, page, keys)}

    def index_one(table: _Table, *keys_and_item: object, add: bool) -> None:
        index_item(table, *keys_and_item, add=add)
        table.get(module["_INDEX_MEMBERS"], {}).pop(_SORTED, None)

    module |= {"_query": narrowed_query, "_index_members": narrowed_members, "_index_item": index_one}
    module |= {"_evaluate_condition": evaluated, "_project_item": _projecting(module["_project_item"])}
    # ministack reads the text of an expression again for each item.
    for name in ("_tokenize", "_condition_syntax_error"):
        module[name] = lru_cache(1000)(module[name])


def _projecting(project: Callable[..., _Item]) -> Callable[..., _Item]:
    def projected(item: _Item, expression: str, aliases: dict[str, str] | None) -> _Item:
        names = _plain_names(expression, tuple((aliases or {}).items()))
        if names is None:
            return project(item, expression, aliases)
        return {name: item[name] for name in names if name in item}

    return projected


@lru_cache(1000)
def _plain_names(expression: str, aliases: tuple[tuple[str, str], ...]) -> tuple[str, ...] | None:
    """Return the attributes that a projection names, each once and by an alias; None if it is not so plain."""
    named = dict(aliases)
    names = [named.get(path.strip()) for path in (expression or "").split(",")]
    is_plain = len(set(names)) == len(names) and not any(name is None or {".", "["} & {*name} for name in names)
    return tuple(name for name in names if name) if is_plain else None


class _Partitions:
    """What ministack takes for an index's partitions: the one that it asks for, as far as the page needs it."""

    def __init__(self, table: _Table, members: dict[str, Any], page: _Page, keys: tuple[str, str, str]) -> None:
        self._table, self._members, self._page, self._keys = table, members, page, keys

    def get(self, partition: str, _nothing: object) -> list[tuple[str, str]]:
        """Return the table's keys of the entries that the page can have."""
        page, entries = self._page, self._sorted(partition)
        _is_narrowed.set(True)
        first = bisect_left(entries, page.low, key=itemgetter(0))
        last = bisect_right(entries, page.high, key=itemgetter(0))
        start = page.start and tuple(page.start[name]["S"] for name in self._keys)
        # One entry more than the limit: whether there are more is seen by it.
        if page.descending:
            last = min(last, bisect_left(entries, start)) if start else last
            first = max(first, last - page.limit - 1)
        else:
            first = max(first, bisect_right(entries, start)) if start else first
            last = min(last, first + page.limit + 1)
        return [entry[1:] for entry in entries[first:last]]

    def _sorted(self, partition: str) -> list[_Entry]:
        known: dict[tuple[str, str], list[_Entry]] = self._members.setdefault(_SORTED, {})
        key = (self._page.index, partition)
        if key not in known:
            items, name = self._table["items"], self._page.range_key
            known[key] = sorted(
                (items[hash_value][range_value][name]["S"], hash_value, range_value)
                for hash_value, range_value in self._members.get(self._page.index, {}).get(partition, ())
            )
        return known[key]
