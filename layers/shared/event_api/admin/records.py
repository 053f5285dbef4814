"""The reader of one webhook."""

from __future__ import annotations

from datetime import datetime

from event_api.admin.kinds import webhook_row
from event_api.domain import ids
from event_api.domain.access import Scope
from event_api.query.values import Row
from event_api.store.webhooks import WebhookStore


class WebhookRecords:
    """Single webhooks."""

    def __init__(self, webhooks: WebhookStore) -> None:
        self._webhooks = webhooks

    def get(self, scope: Scope, record_id: str, _fields: frozenset[str], now: datetime, /) -> Row | None:
        """Read a webhook; return None if it is not within the scope."""
        found = self._webhooks.get(record_id) if len(record_id) <= ids.MAX_ID_LENGTH else None
        if found is None or not scope.includes(found.domain_id, found.project_id):
            return None
        return webhook_row(found, now)
