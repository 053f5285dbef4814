"""The commands' output for alerts: JSON objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from event_api.domain import times
from event_api.domain.alert import Alert
from event_api.json_types import JsonObject


def of_alert_info(info: Mapping[str, Any]) -> JsonObject:
    """Return the same fields of an AlertInfo, as far as it has them."""
    named = ("alert_id", "state", "urgency", "severity", "title", "domain_id", "project_id", "webhook_id")
    return {
        **{name: info.get(name) for name in named[:5]},
        "event_key": None,
        **{name: info.get(name) for name in named[5:]},
        "opened_at": info.get("created_at"),
        "opened_by": None,
        "last_event_at": None,
        "resolved_at": info.get("resolved_at"),
        "resolved_by": None,
    }


def of_alert(alert: Alert) -> JsonObject:
    """Return an alert's fields."""
    return {
        "alert_id": alert.alert_id,
        "state": alert.state.value,
        "urgency": alert.urgency.value,
        "severity": alert.severity.value,
        "title": alert.title,
        "event_key": alert.event_key,
        "domain_id": alert.domain_id,
        "project_id": alert.project_id,
        "webhook_id": alert.webhook_id,
        "opened_at": times.to_iso(alert.opened_at),
        "opened_by": alert.opened_by,
        "last_event_at": times.to_iso(alert.last_event_at),
        "resolved_at": None if alert.resolved_at is None else times.to_iso(alert.resolved_at),
        "resolved_by": alert.resolved_by,
    }
