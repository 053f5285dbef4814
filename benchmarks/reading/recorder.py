"""What a handler asks DynamoDB: the requests, to be sent again, and what they consumed by DynamoDB's own account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_METHODS = {"GetItem": "get_item", "BatchGetItem": "batch_get_item", "Query": "query"}
"""The reading requests; one that is missing here fails the benchmark."""


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
    """Records what one client is used for, while it is told to."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._recording: Recording | None = None
        events = client.meta.events
        events.register("provide-client-params.dynamodb", self._asked)
        for operation in _METHODS:
            # First: what comes later may shorten the body.
            events.register_first(f"before-parse.dynamodb.{operation}", self._received)
        events.register("after-call.dynamodb", self._answered)

    @contextmanager
    def recorded(self) -> Iterator[Recording]:
        """Record inside; what is timed, and whose memory is measured, is outside."""
        self._recording = Recording()
        try:
            yield self._recording
        finally:
            self._recording = None

    def _asked(self, params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 -- botocore's
        if self._recording:
            params["ReturnConsumedCapacity"] = "TOTAL"
            self._recording.add_request(model.name, dict(params))

    def _received(self, response_dict: dict[str, Any], **_: object) -> None:
        if self._recording:
            self._recording.add_answer(received_bytes=len(response_dict["body"]))

    def _answered(self, parsed: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 -- botocore's
        if self._recording:
            consumed = parsed["ConsumedCapacity"]
            units = sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))
            self._recording.add_answer(capacity_units=units, items=_items(parsed, model.name))


def _items(parsed: dict[str, Any], operation: str) -> int:
    match operation:
        case "Query":
            return int(parsed["ScannedCount"])
        case "BatchGetItem":
            return sum(map(len, parsed["Responses"].values()))
        case _:
            return int("Item" in parsed)
