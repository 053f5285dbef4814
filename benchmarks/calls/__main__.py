"""Measure a DynamoDB call: `make bench`, or `python -m benchmarks.calls [--rounds N]`.

Each kind of call is made with boto3's client and with our own, in turns, on one engine and the same items. The table
gives medians of this process's processor time, without the engine's. It ends with 1 if ours takes more than `MOST` of
boto3's time for any of them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import boto3

from event_api import composition
from event_api.aws import clients
from testkit import engines, stack, world

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MOST = 0.45
_TABLE = "EventsTable"
_ITEMS = 100
_CALLS = 20  # of each client in each round

Calls = dict[str, Callable[["DynamoDBClient"], Any]]


def item(number: int) -> dict[str, Any]:
    """Return an item as large as a usual event, with a binary value."""
    texts = {f"field{position}": {"S": "twenty characters 20"} for position in range(12)}
    key = {"e": {"S": f"event-{number:03d}"}, "d": {"S": "domain"}, "t": {"S": f"{number:03d}"}}
    return {**key, **texts, "x": {"N": "1790000000"}, "m": {"B": bytes(range(200))}}


def calls() -> Calls:
    """Return the kinds of calls that the store makes, as functions of a client."""
    key = {"e": {"S": "event-001"}, "d": {"S": "domain"}}
    keys = [{"e": {"S": f"event-{number:03d}"}, "d": {"S": "domain"}} for number in range(20)]
    of_domain: dict[str, Any] = {
        "TableName": _TABLE,
        "IndexName": "by-domain",
        "KeyConditionExpression": "#d = :d",
        "ExpressionAttributeNames": {"#d": "d"},
        "ExpressionAttributeValues": {":d": {"S": "domain"}},
    }
    new = {"ConditionExpression": "attribute_exists(#e)", "ExpressionAttributeNames": {"#e": "e"}}
    change: dict[str, Any] = {
        "UpdateExpression": "SET #n = :n",
        "ExpressionAttributeNames": {"#n": "n"},
        "ExpressionAttributeValues": {":n": {"S": "a title"}},
    }
    return {
        "put": lambda client: client.put_item(TableName=_TABLE, Item=item(1), **new),
        "get": lambda client: client.get_item(TableName=_TABLE, Key=key),
        "update": lambda client: client.update_item(TableName=_TABLE, Key=key, **change),
        "query, 1 item": lambda client: client.query(**of_domain, Limit=1),
        f"query, {_ITEMS} items": lambda client: client.query(**of_domain, Limit=_ITEMS),
        f"batch, {len(keys)} items": lambda client: client.batch_get_item(RequestItems={_TABLE: {"Keys": keys}}),
    }


def measure(rounds: int) -> dict[str, tuple[float, float]]:
    """Return the milliseconds of each kind of call, with boto3 and with our client."""
    with TemporaryDirectory() as directory, engines.dynoxide(Path(directory)) as url:
        os.environ.update(world.environment(), AWS_ENDPOINT_URL_DYNAMODB=url)
        composition.reset()
        theirs, ours = boto3.client("dynamodb"), clients.dynamodb()
        for definition in stack.table_definitions():
            if definition["TableName"] == _TABLE:
                theirs.create_table(**definition)
        for number in range(_ITEMS):
            ours.put_item(TableName=_TABLE, Item=item(number))
        times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in calls()}
        for _ in range(rounds):
            for name, call in calls().items():
                for client, spent in zip((theirs, ours), times[name], strict=True):
                    started_at = time.process_time()
                    for _ in range(_CALLS):
                        call(client)
                    spent.append((time.process_time() - started_at) / _CALLS * 1000)
    return {name: (statistics.median(spent[0]), statistics.median(spent[1])) for name, spent in times.items()}


def main() -> int:
    """Print the table; return 1 if the target was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calls", description="Measure a DynamoDB call.")
    parser.add_argument("--rounds", type=int, default=20, help="rounds of 20 calls of each kind (default 20)")
    measured = measure(parser.parse_args().rounds)
    print("| call | boto3, ms | ours, ms | ratio |\n|---|---:|---:|---:|")
    for name, (theirs, ours) in measured.items():
        print(f"| {name} | {theirs:.2f} | {ours:.2f} | {ours / theirs:.2f} |")
    missed = [name for name, (theirs, ours) in measured.items() if ours > MOST * theirs]
    if missed:
        print(f"calls: more than {MOST} of boto3's time: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
