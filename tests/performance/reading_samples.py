"""Many events for tests, written as the stores write them, but many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, cast

from event_api.aws import clients
from event_api.reads.event_info import EventInfo
from event_api.settings import settings
from event_api.store.attributes import to_attributes
from event_api.store.body_bucket import BodyBucket
from event_api.store.deliveries import DeliveryStore
from event_api.store.events import EventStore
from event_api.store.marks import Marks
from event_api.store.table import Table, batches

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from event_api.domain.delivery import Delivery
    from event_api.query.values import Row
    from tests.service import Service

_BATCH_ITEMS = 25
"""The most that one BatchWriteItem takes."""
_WRITERS = 4


class _Kept:
    """Stands in for a table, and keeps what is put."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []

    def put(self, item: dict[str, Any], *, unless_exists: str) -> None:
        self.items.append(to_attributes(item))


def unmarked() -> Marks:
    """Return what marks nothing, as in the versions before summaries."""
    marks = Marks(cast("Table", None))
    marks.around = lambda *_, **__: nullcontext()  # type: ignore[method-assign, assignment]
    return marks


def store_events(app: Service, rows: Iterable[Row], stored_at: datetime) -> None:
    """Store events, with neither their ``raw_data`` nor their deliveries."""
    kept = _Kept()
    events = EventStore(cast("Table", kept), app.stores.deliveries, settings().retention_days, unmarked())
    for row in rows:
        events.add(EventInfo.model_validate(row).to_event(), stored_at)
    _write(app, settings().tables.events, kept.items)


def store_deliveries(app: Service, deliveries: Iterable[Delivery]) -> None:
    """Store deliveries."""
    kept = _Kept()
    store = DeliveryStore(cast("Table", kept), BodyBucket(clients.s3, ""), settings().retention_days)
    for delivery in deliveries:
        store.add(delivery)
    _write(app, settings().tables.deliveries, kept.items)


def _write(app: Service, table: str, items: list[dict[str, Any]]) -> None:
    def write(batch: list[dict[str, Any]]) -> None:
        puts: Any = {table: [{"PutRequest": {"Item": item}} for item in batch]}
        assert not app.dynamodb.batch_write_item(RequestItems=puts)["UnprocessedItems"]

    with ThreadPoolExecutor(_WRITERS) as threads:
        list(threads.map(write, batches(items, _BATCH_ITEMS)))
