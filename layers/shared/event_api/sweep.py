"""Finding the deliveries whose process died before it could finish them or put them onto the queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice

from event_api import observe
from event_api.queue import MOST_AT_ONCE, RedriveQueue, ToFinish
from event_api.store.deliveries import DeliveryStore, Unfinished

UNFINISHED_AFTER = timedelta(seconds=60)
"""How old an unfinished delivery must be: no process that took it can be at work still (create's timeout is 29 s)."""

_SECONDS_TO_STOP = 10.0
"""What must be left of an invocation's time to go on; the next one comes soon."""


def sweep(deliveries: DeliveryStore, queue: RedriveQueue, now: datetime, seconds_left: Callable[[], float]) -> int:
    """Put what nobody is finishing onto the queue and return how many that were; raise whatever stopped it.

    Interrupted between the queue and the mark, the next sweep queues it again, which does no harm.
    """
    found = 0
    orphans = deliveries.unfinished([Unfinished.OPEN], before=now - UNFINISHED_AFTER)
    while seconds_left() > _SECONDS_TO_STOP and (batch := list(islice(orphans, MOST_AT_ONCE))):
        queue.add([ToFinish(one.delivery_id, one.domain_id) for one in batch])
        for one in batch:
            deliveries.mark_queued(one.delivery_id, one.domain_id)
        found += len(batch)
        observe.count("DeliveriesFound", len(batch))
    return found
