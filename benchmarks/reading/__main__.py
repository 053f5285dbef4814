"""Measure what reading costs: `make bench`, or `python -m benchmarks.reading [--sizes N,N] [--markdown]`.

For each number of events, a DynamoDB engine of its own (dynoxide, whose figures for consumed capacity are exact) gets
the template's tables and the events, and a process of its own calls the real handlers. Capacity, requests, items, bytes
and memory carry over to other machines; times do not, but their ratios to the same reads by plain boto3 do. It ends
with 1 if a target for capacity or memory is missed; none of a time.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import loading
from benchmarks.reading import population, probe, report
from event_api import composition
from event_api.admin import administration
from event_api.settings import settings
from event_api.store.deployment import Deployment
from testkit import engines, stack, world
from testkit.dynamodb import botocore_client


def measure(size: int, repeats: int) -> list[probe.Measurement]:
    """Load ``size`` events into new tables, and measure all operations; raise RefusedError if one fails."""
    with TemporaryDirectory() as directory, engines.dynoxide(Path(directory)) as url:
        os.environ.update(world.environment(), AWS_ENDPOINT_URL_DYNAMODB=url)
        composition.reset()
        dynamodb = botocore_client()
        for definition in stack.table_definitions():
            dynamodb.create_table(**definition)
        stores = Deployment.open(dynamodb, settings().tables, population.NO_BODIES, population.RETENTION_DAYS)
        _, credential = administration.create_token(stores, domain_id=population.DOMAIN)
        started_at = time.perf_counter()
        population.load(settings().tables, size)
        print(f"bench: {size:,} events loaded in {time.perf_counter() - started_at:.0f} s", file=sys.stderr)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
            return processes.submit(probe.measure, size, credential, repeats).result()


def main() -> int:
    """Measure what the command line asks for; return 1 if a handler failed, or a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description="Measure what reading costs.")
    parser.add_argument(
        "--sizes", type=loading.sizes, default=[10_000, 100_000], metavar="N,N", help="numbers of events"
    )
    parser.add_argument("--repeats", type=int, default=5, help="timed calls of each operation (default 5)")
    parser.add_argument("--markdown", action="store_true", help="write Markdown tables")
    options = parser.parse_args()
    results: report.Results = {}
    try:
        for size in options.sizes:
            measured = measure(size, options.repeats)
            results[size] = {one.operation: one for one in measured}
            print(
                f"{size:,} events\n\n{report.written(report.rows(measured), markdown=options.markdown)}\n", flush=True
            )
    except probe.RefusedError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    compared = report.compare(results)
    print(report.written(report.comparison_rows(compared), markdown=options.markdown))
    return int(any(one.missed and one.capacity for one in compared))


if __name__ == "__main__":
    sys.exit(main())
