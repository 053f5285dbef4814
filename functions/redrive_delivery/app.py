"""The worker: finishes deliveries from the queue, which were stored but not finished."""

from __future__ import annotations

from collections.abc import Callable

from event_api import composition
from event_api.aws.redrive_queue import QueuedDelivery, worker


@worker
def handler(delivery: QueuedDelivery, seconds_left: Callable[[], float]) -> None:
    """Finish one delivery; raise the error that prevents it."""
    composition.ingest().redrive(delivery, composition.webhooks(), seconds_left)
