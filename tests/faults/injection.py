"""Every HTTP request that event_api makes of AWS, seen and struck: of any client, in any thread, retries included.

Clients are found where botocore makes them, calls by botocore's own events. So a call that is new in the code is seen,
counted and struck without anybody telling this module.
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
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import botocore.endpoint
from botocore.retries import quota
from botocore.session import Session

from localrun.settings import ROOT
from tests.faults.faults import SECONDS_THAT_ARE_LEFT, Fault, KilledError, Reach, Strike, struck
from tests.gateway import Context

if TYPE_CHECKING:
    import pytest

_OURS = (str(ROOT / "layers/shared"), str(ROOT / "functions"))
_EVERYBODYS = frozenset({"table.py", "http.py", "wiring.py"})
"""Modules that all calls pass through: they do not tell one from another."""


@dataclass
class Invocation:
    """One run of one handler, in a process that may be killed."""

    function: str
    context: Context = field(default_factory=Context)
    killed: bool = False
    outage: Fault | None = None
    stored: bool = False
    """Whether it was told that its delivery is stored."""


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
"""What strikes an attempt (from 1) of a call."""


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
    """Stands between botocore and AWS. What is done outside of an invocation passes through unseen."""

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

        def start_in_context(thread: threading.Thread) -> None:
            # A thread works for the invocation that started it.
            thread.run = partial(copy_context().run, thread.run)
            start(thread)

        monkeypatch.setattr(Session, "create_client", create_client)
        monkeypatch.setattr(threading.Thread, "start", start_in_context)
        monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _: None, time=time.time))
        # Each process has a quota of its own; here they are all one process.
        monkeypatch.setattr(quota.RetryQuota.__init__, "__defaults__", (10**9, None))

    @contextmanager
    def invocation(self, function: str) -> Iterator[Invocation]:
        """Whatever is called inside, is called by one run of a handler; what killed it ends here."""
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
        send = partial(client._endpoint.http_session.send, request)
        response = struck(fault, call.service, request.url, send) if fault else send()
        if response.status_code == 200 and ("dynamodb:PutItem", "DeliveriesTable") in call.uses:
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
    frame = sys._getframe(2)
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(_OURS):
            file = Path(code.co_filename)
            if file.name not in _EVERYBODYS:
                found.append(f"{file.name}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    return tuple(found)


_S3_ACTIONS = {"HeadObject": "GetObject"}


def _uses(service: str, operation: str, params: dict[str, Any]) -> frozenset[tuple[str, str]]:
    """What an IAM policy must allow for the call, as (action, resource's name)."""
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
