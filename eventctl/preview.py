"""What a body would become at a webhook, by the very steps that a delivery takes, without storing anything."""

from __future__ import annotations

from collections.abc import Mapping

from event_api import ids, reading, times
from event_api.jsontypes import JsonObject
from event_api.model import Delivery, Webhook
from event_api.normalizers import coerce, kept_headers
from event_api.raw import Body


def events_of(webhook: Webhook, content: bytes, headers: Mapping[str, str]) -> JsonObject:
    """Return the format that a body is read as, and the events that it makes, as they would be stored."""
    delivery = Delivery(
        delivery_id=ids.delivery_id(webhook.webhook_id, None),
        domain_id=webhook.domain_id,
        project_id=webhook.project_id,
        webhook_id=webhook.webhook_id,
        body=Body.received(content),
        headers=kept_headers(headers),
        received_at=times.now(),
    )
    found = reading.read(webhook, delivery)
    rows = [_as_shown(reading.row(delivery, "", event, None)) for _, event in found.events]
    return {"format": found.format, "events": rows, "total_count": len(rows)}


def _as_shown(row: JsonObject) -> JsonObject:
    """Leave out what has no value, as answers do, and what only storing gives an event: its id, and its alert's."""
    told = {**row, "resource": {name: value for name, value in coerce.mapping(row["resource"]).items() if value}}
    return {name: value for name, value in told.items() if name != "event_id" and value not in (None, "", {})}
