"""Measure cold starts: `make coldstart`, or `python -m benchmarks.coldstart [--rounds N] [FUNCTION ...]`.

Every handler, and one that does nothing, is started cold in random order, round after round. The table gives the
medians of init plus first answer as multiples of the bare handler's: milliseconds belong to a machine, ratios carry
over. Targets are reported, not asserted; a handler that does not answer well is an error, and so is a layer that is too
heavy or lacks a package.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moto import mock_aws

from benchmarks.coldstart import layers, proof
from benchmarks.coldstart.layers import Installation
from benchmarks.coldstart.runtime import ColdStartError, RuntimeApi
from testkit import world
from testkit.stub import DynamoDbStub, Recording, Source

_OK = 200
_BUSY = 1.2
"""Ratio of the bare handler's median to its shortest time that an idle machine does not exceed."""


def _answers(body: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda answer: answer.get("statusCode") == _OK and body(json.loads(answer["body"]))


@dataclass(frozen=True, slots=True)
class Case:
    """A function, its expected answer, and the multiple of the bare handler's time that it may take."""

    function: str
    good: Callable[[Any], bool]
    target: float | None = None

    @property
    def folder(self) -> Path:
        """The function's own folder."""
        return world.ROOT / "functions" / self.function

    @property
    def event(self) -> bytes:
        """The event that it is started with."""
        return world.event_of(self.function)


class BareCase(Case):
    """The handler that does nothing, started with an event as large as the others'."""

    @property
    def folder(self) -> Path:
        """A folder next to this module."""
        return Path(__file__).parent / self.function

    @property
    def event(self) -> bytes:
        """The largest of the functions' events."""
        return world.event_of("create_event")


BARE = BareCase("bare", _answers(lambda body: body == {}))
CASES = (
    Case("create_event", _answers(lambda body: body == {}), 3.0),
    Case("get_event", _answers(lambda body: "raw_data" in body), 3.5),
    Case("list_events", _answers(lambda body: body["total_count"] > 0), 5.0),
    Case("stat_events", _answers(lambda body: body["results"] != []), 5.0),
    Case("console", lambda answer: answer["statusCode"] == _OK),
    Case("authorizer", lambda answer: answer["isAuthorized"], 2.5),
    Case("redrive_delivery", lambda answer: answer == {"batchItemFailures": []}),
    Case("sweep_deliveries", lambda answer: answer == {"found": 0}),
    Case("summarize_events", lambda answer: answer == {"built": 0}),
)


class Bench:
    """Starts handlers cold, against recorded answers."""

    def __init__(self, installation: Installation, api: RuntimeApi, stub: DynamoDbStub) -> None:
        self._installation = installation
        self._api = api
        self._stub = stub
        self._environment = {
            **world.environment(),
            "PATH": os.defpath,
            "AWS_ENDPOINT_URL": stub.url,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_FUNCTION_NAME": "coldstart",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "_HANDLER": "app.handler",
            # A layer's files are read-only on Lambda.
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def record(self, case: Case) -> Recording:
        """Run a case once against moto; raise ColdStartError if it does not answer well."""
        recording = Recording()
        with mock_aws():
            world.build()
            self._run(case, recording.record)
        return recording

    def time(self, case: Case, recording: Recording) -> float:
        """Run a case once against its recording and return the seconds; raise ColdStartError as `record` does."""
        return self._run(case, recording.player())

    def _run(self, case: Case, source: Source) -> float:
        self._stub.source = source
        task_root = self._installation.task_root(case.folder)
        variables = {
            **self._environment,
            "PYTHONPATH": self._installation.search_path(task_root),
            "LAMBDA_TASK_ROOT": str(task_root),
        }
        answer = self._api.start(self._installation.python, task_root, case.event, variables)
        if not case.good(answer.body):
            raise ColdStartError(f"not the answer it should be: {json.dumps(answer.body)}")
        return answer.seconds


def measure(cases: Sequence[Case], rounds: int) -> tuple[dict[Case, Recording], dict[Case, list[float]]]:
    r"""Return each function's database requests, and the seconds of its runs.

    A function that fails is reported on standard error, and is in neither. Raises CalledProcessError if the layers
    cannot be built, and ColdStartError if they are not as they should be.
    """
    installation = layers.build()
    os.environ.update(world.environment())
    proof.prove(installation, world.environment())
    recordings: dict[Case, Recording] = {}
    with RuntimeApi() as api, DynamoDbStub() as stub:
        bench = Bench(installation, api, stub)
        for case in (BARE, *cases):
            try:
                recordings[case] = bench.record(case)
            except ColdStartError as error:
                print(f"coldstart: {case.function} failed: {error}", file=sys.stderr)
        times: dict[Case, list[float]] = {case: [] for case in recordings}
        for _ in range(rounds):
            for case in random.sample(list(recordings), len(recordings)):
                times[case].append(bench.time(case, recordings[case]))
    return recordings, times


def report(recordings: dict[Case, Recording], times: dict[Case, list[float]]) -> None:
    """Print the table: everything as multiples of the bare handler's median."""
    bare = statistics.median(times[BARE])
    print(f"{'':17} {'x bare':>6}  {'min':>5}  {'max':>5}  {'target':>6}  {'':6}  calls to DynamoDB")
    for case, recording in recordings.items():
        ratio = statistics.median(times[case]) / bare
        target = "-" if case.target is None else f"{case.target:g}"
        verdict = "" if case.target is None else "met" if ratio <= case.target else "MISSED"
        measured = f"{ratio:6.2f}  {min(times[case]) / bare:5.2f}  {max(times[case]) / bare:5.2f}"
        calls = ", ".join(call.operation for call in recording.calls)
        print(f"{case.function:17} {measured}  {target:>6}  {verdict:6}  {calls}".rstrip())
    print(f"Medians of {len(times[BARE])} rounds; bare is {bare * 1000:.0f} ms on this machine.")
    if bare > _BUSY * min(times[BARE]):
        print("The machine is busy (the bare handler's median is far above its shortest time): measure again.")


def main() -> int:
    """Measure what the command line asks for; return 1 if a handler failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coldstart", description="Measure cold starts.")
    parser.add_argument("functions", nargs="*", metavar="FUNCTION", help="all, unless some are named")
    parser.add_argument("--rounds", type=int, default=20, help="cold starts of each function (default 20)")
    options = parser.parse_args()
    cases = [case for case in CASES if not options.functions or case.function in options.functions]
    try:
        recordings, times = measure(cases, options.rounds)
        report(recordings, times)
    except (subprocess.CalledProcessError, ColdStartError) as error:
        print(f"coldstart: {error}", file=sys.stderr)
        return 1
    return 0 if len(recordings) == len(cases) + 1 else 1


if __name__ == "__main__":
    sys.exit(main())
