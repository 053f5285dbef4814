"""The rates table: the number of deliveries of a webhook in a window, as far as processes have added theirs."""

from __future__ import annotations

from event_api import telemetry
from event_api.store.attributes import ItemReader
from event_api.store.table import Table

_KEPT_FOR = 3600  # seconds


class RateStore:
    """Counts by webhook and window."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, webhook_id: str, window: int, ends_at: int, deliveries: int) -> int | None:
        """Add to the count of a window that ends at ``ends_at`` (epoch seconds); return the sum.

        Returns None if that failed, which is logged.
        """
        try:
            changed = self._table.update_and_read(
                {"webhook_id": webhook_id, "window": window},
                "ADD #deliveries :deliveries SET #expires_at = :expires_at",
                {"deliveries": deliveries, "expires_at": ends_at + _KEPT_FOR},
            )
            return ItemReader(changed).number("deliveries")
        except Exception as error:  # noqa: BLE001  # whatever it is: who cannot be counted is not refused for it
            telemetry.failed("count deliveries", error)
            return None
