"""The builder of summaries and late writers, struck at each of their calls: counts always equal the scan's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from event_api.aws import clients
from event_api.aws.lambda_context import seconds_left
from event_api.domain.errors import UnavailableError
from event_api.ingest import summarize
from event_api.settings import settings
from event_api.store.body_bucket import BodyBucket
from event_api.store.deployment import Deployment
from testkit import stack
from tests.faults.effort import ENGINES, THOROUGH, calls_to_strike, strikes_at
from tests.faults.faults import Fault
from tests.faults.injection import nothing, planned
from tests.faults.run import Outcome, quiet
from tests.faults.test_coverage import as_list, name_of
from tests.faults.verdict import Verdict
from tests.store.test_summaries import START, World, by

if TYPE_CHECKING:
    from tests.faults import world as worlds
    from tests.faults.injection import Call, Plan

pytestmark = pytest.mark.faults

BUILD, WRITE, READ = "functions/summarize_events", "a late writer", "a reader"
QUERIES: list[dict[str, Any]] = [
    {"count_only": True},
    {"aggregate": [*by("severity", "title"), *[{"sort": {"key": "title"}}]]},
    {"aggregate": by("created_at", date_format="%Y-%m-%d %H")},
]
_TRIES = 4
_SETTLED = timedelta(minutes=10)


@pytest.fixture(params=ENGINES[:1], scope="module")
def engine(request):
    return request.param


@pytest.fixture(autouse=True)
def small_hours_are_worth_it(monkeypatch):
    monkeypatch.setattr(summarize, "WORTH_AN_HOUR", 2)
    monkeypatch.setattr(summarize, "WORTH_DETAILS", 2)


class Story:
    """Some days of one domain: written, summarized, written late, summarized again; all counts are looked at often."""

    def __init__(self, world: worlds.World) -> None:
        for table in ("EventsTable", "SummariesTable"):
            names = ("e", "d") if table == "EventsTable" else ("d", "b")
            for item in world.items(table):
                world.dynamodb.delete_item(TableName=table, Key={name: item[name] for name in names})
        stores = Deployment.open(clients.dynamodb(), settings().tables, BodyBucket(clients.s3, ""), 400)
        self.domain = World(SimpleNamespace(stores=stores), "domain-aaaaaaaaaaaa")
        self.injector = world.injector
        self.wrong: list[str] = []

    def write(self, at: datetime) -> None:
        self.domain.now = max(self.domain.now, at)
        self.domain.add(at)

    def write_late(self, at: datetime) -> None:
        """Write as the worker does: again until it succeeds."""
        event = self.domain.event(at)
        for _ in range(_TRIES):
            with self.injector.invocation(WRITE) as invocation:
                try:
                    self.domain.events.add(event, self.domain.now)
                except UnavailableError:
                    continue
            if not invocation.killed:
                break
            self.check("after a writer died")
        self.check("after a late write")

    def build(self) -> None:
        with self.injector.invocation(BUILD) as invocation, suppress(UnavailableError):
            self.domain.build(seconds_left(invocation.context))
        self.check("after the builder")

    def wait(self, span: timedelta) -> None:
        self.domain.now += span

    def check(self, when: str) -> None:
        for query in QUERIES:
            with_summaries, _ = self.domain.ask(query, summaries=True)
            without, _ = self.domain.ask(query, summaries=False)
            if with_summaries != without:
                self.wrong.append(f"{when}, a count is not the scan's")

    def tell(self) -> None:
        for minutes in (5, 10, 70, 75, 80):
            self.write(START + timedelta(minutes=minutes))
        self.wait(timedelta(hours=3))
        self.build()
        self.write_late(START + timedelta(minutes=15))
        self.build()
        self.wait(_SETTLED)
        self.build()
        for hours in (23, 30, 31):
            self.write(START + timedelta(hours=hours))
        self.wait(timedelta(days=2))
        self.build()
        self.write_late(START + timedelta(minutes=72))
        self.wait(_SETTLED)
        self.build()

    def end(self) -> None:
        """Without further faults, everything is summarized in the end."""
        self.injector.plan = nothing
        for _ in range(2):
            self.wait(_SETTLED)
            self.build()
        answer, _ = self.domain.ask({"count_only": True, "explain": True}, summaries=True)
        if answer["total_count"] != self.domain.number:
            self.wrong.append("events are missing")
        if answer["explain"]["summaries"]["days"] != len(_DAYS):
            self.wrong.append("a day is never summarized")


_DAYS = ("2026-03-01", "2026-03-02")


@quiet()
def told(world: worlds.World, plan: Plan = nothing) -> Outcome:
    world.injector.restart(nothing)
    story = Story(world)
    world.injector.restart(plan)
    story.tell()
    calls = world.injector.calls
    story.end()
    return Outcome(calls, Verdict(story.wrong), ())


@pytest.mark.parametrize("fault", Fault)
def test_one_fault(world, tally, fault):
    undisturbed = told(world)
    tally.saw(undisturbed)
    for call in calls_to_strike(undisturbed.calls, wide=True):
        strikes = strikes_at(call, fault)
        for strike in strikes if THOROUGH else [strikes[call.number % len(strikes)]]:
            tally.add(told(world, planned({call.number: strike})), [strike], f"{strike} at {call}")
    tally.check()


def test_every_call_that_is_allowed_is_made(world):
    made = {use for call in told(world).calls if call.function == BUILD for use in call.uses}
    (properties,) = (
        one["Properties"]
        for one in stack.template()["Resources"].values()
        if one["Type"].endswith("::Function") and one["Properties"]["CodeUri"] == BUILD
    )
    statements = [statement for policy in properties["Policies"] for statement in policy["Statement"]]
    allowed = {
        (action, name_of(resource))
        for statement in statements
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }
    assert made == allowed


def between(number: int, act: Callable[[], None]) -> Plan:
    """Strike nothing, but act before a call is made, unseen by the injector."""

    def plan(call: Call, attempt: int) -> None:
        if call.number == number and attempt == 1:
            Context().run(act)

    return plan


@quiet()
def test_a_late_write_and_a_reader_between_any_two_calls_of_the_builder(world):
    undisturbed = told(world)
    for call in [call for call in undisturbed.calls if call.function == BUILD]:
        world.injector.restart(nothing)
        story = Story(world)

        def act(story: Story = story) -> None:
            for hour in (0, 1):
                story.write_late(START + timedelta(hours=hour, minutes=30))

        world.injector.restart(between(call.number, act))
        story.tell()
        story.end()
        assert not story.wrong, (story.wrong, str(call))


@quiet()
def test_a_late_write_and_the_builder_between_any_two_calls_of_a_reader(world):
    """The answer is that of some moment while it was read."""
    for query in (QUERIES[0], {"aggregate": by("severity")}):
        number, last = 0, 1
        while number < last:
            world.injector.restart(nothing)
            story = Story(world)
            story.tell()
            before = story.domain.number

            def act(story: Story = story) -> None:
                story.write_late(START + timedelta(minutes=16))
                story.wait(_SETTLED)
                story.build()
                story.write_late(START + timedelta(hours=30, minutes=5))

            world.injector.restart(between(number, partial(act)))
            with world.injector.invocation(READ):
                answer, _ = story.domain.ask(query, summaries=True)
            last = len([call for call in world.injector.calls if call.function == READ])
            counted = answer["total_count"] if "total_count" in answer else sum(row["n"] for row in answer["results"])
            assert before <= counted <= story.domain.number == before + 2
            assert not story.wrong, (story.wrong, number)
            number += 1
        assert last > 2
