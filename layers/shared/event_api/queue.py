"""The queue of deliveries to finish; the only place that knows SQS."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from event_api.errors import UnavailableError

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

MOST_AT_ONCE = 10
"""Messages that SQS takes in one request."""


@dataclass(frozen=True, slots=True)
class ToFinish:
    """A delivery to finish, by its place in the store."""

    delivery_id: str
    domain_id: str

    @classmethod
    def from_message(cls, body: str) -> ToFinish:
        """Read a message; raise ValueError or KeyError if it is none of ours."""
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

    def add(self, deliveries: Sequence[ToFinish]) -> None:
        """Have up to `MOST_AT_ONCE` deliveries finished; raise UnavailableError if not all of them could be queued."""
        entries = [{"Id": str(number), "MessageBody": one.to_message()} for number, one in enumerate(deliveries)]
        try:
            answer = self._client().send_message_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]  # the stubs want their own dict
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("the queue cannot be reached") from error
        if answer.get("Failed"):
            raise UnavailableError("the queue did not take every delivery")
