"""Previews the events of a body: the same steps as for a delivery to the webhook, but without storing anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from event_api.admin.webhooks import check_format
from event_api.domain import ids, times
from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from event_api.domain.errors import InvalidParameterError
from event_api.domain.webhook import Webhook
from event_api.ingest import normalization
from event_api.json_types import Json, JsonObject
from event_api.normalizers import headers_to_store


def events_of(webhook: Webhook, content: bytes, headers: Mapping[str, str]) -> JsonObject:
    """Return the format in which a body is read, and its events as they would be stored."""
    delivery = _delivery(webhook, content, headers)
    found = normalization.read(webhook, delivery)
    rows = [_as_shown(asdict(normalization.event_of(delivery, "", event, None))) for _, event in found.events]
    return {"format": found.format, "events": rows, "total_count": len(rows)}


def in_format(webhook: Webhook, name: str) -> Webhook:
    """Return a webhook as it would be in a format; an empty name detects it.

    Raises InvalidParameterError for an unknown format.
    """
    changed = replace(webhook, format=name or None, mapping=None)
    check_format(changed.format, changed.mapping)
    return changed


def check_body(webhook: Webhook, content: bytes, headers: Mapping[str, str]) -> None:
    """Raise InvalidParameterError if a body cannot be read at a webhook."""
    found = normalization.read(webhook, _delivery(webhook, content, headers))
    if found.format is None:
        _, event = found.events[0]
        raise InvalidParameterError("body", event.description or "it cannot be read")


def _delivery(webhook: Webhook, content: bytes, headers: Mapping[str, str]) -> Delivery:
    return Delivery(
        delivery_id=ids.delivery_id(webhook.webhook_id, None),
        domain_id=webhook.domain_id,
        project_id=webhook.project_id,
        webhook_id=webhook.webhook_id,
        body=Body.received(content, headers=headers),
        headers=headers_to_store(headers),
        received_at=times.now(),
    )


def _as_shown(row: Mapping[str, Any]) -> Json:  # fields of an Event, whose types differ
    """Leave out empty values, as responses do, and the id, which is assigned when an event is stored."""
    told = {**row, "resource": {name: value for name, value in row["resource"].items() if value}}
    return {name: value for name, value in told.items() if name != "event_id" and value not in (None, "", {})}
