"""The rates table: how many deliveries a webhook sent in a window, as far as the processes have told."""

from __future__ import annotations

from event_api import observe
from event_api.rates import WINDOW
from event_api.store.attributes import Fields
from event_api.store.table import Table

_KEPT_FOR = 3600  # seconds


class RateStore:
    """Counts by webhook and window."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, webhook_id: str, window: int, deliveries: int) -> int | None:
        """Add to a count and return the sum; None if that failed, which is logged."""
        try:
            changed = self._table.update_and_read(
                {"webhook_id": webhook_id, "window": window},
                "ADD #deliveries :deliveries SET #expires_at = :expires_at",
                {"deliveries": deliveries, "expires_at": (window + 1) * WINDOW + _KEPT_FOR},
            )
            return Fields(changed).number("deliveries")
        except Exception as error:  # noqa: BLE001  # whatever it is: who cannot be counted is not refused for it
            observe.failed("count deliveries", error)
            return None
