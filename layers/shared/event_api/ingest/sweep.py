"""Finding the deliveries whose process died before it could finish them or put them onto the queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice

from event_api import telemetry
from event_api.aws.redrive_queue import MAX_BATCH_SIZE, QueuedDelivery, RedriveQueue
from event_api.store.deliveries import DeliveryState, DeliveryStore

UNFINISHED_AFTER = timedelta(seconds=60)
"""How old an unfinished delivery must be: no process that took it can be at work still (create's timeout is 29 s)."""

_SECONDS_TO_STOP = 10.0
"""Time of an invocation that must be left to go on; the next invocation comes soon."""


def sweep(deliveries: DeliveryStore, queue: RedriveQueue, now: datetime, seconds_left: Callable[[], float]) -> int:
    """Queue the abandoned deliveries and return their number; raise the failure that stopped it.

    If it is interrupted between the queue and the mark, the next sweep queues the delivery again, which does no harm.
    """
    found = 0
    # Reading the index again would not show at once that they are queued now.
    received = [now]
    orphans = deliveries.unfinished([DeliveryState.OPEN], before=now - UNFINISHED_AFTER)
    while seconds_left() > _SECONDS_TO_STOP and (batch := list(islice(orphans, MAX_BATCH_SIZE))):
        queue.add([QueuedDelivery(one.delivery_id, one.domain_id) for one in batch])
        for one in batch:
            deliveries.mark_queued(one.delivery_id, one.domain_id)
            received.append(one.received_at)
        found += len(batch)
        telemetry.count("DeliveriesFound", len(batch))
    oldest = min(*received, deliveries.oldest([DeliveryState.QUEUED]) or now)
    telemetry.measure("OldestUnfinishedSeconds", (now - oldest).total_seconds(), "Seconds")
    return found
