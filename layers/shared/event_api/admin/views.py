"""Webhooks, tokens and deliveries as JSON objects, without secrets or their hashes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from event_api.admin.kinds import webhook_row
from event_api.domain import times
from event_api.domain.delivery import Delivery
from event_api.domain.webhook import Webhook
from event_api.json_types import Json, JsonObject
from event_api.query.values import Row

if TYPE_CHECKING:
    from event_api.store.deliveries import UnfinishedDelivery


def shown(row: Row) -> JsonObject:
    """Return a row as an answer has it: without the fields that have no value."""
    return {name: value for name, value in row.items() if value is not None and value != ""}


def webhook_info(webhook: Webhook) -> JsonObject:
    """Return a webhook as an answer."""
    return shown(webhook_row(webhook, times.now()))


def new_webhook(webhook: Webhook, access_key: str) -> JsonObject:
    """Return a webhook as an answer with its new access key."""
    url = f"/monitoring/v1/webhook/{webhook.webhook_id}/{access_key}/events"
    return {**webhook_info(webhook), "access_key": access_key, "webhook_url": url}


def of_webhook(webhook: Webhook, now: datetime) -> JsonObject:
    """Return a webhook's fields; for its access keys, only the number of valid ones and the expiry of old ones."""
    return flat_webhook(webhook_row(webhook, now))


def flat_webhook(info: JsonObject) -> JsonObject:
    """Return the same of a WebhookInfo: its options among its fields, and null for those that it lacks."""
    plugin = _object(info.get("plugin_info"))
    options = _object(plugin.get("options"))
    until = info.get("old_keys_until")
    until = until if isinstance(until, list) else []
    return {
        **{name: info.get(name) for name in ("webhook_id", "name", "domain_id", "project_id", "state")},
        "format": plugin.get("plugin_id"),
        "mapping": options.get("mapping"),
        "signing": _flat_signing(options.get("signing")),
        **{name: options.get(name) for name in ("duplicate_event_time", "recovery_mode", "rate_limit")},
        "tags": info.get("tags") or {},
        "valid_keys": 1 + len(until),
        "old_keys_until": [*until],
        "created_at": info.get("created_at"),
    }


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _flat_signing(info: Json) -> JsonObject | None:
    if not isinstance(info, dict):
        return None
    return {"topics": [], "header": None, "timestamp_header": None, "window": None, **info}


def of_delivery(delivery: Delivery) -> JsonObject:
    """Return a delivery's fields, without its body."""
    return {
        "delivery_id": delivery.delivery_id,
        "domain_id": delivery.domain_id,
        "project_id": delivery.project_id,
        "webhook_id": delivery.webhook_id,
        "state": "FINISHED" if delivery.finished else "UNFINISHED",
        "received_at": times.to_iso(delivery.received_at),
        "request_id": delivery.request_id or None,
        "bytes": len(delivery.body.content),
        "headers": {**delivery.headers},
    }


def of_pending(pending: UnfinishedDelivery) -> JsonObject:
    """Return an unfinished delivery's fields."""
    return {
        "delivery_id": pending.delivery_id,
        "domain_id": pending.domain_id,
        "project_id": pending.project_id,
        "webhook_id": pending.webhook_id,
        "state": pending.state.name,
        "received_at": times.to_iso(pending.received_at),
        "unread_because": None,
    }


def of_unreadable(event: JsonObject, domain_id: str) -> JsonObject:
    """Return the same fields for a delivery that could not be read, from its ERROR event."""
    return {
        "delivery_id": event["delivery_id"],
        "domain_id": domain_id,
        "project_id": event["project_id"],
        "webhook_id": event["webhook_id"],
        "state": "UNREADABLE",
        "received_at": event["created_at"],
        "unread_because": event["unread_because"],
    }
