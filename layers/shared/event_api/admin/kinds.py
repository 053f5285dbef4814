"""Webhooks, tokens, deliveries and audit records as kinds of record: their fields, and the rows that queries see."""

from __future__ import annotations

from datetime import datetime

from event_api.domain import times
from event_api.domain.access import Token
from event_api.domain.audit import AuditRecord
from event_api.domain.fields import whole_kind
from event_api.domain.webhook import Webhook
from event_api.json_types import Json, JsonObject
from event_api.query.values import Row

WEBHOOK = whole_kind(
    "webhook",
    "WebhookInfo",
    (
        "webhook_id",
        "name",
        "state",
        "plugin_info",
        "tags",
        "project_id",
        "domain_id",
        "created_at",
        "old_keys_until",
    ),
    texts=("webhook_id", "name", "state", "project_id", "domain_id"),
    times=("created_at",),
    minimal=("webhook_id", "name", "state"),
    keywords=("webhook_id", "name"),
    aliases={"user_projects": ("project_id",)},
)
TOKEN = whole_kind(
    "token",
    "TokenInfo",
    (
        "token_id",
        "name",
        "state",
        "role",
        "permissions",
        "projects",
        "domain_id",
        "created_at",
        "expires_at",
        "rotated_to",
    ),
    texts=("token_id", "name", "state", "role", "domain_id", "rotated_to"),
    times=("created_at", "expires_at"),
    minimal=("token_id", "name", "state", "role"),
    keywords=("token_id", "name"),
)
DELIVERY = whole_kind(
    "delivery",
    "DeliveryInfo",
    ("delivery_id", "state", "unread_because", "webhook_id", "project_id", "domain_id", "created_at"),
    texts=("delivery_id", "state", "unread_because", "webhook_id", "project_id", "domain_id"),
    times=("created_at",),
    minimal=("delivery_id", "state", "webhook_id"),
    keywords=("delivery_id", "unread_because"),
    aliases={"user_projects": ("project_id",)},
)
AUDIT = whole_kind(
    "audit",
    "AuditInfo",
    (
        "audit_id",
        "action",
        "target_id",
        "actor_id",
        "actor_name",
        "details",
        "projects",
        "domain_id",
        "request_id",
        "created_at",
    ),
    texts=("audit_id", "action", "target_id", "actor_id", "actor_name", "domain_id", "request_id"),
    times=("created_at",),
    minimal=("audit_id", "action", "target_id", "actor_id"),
    keywords=("target_id", "action"),
)


def webhook_row(webhook: Webhook, now: datetime) -> Row:
    """Return a webhook's fields, without secrets."""
    options: JsonObject = {
        "duplicate_event_time": webhook.duplicate_event_time,
        "recovery_mode": webhook.recovery_mode.value,
        "rate_limit": webhook.rate_limit,
        "mapping": webhook.mapping,
        "signing": signing_info(webhook),
    }
    plugin: JsonObject = {"plugin_id": webhook.format, "options": _given(options)}
    until: list[Json] = [*sorted(times.to_iso(key.ends_at) for key in webhook.valid_old_keys(now))]
    return {
        "webhook_id": webhook.webhook_id,
        "name": webhook.name,
        "state": webhook.state.value,
        "plugin_info": _given(plugin),
        "tags": webhook.tags or None,
        "project_id": webhook.project_id,
        "domain_id": webhook.domain_id,
        "created_at": times.to_iso(webhook.created_at),
        "old_keys_until": until or None,
    }


def signing_info(webhook: Webhook) -> JsonObject | None:
    """Return how a webhook's sender signs, with the number of secrets in their place; None without signing."""
    signing = webhook.signing
    if signing is None:
        return None
    return _given(
        {
            "scheme": signing.scheme,
            "required": signing.required,
            "secrets": len(signing.secrets),
            "topics": [*signing.topics] or None,
            "header": signing.header,
            "timestamp_header": signing.timestamp_header,
            "window": signing.window,
        }
    )


def token_row(token: Token, now: datetime) -> Row:
    """Return a token's fields, without its secrets."""
    return {
        "token_id": token.token_id,
        "name": token.name,
        "state": token_state(token, now),
        "role": token.role,
        "permissions": [*sorted(token.granted)],
        "projects": None if token.projects is None else [*sorted(token.projects)],
        "domain_id": token.domain_id,
        "created_at": times.to_iso(token.created_at),
        "expires_at": None if token.expires_at is None else times.to_iso(token.expires_at),
        "rotated_to": token.rotated_to,
    }


def token_state(token: Token, now: datetime) -> str:
    """Return whether a token is VALID, EXPIRED or REVOKED."""
    if token.revoked:
        return "REVOKED"
    return "EXPIRED" if token.expires_at is not None and token.expires_at <= now else "VALID"


def audit_row(record: AuditRecord) -> Row:
    """Return an audit record's fields."""
    return {
        "audit_id": record.audit_id,
        "action": record.action,
        "target_id": record.target_id,
        "actor_id": record.actor.actor_id,
        "actor_name": record.actor.name,
        "details": record.details or None,
        "projects": None if record.projects is None else [*sorted(record.projects)],
        "domain_id": record.domain_id,
        "request_id": record.request_id or None,
        "created_at": times.to_iso(record.created_at),
    }


def _given(fields: JsonObject) -> JsonObject:
    return {name: value for name, value in fields.items() if value is not None}
