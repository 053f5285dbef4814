"""Loading tables for a benchmark: the items that the stores write, 25 at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from event_api.store.table import batches
from testkit.dynamodb import batch_write

_BATCH_ITEMS = 25
"""The most that one BatchWriteItem takes."""
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


def write_all(client: Any, puts: Iterable[tuple[str, Any]]) -> None:  # noqa: ANN401 -- boto3's client, or our own
    """Write items, each with the name of its table: one by one, 100,000 would take longer than all that is measured."""

    def write(batch: list[tuple[str, Any]]) -> None:
        requests: dict[str, Any] = {}
        for table, item in batch:
            requests.setdefault(table, []).append({"PutRequest": {"Item": item}})
        left = batch_write(client, requests)
        if left:
            raise RuntimeError(f"{sum(map(len, left.values()))} items were not written")

    slots = threading.Semaphore(2 * _WRITERS)
    with ThreadPoolExecutor(_WRITERS) as threads:
        writes = []
        for batch in batches(puts, _BATCH_ITEMS):
            slots.acquire()
            write_ahead = threads.submit(write, batch)
            write_ahead.add_done_callback(lambda _: slots.release())
            writes.append(write_ahead)
        for one in writes:
            one.result()
