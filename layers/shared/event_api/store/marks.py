"""The summaries table as writers of events see it: marks of late writes, and the work list (docs/adr/0012).

====  =======================================================  ====  ==========================================
d     hash key: ``domain:<id>``, or ``work-<shard>``           v     a mark's counter of its day, or the counter that a
b     range key: which item of it                                    summary was built with
h07   a mark's counter of an hour                              at    when the last mark was made
n     a work entry's counter of notes                          c     a work entry's cursor
x     TTL, epoch seconds                                       f     when a summary's first event expires
s     a summary's content                                      p, w  its number of items, and their common token
e     of a day: its hours without events
====  =======================================================  ====  ==========================================
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from event_api.domain import times
from event_api.store.attributes import Item
from event_api.store.table import Table

UNMARKED = timedelta(seconds=60)
"""How long after its end an hour is still written without marks. Create stores most events within a second."""
WRITING = timedelta(seconds=120)
"""How long a write may take from the look at the clock on: no function that writes events runs longer."""

SHARDS = "0123"
OLDER = "-"
"""The day of the work entry for a domain's older events; it sorts before all days."""
_NOTED = timedelta(seconds=60)
"""For how long a note of a late write counts for others of the day: less than `WRITING`, for which nothing is built."""
_MOST_NOTES = 10_000
"""Notes that a process remembers."""


def of_domain(domain_id: str, item: str) -> Item:
    """Return the key of an item of a domain; no domain's id can make it another's, or the work list's."""
    return {"d": f"domain:{domain_id}", "b": item}


def of_mark(domain_id: str, day: str) -> Item:
    """Return the key of a day's mark."""
    return of_domain(domain_id, f"m{day}")


def of_work(domain_id: str, day: str) -> Item:
    """Return the key of a day's work entry."""
    return {"d": f"work-{SHARDS[zlib.crc32(domain_id.encode()) % len(SHARDS)]}", "b": f"{day} {domain_id}"}


class Marks:
    """Marks and notes, made where events are put."""

    def __init__(self, table: Table, now: Callable[[], datetime] = times.now) -> None:
        self._table = table
        self._now = now
        self._noted: dict[tuple[str, str], datetime] = {}
        self._noting = threading.Lock()

    @contextmanager
    def around(self, domain_id: str, created_at: str, *, always: bool) -> Iterator[None]:
        """Note the day of an event that is put inside; mark it before and after if its hour may be summarized already.

        ``always``: mark it whatever the time is, because the writer has no deadline.
        """
        day = created_at[: len("2026-03-01")]
        is_open = times.to_iso(self._now() - UNMARKED)[: len("2026-03-01T07")] <= created_at
        if is_open and not always:
            self._note(domain_id, day, None)
            yield
            return
        self._mark(domain_id, created_at)
        # Behind the mark, so that who finds the note finds the mark.
        self._note(domain_id, day, _NOTED)
        yield
        self._mark(domain_id, created_at)

    def _mark(self, domain_id: str, created_at: str) -> None:
        hour = created_at[len("2026-03-01T") : len("2026-03-01T07")]
        self._table.update(
            of_mark(domain_id, created_at[: len("2026-03-01")]),
            f"ADD #v :one, #h{hour} :one SET #at = :at",
            {"one": 1, "at": times.to_iso(self._now())},
        )

    def _note(self, domain_id: str, day: str, valid: timedelta | None) -> None:
        """Put a day onto the work list, unless this process has done so, and that not longer ago than ``valid``."""
        if self._is_noted(domain_id, day, valid):
            return
        # The threads of a large delivery all come here first: one writes the note, and the others wait for it.
        with self._noting:
            if self._is_noted(domain_id, day, valid):
                return
            present = self._now()
            self._table.update(of_work(domain_id, day), "ADD #n :one", {"one": 1})
            if len(self._noted) >= _MOST_NOTES:
                self._noted.clear()
            self._noted[domain_id, day] = present

    def _is_noted(self, domain_id: str, day: str, valid: timedelta | None) -> bool:
        noted = self._noted.get((domain_id, day))
        return noted is not None and (valid is None or self._now() - noted < valid)
