"""Another version of the service, in a process of its own: one line of JSON for each request, one for each answer.

The first request has the definitions of the tables and their items. Then ``{"function": NAME, "event": EVENT}`` is
handled by that function, and ``{}`` answers the items of each table. The version's ``layers`` and ``functions`` are on
PYTHONPATH.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import sys
from typing import Any

import boto3
from moto import mock_aws


def to_json(value: Any) -> Any:
    """Encode bytes; the rest is JSON already."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(type(value))


def from_json(value: dict[str, Any]) -> Any:
    """Decode what `to_json` encoded."""
    return base64.b64decode(value["base64"]) if value.keys() == {"base64"} else value


class Context:
    """Lambda's context."""

    aws_request_id = "00000000-0000-4000-8000-000000000001"
    function_name = "released"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:released"

    def get_remaining_time_in_millis(self) -> int:
        return 29_000


@mock_aws
def main() -> None:
    """Answer requests until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    sys.stdout = sys.stderr  # for logs and metrics
    dynamodb = boto3.client("dynamodb")
    first = json.loads(sys.stdin.readline(), object_hook=from_json)
    for definition, items in first:
        dynamodb.create_table(**definition)
        for item in items:
            dynamodb.put_item(TableName=definition["TableName"], Item=item)
    for line in sys.stdin:
        request = json.loads(line, object_hook=from_json)
        if request:
            handler = importlib.import_module(f"{request['function'].replace('/', '.')}.app").handler
            answer = handler(request["event"], Context())
        else:
            names = [definition["TableName"] for definition, _ in first]
            answer = {name: dynamodb.scan(TableName=name)["Items"] for name in names}
        print(json.dumps(answer, default=to_json), file=answers, flush=True)


if __name__ == "__main__":
    main()
