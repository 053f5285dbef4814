"""The deliveries table: every body that a sender sent, once, compressed, before anything else is done with it.

An unfinished delivery has ``unfinished_since``; finishing removes it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial

from event_api import times
from event_api.errors import PayloadTooLargeError
from event_api.jsontypes import JsonObject
from event_api.model import Delivery, Scope
from event_api.raw import Body
from event_api.store import retention
from event_api.store.attributes import Fields, Item
from event_api.store.table import ConditionFailedError, Meter, Table

MAX_COMPRESSED_BYTES = 380_000
"""What of a DynamoDB item's 400 KB is left for the body beside headers and ids."""

_BODY_ATTRIBUTES = ("delivery_id", "project_id", "body", "unwrapped", "expires_at")


class DeliveryStore:
    """Deliveries by (id, domain)."""

    def __init__(self, table: Table, retention_days: int) -> None:
        self._table = table
        self._retention_days = retention_days

    def add(self, delivery: Delivery, *, sender_id: str | None = None) -> bool:
        """Make a delivery durable; False if this one is stored already.

        Raises PayloadTooLargeError for a body that one item cannot hold even compressed.
        """
        body = zlib.compress(delivery.body.content)
        if len(body) > MAX_COMPRESSED_BYTES:
            raise PayloadTooLargeError(MAX_COMPRESSED_BYTES, len(body), "compressed body")
        received_at = times.to_iso(delivery.received_at)
        try:
            self._table.put(
                {
                    "delivery_id": delivery.delivery_id,
                    "domain_id": delivery.domain_id,
                    "project_id": delivery.project_id,
                    "webhook_id": delivery.webhook_id,
                    "sender_id": sender_id,
                    "body": body,
                    "unwrapped": delivery.body.unwrapped or None,
                    "headers": delivery.headers or None,
                    "received_at": received_at,
                    "unfinished_since": None if delivery.finished else received_at,
                    "expires_at": retention.expires_at(delivery.received_at, self._retention_days),
                },
                unless_exists="delivery_id",
            )
        except ConditionFailedError:
            return False
        return True

    def get(self, delivery_id: str, domain_id: str) -> Delivery | None:
        """Read a delivery as it was stored; None if there is none."""
        item = self._table.get({"delivery_id": delivery_id, "domain_id": domain_id}, consistent=True)
        if item is None:
            return None
        stored = Fields(item)
        return Delivery(
            delivery_id=delivery_id,
            domain_id=domain_id,
            project_id=stored.text("project_id"),
            webhook_id=stored.text("webhook_id"),
            body=_body(stored),
            headers=stored.text_map("headers"),
            received_at=stored.time("received_at"),
            finished="unfinished_since" not in item,
        )

    def finish(self, delivery_id: str, domain_id: str) -> None:
        """Note that all events of a delivery are stored."""
        key: Item = {"delivery_id": delivery_id, "domain_id": domain_id}
        # What has expired meanwhile must not come back as an empty item.
        with suppress(ConditionFailedError):
            self._table.update(key, "REMOVE #unfinished_since", {}, condition="attribute_exists(#delivery_id)")

    def raw_data(self, delivery_id: str, scope: Scope, now: datetime) -> JsonObject | None:
        """Read what events of a delivery show as ``raw_data``; None if it is gone, or not within the scope."""
        key: Item = {"delivery_id": delivery_id, "domain_id": scope.domain_id}
        item = self._table.get_latest(key, attributes=_BODY_ATTRIBUTES)
        return None if item is None else _raw_data(item, scope, now)

    def raw_data_of(
        self, delivery_ids: Iterable[str], scope: Scope, now: datetime
    ) -> dict[str, Callable[[], JsonObject | None]]:
        """Read the bodies of many deliveries, by their ids: each as a function that unpacks its ``raw_data``."""
        keys: list[Item] = [{"delivery_id": delivery_id, "domain_id": scope.domain_id} for delivery_id in delivery_ids]
        items = self._table.batch_get(keys, attributes=_BODY_ATTRIBUTES)
        return {Fields(item).text("delivery_id"): partial(_raw_data, item, scope, now) for item in items}

    def metered(self, meter: Meter) -> DeliveryStore:
        """Return the same store, with its reads counted."""
        return DeliveryStore(self._table.metered(meter), self._retention_days)


def _body(stored: Fields) -> Body:
    return Body(zlib.decompress(stored.blob("body")), unwrapped=stored.flag("unwrapped"))


def _raw_data(item: Item, scope: Scope, now: datetime) -> JsonObject | None:
    stored = Fields(item)
    # Whatever id led here: a body is its project's, like its events.
    visible = retention.is_live(item, "expires_at", now) and scope.allows_project(stored.text("project_id"))
    return _body(stored).raw_data() if visible else None
