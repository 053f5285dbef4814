"""Retention: when an item expires, and that what has expired is never answered.

DynamoDB deletes an expired item hours or days late, so every read drops it by itself. An item without an expiry lives
for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from event_api.store.attributes import Value


def expires_at(stored_at: datetime, days: int) -> int | None:
    """Return when an item that is stored now expires, in epoch seconds as DynamoDB's TTL wants it; 0 days is never."""
    return int((stored_at + timedelta(days=days)).timestamp()) if days else None


def is_live(item: Mapping[str, Value], attribute: str, now: datetime) -> bool:
    """Return whether an item has not expired."""
    expiry = item.get(attribute)
    return not isinstance(expiry, int) or expiry > now.timestamp()


def live_only(attribute: str) -> str:
    """Return the filter for DynamoDB that says the same of ``:now``, in epoch seconds."""
    return f"(attribute_not_exists(#{attribute}) OR #{attribute} > :now)"
