"""The deliveries table: every body, compressed, that is not stored with the one event that it makes.

An unfinished delivery has ``unfinished``, the hash key of a sparse index, which holds therefore just those: finding
them costs the same however many are finished (docs/adr/0008). The key is a state, ``open`` or ``queued``, and one of
16 shards, so that no sender's storm meets the write limit of one key. Finishing removes it.

``request_id`` is API Gateway's id of the request, for the operators; deliveries of earlier versions lack it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import islice, product

from event_api.domain import times
from event_api.domain.access import Scope
from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from event_api.json_types import JsonObject
from event_api.store import retention
from event_api.store.attributes import Item, ItemReader, Value
from event_api.store.body_bucket import BodyBucket
from event_api.store.table import ConditionFailedError, Meter, NewItem, Table

MAX_COMPRESSED_BYTES = 380_000
"""Part of a DynamoDB item's 400 KB that is left for the body; larger bodies go to the bucket."""

_BODY_ATTRIBUTES = ("delivery_id", "project_id", "body", "body_key", "unwrapped", "expires_at")
_SHARDS = "0123456789abcdef"
"""The last characters of delivery ids."""


class DeliveryState(StrEnum):
    """How an unfinished delivery is to be finished."""

    OPEN = "open"
    """By whoever took it; if that died, by the sweeper."""
    QUEUED = "queued"
    """By the worker: the sweeper or an operator has put it onto the queue."""

    def shard_of(self, delivery_id: str) -> str:
        """Return the index's hash key for a delivery in this state."""
        return f"{self.value}-{delivery_id[-1]}"


@dataclass(frozen=True, slots=True)
class UnfinishedDelivery:
    """An unfinished delivery, as the index lists it."""

    delivery_id: str
    domain_id: str
    project_id: str
    webhook_id: str
    received_at: datetime
    state: DeliveryState


class DeliveryStore:
    """Deliveries by (id, domain)."""

    def __init__(self, table: Table, bodies: BodyBucket, retention_days: int) -> None:
        self._table = table
        self._bodies = bodies
        self._retention_days = retention_days

    def add(self, delivery: Delivery, *, sender_id: str | None = None) -> bool:
        """Make a delivery durable, its body first; False if this one is stored already."""
        delivery_id = delivery.delivery_id
        body = zlib.compress(delivery.body.content)
        fits = len(body) <= MAX_COMPRESSED_BYTES
        item: dict[str, Value | None] = {
            "delivery_id": delivery_id,
            "domain_id": delivery.domain_id,
            "project_id": delivery.project_id,
            "webhook_id": delivery.webhook_id,
            "sender_id": sender_id,
            "body": body if fits else None,
            "body_key": None if fits else self._bodies.add(delivery_id, body),
            "unwrapped": delivery.body.unwrapped or None,
            "headers": delivery.headers or None,
            "received_at": times.to_iso(delivery.received_at),
            "request_id": delivery.request_id or None,
            "unfinished": None if delivery.finished else DeliveryState.OPEN.shard_of(delivery_id),
            "expires_at": retention.expires_at(delivery.received_at, self._retention_days),
        }
        try:
            self._table.put(item, unless_exists="delivery_id")
        except ConditionFailedError:
            return False
        return True

    def get(self, delivery_id: str, domain_id: str) -> Delivery | None:
        """Read a delivery as it was stored; return None if it does not exist or its body has expired."""
        item = self._table.get(_key(delivery_id, domain_id), consistent=True)
        return None if item is None else self._delivery(item)

    def get_with(
        self, delivery_id: str, domain_id: str, events: Table, event_key: Item
    ) -> tuple[Delivery | None, Item | None]:
        """Read a delivery as `get` does, and in the same call an item of the events table."""
        item, event = self._table.get_with(_key(delivery_id, domain_id), events, event_key)
        return None if item is None else self._delivery(item), event

    def _delivery(self, item: Item) -> Delivery | None:
        stored = ItemReader(item)
        body = self._body(stored)
        if body is None:
            return None
        return Delivery(
            delivery_id=stored.text("delivery_id"),
            domain_id=stored.text("domain_id"),
            project_id=stored.text("project_id"),
            webhook_id=stored.text("webhook_id"),
            body=body,
            headers=stored.text_map("headers"),
            received_at=stored.time("received_at"),
            finished="unfinished" not in item,
            request_id=stored.optional_text("request_id") or "",
        )

    def finish(self, delivery_id: str, domain_id: str) -> None:
        """Note that all events of a delivery are stored."""
        # An expired delivery must not come back as an empty item.
        with suppress(ConditionFailedError):
            self._table.update(
                _key(delivery_id, domain_id), "REMOVE #unfinished", {}, condition="attribute_exists(#delivery_id)"
            )

    def discard(self, delivery_id: str, domain_id: str) -> bool:
        """Give up finishing a delivery; return False if it is not unfinished."""
        try:
            self._table.update(
                _key(delivery_id, domain_id), "REMOVE #unfinished", {}, condition="attribute_exists(#unfinished)"
            )
        except ConditionFailedError:
            return False
        return True

    def mark_queued(self, delivery_id: str, domain_id: str) -> None:
        """Note that the worker will finish a delivery, if it is unfinished still."""
        with suppress(ConditionFailedError):
            self._set_queued(delivery_id, domain_id, "attribute_exists(#unfinished)")

    def reopen(self, delivery_id: str, domain_id: str) -> bool:
        """Mark a delivery as unfinished until the worker has processed it again; return False if it does not exist."""
        try:
            self._set_queued(delivery_id, domain_id, "attribute_exists(#delivery_id)")
        except ConditionFailedError:
            return False
        return True

    def _set_queued(self, delivery_id: str, domain_id: str, condition: str) -> None:
        shard = DeliveryState.QUEUED.shard_of(delivery_id)
        self._table.update(
            _key(delivery_id, domain_id), "SET #unfinished = :shard", {"shard": shard}, condition=condition
        )

    def unfinished(
        self,
        states: Iterable[DeliveryState] = tuple(DeliveryState),
        *,
        since: datetime | None = None,
        before: datetime | None = None,
        domain_id: str | None = None,
    ) -> Iterator[UnfinishedDelivery]:
        """Read which deliveries are unfinished, of those received from ``since`` to ``before``.

        ``domain_id``: only those of a domain. All of them are for the sweeper and for operators, like the queue; they
        hold no sender's data.
        """
        # "0" sorts before every time, "~" behind.
        values: dict[str, Value] = {
            "low": "0" if since is None else times.to_iso(since),
            "high": "~" if before is None else times.to_iso(before),
            **({} if domain_id is None else {"domain": domain_id}),
        }
        for state in states:
            for shard in _SHARDS:
                items = self._table.query(
                    "#unfinished = :shard AND #received_at BETWEEN :low AND :high",
                    {**values, "shard": f"{state.value}-{shard}"},
                    index="unfinished",
                    filtered=None if domain_id is None else "#domain_id = :domain",
                )
                yield from (_pending(item, state) for item in items)

    def oldest(self, states: Iterable[DeliveryState] = tuple(DeliveryState)) -> datetime | None:
        """Return when the oldest unfinished delivery in some states was received, or None if there is none."""
        received = []
        for state, shard in product(states, _SHARDS):
            values = {"shard": f"{state.value}-{shard}"}
            items = self._table.query("#unfinished = :shard", values, index="unfinished", first_page=1)
            received += [ItemReader(item).time("received_at") for item in islice(items, 1)]
        return min(received, default=None)

    def raw_data(self, delivery_id: str, scope: Scope, now: datetime) -> JsonObject | None:
        """Read what events of a delivery show as ``raw_data``; None if it is gone, or not within the scope."""
        item = self._table.get_latest(_key(delivery_id, scope.domain_id), attributes=_BODY_ATTRIBUTES)
        return None if item is None else self._raw_data(item, scope, now)

    def raw_data_of(
        self, delivery_ids: Iterable[str], scope: Scope, now: datetime
    ) -> dict[str, Callable[[], JsonObject | None]]:
        """Read the bodies of many deliveries, by their ids: each as a function that unpacks its ``raw_data``.

        A body in the bucket is fetched by that function, so only if an answer has come to it.
        """
        keys = [_key(delivery_id, scope.domain_id) for delivery_id in delivery_ids]
        items = self._table.batch_get(keys, attributes=_BODY_ATTRIBUTES)
        return {ItemReader(item).text("delivery_id"): partial(self._raw_data, item, scope, now) for item in items}

    def recorded(self, record: NewItem) -> DeliveryStore:
        """Return the same store, whose next write puts a record of it, too."""
        return DeliveryStore(self._table.recorded(record), self._bodies, self._retention_days)

    def metered(self, meter: Meter) -> DeliveryStore:
        """Return the same store, with its reads counted."""
        return DeliveryStore(self._table.metered(meter), self._bodies, self._retention_days)

    def _raw_data(self, item: Item, scope: Scope, now: datetime) -> JsonObject | None:
        stored = ItemReader(item)
        # Whatever id led here: a body is its project's, like its events.
        if not (retention.is_live(item, "expires_at", now) and scope.allows_project(stored.text("project_id"))):
            return None
        body = self._body(stored)
        return None if body is None else body.raw_data()

    def _body(self, stored: ItemReader) -> Body | None:
        key = stored.optional_text("body_key")
        packed = stored.blob("body") if key is None else self._bodies.get(key)
        return None if packed is None else Body(zlib.decompress(packed), unwrapped=stored.flag("unwrapped"))


def _key(delivery_id: str, domain_id: str) -> Item:
    return {"delivery_id": delivery_id, "domain_id": domain_id}


def _pending(item: Item, state: DeliveryState) -> UnfinishedDelivery:
    stored = ItemReader(item)
    return UnfinishedDelivery(
        delivery_id=stored.text("delivery_id"),
        domain_id=stored.text("domain_id"),
        project_id=stored.text("project_id"),
        webhook_id=stored.text("webhook_id"),
        received_at=stored.time("received_at"),
        state=state,
    )
