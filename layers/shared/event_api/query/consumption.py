"""What one request has read so far, and whether there is time to read on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import inf
from threading import Lock
from typing import TypeVar

from event_api.errors import DbQueryError

SECONDS_TO_ANSWER = 3.0
"""What is kept of Lambda's time for one more read, if it needs no retries, and for writing the answer."""

Element = TypeVar("Element")


def _unlimited() -> float:
    return inf


@dataclass
class Consumption:
    """Counts what is read; several threads may.

    ``capacity_units``: DynamoDB's read capacity units. ``items_scanned``: those that DynamoDB looked at,
    ``items_returned``: those of them that it sent. ``seconds_left``: of the invocation. ``told``: whether the reader
    may know how much was read.
    """

    seconds_left: Callable[[], float] = _unlimited
    told: bool = True
    capacity_units: float = 0.0
    requests: int = 0
    items_scanned: int = 0
    items_returned: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def add(self, capacity_units: float, scanned: int, returned: int) -> None:
        """Count one request to the database."""
        with self._lock:
            self.capacity_units += capacity_units
            self.requests += 1
            self.items_scanned += scanned
            self.items_returned += returned

    def check_time(self) -> None:
        """Raise DbQueryError if too little time is left to go on: a clear answer is better than a timeout."""
        if self.seconds_left() < SECONDS_TO_ANSWER:
            read = f" after {self.items_scanned} items with {self.capacity_units:g} capacity units" if self.told else ""
            raise DbQueryError(
                f"it is not finished in time{read}; narrow it with created_at, project_id or alert_id, "
                "or list page by page with count false"
            )

    def watched(self, elements: Iterable[Element]) -> Iterator[Element]:
        """Pass on elements, as long as there is time; for those that take long to look at."""
        for element in elements:
            self.check_time()
            yield element
