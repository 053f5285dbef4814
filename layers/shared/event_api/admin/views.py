"""Webhooks, tokens and deliveries as JSON objects, without secrets or their hashes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from event_api.domain import times
from event_api.domain.access import Token
from event_api.domain.delivery import Delivery
from event_api.domain.webhook import Webhook
from event_api.json_types import JsonObject

if TYPE_CHECKING:
    from event_api.store.deliveries import UnfinishedDelivery


def of_webhook(webhook: Webhook, now: datetime) -> JsonObject:
    """Return a webhook's fields; for its access keys, only the number of valid ones and the expiry of old ones."""
    return {
        "webhook_id": webhook.webhook_id,
        "name": webhook.name,
        "domain_id": webhook.domain_id,
        "project_id": webhook.project_id,
        "state": webhook.state.value,
        "format": webhook.format,
        "mapping": webhook.mapping,
        "signing": of_signing(webhook),
        "duplicate_event_time": webhook.duplicate_event_time,
        "recovery_mode": webhook.recovery_mode.value,
        "rate_limit": webhook.rate_limit,
        "tags": webhook.tags,
        "valid_keys": len(webhook.valid_hashes(now)),
        "old_keys_until": [*sorted(times.to_iso(key.ends_at) for key in webhook.valid_old_keys(now))],
        "created_at": times.to_iso(webhook.created_at),
    }


def of_signing(webhook: Webhook) -> JsonObject | None:
    """Return a webhook's signing options without the secrets; None if it has no signing."""
    signing = webhook.signing
    if signing is None:
        return None
    return {
        "scheme": signing.scheme,
        "required": signing.required,
        "secrets": len(signing.secrets),
        "topics": [*signing.topics],
        "header": signing.header,
        "timestamp_header": signing.timestamp_header,
        "window": signing.window,
    }


def of_token(token: Token, now: datetime) -> JsonObject:
    """Return a token's fields without its secret, and its state ``now``."""
    return {
        "token_id": token.token_id,
        "name": token.name,
        "domain_id": token.domain_id,
        "projects": None if token.projects is None else [*sorted(token.projects)],
        "role": token.role,
        "permissions": [*sorted(token.granted)],
        "state": _state_of_token(token, now),
        "created_at": times.to_iso(token.created_at),
        "expires_at": _time(token.expires_at),
        "rotated_to": token.rotated_to,
    }


def _state_of_token(token: Token, now: datetime) -> str:
    if token.revoked:
        return "REVOKED"
    return "EXPIRED" if token.expires_at is not None and token.expires_at <= now else "VALID"


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


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else times.to_iso(moment)
