"""EventInfo's fields: their order, their other names, and where they are stored. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Path: TypeAlias = tuple[str, ...]
"""A dotted path, split: ``("resource", "name")``."""

EVENT_FIELDS = (
    "event_id",
    "event_key",
    "event_type",
    "title",
    "description",
    "severity",
    "rule",
    "resource",
    "provider",
    "account",
    "image_url",
    "raw_data",
    "additional_info",
    "alert_id",
    "webhook_id",
    "project_id",
    "domain_id",
    "created_at",
    "occurred_at",
)
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
"""What ``minimal`` leaves."""

KEYWORD_FIELDS = ("event_id", "title")
"""Where a keyword's words are looked for."""

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
    """Tell whether a key begins with a field of EventInfo or an alias."""
    head = key.partition(".")[0]
    return head in EVENT_FIELDS or head in ALIASES
