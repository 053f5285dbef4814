"""Measure what counting costs with summaries: `make bench`, or `python -m benchmarks.summaries [--sizes N,N]`.

For each number of events and each mix of them, an engine of its own (dynoxide) gets the template's tables and the
events, the builder summarizes them, and the real handlers answer. Up to `COMPARED` events they answer without summaries
as well, and the answers must be equal; beyond, a page of this engine takes too long. It ends with 1 if an answer is
wrong, or a target for capacity is missed; none of a time.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import loading
from benchmarks.reading import report
from benchmarks.reading.operations import Operation
from benchmarks.reading.population import NO_BODIES, RETENTION_DAYS
from benchmarks.reading.probe import Cost, Reader, RefusedError, cost_of, median, peak_of
from benchmarks.reading.recorder import Recorder
from benchmarks.summaries import operations, population
from event_api import composition, telemetry
from event_api.admin import administration
from event_api.aws import clients
from event_api.domain import times
from event_api.json_types import JsonObject
from event_api.settings import settings
from event_api.store.deployment import Deployment
from event_api.store.marks import OLDER
from testkit import engines, stack, world
from testkit.dynamodb import botocore_client, tap

TARGETS = {"realistic": (150.0, 0.25), "bad": (600.0, 1.0)}
"""Capacity units and seconds of processor time that a question may take, whatever the number of events."""
COMPARED = 100_000
_NO_LIMIT = "1000000000"
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
_READS = frozenset({"GetItem", "Query"})
_HEAD = ("question", "RCU", "requests", "KB read", "ms", "CPU ms", "peak KB", "RCU without", "CPU ms without")


@dataclass(frozen=True, slots=True)
class Measurement:
    """The cost of one question; that ``without`` summaries, if it is known, is of a single call."""

    question: str
    capacity_units: float
    requests: int
    received_bytes: int
    cost: Cost
    peak_bytes: int
    units_without: float | None
    without: Cost | None

    def row(self) -> tuple[str, ...]:
        """Return the row of the table."""
        return (
            self.question,
            f"{self.capacity_units:,.1f}",
            f"{self.requests:,}",
            f"{self.received_bytes / 1024:,.0f}",
            f"{self.cost.wall * 1000:,.1f}",
            f"{self.cost.cpu * 1000:,.1f}",
            f"{self.peak_bytes / 1024:,.0f}",
            "" if self.units_without is None else f"{self.units_without:,.1f}",
            "" if self.without is None else f"{self.without.cpu * 1000:,.0f}",
        )


@contextmanager
def _loaded(size: int, mix: str) -> Iterator[str]:
    """Run an engine with a mix of events, and yield a reader's credential."""
    with TemporaryDirectory() as directory, engines.dynoxide(Path(directory)) as url:
        os.environ.update(world.environment(), AWS_ENDPOINT_URL_DYNAMODB=url, READ_CAPACITY_LIMIT=_NO_LIMIT)
        settings.cache_clear()
        composition.reset()
        dynamodb = botocore_client()
        for definition in stack.table_definitions():
            dynamodb.create_table(**definition)
        stores = Deployment.open(dynamodb, settings().tables, NO_BODIES, RETENTION_DAYS)
        _, credential = administration.create_token(stores, domain_id=population.DOMAIN)
        started_at = time.perf_counter()
        population.load(settings().tables, size, mix)
        print(f"bench: {size:,} events loaded in {time.perf_counter() - started_at:.0f} s", file=sys.stderr)
        yield credential


def _build(size: int) -> str:
    """Have the builder summarize all events, as those of an earlier version; return what that took."""
    units: Counter[str] = Counter()

    def asked(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        return {**parameters, "ReturnConsumedCapacity": "TOTAL"} if operation in {*_WRITES, *_READS} else parameters

    def answered(operation: str, response: dict[str, Any]) -> None:
        consumed = response.get("ConsumedCapacity", {"CapacityUnits": 0.0})
        units["WCU" if operation in _WRITES else "RCU"] += consumed["CapacityUnits"]

    composition.summaries().note(population.DOMAIN, OLDER)
    tap(clients.dynamodb(), asked, answered)
    built: list[int] = []
    with redirect_stdout(StringIO()), telemetry.invocation("benchmark"):
        cost = cost_of(lambda: built.append(composition.summarizer(times.now(), lambda: inf).run()))
    # Another client, which nothing counts.
    clients.dynamodb.cache_clear()
    composition.reset()
    spent = ", ".join(f"{units[kind]:,.0f} {kind} ({units[kind] / size:.3f} an event)" for kind in ("RCU", "WCU"))
    return f"{built[0]:,} summaries built: {spent}, {cost.wall:.1f} s, {cost.cpu:.1f} s of processor time"


def measure(size: int, mix: str, repeats: int) -> tuple[str, list[Measurement]]:
    """Load and summarize events, and measure all questions; raise RefusedError if an answer is wrong."""
    with _loaded(size, mix) as credential:
        built = _build(size)
        reader, recorder = Reader(credential), Recorder(clients.dynamodb())
        return built, [_measure(reader, recorder, operation, size, repeats) for operation in operations.OPERATIONS]


def _measure(reader: Reader, recorder: Recorder, operation: Operation, size: int, repeats: int) -> Measurement:
    request = operation.request(size, reader.ask)
    call = reader.call(operation, request)
    with recorder.recorded() as recording:
        answer = call()
    costs = [cost_of(call) for _ in range(repeats)]
    units_without = without = None
    if size <= COMPARED:
        scan = reader.call(operation, {"query": {**request["query"], "summaries": False}})
        answers: list[str] = []
        with recorder.recorded() as scanned:
            without = cost_of(lambda: answers.append(scan()))
        units_without = scanned.capacity_units
        if _comparable(answers[0]) != _comparable(answer):
            raise RefusedError(f"{operation.name}: the answer with summaries is another one than without")
    elif operation.name in operations.OF_ALL and _counted(answer) != size:
        raise RefusedError(f"{operation.name}: {_counted(answer):,} events were counted, not {size:,}")
    return Measurement(
        question=operation.name,
        capacity_units=recording.capacity_units,
        requests=len(recording.requests),
        received_bytes=recording.received_bytes,
        cost=median(costs),
        peak_bytes=peak_of(call),
        units_without=units_without,
        without=without,
    )


def _counted(answer: str) -> int:
    parsed = json.loads(answer)
    total: int = parsed["total_count"] if "total_count" in parsed else sum(row["n"] for row in parsed["results"])
    return total


def _comparable(answer: str) -> JsonObject:
    parsed: JsonObject = json.loads(answer)
    # The token is of the request, which differs.
    parsed.pop("next_token", None)
    return parsed


def _comparisons(size: int, mix: str, measured: list[Measurement]) -> Iterator[report.Comparison]:
    most_units, most_seconds = TARGETS[mix]
    for one in measured:
        if one.question != operations.TOP_TITLES:
            what = f"{one.question}, {mix}, {size:,}"
            yield report.Comparison(f"{what}: RCU", one.capacity_units, most_units)
            yield report.Comparison(f"{what}: CPU s", one.cost.cpu, most_seconds, capacity=False)


def main() -> int:
    """Measure what the command line asks for; return 1 if an answer was wrong, or a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.summaries", description="Measure what counting costs.")
    parser.add_argument("--sizes", type=loading.sizes, default=[100_000], metavar="N,N", help="numbers of events")
    parser.add_argument("--mixes", type=lambda text: text.split(","), default=[*TARGETS], help="realistic,bad")
    parser.add_argument("--repeats", type=int, default=5, help="timed calls of each question (default 5)")
    parser.add_argument("--markdown", action="store_true", help="write Markdown tables")
    options = parser.parse_args()
    compared: list[report.Comparison] = []
    try:
        for size in options.sizes:
            for mix in options.mixes:
                built, measured = measure(size, mix, options.repeats)
                table = report.written([_HEAD, *(one.row() for one in measured)], markdown=options.markdown)
                print(f"{size:,} events in the {mix} mix; {built}\n\n{table}\n", flush=True)
                compared += _comparisons(size, mix, measured)
    except RefusedError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(report.written(report.comparison_rows(compared), markdown=options.markdown))
    return int(any(one.missed and one.capacity for one in compared))


if __name__ == "__main__":
    sys.exit(main())
