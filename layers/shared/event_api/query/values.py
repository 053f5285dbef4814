"""Values inside rows: finding them by path, comparing and ordering them, as MongoDB does.

Rules: MongoDB's manual, "Query an Array", "Comparison/Sort Order" and "Field Paths"; the contract's section 5 has
its own order of types.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from enum import Enum
from typing import Final, Literal, TypeAlias, cast

from event_api.domain.fields import Path
from event_api.json_types import Json, JsonObject

Row: TypeAlias = JsonObject
"""An event, as far as it has been read: EventInfo's keys, None for no value."""

MAX_DEPTH = 64
"""Levels: a comparison of two values ignores deeper ones."""


_SHORTEST_DOTTED = 2
"""Names in a path of which no two can be one key with a dot in it: a field, and a key of it."""


class Missing(Enum):
    """The type of `MISSING`."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING
"""A path led nowhere; null is something else for grouping, and the same for conditions."""

MaybeJson: TypeAlias = Json | Literal[Missing.MISSING]

OrderKey: TypeAlias = tuple[int, Hashable]
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


def _member(name: str, value: Json, depth: int) -> tuple[int, str, Hashable]:
    rank, order = order_key(value, depth - 1)
    return rank, name, order


def identity(value: MaybeJson) -> Hashable:
    """Return what is equal for equal values; missing differs from null. Cheap for strings."""
    return value if isinstance(value, str) or value is MISSING else order_key(value)


def reach(row: Json, path: Path) -> list[MaybeJson]:
    """Return every value at a path: through arrays it branches, a number is also an array's index.

    `MISSING` stands for each branch that ends early; the list is empty if an array on the way has nothing to follow.
    A path that leads nowhere is tried with keys that contain dots.
    """
    found = _reach(row, path)
    if len(path) > _SHORTEST_DOTTED and all(value is MISSING for value in found):
        dotted = _dotted(row, path)
        return found if dotted is MISSING else [dotted]
    return found


def _dotted(value: Json, path: Path) -> MaybeJson:
    """Follow a path through keys that contain dots, as the labels of OpenTelemetry and Kubernetes do: longest first."""
    if not path:
        return value
    if not isinstance(value, dict):
        return MISSING
    for end in range(len(path), 0, -1):
        name = ".".join(path[:end])
        if name in value and (found := _dotted(value[name], path[end:])) is not MISSING:
            return found
    return MISSING


def _reach(row: Json, path: Path) -> list[MaybeJson]:
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
    """Return the values that a condition on a path tests, or None without a value.

    An array is tested as a whole and by each of its elements.
    """
    found: list[Json] = []
    for value in reach(row, path) or (MISSING,):
        if isinstance(value, list):
            found.append(value)
            found.extend(value)
        else:
            found.append(None if value is MISSING else value)
    return found


def lookup(row: Json, path: Path) -> MaybeJson:
    """Return the one value of a key in statistics: through an array, the array of its objects' values.

    A path that leads nowhere is tried with keys that contain dots.
    """
    value = _lookup(row, path)
    return _dotted(row, path) if value is MISSING and len(path) > _SHORTEST_DOTTED else value


def _lookup(row: Json, path: Path) -> MaybeJson:
    value: MaybeJson = row
    for depth, name in enumerate(path):
        if isinstance(value, dict):
            value = value.get(name, MISSING)
        elif isinstance(value, list):
            if _is_index(name):
                value = value[int(name)] if int(name) < len(value) else MISSING
                continue
            found = [_lookup(element, path[depth:]) for element in value if isinstance(element, dict)]
            return [element for element in found if element is not MISSING]
        else:
            return MISSING
    return value


def replaced(row: Row, path: Path, value: Json) -> Row:
    """Return a row with another value at a path of objects; the objects on the way are copied, nothing is changed."""
    copy = dict(row)
    inner = copy
    for name in path[:-1]:
        below = dict(cast("JsonObject", inner[name]))
        inner[name] = below
        inner = below
    inner[path[-1]] = value
    return copy


def unwound(row: Row, path: Path) -> Iterator[Row]:
    """Yield one row for each element of the array at a path; any other value counts as its only element.

    A row without a value there yields none (MongoDB's ``$unwind``). Rows are made one by one, because each has a copy
    of the objects around the array.
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
