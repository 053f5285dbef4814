"""The responses of stat."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from tests.oracle.conditions import holds
from tests.oracle.search import event_info, matching
from tests.oracle.values import (
    MISSING,
    either,
    found_at,
    instant,
    is_number,
    paged,
    parts_of,
    rank,
    sort_of,
    sorted_rows,
    unwound,
    value_at,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from event_api.domain.access import Scope

    Row = dict[str, Any]


def stat_events(events: Iterable[Row], request: dict[str, Any], scope: Scope, now: datetime) -> dict[str, Any]:
    """Answer a request of stat."""
    query = request["query"]
    rows: list[Any] = matching(events, query, scope, now)
    rows = _distinct(rows, query["distinct"]) if "distinct" in query else _aggregated(rows, query["aggregate"], now)
    if "page" not in query:
        return {"results": rows}
    return {"results": paged(rows, query["page"]), "total_count": len(rows)}


def _aggregated(rows: list[Row], stages: list[dict[str, Any]], now: datetime) -> list[Row]:
    kept: list[str] = []
    are_events = True
    for stage in stages:
        ((name, options),) = stage.items()
        if name == "project":
            kept = [] if options.get("exclude_keys") else kept
            rows = [_present({key: row.get(key, MISSING) for key in kept}) | _projected(row, options) for row in rows]
        else:
            rows = STAGES[name](rows, options, now)
        if name in {"group", "count"}:
            kept = [either(key, "name") for key in options.get("keys", [])]
        are_events = are_events and name not in {"group", "count", "project"}
    return [event_info(row, {}) for row in rows] if are_events else rows


def _distinct(rows: list[Row], key: str) -> list[Any]:
    found = [leaf for row in rows for leaf in found_at(row, parts_of(key, row)) if leaf is not MISSING]
    flat = [one for leaf in found for one in (leaf if isinstance(leaf, list) else [leaf])]
    return sorted(_unique(flat), key=rank)


def _unique(values: list[Any]) -> list[Any]:
    return list({rank(value): value for value in reversed(values)}.values())


# --- group ------------------------------------------------------------------------------------------------------------


def _group(rows: list[Row], options: dict[str, Any], now: datetime) -> list[Row]:
    groups: dict[Any, tuple[Row, list[Row]]] = {}
    for row in rows:
        values = {either(key, "name"): _key_value(row, key) for key in options.get("keys", [])}
        # Null and missing values are two groups.
        identity = tuple((value is MISSING, rank(value)) for value in values.values())
        groups.setdefault(identity, (values, []))[1].append(row)
    return [
        _present(values)
        | {either(field, "name"): _accumulated(members, field, now) for field in options.get("fields", [])}
        for values, members in groups.values()
    ]


def _present(values: Row) -> Row:
    return {name: value for name, value in values.items() if value is not MISSING}


def _key_value(row: Row, key: dict[str, Any]) -> Any:
    value = value_at(row, parts_of(either(key, "key"), row))
    return formatted(value, key["date_format"]) if "date_format" in key else value


def formatted(value: Any, date_format: str) -> Any:
    """Write a time as a part of it, or by a format; a time that is null stays so."""
    if not isinstance(value, str):
        return None
    time = instant(value)
    if date_format in {"year", "month", "day"}:
        return getattr(time, date_format)
    # Specifiers that strftime lacks, or has differently: milliseconds, and a week that starts with a Sunday of 1.
    text = date_format.replace("%L", f"{time.microsecond // 1000:03}").replace("%w", str(time.isoweekday() % 7 + 1))
    return time.strftime(text)


def _accumulated(rows: list[Row], field: dict[str, Any], now: datetime) -> Any:
    name = either(field, "operator")
    rows = [row for row in rows if all(holds(condition, row, now) for condition in field.get("conditions", []))]
    if name == "count":
        return len(rows)
    if "fields" in field:
        return [
            _present(
                {either(part, "name"): value_at(row, parts_of(either(part, "key"), row)) for part in field["fields"]}
            )
            for row in rows
        ]
    return _ACCUMULATORS[name]([value_at(row, parts_of(either(field, "key"), row)) for row in rows])


def _numbers(values: list[Any]) -> list[Any]:
    return [value for value in values if is_number(value)]


def _average(values: list[Any]) -> Any:
    numbers = _numbers(values)
    return sum(numbers) / len(numbers) if numbers else None


def _extreme(choose: Callable[..., Any]) -> Callable[[list[Any]], Any]:
    return lambda values: choose(
        (one for one in values if one is not MISSING and one is not None), key=rank, default=None
    )


def _there(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not MISSING]


def _one(value: Any) -> Any:
    return None if value is MISSING else value


_ACCUMULATORS: dict[str, Callable[[list[Any]], Any]] = {
    "sum": lambda values: sum(_numbers(values)),
    "average": _average,
    "max": _extreme(max),
    "min": _extreme(min),
    "first": lambda values: _one(values[0]),
    "last": lambda values: _one(values[-1]),
    "push": _there,
    "add_to_set": lambda values: _unique(_there(values)),
    "merge_objects": lambda values: reduce(
        lambda one, other: one | other, (v for v in _there(values) if v is not None), {}
    ),
}


# --- project ----------------------------------------------------------------------------------------------------------


def _projected(row: Row, options: dict[str, Any]) -> Row:
    return _present({either(field, "name"): _calculated(row, field) for field in options["fields"]})


def _calculated(row: Row, expression: Any) -> Any:
    """Return what is written as a number, as a key, or as an operator over such."""
    if is_number(expression):
        return expression
    if isinstance(expression, str):
        return value_at(row, parts_of(expression, row))
    operator = either(expression, "operator")
    if "fields" not in expression:
        value = value_at(row, parts_of(either(expression, "key"), row))
        return value if operator is None else _ON_ONE[operator](value)
    values = [_calculated(row, part) for part in expression["fields"]]
    if operator == "sum":
        return sum(_numbers(values))
    return reduce(_ON_NUMBERS[operator], values) if all(map(is_number, values)) else None


_ON_ONE: dict[str, Callable[[Any], Any]] = {
    "size": len,
    "sum": lambda value: sum(_numbers(value if isinstance(value, list) else [value])),
    "array_to_object": lambda pairs: {pair["k"]: pair["v"] for pair in pairs},
    "object_to_array": lambda value: [{"k": name, "v": inner} for name, inner in value.items()],
}
_ON_NUMBERS: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda one, other: one + other,
    "subtract": lambda one, other: one - other,
    "multiply": lambda one, other: one * other,
    "divide": lambda one, other: one / other,
}


# --- the other stages -------------------------------------------------------------------------------------------------


def _match(rows: list[Row], options: dict[str, Any], now: datetime) -> list[Row]:
    return [row for row in rows if all(holds(one, row, now) for one in options.get("filter", []))]


STAGES: dict[str, Callable[[list[Row], Any, datetime], list[Row]]] = {
    "group": _group,
    "match": _match,
    "unwind": lambda rows, options, now: _match(unwound(rows, options["path"]), options, now),
    "count": lambda rows, options, now: [{options["name"]: len(rows)}] if rows else [],
    "sort": lambda rows, options, now: sorted_rows(rows, sort_of(options)),
    "limit": lambda rows, limit, now: rows[:limit],
    "skip": lambda rows, skip, now: rows[skip:],
}
