"""Values inside rows: finding them by path, comparing and ordering them, as MongoDB does.

Rules: MongoDB's manual, "Query an Array", "Comparison/Sort Order" and "Field Paths"; the contract's section 5 has
its own order of types.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

from event_api.fields import Path
from event_api.jsontypes import Json, JsonObject

Row: TypeAlias = JsonObject
"""An event, as far as it has been read: EventInfo's keys, None for no value."""

MAX_DEPTH = 64
"""Levels: what is nested deeper is not looked at when two values are compared."""


class Missing(Enum):
    """The type of `MISSING`."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING
"""A path led nowhere; null is something else for grouping, and the same for conditions."""

MaybeJson: TypeAlias = Json | Literal[Missing.MISSING]

OrderKey: TypeAlias = tuple[int, Any]
"""Rank of the type, then what orders the values of that type; hashable, and equal for equal values."""

NULL, NUMBER, STRING, OBJECT, ARRAY, BOOLEAN = range(6)
"""Ranks of the types, in the contract's order."""


def order_key(value: MaybeJson, depth: int = MAX_DEPTH) -> OrderKey:
    """Return what orders any two values, across types; objects compare by their fields in the order of names."""
    if isinstance(value, str):
        return STRING, value
    if value is None or value is MISSING:
        return NULL, 0
    if isinstance(value, bool):
        return BOOLEAN, value
    if isinstance(value, int | float):
        return NUMBER, value
    if isinstance(value, dict):
        return OBJECT, tuple(_member(name, value[name], depth) for name in sorted(value)) if depth else ()
    return ARRAY, tuple([order_key(element, depth - 1) for element in value]) if depth else ()


def _member(name: str, value: Json, depth: int) -> tuple[int, str, Any]:
    rank, order = order_key(value, depth - 1)
    return rank, name, order


def identity(value: MaybeJson) -> Hashable:
    """Return what is equal for equal values; missing differs from null. Cheap for strings."""
    return value if isinstance(value, str) or value is MISSING else order_key(value)


def reach(row: Json, path: Path) -> list[MaybeJson]:
    """Return every value at a path: through arrays it branches, a number is also an array's index.

    `MISSING` stands for each branch that ends early; the list is empty if an array on the way has nothing to follow.
    """
    found: list[MaybeJson] = [row]
    for name in path:
        following: list[MaybeJson] = []
        for value in found:
            if isinstance(value, dict):
                following.append(value.get(name, MISSING))
            elif isinstance(value, list):
                if _is_index(name) and int(name) < len(value):
                    following.append(value[int(name)])
                following.extend([element.get(name, MISSING) for element in value if isinstance(element, dict)])
            else:
                following.append(MISSING)
        found = following
    return found


def candidates(row: Row, path: Path) -> list[Json]:
    """Return what a condition on a path looks at: an array and each of its elements, None where there is no value."""
    found: list[Json] = []
    for value in reach(row, path) or (MISSING,):
        if isinstance(value, list):
            found.append(value)
            found.extend(value)
        else:
            found.append(None if value is MISSING else value)
    return found


def lookup(row: Json, path: Path) -> MaybeJson:
    """Return the one value that a key means in statistics: through an array, the array of what its objects have."""
    value: MaybeJson = row
    for depth, name in enumerate(path):
        if isinstance(value, dict):
            value = value.get(name, MISSING)
        elif isinstance(value, list):
            if _is_index(name):
                value = value[int(name)] if int(name) < len(value) else MISSING
                continue
            found = [lookup(element, path[depth:]) for element in value if isinstance(element, dict)]
            return [element for element in found if element is not MISSING]
        else:
            return MISSING
    return value


def replaced(row: Row, path: Path, value: Json) -> Row:
    """Return a row with another value at a path of objects; the objects on the way are copied, nothing is changed."""
    copy = dict(row)
    inner = copy
    for name in path[:-1]:
        inner[name] = dict(inner[name])
        inner = inner[name]
    inner[path[-1]] = value
    return copy


def unwound(row: Row, path: Path) -> Iterator[Row]:
    """Give one row for each element of the array at a path; what is no array counts as its only element.

    A row without a value there gives none (MongoDB's ``$unwind``). One by one: each has a copy of what is around the
    array.
    """
    value: MaybeJson = row
    for name in path:
        value = value.get(name, MISSING) if isinstance(value, dict) else MISSING
    if isinstance(value, list):
        yield from (replaced(row, path, element) for element in value)
    elif value is not None and value is not MISSING:
        yield row


def _is_index(name: str) -> bool:
    return name.isascii() and name.isdecimal()
