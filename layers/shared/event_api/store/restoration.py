"""Restoring a table: the items that it lacks come back from a copy that DynamoDB restored under another name.

Items that exist stay as they are, because they are newer. Summaries are not restored but built again: events that come
back were not marked in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from event_api.store.attributes import Item, ItemReader
from event_api.store.erasure import Erasure, Tables
from event_api.store.marks import OLDER
from event_api.store.summaries import SummaryStore
from event_api.store.table import ConditionFailedError, Table, batches

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

HASH_KEYS: Final[Mapping[str, str]] = {
    "events": "e",
    "deliveries": "delivery_id",
    "alerts": "alert_key",
    "webhooks": "webhook_id",
    "tokens": "token_id",
    "audit": "domain_id",
}
"""The tables that can be restored, and their hash keys."""
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Restored:
    """How many items the copy has, and how many of them came back."""

    read: int
    restored: int


class Restoration:
    """Brings items back into the tables of a deployment."""

    def __init__(self, client: DynamoDBClient, tables: Tables, erasure: Erasure, summaries: SummaryStore) -> None:
        self._client = client
        self._tables = tables
        self._erasure = erasure
        self._summaries = summaries

    def restore(self, table: str, copy: str, parallel: int, note: Callable[[int], None] = lambda _: None) -> Restored:
        """Put each item of a copy into one of HASH_KEYS unless it is there; ``note`` receives the number of items read.

        It may be interrupted and done again.
        """
        put = partial(_put_missing, getattr(self._tables, table), HASH_KEYS[table])
        read = restored = 0
        with ThreadPoolExecutor(parallel) as threads:
            for items in batches(Table(self._client, copy).scan(), _AT_ONCE):
                # Before the events: an interruption must not leave them uncounted.
                if table == "events":
                    self._rebuild_summaries(items)
                restored += sum(threads.map(put, items))
                read += len(items)
                note(read)
        return Restored(read, restored)

    def _rebuild_summaries(self, events: Iterable[Item]) -> None:
        for domain_id in sorted({ItemReader(event).text("d") for event in events}):
            self._erasure.forget_summaries(domain_id)
            self._summaries.note(domain_id, OLDER)


def _put_missing(table: Table, hash_key: str, item: Item) -> bool:
    try:
        table.put(item, unless_exists=hash_key)
    except ConditionFailedError:
        return False
    return True
