"""The queue of deliveries that were stored but not finished; the only place that knows SQS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from event_api.model import Delivery

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A delivery to finish, by its place in the store."""

    delivery_id: str
    domain_id: str

    @classmethod
    def from_message(cls, body: str) -> Unfinished:
        """Read a message; raise ValueError or KeyError if it is none of ours."""
        message = json.loads(body)
        return cls(message["delivery_id"], message["domain_id"])


class RedriveQueue:
    """Where deliveries go whose events could not all be stored at once."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def add(self, delivery: Delivery) -> None:
        """Have a delivery finished later; botocore's errors pass through, and nothing is queued then."""
        message = {"delivery_id": delivery.delivery_id, "domain_id": delivery.domain_id}
        self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(message))
