"""The worker: finish deliveries from the queue that were stored but not finished."""

from __future__ import annotations

from collections.abc import Callable

from event_api import composition
from event_api.aws.redrive_queue import QueuedDelivery, worker


@worker
def handler(delivery: QueuedDelivery, seconds_left: Callable[[], float]) -> None:
    """Finish one delivery; raise whatever stopped it."""
    composition.ingest().redrive(delivery, composition.webhooks(), seconds_left)
