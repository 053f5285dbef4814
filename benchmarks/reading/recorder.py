"""A handler's requests to DynamoDB, to be sent again, and their consumed capacity by DynamoDB's own account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from testkit.dynamodb import tap

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_METHODS = {"GetItem": "get_item", "BatchGetItem": "batch_get_item", "Query": "query"}
"""The reading requests; one that is missing here fails the benchmark."""
_NOTE = "UpdateItem"
"""A reader's note of a day without a summary, once an hour: not a part of reading."""


@dataclass(slots=True)
class Recording:
    """The requests of one call of a handler; a handler's threads may add to it at once.

    ``items`` were looked at, and ``received_bytes`` are the bodies of DynamoDB's answers.
    """

    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    capacity_units: float = 0.0
    items: int = 0
    received_bytes: int = 0
    _lock: Lock = field(default_factory=Lock)

    def add_request(self, operation: str, parameters: dict[str, Any]) -> None:
        """Add a request."""
        with self._lock:
            self.requests.append((operation, parameters))

    def add_answer(self, *, capacity_units: float = 0.0, items: int = 0, received_bytes: int = 0) -> None:
        """Add what an answer says, or a part of it."""
        with self._lock:
            self.capacity_units += capacity_units
            self.items += items
            self.received_bytes += received_bytes

    def replay(self, client: DynamoDBClient) -> None:
        """Send the same requests with another client, one after the other, and do nothing with the answers."""
        for operation, parameters in self.requests:
            getattr(client, _METHODS[operation])(**parameters)


class Recorder:
    """Records the requests of one client while it is switched on."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._recording: Recording | None = None
        tap(client, self._asked, self._answered)

    @contextmanager
    def recorded(self) -> Iterator[Recording]:
        """Record within the block; time and memory are measured outside of it."""
        self._recording = Recording()
        try:
            yield self._recording
        finally:
            self._recording = None

    def _asked(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if self._recording and operation != _NOTE:
            parameters = {**parameters, "ReturnConsumedCapacity": "TOTAL"}
            self._recording.add_request(operation, parameters)
        return parameters

    def _answered(self, operation: str, response: dict[str, Any]) -> None:
        if self._recording and operation != _NOTE:
            consumed = response["ConsumedCapacity"]
            units = sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))
            received = int(response["ResponseMetadata"]["HTTPHeaders"]["content-length"])
            self._recording.add_answer(capacity_units=units, items=_items(response, operation), received_bytes=received)


def _items(parsed: dict[str, Any], operation: str) -> int:
    match operation:
        case "Query":
            return int(parsed["ScannedCount"])
        case "BatchGetItem":
            return sum(map(len, parsed["Responses"].values()))
        case _:
            return int("Item" in parsed)
