"""The search language evaluated as plainly as it can be said: what the planner and the matcher must agree with."""

from __future__ import annotations

import operator
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from event_api.model import Scope

ALIASES = {"resource_id": "resource.resource_id", "user_projects": "project_id"}
NAMED = (
    "event_id",
    "event_key",
    "event_type",
    "severity",
    "resource_id",
    "provider",
    "account",
    "alert_id",
    "webhook_id",
    "project_id",
)


def matching_ids(rows: list[dict[str, Any]], request: dict[str, Any], scope: Scope, now: datetime) -> set[str]:
    """Return the ids of the rows that a request of list matches."""
    query = request.get("query", {})
    required = list(query.get("filter", []))
    for name in NAMED:
        if name in request:
            values = request[name]
            required.append({"key": name, "operator": "in", "value": values if isinstance(values, list) else [values]})
    either = list(query.get("filter_or", []))
    for word in query.get("keyword", "").split():
        either += [{"key": key, "operator": "contain", "value": word} for key in ("event_id", "title")]
    return {
        row["event_id"]
        for row in rows
        if row["domain_id"] == scope.domain_id
        and (scope.projects is None or row["project_id"] in scope.projects)
        and all(holds(row, condition, now) for condition in required)
        and (not either or any(holds(row, condition, now) for condition in either))
    }


def holds(row: dict[str, Any], condition: dict[str, Any], now: datetime) -> bool:
    """Tell whether a condition holds."""
    name, wanted = condition["operator"], condition["value"]
    if name.startswith("not"):
        positive = "eq" if name == "not" else name.removeprefix("not_")
        return not holds(row, condition | {"operator": positive}, now)
    key = ALIASES.get(condition["key"], condition["key"])
    values = values_at(row, key.split(".")) or [None]
    values = values + [element for value in values if isinstance(value, list) for element in value]
    if key in {"created_at", "occurred_at"} and "contain" not in name and "regex" not in name:
        values = [instant(value) for value in values]
        wanted = wanted if name.startswith("timediff") else instant(wanted)
    return any(test(name, value, wanted, now) for value in values) == (wanted if name == "exists" else True)


def values_at(value: Any, path: list[str]) -> list[Any]:
    if not path:
        return [value]
    name, *rest = path
    if isinstance(value, dict):
        return values_at(value[name], rest) if name in value else [None]
    if isinstance(value, list):
        inner = [values_at(element, path) for element in value if isinstance(element, dict)]
        inner += [values_at(value[int(name)], rest)] if name.isdecimal() and int(name) < len(value) else []
        return [found for one in inner for found in one]
    return [None]


def test(name: str, value: Any, wanted: Any, now: datetime) -> bool:  # noqa: C901  # a plain list; no test of pytest's
    name = name.removeprefix("datetime_")
    if name.startswith("timediff_"):
        name, wanted = name.removeprefix("timediff_"), now - timedelta(days=int(wanted.removeprefix("now-")[:-1]))
    match name:
        case "exists":
            return value is not None
        case "eq":
            return same_type(value, wanted) and value == wanted
        case "in":
            return any(test("eq", value, one, now) for one in wanted)
        case "contain":
            return isinstance(value, str) and wanted.lower() in value.lower()
        case "contain_in":
            return any(test("contain", value, one, now) for one in wanted)
        case "regex":
            return isinstance(value, str) and re.search(wanted, value, re.IGNORECASE) is not None
        case "regex_in":
            return any(test("regex", value, one, now) for one in wanted)
        case "match":
            return isinstance(value, list) and any(
                isinstance(element, dict)
                and all(holds(element, {"key": k, "operator": "eq", "value": v}, now) for k, v in wanted.items())
                for element in value
            )
    if value is None or wanted is None:
        return value is wanted and name in {"gte", "lte"}
    relation = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}[name]
    return same_type(value, wanted) and relation(value, wanted)


def same_type(one: Any, other: Any) -> bool:
    kinds = [
        next(k for k in (bool, (int, float), str, list, dict, datetime, object) if isinstance(v, k))
        for v in (one, other)
    ]
    return kinds[0] == kinds[1]


def instant(value: Any) -> Any:
    if isinstance(value, list):
        return [instant(one) for one in value]
    if not isinstance(value, str):
        return value
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
