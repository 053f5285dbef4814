"""The fields of EventInfo: their order, their aliases and how they are stored. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TypeAlias

from event_api.domain.event import Event

Path: TypeAlias = tuple[str, ...]
"""A dotted path, split: ``("resource", "name")``."""

EVENT_FIELDS = tuple(field.name for field in fields(Event))
"""Every field, in the order in which an answer has them."""

DETAIL_FIELDS = frozenset({"description", "additional_info", "image_url"})
"""Fields of the event's own item that no index holds."""

RAW_FIELDS = frozenset({"raw_data"})
"""Fields that are stored with the delivery."""

INDEX_FIELDS = frozenset(EVENT_FIELDS) - DETAIL_FIELDS - RAW_FIELDS
"""Scalar fields (``resource`` is three of them), which every index holds: reading them is cheap."""

TIME_FIELDS = frozenset({"created_at", "occurred_at"})
"""ISO 8601 with milliseconds and ``Z`` in a row; compared as instants."""

MINIMAL_FIELDS = ("event_id", "event_key", "event_type", "title", "severity", "alert_id")
"""The fields that ``minimal`` selects."""

KEYWORD_FIELDS = ("event_id", "title")
"""The fields that a keyword searches."""

ALIASES: Mapping[str, Path] = {
    "resource_id": ("resource", "resource_id"),
    "user_projects": ("project_id",),
}
"""Other names that a key may begin with."""


def path_of(key: str) -> Path:
    """Split a key of the query language, such as ``resource.name``, and resolve its alias."""
    head, *rest = key.split(".")
    return (*ALIASES.get(head, (head,)), *rest)


def is_field(key: str) -> bool:
    """Return whether a key begins with a field of EventInfo or an alias."""
    head = key.partition(".")[0]
    return head in EVENT_FIELDS or head in ALIASES
