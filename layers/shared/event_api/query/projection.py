"""Projection: the part of a record that a response shows by ``only`` and ``minimal``, without empty fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias

from event_api.domain.fields import EVENT, Kind, Path
from event_api.json_types import Json, JsonObject
from event_api.query.values import Row

Selection: TypeAlias = Mapping[str, Collection[Path]]
"""The fields to show, in the order of an answer, and for each the paths below it; ``()`` is the whole field."""


def selection(only: Iterable[str], *, minimal: bool = False, kind: Kind = EVENT) -> Selection:
    """Return the projection of a request: everything, or the fields of ``only`` and ``minimal`` together."""
    paths = [kind.path_of(key) for key in (*only, *(kind.minimal if minimal else ()))]
    named = _by_head(paths)
    return {field: named[field] for field in kind.fields if field in named} or dict.fromkeys(kind.fields, ((),))


def info_of(row: Row, shown: Selection) -> JsonObject:
    """Return the answer's form of a row, without the fields that have no value (null or "")."""
    info: JsonObject = {}
    for field, below in shown.items():
        value = _part(row.get(field), below)
        if field == "resource" and isinstance(value, dict):
            value = {name: part for name, part in value.items() if _has_value(part)} or None
        if _has_value(value):
            info[field] = value
    return info


def _has_value(value: Json) -> bool:
    return value is not None and value != ""


def _by_head(paths: Iterable[Path]) -> dict[str, list[Path]]:
    below: dict[str, list[Path]] = {}
    for head, *rest in paths:
        below.setdefault(head, []).append(tuple(rest))
    return below


def _part(value: Json, paths: Collection[Path]) -> Json:
    """Return some paths of a value, in the objects and arrays that they lead through, or None if it has none."""
    if () in paths:
        return value
    if isinstance(value, list):
        return [_part(element, paths) or {} for element in value if isinstance(element, dict)] or None
    if not isinstance(value, dict):
        return None
    parts = {name: _part(value[name], below) for name, below in _by_head(paths).items() if name in value}
    return {name: part for name, part in parts.items() if part is not None} or None
