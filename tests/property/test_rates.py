"""Several processes let deliveries in side by side: never too few, and not many more than the limit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from event_api.ingest.rates import WINDOW, Rates, share_of
from tests.profiles import examples

PROCESSES, WEBHOOKS = 4, 3


@dataclass
class World:
    """The clock, the shared counts, and the processes; ``faults`` are taken from for each addition."""

    limits: list[int]
    faults: list[str] = field(default_factory=list)
    now: float = 0.0
    counts: Counter[Any] = field(default_factory=Counter)
    let_in: Counter[Any] = field(default_factory=Counter)
    additions: Counter[Any] = field(default_factory=Counter)

    def __post_init__(self):
        self.processes = [self.process() for _ in range(PROCESSES)]

    def process(self) -> Rates:
        return Rates(self._add, lambda: self.now, lambda: 0.999)

    def _add(self, webhook: str, window: int, deliveries: int) -> int | None:
        self.additions[webhook, window] += 1
        fault = self.faults.pop() if self.faults else ""
        if fault != "lost":
            self.counts[webhook, window] += deliveries
        return None if fault else self.counts[webhook, window]

    def deliver(self, process: int, webhook: int) -> int:
        """Returns what the process answers; checks that it refuses nothing below the limit."""
        wait = self.processes[process].seconds_to_wait(str(webhook), self.limits[webhook])
        place = (str(webhook), int(self.now // WINDOW))
        if wait:
            assert self.let_in[place] >= self.limits[webhook]
            left = WINDOW - self.now % WINDOW
            assert left <= wait < left + 11
        else:
            self.let_in[place] += 1
        return wait


limits = st.lists(st.integers(1, 300), min_size=WEBHOOKS, max_size=WEBHOOKS)
# Many deliveries at a time: the limit must be reached.
deliveries = st.tuples(st.integers(0, PROCESSES - 1), st.integers(0, WEBHOOKS - 1), st.integers(1, 150))
steps = st.lists(st.tuples(st.floats(0, 25), deliveries), max_size=60)
faults = st.lists(st.sampled_from(["", "", "", "lost", "added all the same"]), max_size=40)


def walk(world, steps, only=None):
    """The responses to the deliveries of one webhook or of all."""
    answers = []
    for seconds, (process, webhook, many) in steps:
        world.now += seconds
        if only is None or webhook == only:
            answers += [(webhook, world.deliver(process, webhook)) for _ in range(many)]
    return answers


@given(limits, steps)
@examples(150)
def test_not_many_more_than_the_limit_are_let_in(limits, steps):
    world = World(limits)
    walk(world, steps)
    for (webhook, _), number in world.let_in.items():
        limit = limits[int(webhook)]
        assert number <= limit + (PROCESSES - 1) * (share_of(limit) - 1)


@given(limits, steps)
@examples(75)
def test_a_webhook_does_not_feel_the_others(limits, steps):
    answers = walk(World(limits), steps)
    for webhook in range(WEBHOOKS):
        alone = walk(World(limits), steps, only=webhook)
        assert alone == [answer for answer in answers if answer[0] == webhook]


@given(limits, steps, faults)
@examples(100)
def test_nothing_is_refused_below_the_limit_whatever_fails(limits, steps, faults):
    walk(World(limits, faults), steps)  # which checks that


@given(limits, steps, st.lists(st.integers(0, PROCESSES - 1), max_size=10))
@examples(75)
def test_processes_come_and_go(limits, steps, restarts):
    world = World(limits)
    for number, step in enumerate(steps):
        if number < len(restarts):
            world.processes[restarts[number]] = world.process()
        walk(world, [step])
    for (webhook, _), number in world.let_in.items():
        limit = limits[int(webhook)]
        assert number <= limit + (PROCESSES - 1 + len(restarts)) * (share_of(limit) - 1)


@given(st.integers(1, 400), st.integers(2, 5))
@examples(50)
def test_a_storm_that_goes_on_is_counted_exactly_from_the_second_minute(limit, minutes):
    world = World([limit] * WEBHOOKS)
    for minute in range(minutes):
        world.now = minute * WINDOW
        for _ in range(limit + 50):
            for process in range(PROCESSES):
                world.deliver(process, 0)
        assert world.let_in["0", minute] >= limit
        if minute:
            assert world.let_in["0", minute] == limit
