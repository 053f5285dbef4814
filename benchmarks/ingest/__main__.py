"""Measure what an event costs when it arrives: `make bench`, or `python -m benchmarks.ingest [--rounds N]`.

Each kind of delivery goes through the gateway and create's handler, on one engine. The calls that write are recorded,
and boto3's client makes the same ones on a second engine. The table has, for each event, the calls, the consumed units
and the processor time of this process, without the engines', the last as a ratio to boto3's as well.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import boto3

from event_api import composition
from event_api.admin import administration
from event_api.aws import clients
from event_api.domain import ids
from event_api.settings import settings
from event_api.store.body_bucket import BodyBucket
from event_api.store.deployment import Deployment
from testkit import engines, stack, world
from testkit.dynamodb import tap
from testkit.gateway import Gateway

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

SIZE = 100
"""Alerts in a large body."""
MOST_MS = {"100 new alerts": 0.9, "100 open alerts": 0.9}
"""Processor time that an event may take, in ms."""
_WRITES = {
    "PutItem": "put_item",
    "UpdateItem": "update_item",
    "BatchWriteItem": "batch_write_item",
    "TransactWriteItems": "transact_write_items",
}


@dataclass
class Recorder:
    """The calls of a delivery, and the units that they consumed."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    write: float = 0.0
    read: float = 0.0

    def reset(self) -> None:
        """Forget them."""
        self.calls, self.write, self.read = [], 0.0, 0.0

    def ask(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Record a call, and ask for its consumed capacity."""
        self.calls.append((operation, parameters))
        return {**parameters, "ReturnConsumedCapacity": "TOTAL"}

    def add(self, operation: str, response: dict[str, Any]) -> None:
        """Add the consumed capacity of a response."""
        consumed = response.get("ConsumedCapacity", [])
        units = sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))
        if operation in _WRITES:
            self.write += units
        else:
            self.read += units


@dataclass
class Cost:
    """The cost of each delivery of a kind; each of them makes ``events`` events."""

    events: int
    calls: list[int] = field(default_factory=list)
    write: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def add(self, calls: int, write: float, read: float, ours: float, theirs: float) -> None:
        """Add one delivery."""
        for numbers, number in ((self.write, write), (self.read, read), (self.ours, ours), (self.theirs, theirs)):
            numbers.append(number)
        self.calls.append(calls)

    def row(self, kind: str) -> str:
        """Return the table's row."""
        each = [statistics.median(numbers) / self.events for numbers in (self.calls, self.write, self.read)]
        ours, theirs = self.milliseconds
        cells = [f"{number:.2f}" for number in (*each, ours, theirs, ours / theirs)]
        return f"| {kind} | {' | '.join(cells)} |"

    @property
    def milliseconds(self) -> tuple[float, float]:
        """The processor time of an event, ours and boto3's."""
        ours, theirs = (statistics.median(spent) / self.events * 1000 for spent in (self.ours, self.theirs))
        return ours, theirs


def direct(number: int, event_type: str) -> dict[str, Any]:
    """Return a delivery of one event; the number is that of its alert."""
    return {
        "event_key": f"{number:032x}",
        "event_type": event_type,
        "title": "Latency of checkout is above 2 seconds",
        "description": "The 99th percentile has been above 2 s for 10 minutes.",
        "severity": "CRITICAL",
        "rule": "HighLatency",
        "resource": {"resource_id": "server-0a1b2c3d4e5f", "resource_type": "inventory.Server", "name": "checkout-07"},
        "additional_info": {"region": "eu-west-1", "team": "checkout"},
    }


def group(number: int) -> dict[str, Any]:
    """Return a body of Alertmanager's."""
    alerts = [
        {
            "status": "firing",
            "labels": {"alertname": "HighLatency", "instance": f"web-{each:03d}", "severity": "critical", "job": "web"},
            "annotations": {
                "summary": f"Latency of web-{each:03d} is high",
                "description": "Above 2 s for 10 minutes.",
            },
            "startsAt": "2026-03-01T12:00:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example/graph",
            "fingerprint": f"{number * SIZE + each:016x}",
        }
        for each in range(SIZE)
    ]
    return {"version": "4", "status": "firing", "receiver": "events", "groupLabels": {}, "alerts": alerts}


def deliveries(number: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Yield the deliveries of a round: their kinds, how many events they make, and their bodies."""
    yield "a new alert", 1, direct(number, "ALERT")
    yield "an open alert", 1, direct(number, "ALERT")
    yield "a recovery", 1, direct(number, "RECOVERY")
    yield "100 new alerts", SIZE, group(number)
    yield "100 open alerts", SIZE, group(number)


@contextmanager
def opened() -> Iterator[tuple[Gateway, str, DynamoDBClient]]:
    """Open the service on one engine, and boto3's client of another one; yield them with a webhook's path."""
    with TemporaryDirectory() as directory, ExitStack() as running:
        url, other_url = (running.enter_context(engines.dynoxide(Path(directory))) for _ in range(2))
        os.environ.update(world.environment(), AWS_ENDPOINT_URL_DYNAMODB=url)
        composition.reset()
        ours, theirs = (boto3.client("dynamodb", endpoint_url=one) for one in (url, other_url))
        for definition in stack.table_definitions():
            for client in (ours, theirs):
                client.create_table(**definition)
        bucket = BodyBucket(clients.s3, settings().bodies_bucket)
        stores = Deployment.open(ours, settings().tables, bucket, settings().retention_days)
        webhook, key = administration.create_webhook(
            stores, domain_id=ids.new_id("domain"), project_id=ids.new_id("project"), name="benchmark"
        )
        yield Gateway(), f"/monitoring/v1/webhook/{webhook.webhook_id}/{key}/events", theirs


def measure(rounds: int) -> dict[str, Cost]:
    """Return the cost of each kind of delivery."""
    costs: dict[str, Cost] = {}
    with opened() as (gateway, path, theirs):
        recorder = Recorder()
        tap(clients.dynamodb(), recorder.ask, recorder.add)
        for number in range(rounds + 1):
            for kind, events, body in deliveries(number):
                recorder.reset()
                ours = _timed(partial(_post, gateway, path, body))
                calls, write, read = len(recorder.calls), recorder.write, recorder.read
                boto3s = _timed(partial(_write_again, theirs, recorder.calls))
                if number:  # the first round pays for imports and connections
                    costs.setdefault(kind, Cost(events)).add(calls, write, read, ours, boto3s)
    return costs


def _post(gateway: Gateway, path: str, body: dict[str, Any]) -> None:
    with redirect_stdout(io.StringIO()):  # the metrics
        response = gateway.post(path, body)
    if response.status != HTTPStatus.OK:
        raise SystemExit(f"ingest: a delivery was answered {response.status}: {response.text}")


def _write_again(client: DynamoDBClient, calls: Sequence[tuple[str, dict[str, Any]]]) -> None:
    for operation, parameters in calls:
        if operation in _WRITES:
            getattr(client, _WRITES[operation])(**parameters)


def _timed(action: Callable[[], None]) -> float:
    started_at = time.process_time()
    action()
    return time.process_time() - started_at


def main() -> int:
    """Print the table; return 1 if a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description="Measure what an event costs.")
    parser.add_argument("--rounds", type=int, default=20, help="rounds of each kind of delivery (default 20)")
    costs = measure(parser.parse_args().rounds)
    print("| delivery, each event of it | calls | WCU | RCU | ours, ms | boto3's same writes, ms | ratio |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for kind, cost in costs.items():
        print(cost.row(kind))
    missed = [kind for kind, most in MOST_MS.items() if costs[kind].milliseconds[0] > most]
    if missed:
        print(f"ingest: more processor time than the target for {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
