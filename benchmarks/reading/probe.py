"""Measuring operations, in a process of its own for each number of events: the real handlers, and the bare reads."""

from __future__ import annotations

import json
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3

from benchmarks.reading.operations import OPERATIONS, Operation
from benchmarks.reading.recorder import Recorder
from event_api.aws import clients
from testkit import stack, world
from testkit.gateway import AUTHORIZER, Context

_OK = 200


class RefusedError(Exception):
    """A handler did not answer with 200."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds: by the clock on the wall, and of this process's processor time, all threads together."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Measurement:
    r"""The cost of one operation.

    ``bare`` is the cost of the same reads with boto3, both are medians. ``peak_bytes`` is Python's memory.
    """

    operation: str
    capacity_units: float
    requests: int
    items: int
    received_bytes: int
    cost: Cost
    bare: Cost
    peak_bytes: int


def measure(size: int, credential: str, repeats: int) -> list[Measurement]:
    """Measure all operations; wants `world.environment` in ``os.environ``, and tables with ``size`` events.

    Raises RefusedError if a handler does not answer with 200.
    """
    reader = Reader(credential)
    recorder = Recorder(clients.dynamodb())
    return [_measure(reader, recorder, operation, size, repeats) for operation in OPERATIONS]


def _measure(reader: Reader, recorder: Recorder, operation: Operation, size: int, repeats: int) -> Measurement:
    call = reader.call(operation, operation.request(size, reader.ask))
    with recorder.recorded() as recording:
        call()  # which also is the warm-up, as the first replay is
    plain = boto3.client("dynamodb")
    recording.replay(plain)
    costs, bare_costs = [], []
    for _ in range(repeats):
        # In turns, so that whatever else the machine does meets both.
        costs.append(cost_of(call))
        bare_costs.append(cost_of(lambda: recording.replay(plain)))
    return Measurement(
        operation=operation.name,
        capacity_units=recording.capacity_units,
        requests=len(recording.requests),
        items=recording.items,
        received_bytes=recording.received_bytes,
        cost=median(costs),
        bare=median(bare_costs),
        peak_bytes=peak_of(call),
    )


def cost_of(action: Callable[[], object]) -> Cost:
    """Return the cost of an action."""
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def median(costs: list[Cost]) -> Cost:
    """Return the median cost."""
    return Cost(statistics.median(cost.wall for cost in costs), statistics.median(cost.cpu for cost in costs))


def peak_of(action: Callable[[], object]) -> int:
    """Return the most bytes that Python's objects took at any time during an action.

    In a run of its own, because tracemalloc slows it down several times. It counts what the process's size hides: that
    grows by whole arenas, and never shrinks.
    """
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class Reader:
    """Calls the handlers as API Gateway does, with the authorizer's verdict from its cache."""

    def __init__(self, credential: str) -> None:
        self._context = Context()
        event = json.loads(world.event_of("authorizer"))
        event["headers"]["authorization"] = f"Bearer {credential}"
        verdict = stack.handler(AUTHORIZER)(event, self._context)
        if not verdict["isAuthorized"]:
            raise RefusedError("the authorizer refuses the token")
        self._authorizer = {"lambda": verdict["context"]}

    def ask(self, operation: Operation, request: dict[str, Any]) -> dict[str, Any]:
        """Return a handler's answer; raise RefusedError if it is not 200."""
        answer: dict[str, Any] = json.loads(self.call(operation, request)())
        return answer

    def call(self, operation: Operation, request: dict[str, Any]) -> Callable[[], str]:
        """Return what calls a handler and gives its answer as text; that raises RefusedError if it is not 200."""
        event = json.loads(world.event_of(operation.function))
        event["requestContext"]["authorizer"] = self._authorizer
        if operation.function == "get_event":
            event["pathParameters"] = request
        else:
            event["body"] = json.dumps(request)
        handler = stack.handler(f"functions/{operation.function}")

        def answer() -> str:
            given = handler(event, self._context)
            body: str = given["body"]
            if given["statusCode"] != _OK:
                raise RefusedError(f"{operation.name}: {given['statusCode']} {body}")
            return body

        return answer
