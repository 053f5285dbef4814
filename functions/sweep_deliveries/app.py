"""The sweeper: every minute, finds deliveries that were stored and then left, and has the worker finish them."""

from __future__ import annotations

from typing import Any

from event_api import observe, times, wiring
from event_api.http import LambdaContext
from event_api.sweep import sweep


def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Answer how many deliveries were found; what stops it fails the invocation, and the next one goes on."""

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    with observe.metrics_flushed():
        return {"found": sweep(wiring.deliveries(), wiring.queue(), times.now(), seconds_left)}
