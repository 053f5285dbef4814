"""Loading tables for a benchmark: the items that the stores write, 25 at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from event_api.store.table import BATCH_WRITE_ITEMS, batches

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_WRITERS = 4


class Catcher:
    """Stands in for a database's client, and keeps what is put."""

    def __init__(self) -> None:
        self._puts: list[tuple[str, Any]] = []

    def put_item(self, **parameters: Any) -> None:  # noqa: ANN401 -- any request
        """Keep an item."""
        self._puts.append((parameters["TableName"], parameters["Item"]))

    def update_item(self, **_: Any) -> dict[str, Any]:  # noqa: ANN401 -- any request
        """Drop a note for the summaries' builder."""
        return {}

    def taken(self) -> list[tuple[str, Any]]:
        """Give what was put since the last time."""
        puts, self._puts = self._puts, []
        return puts


def write_all(client: DynamoDBClient, puts: Iterable[tuple[str, Any]]) -> None:
    """Write items, each with the name of its table: one by one, 100,000 would take longer than all that is measured."""

    def write(batch: list[tuple[str, Any]]) -> None:
        requests: dict[str, Any] = {}
        for table, item in batch:
            requests.setdefault(table, []).append({"PutRequest": {"Item": item}})
        left = client.batch_write_item(RequestItems=requests)["UnprocessedItems"]
        if left:
            raise RuntimeError(f"{sum(map(len, left.values()))} items were not written")

    slots = threading.Semaphore(2 * _WRITERS)
    with ThreadPoolExecutor(_WRITERS) as threads:
        writes = []
        for batch in batches(puts, BATCH_WRITE_ITEMS):
            slots.acquire()
            write_ahead = threads.submit(write, batch)
            write_ahead.add_done_callback(lambda _: slots.release())
            writes.append(write_ahead)
        for one in writes:
            one.result()


def sizes(text: str) -> list[int]:
    """Read the numbers of events of a command line, such as ``10000,100_000``."""
    return [int(size.replace("_", "")) for size in text.split(",")]
