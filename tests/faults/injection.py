"""Every HTTP request that event_api makes of AWS, seen and struck: of any client, in any thread, retries included.

botocore's clients are found where they are made, their calls by botocore's own events; the calls of our own client of
DynamoDB at the one method that all operations pass, and its requests at the one that sends them. So a call that is new
in the code is seen, counted and struck without a change here.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import botocore.endpoint
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.retries import quota
from botocore.session import Session

from event_api.aws import dynamodb
from event_api.aws.connections import Answer, Connections
from event_api.aws.dynamodb import DynamoDb
from localrun.settings import ROOT
from testkit.gateway import Context
from tests.faults.faults import SECONDS_THAT_ARE_LEFT, Fault, KilledError, Reach, Strike, struck

if TYPE_CHECKING:
    import pytest

_OURS = (str(ROOT / "layers/shared"), str(ROOT / "functions"))
_EVERYBODYS = frozenset({"table.py", "http.py", "composition.py", "dynamodb.py", "connections.py"})
"""Modules that all calls pass through, which do not distinguish them."""


@dataclass
class Invocation:
    """One run of one handler, in a process that may be killed."""

    function: str
    context: Context = field(default_factory=Context)
    killed: bool = False
    outage: Fault | None = None
    stored: bool = False
    """Whether it got the response that its delivery is stored."""


@dataclass(frozen=True)
class Call:
    """One call of an AWS operation. ``site``: where in event_api, innermost first; ``uses``: (action, resource)."""

    number: int
    function: str
    service: str
    operation: str
    site: tuple[str, ...]
    uses: frozenset[tuple[str, str]]

    @property
    def place(self) -> tuple[str, str, str, tuple[str, ...]]:
        """The same for all calls that are made from the same lines."""
        return (self.function, self.service, self.operation, self.site)

    def __str__(self) -> str:
        return f"call {self.number}, {self.service} {self.operation} of {self.function}, {' < '.join(self.site[:3])}"


Plan = Callable[[Call, int], Strike | None]
"""The fault of an attempt (from 1) of a call."""


def nothing(_call: Call, _attempt: int) -> None:
    """No faults."""


def planned(strikes: dict[int, Strike]) -> Plan:
    """Strike calls by their numbers."""

    def plan(call: Call, attempt: int) -> Strike | None:
        strike = strikes.get(call.number)
        return strike if strike and (attempt == 1 or strike.reach is not Reach.ATTEMPT) else None

    return plan


_invocation: ContextVar[Invocation | None] = ContextVar("invocation", default=None)


class Injector:
    """Stands between the clients and AWS. Calls outside of an invocation pass through unseen."""

    def __init__(self) -> None:
        self.plan: Plan = nothing
        self.calls: list[Call] = []
        self._lock = threading.Lock()
        self._in_thread = threading.local()

    def restart(self, plan: Plan) -> None:
        self.plan = plan
        self.calls = []

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Hook every client that is made from now on, every thread that is started, and botocore's sleep."""
        make = Session.create_client
        start = threading.Thread.start

        def create_client(session: Session, service_name: str, *args: Any, **options: Any) -> Any:
            client = make(session, service_name, *args, **options)
            client.meta.events.register("provide-client-params", partial(self._begin, service_name))
            client.meta.events.register("before-send", partial(self._send, client))
            return client

        call, post = DynamoDb._call, Connections.post

        def call_noticed(client: DynamoDb, operation: str, parameters: dict[str, Any]) -> Any:
            self._begin("dynamodb", parameters, SimpleNamespace(name=operation))
            return call(client, operation, parameters)

        def post_struck(connections: Connections, headers: dict[str, str], body: bytes) -> Answer:
            try:
                answer = self._strike(connections.host, partial(post, connections, headers, body))
            except EndpointConnectionError:
                raise ConnectionRefusedError from None
            except ReadTimeoutError:
                raise TimeoutError from None
            if answer is None:
                return post(connections, headers, body)
            return answer if isinstance(answer, Answer) else Answer(answer.status_code, {}, answer.content)

        def start_in_context(thread: threading.Thread) -> None:
            # A thread works for the invocation that started it.
            vars(thread)["run"] = partial(copy_context().run, thread.run)
            start(thread)

        monkeypatch.setattr(Session, "create_client", create_client)
        monkeypatch.setattr(DynamoDb, "_call", call_noticed)
        monkeypatch.setattr(Connections, "post", post_struck)
        monkeypatch.setattr(threading.Thread, "start", start_in_context)
        for module in (botocore.endpoint, dynamodb):
            monkeypatch.setattr(module, "time", SimpleNamespace(sleep=lambda _: None, time=time.time))
        # Each process has a quota of its own; here they are all one process.
        monkeypatch.setattr(quota.RetryQuota.__init__, "__defaults__", (10**9, None))
        monkeypatch.setattr(dynamodb._RetryBudget, "_FULL", 10**9)

    @contextmanager
    def invocation(self, function: str) -> Iterator[Invocation]:
        """All calls within belong to one run of a handler; a kill ends here."""
        invocation = Invocation(function)
        token = _invocation.set(invocation)
        try:
            yield invocation
        except KilledError:
            assert invocation.killed
        finally:
            _invocation.reset(token)

    def _begin(self, service: str, params: dict[str, Any], model: Any, **_: Any) -> None:
        invocation = _invocation.get()
        if invocation is None:
            return
        if invocation.killed:
            raise KilledError
        site, uses = _site(), _uses(service, model.name, params)
        with self._lock:
            call = Call(len(self.calls), invocation.function, service, model.name, site, uses)
            self.calls.append(call)
        self._in_thread.call, self._in_thread.attempt = call, 0

    def _send(self, client: Any, request: Any, **_: Any) -> Any:
        return self._strike(request.url, partial(client._endpoint.http_session.send, request))

    def _strike(self, url: str, send: Callable[[], Any]) -> Any:
        """Send a request, or have it struck; return None outside of an invocation."""
        invocation = _invocation.get()
        if invocation is None:
            return None
        if invocation.killed:
            raise KilledError
        call = self._in_thread.call
        self._in_thread.attempt += 1
        fault = invocation.outage or self._fault(invocation, call)
        if fault in {Fault.KILLED, Fault.KILLED_AFTER}:
            invocation.killed = True
        if fault is Fault.OUT_OF_TIME:
            invocation.context.milliseconds = SECONDS_THAT_ARE_LEFT * 1000
        response = struck(fault, call.service, url, send) if fault else send()
        status = response.status if isinstance(response, Answer) else response.status_code
        if status == 200 and call.uses & _DURABLE:
            invocation.stored = True
        return response

    def _fault(self, invocation: Invocation, call: Call) -> Fault | None:
        strike = self.plan(call, self._in_thread.attempt)
        if strike is None:
            return None
        if strike.reach is Reach.OUTAGE:
            invocation.outage = strike.fault
        return strike.fault


def _site() -> tuple[str, ...]:
    """The lines of ours that the call comes from."""
    found = []
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(_OURS):
            file = Path(code.co_filename)
            if file.name not in _EVERYBODYS:
                found.append(f"{file.name}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    return tuple(found)


_DURABLE = {("dynamodb:PutItem", "DeliveriesTable"), ("dynamodb:PutItem", "EventsTable")}
"""Writes of create after which a delivery is stored: by itself, or with its event."""
_S3_ACTIONS = {"HeadObject": "GetObject"}


def _uses(service: str, operation: str, params: dict[str, Any]) -> frozenset[tuple[str, str]]:
    """The permission that an IAM policy needs for the call, as (action, resource's name)."""
    match service, operation:
        case "dynamodb", "TransactWriteItems":
            items = params["TransactItems"]
            parts = [(f"{kind}Item", one["TableName"]) for item in items for kind, one in item.items()]
        case "dynamodb", "BatchGetItem" | "BatchWriteItem":
            parts = [(operation, table) for table in params["RequestItems"]]
        case "dynamodb", _:
            index = params.get("IndexName")
            parts = [(operation, params["TableName"] + (f"/index/{index}" if index else ""))]
        case "sqs", _:
            parts = [(operation.removesuffix("Batch"), params["QueueUrl"].rpartition("/")[2])]
        case _:
            parts = [(_S3_ACTIONS.get(operation, operation), params["Bucket"])]
    return frozenset((f"{service}:{action}", resource) for action, resource in parts)
