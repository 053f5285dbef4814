"""The budget of one request: counts its reads, and stops it before its time or its capacity units run out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import inf
from threading import Lock
from typing import TypeVar

from event_api.domain.errors import DbQueryError
from event_api.json_types import JsonObject

SECONDS_TO_ANSWER = 3.0
"""Part of Lambda's time that is reserved for one more read without retries and for writing the response."""

Element = TypeVar("Element")


def _unlimited() -> float:
    return inf


@dataclass
class ReadBudget:
    """Counts reads; several threads may use it.

    ``capacity_units``: DynamoDB's read capacity units. ``items_scanned``: items that DynamoDB examined.
    ``items_returned``: items that it sent. ``summaries``: the part of summaries in the answer, for ``explain``.
    ``seconds_left`` returns the invocation's remaining time. ``told``: whether errors show the counts.
    ``most_units``: capacity units after which nothing more is read. ``reading``: the range of time that is being read.
    """

    seconds_left: Callable[[], float] = _unlimited
    told: bool = True
    most_units: float = inf
    capacity_units: float = 0.0
    requests: int = 0
    items_scanned: int = 0
    items_returned: int = 0
    summaries: JsonObject | None = None
    reading: str = "all times"
    _lock: Lock = field(default_factory=Lock, repr=False)

    def add(self, capacity_units: float, scanned: int, returned: int) -> None:
        """Count one request to the database."""
        with self._lock:
            self.capacity_units += capacity_units
            self.requests += 1
            self.items_scanned += scanned
            self.items_returned += returned

    def read_range(self, since: str | None, until: str | None) -> None:
        """Note that a range of created_at is being read."""
        bounds = (since and f"since {since}", until and f"until {until}")
        self.reading = " ".join(bound for bound in bounds if bound) or "all times"

    def check_time(self) -> None:
        """Raise DbQueryError if too little time is left to go on, or if too much was read.

        A clear error is better than a timeout or a large bill.
        """
        if self.capacity_units >= self.most_units:
            limit = f" {self.most_units:g} capacity units" if self.told else " the limit"
            raise DbQueryError(
                f"it reads more than{limit}; narrow it with created_at, whose range is {self.reading}, or with "
                "project_id or alert_id"
            )
        if self.seconds_left() < SECONDS_TO_ANSWER:
            read = f" after {self.items_scanned} items with {self.capacity_units:g} capacity units" if self.told else ""
            raise DbQueryError(
                f"it is not finished in time{read}; narrow it with created_at, project_id or alert_id, "
                "or list page by page with count false"
            )

    def watched(self, elements: Iterable[Element], *, every: int = 1) -> Iterator[Element]:
        """Yield elements; check the time for one in ``every``, because work on an element may take long."""
        for number, element in enumerate(elements):
            if number % every == 0:
                self.check_time()
            yield element
