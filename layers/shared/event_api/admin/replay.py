"""Stored deliveries: have them processed again, or given up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from event_api.aws.redrive_queue import MAX_BATCH_SIZE, QueuedDelivery, RedriveQueue
from event_api.store.audit import Journal
from event_api.store.deliveries import DeliveryStore
from event_api.store.events import EventStore
from event_api.store.table import batches


class Stores(Protocol):
    """The stores and the queue that a replay needs."""

    @property
    def deliveries(self) -> DeliveryStore: ...  # noqa: D102
    @property
    def events(self) -> EventStore: ...  # noqa: D102
    @property
    def journal(self) -> Journal: ...  # noqa: D102


def replay(stores: Stores, queue: RedriveQueue, deliveries: Iterable[QueuedDelivery]) -> int:
    """Have the worker process deliveries again with the present normalizers; return their number.

    Events that are stored already do not change. Deliveries that are not stored are skipped.
    """
    # Marked first: should this be interrupted, they are listed as unfinished.
    reopened = (one for one in deliveries if _reopen(stores, one))
    queued = 0
    for batch in batches(reopened, MAX_BATCH_SIZE):
        queue.add(batch)
        queued += len(batch)
    return queued


def _reopen(stores: Stores, to_finish: QueuedDelivery) -> bool:
    """Mark a delivery as unfinished; return False if it is not stored."""
    delivery_id, domain_id = to_finish.delivery_id, to_finish.domain_id
    found = stores.events.delivery(delivery_id, domain_id)
    if found is None:
        return False
    entry = stores.journal.entry("delivery.replay", delivery_id, domain_id, frozenset({found.project_id}))
    recorded = stores.deliveries.recorded(entry)
    if recorded.reopen(delivery_id, domain_id):
        return True
    # The worker finds only deliveries that are stored by themselves.
    if recorded.add(replace(found, finished=False)):
        stores.deliveries.mark_queued(delivery_id, domain_id)
        return True
    return recorded.reopen(delivery_id, domain_id)
