"""One run: senders send and send again, faults strike, then all that is unfinished is finished."""

from __future__ import annotations

import io
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from testkit import stack
from testkit.gateway import Gateway
from tests.faults import verdict
from tests.faults.injection import Call, nothing
from tests.faults.verdict import Sent, State, Verdict
from tests.faults.world import ACCESS_KEY, CREATE, REDRIVE, SWEEP, batch_size, functions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.injection import Plan
    from tests.faults.scenarios import Message, Scenario
    from tests.faults.world import World

POSTS = 4
"""How often a sender posts a message that is not answered 200."""
PAST_THE_CUT_OFF = 6 * 3600
"""Seconds after which the sweeper takes any delivery for left behind."""
STORM_POSTS = 12
"""The same in a storm, in which a fault may strike each of them."""
_ROUNDS = 4
_BATCHES = 50


@dataclass
class Outcome:
    """A run's end. ``left_over``: the deliveries left behind before anything was redriven."""

    calls: list[Call]
    verdict: Verdict
    summary: tuple[Any, ...]
    left_over: tuple[Any, ...] | None = None

    def must_end_like(self, other: Outcome) -> None:
        """Note it as wrong if the alerts differ from another run's."""
        if not verdict.alike(self.summary, other.summary):
            self.verdict.wrong.append("the alerts are not as they are without faults")


@dataclass
class Run:
    """One webhook, its deliveries and their responses."""

    world: World
    wrong: list[str] = field(default_factory=list)
    worked: bool = False

    _sent: dict[Message, Sent] = field(default_factory=dict)

    @property
    def sent(self) -> list[Sent]:
        return list(self._sent.values())

    def send(self, message: Message, posts: int = POSTS) -> bool:
        """Post a message until it is answered 200; False if it never is."""
        sent = self._sent.setdefault(message, Sent(message))
        return any(self._post(message, sent) for _ in range(posts))

    def _post(self, message: Message, sent: Sent) -> bool:
        gateway = Gateway()
        path = f"/monitoring/v1/webhook/{self.world.webhook.webhook_id}/{ACCESS_KEY}/events"
        with self.world.injector.invocation(CREATE) as invocation:
            gateway.context = invocation.context
            response = gateway.post(path, message.body, headers=message.headers)
        if invocation.killed or response.status != 200:
            sent.refused += 1
        if invocation.killed:
            return False
        if response.status == 200:
            sent.acknowledged.append(response.headers["x-delivery-id"])
            return True
        if response.status != 503 or "Retry-After" not in response.headers:
            self.wrong.append(f"the answer was {response.status}: {response.text}")
        if invocation.stored:
            self.wrong.append("a stored delivery was answered 503")
        return False

    def sweep(self) -> None:
        """Let the sweeper run once, if there is one."""
        if SWEEP in functions():
            # If it fails, Lambda's schedule calls it again: the next round does.
            with self.world.injector.invocation(SWEEP) as invocation, suppress(Exception):
                stack.handler(SWEEP)({}, invocation.context)

    def work(self) -> bool:
        """Give the worker one batch, as SQS would; False if nothing is queued."""
        world = self.world
        messages = world.receive(world.queue, batch_size())
        if not messages:
            return False
        self.worked = True
        failed = {message["MessageId"] for message in messages}
        records = [
            {"messageId": one["MessageId"], "receiptHandle": one["ReceiptHandle"], "body": one["Body"]}
            for one in messages
        ]
        with world.injector.invocation(REDRIVE) as invocation:
            answer = stack.handler(REDRIVE)({"Records": records}, invocation.context)
        if not invocation.killed:
            failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        for message in messages:
            place = {"QueueUrl": world.queue, "ReceiptHandle": message["ReceiptHandle"]}
            if message["MessageId"] in failed:
                world.sqs.change_message_visibility(**place, VisibilityTimeout=0)
            else:
                world.sqs.delete_message(**place)
        return True

    def redrive(self) -> State:
        """Sweep and work until nothing is left; return what is stored then."""
        for _ in range(_ROUNDS):
            self.world.clock.advance(PAST_THE_CUT_OFF)
            self.sweep()
            for _ in range(_BATCHES):
                if not self.work():
                    break
            else:
                self.wrong.append(f"after {_BATCHES} batches the queue is not empty")
                break
            state = verdict.state_of(self.world)
            if not state.unfinished:
                return state
        return verdict.state_of(self.world)

    def judge(self, state: State) -> Verdict:
        """Say what is wrong, and clear the world for the next run."""
        judged = verdict.judge(self.world, state, self.sent)
        judged.wrong = self.wrong + judged.wrong
        if self.worked:
            letters = [url for url in self.world.dead_letters if self.world.receive(url)]
            judged.wrong += ["a message is in the dead-letter queue"] * len(letters)
        if judged.wrong:
            self.world.clear_queues()
        self.world.clear()
        return judged


@contextmanager
def quiet() -> Iterator[None]:
    """Silence the logs and metrics of thousands of runs."""
    logging.disable(logging.CRITICAL)
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)


@quiet()
def play(
    world: World, scenario: Scenario, plan: Plan = nothing, *, late: bool = True, looked_at: bool = False
) -> Outcome:
    """Play a scenario.

    ``late``: leftovers are redriven only after all messages, not after each. ``looked_at``: report the leftovers.
    """
    run = Run(world)
    world.injector.restart(plan)
    left_over = None
    for number, (seconds, message) in enumerate(scenario.sends):
        world.clock.advance(seconds)
        if not run.send(message):
            run.wrong.append(f"message {number} was never answered 200")
        if not late and number < len(scenario.sends) - 1:
            run.redrive()
    if looked_at:
        left_over = verdict.left_over(world, verdict.state_of(world), run.sent)
    state = run.redrive()
    summary = verdict.summary(state, run.sent)
    return Outcome(world.injector.calls, run.judge(state), summary, left_over)


@quiet()
def storm(world: World, senders: list[list[Message]], plan: Plan) -> Outcome:
    """Let senders post at once, each its messages one after the other, and redrive behind them all."""
    run = Run(world)
    world.injector.restart(plan)

    def post(messages: list[Message]) -> None:
        for one in messages:
            if not run.send(one, STORM_POSTS):
                run.wrong.append("a message was never answered 200")

    with ThreadPoolExecutor(len(senders)) as threads:
        list(threads.map(post, senders))
    calls = world.injector.calls
    world.injector.plan = nothing
    state = run.redrive()
    return Outcome(calls, run.judge(state), verdict.summary(state, run.sent))
