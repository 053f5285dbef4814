"""The notes of days that writers of events leave for the builder of summaries."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from time import sleep
from typing import cast

import pytest

from event_api.store.marks import Marks
from event_api.store.table import Table

NOW = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
THREADS = 8


class SlowTable:
    def __init__(self, failures=0):
        self.updates = []
        self.failures = failures

    def update(self, key, change, values):
        sleep(0.01)
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        self.updates.append(key)


def marks_on(table, clock):
    return Marks(cast("Table", table), clock)


def write_from_threads(marks):
    barrier = Barrier(THREADS)

    def write(_):
        barrier.wait()
        with marks.around("domain-1", "2026-03-01T07:30:00.000Z", always=False):
            pass

    with ThreadPoolExecutor(THREADS) as threads:
        return [threads.submit(write, number) for number in range(THREADS)]


def test_threads_that_write_to_one_day_note_it_once():
    table = SlowTable()
    for done in write_from_threads(marks_on(table, lambda: NOW)):
        done.result()
    assert table.updates == [{"d": table.updates[0]["d"], "b": "2026-03-01 domain-1"}]


def test_a_note_that_failed_is_written_by_the_next_thread():
    table = SlowTable(failures=1)
    errors = [done.exception() for done in write_from_threads(marks_on(table, lambda: NOW))]
    assert [type(error) for error in errors if error] == [ConnectionError]
    assert len(table.updates) == 1


@pytest.mark.parametrize(("later", "notes"), [(59, 1), (60, 2)])
def test_a_note_of_a_late_write_is_valid_for_a_minute(later, notes):
    table = SlowTable()
    clock = [NOW]
    marks = marks_on(table, lambda: clock[0])
    for clock[0] in (NOW, NOW + timedelta(seconds=later)):
        with marks.around("domain-1", "2026-02-27T07:30:00.000Z", always=False):
            pass
    assert [key["b"] for key in table.updates].count("2026-02-27 domain-1") == notes
