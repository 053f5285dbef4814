"""DynamoDB as an endpoint of canned answers, recorded once from moto and then played back at the speed of a socket.

moto itself would take longer to answer than the handlers take to start. Recording keeps the answers true to the store:
whatever it asks, and however it lays out its items, there is nothing here to keep in step.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import NamedTuple, Self, TypeAlias

import requests

from testkit.server import LocalServer, Routes
from testkit.world import REGION

_UPSTREAM = f"https://dynamodb.{REGION}.amazonaws.com/"
_PASSED_ON = ("Content-Type", "X-Amz-Target", "X-Amz-Date", "X-Amz-Security-Token", "Authorization")


class Call(NamedTuple):
    """The identity of a call within a handler's run."""

    operation: str
    table: str


class Response(NamedTuple):
    """DynamoDB's answer."""

    status: int
    body: bytes


Source: TypeAlias = Callable[[Call, Mapping[str, str], bytes], Response]


class Recording:
    """The answers to one invocation's calls, in order for each kind of call."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._answers: defaultdict[Call, deque[Response]] = defaultdict(deque)

    def record(self, call: Call, headers: Mapping[str, str], body: bytes) -> Response:
        """Ask moto, which answers for AWS's own host names in this process, and keep the answer."""
        passed_on = {name: headers[name] for name in _PASSED_ON if name in headers}
        answer = requests.post(_UPSTREAM, data=body, headers=passed_on, timeout=10)
        response = Response(answer.status_code, answer.content)
        self.calls.append(call)
        self._answers[call].append(response)
        return response

    def player(self) -> Source:
        """Return what plays the answers back, once; a call that was not recorded is refused."""
        left = {call: deque(answers) for call, answers in self._answers.items()}

        def play(call: Call, _headers: Mapping[str, str], _body: bytes) -> Response:
            if left.get(call):
                return left[call].popleft()
            message = f"this call was not recorded: {call.operation} on {call.table}"
            return Response(400, json.dumps({"__type": "ValidationException", "message": message}).encode())

        return play


class DynamoDbStub:
    """An endpoint that answers from ``source``; a context manager. ``url`` is its address."""

    source: Source

    def __init__(self) -> None:
        stub = self

        class Endpoint(Routes):
            def post(self, body: bytes) -> None:
                operation = self.headers["X-Amz-Target"].rpartition(".")[2]
                response = stub.source(Call(operation, _table_of(json.loads(body))), dict(self.headers), body)
                self.answer(response.status, response.body, {"Content-Type": "application/x-amz-json-1.0"})

        self._server = LocalServer(Endpoint)
        self.url = f"http://{self._server.address}"

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()


def _table_of(request: dict[str, object]) -> str:
    tables = request.get("RequestItems")
    return ",".join(sorted(tables)) if isinstance(tables, dict) else str(request.get("TableName", ""))
