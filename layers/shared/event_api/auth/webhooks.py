"""Authentication of webhooks by their access keys."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from event_api.auth import credentials
from event_api.domain import ids
from event_api.domain.errors import PermissionDeniedError, WebhookDisabledError
from event_api.domain.webhook import Webhook, WebhookState

if TYPE_CHECKING:
    from event_api.store.webhooks import WebhookStore


def authenticate_webhook(webhooks: WebhookStore, webhook_id: str, access_key: str, now: datetime) -> Webhook:
    """Return a webhook if the access key is valid now.

    Raises the same PermissionDeniedError for an unknown webhook and for a wrong key, and WebhookDisabledError.
    """
    known = 0 < len(webhook_id) <= ids.MAX_ID_LENGTH
    webhook = webhooks.get(webhook_id) if known else None
    right = credentials.matches(access_key, webhook.valid_hashes(now) if webhook else ())
    if webhook is None or not right:
        raise PermissionDeniedError("there is no such webhook, or the access key is wrong")
    if webhook.state is WebhookState.DISABLED:
        raise WebhookDisabledError(webhook.webhook_id)
    return webhook
