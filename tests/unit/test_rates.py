from __future__ import annotations

import pytest

from event_api.ingest import rates
from event_api.ingest.rates import MAX_WEBHOOKS, Rates, share_of

START = 29_000_000 * rates.WINDOW + 10.0  # ten seconds into a window


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


class Shared:
    """The shared counts, and the additions to them."""

    def __init__(self):
        self.added = []
        self.counts = {}
        self.works = True

    def __call__(self, webhook_id, window, deliveries):
        self.added.append((webhook_id, deliveries))
        if not self.works:
            return None
        self.counts[webhook_id, window] = self.counts.get((webhook_id, window), 0) + deliveries
        return self.counts[webhook_id, window]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shared():
    return Shared()


@pytest.fixture
def process(shared, clock):
    return Rates(shared, clock, lambda: 0.0)


def let_in(process, limit, deliveries, webhook_id="w"):
    return sum(process.seconds_to_wait(webhook_id, limit) == 0 for _ in range(deliveries))


@pytest.mark.parametrize(("limit", "share"), [(1, 1), (39, 1), (40, 2), (100, 5), (200, 10), (1_000_000, 10)])
def test_the_share_is_a_twentieth_of_the_limit_and_10_at_most(limit, share):
    assert share_of(limit) == share


def test_what_sends_little_costs_nothing(process, shared, clock):
    for _ in range(5):
        assert let_in(process, 100, 4) == 4
        clock.now += rates.WINDOW
    assert shared.added == []


def test_one_process_lets_in_exactly_the_limit(process, shared):
    for number, limit in enumerate((1, 30, 99, 100, 1005)):
        shared.added.clear()
        assert let_in(process, limit, 2 * limit, f"w{number}") == limit
        assert len(shared.added) == limit // share_of(limit) + 1


def test_over_the_limit_the_table_is_not_asked_until_the_window_ends(process, shared, clock):
    let_in(process, 10, 20)
    asked = len(shared.added)
    assert process.seconds_to_wait("w", 10) == 50
    clock.now += 49.5
    assert process.seconds_to_wait("w", 10) == 1
    assert len(shared.added) == asked
    clock.now += 0.5
    assert process.seconds_to_wait("w", 10) == 0


def test_refused_senders_retry_at_different_times(shared, clock):
    process = Rates(shared, clock, iter([0.0, 0.25, 0.99]).__next__)
    let_in(process, 1, 1)
    assert [process.seconds_to_wait("w", 1) for _ in range(3)] == [50, 53, 60]


def test_a_process_learns_of_the_others_when_it_adds(shared, clock):
    one, other = (Rates(shared, clock, lambda: 0.0) for _ in range(2))
    assert let_in(one, 100, 200) == 100
    assert let_in(other, 100, 10) == 4


def test_after_a_minute_over_the_limit_each_delivery_is_added(process, shared, clock):
    let_in(process, 100, 200)
    clock.now += rates.WINDOW
    shared.added.clear()
    let_in(process, 100, 3)
    assert shared.added == [("w", 1)] * 3
    clock.now += 2 * rates.WINDOW
    shared.added.clear()
    let_in(process, 100, 5)
    assert shared.added == [("w", 5)]


def test_a_failure_lets_everybody_in_and_is_not_met_again_for_a_while(process, shared, clock):
    shared.works = False
    assert let_in(process, 5, 50) == 50
    assert let_in(process, 5, 50, "another") == 50
    assert shared.added == [("w", 1)]
    clock.now += 10
    shared.works = True
    assert let_in(process, 5, 50) == 0  # all that were let in meanwhile are added
    clock.now += rates.WINDOW
    assert let_in(process, 5, 50) == 5


def test_what_was_added_by_a_call_that_seemed_to_fail_is_not_added_again(process, shared, clock):
    shared.works = False
    let_in(process, 40, 2)
    shared.counts["w", int(clock.now // rates.WINDOW)] = 2
    clock.now += 10
    shared.works = True
    assert let_in(process, 40, 100) == 38


def test_a_limit_that_is_raised_counts_at_once(process):
    assert let_in(process, 5, 10) == 5
    assert let_in(process, 8, 10) == 2
    assert process.seconds_to_wait("w", 5) > 0


def test_of_too_many_webhooks_those_not_seen_for_longest_are_forgotten(process, shared):
    let_in(process, 1, 3, "first")
    for number in range(MAX_WEBHOOKS - 1):
        process.seconds_to_wait(f"w{number}", 100)
    assert process.seconds_to_wait("first", 1) > 0
    asked = len(shared.added)
    process.seconds_to_wait("one more", 100)
    assert len(process._windows) == MAX_WEBHOOKS
    assert process.seconds_to_wait("first", 1) > 0
    assert len(shared.added) == asked
    assert "w0" not in process._windows
