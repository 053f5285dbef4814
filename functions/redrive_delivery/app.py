"""The worker: finishes deliveries that were stored but not finished, from the queue."""

from __future__ import annotations

from typing import Any

from event_api import observe, wiring
from event_api.http import LambdaContext
from event_api.queue import ToFinish


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Finish each delivery of a batch; what fails is answered as such, and SQS sends it again."""

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    failures = []
    with observe.metrics_flushed():
        for record in event["Records"]:
            try:
                wiring.ingest().redrive(ToFinish.from_message(record["body"]), wiring.webhooks(), seconds_left)
            except Exception as error:  # noqa: BLE001  # whatever it is, the others of the batch go on
                observe.failed("redrive", error, message_id=record["messageId"])
                failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
