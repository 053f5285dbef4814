"""The values at a path, and how they compare: as in MongoDB, over plain JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from typing import Any

MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING"})()
"""The value at a path that leads nowhere."""

ALIASES = {"resource_id": "resource.resource_id", "user_projects": "project_id"}
TIMES = frozenset({"created_at", "occurred_at"})

_NOTHING, _NUMBER, _STRING, _OBJECT, _ARRAY, _BOOLEAN = range(1, 7)


def parts_of(key: str, row: dict[str, Any]) -> list[str]:
    """Return the parts of a dotted path; a name that a row has redefined is not an alias."""
    return (key if key in row else ALIASES.get(key, key)).split(".")


def either(part: dict[str, Any], name: str) -> Any:
    """Return what a part of a request has under a name, or under its first letter."""
    return part.get(name, part.get(name[0]))


def is_number(value: Any) -> bool:
    """Return whether a value is a number; a boolean is not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def rank(value: Any) -> tuple[Any, ...]:
    """Write a value so that any two compare: by type first, then within the type."""
    if value is MISSING or value is None:
        return (_NOTHING,)
    if isinstance(value, bool):
        return (_BOOLEAN, value)
    if isinstance(value, int | float):
        return (_NUMBER, value)
    if isinstance(value, str):
        return (_STRING, value)
    if isinstance(value, dict):
        # The order of an object's members is not kept by every store, so it does not count here.
        return (_OBJECT, tuple((rank(inner)[0], name, rank(inner)) for name, inner in sorted(value.items())))
    return (_ARRAY, tuple(map(rank, value)))


def same_type(one: Any, other: Any) -> bool:
    """Return whether two values have the same JSON type."""
    return bool(rank(one)[0] == rank(other)[0])


def found_at(value: Any, parts: list[str]) -> list[Any]:
    """Return what a condition's path leads to: through each object of an array, or by an index."""
    if not parts:
        return [value]
    name, *rest = parts
    if isinstance(value, dict):
        return found_at(value.get(name, MISSING), rest)
    if not isinstance(value, list):
        return [MISSING]
    through = chain.from_iterable(found_at(element, parts) for element in value if isinstance(element, dict))
    at = found_at(value[int(name)], rest) if name.isdigit() and int(name) < len(value) else []
    return [*through, *at]


def candidates(value: Any, parts: list[str]) -> list[Any]:
    """Return all that a condition on a path may match: an array is itself and each of its elements."""
    leaves = found_at(value, parts) or [MISSING]
    return leaves + [element for leaf in leaves if isinstance(leaf, list) for element in leaf]


def value_at(value: Any, parts: list[str]) -> Any:
    """Return the value of a statistics key: through an array, an array of its objects' values; or by an index."""
    if not parts:
        return value
    name, *rest = parts
    if isinstance(value, dict):
        return value_at(value.get(name, MISSING), rest)
    if not isinstance(value, list):
        return MISSING
    if name.isdigit():
        return value_at(value[int(name)], rest) if int(name) < len(value) else MISSING
    inner = [value_at(element, parts) for element in value if isinstance(element, dict)]
    return [one for one in inner if one is not MISSING]


def sorted_rows(rows: list[Any], keys: list[tuple[str, bool]]) -> list[Any]:
    """Sort rows by some (key, descending); rows with equal keys stay in their order."""
    for key, descending in reversed(keys):
        rows = sorted(rows, key=_sort_value(key, descending=descending), reverse=descending)
    return rows


def _sort_value(key: str, *, descending: bool) -> Any:
    def value(row: Any) -> tuple[Any, ...]:
        choose = max if descending else min
        return choose(map(rank, _sort_candidates(row, parts_of(key, row))))

    return value


def _sort_candidates(row: Any, parts: list[str]) -> list[Any]:
    """Return the values of which the smallest, or the largest, sorts a row."""
    found = found_at(row, parts) or [MISSING]
    flat: list[Any] = []
    for leaf in found:
        flat += (leaf or [MISSING]) if isinstance(leaf, list) else [leaf]
    return flat


def sort_of(written: Any) -> list[tuple[str, bool]]:
    """Read any of the forms of a sort."""
    if isinstance(written, dict):
        written = written.get("keys", [written])
    return [(part["key"], part.get("desc", False)) for part in written]


def unwound(rows: list[Any], key: str) -> list[Any]:
    """Return one row for each element of the array at a path; none for an empty or missing one."""
    return [one for row in rows for one in _elements(row, parts_of(key, row))]


def _elements(value: Any, parts: list[str]) -> list[Any]:
    if not parts:
        if isinstance(value, list):
            return value
        return [] if value is None else [value]
    if not isinstance(value, dict) or parts[0] not in value:
        return []
    return [{**value, parts[0]: element} for element in _elements(value[parts[0]], parts[1:])]


def paged(results: list[Any], page: dict[str, Any]) -> list[Any]:
    """Return the page's part of all results."""
    limit = page.get("limit", 0)
    if not limit:
        return results
    skip = max(page.get("start", 1) - 1, 0)
    return results[skip : skip + limit]


def instant(written: str) -> datetime:
    """Read an ISO 8601 time; without an offset it is UTC."""
    read = datetime.fromisoformat(written)
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def is_instant(text: str) -> bool:
    """Return whether a text is an ISO 8601 time."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
