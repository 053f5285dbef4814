"""The queue of deliveries to finish; the only place that knows SQS."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from event_api import telemetry
from event_api.aws.lambda_context import LambdaContext, seconds_left
from event_api.domain.errors import UnavailableError
from event_api.store import aws_errors

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

MAX_BATCH_SIZE = 10
"""Messages that SQS takes in one request."""


@dataclass(frozen=True, slots=True)
class QueuedDelivery:
    """A delivery to finish, by its place in the store."""

    delivery_id: str
    domain_id: str

    @classmethod
    def from_message(cls, body: str) -> QueuedDelivery:
        """Read a message; raise ValueError or KeyError for one that this service did not send."""
        message = json.loads(body)
        return cls(message["delivery_id"], message["domain_id"])

    def to_message(self) -> str:
        """Write the message."""
        return json.dumps({"delivery_id": self.delivery_id, "domain_id": self.domain_id})


class RedriveQueue:
    """Where deliveries go that the worker is to finish. ``client`` is called when the first one does."""

    def __init__(self, client: Callable[[], SQSClient], url: str) -> None:
        self._client = client
        self._url = url

    def add(self, deliveries: Sequence[QueuedDelivery]) -> None:
        """Queue up to `MAX_BATCH_SIZE` deliveries; raise UnavailableError if not all of them could be queued."""
        entries = [{"Id": str(number), "MessageBody": one.to_message()} for number, one in enumerate(deliveries)]
        try:
            answer = self._client().send_message_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]  # the stubs want their own dict
        except (*aws_errors.refusals(), *aws_errors.outages()) as error:
            raise UnavailableError("the queue cannot be reached") from error
        if answer.get("Failed"):
            raise UnavailableError("the queue did not take every delivery")


_Event = dict[str, Any]  # Lambda's event has no published type


def worker(
    finish: Callable[[QueuedDelivery, Callable[[], float]], None],
) -> Callable[[_Event, LambdaContext], dict[str, object]]:
    """Make a Lambda handler of a function that finishes one delivery; SQS sends again each one that failed."""

    def handler(event: _Event, context: LambdaContext) -> dict[str, object]:
        failures = []
        for record in event["Records"]:
            with telemetry.invocation(context.aws_request_id, message_id=record["messageId"]):
                try:
                    delivery = QueuedDelivery.from_message(record["body"])
                    telemetry.know(delivery_id=delivery.delivery_id, domain_id=delivery.domain_id)
                    finish(delivery, seconds_left(context))
                except Exception as error:  # noqa: BLE001  # whatever it is, the others of the batch go on
                    telemetry.failed("redrive", error)
                    failures.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failures}

    return handler
