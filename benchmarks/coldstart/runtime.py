"""One cold start, as Lambda does it: a new interpreter, awslambdaric, one event, the first answer.

The runtime API is Lambda's documented one (2018-06-01), cut down to one invocation: ``next`` gives the event,
``response`` and the two ``error`` routes take the outcome, and a second ``next`` waits for an end that comes soon.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from testkit.server import LocalServer, Routes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TIMEOUT_SECONDS = 30


class ColdStartError(Exception):
    """A handler did not answer, or raised; the message says what it printed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A handler's first answer, and the seconds from the start of its process to that answer."""

    seconds: float
    body: Any


@dataclass(slots=True)
class _Invocation:
    event: bytes
    done: threading.Event = field(default_factory=threading.Event)
    handed_out: bool = False
    finished_at: float = 0.0
    outcome: str = ""
    body: bytes = b""


class RuntimeApi:
    """The runtime API; a context manager, for one cold start after the other."""

    def __init__(self) -> None:
        api = self

        class RuntimeRoutes(Routes):
            def get(self) -> None:
                api._next(self)

            def post(self, body: bytes) -> None:
                api._outcome(self, body)

        self._invocation = _Invocation(event=b"{}")
        self._closing = threading.Event()
        self._server = LocalServer(RuntimeRoutes)

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.__exit__()

    def start(self, python: Path, task_root: Path, event: bytes, environment: Mapping[str, str]) -> Answer:
        """Start ``app.handler`` of ``task_root`` cold under ``python`` and give its first answer.

        ``environment`` is the process's whole environment but for the address of this API. Raises ColdStartError.
        """
        invocation = self._invocation = _Invocation(event=event)
        started_at = time.perf_counter()
        with subprocess.Popen(
            [python, "-m", "awslambdaric", "app.handler"],
            cwd=task_root,
            env={**environment, "AWS_LAMBDA_RUNTIME_API": self._server.address},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            answered = invocation.done.wait(_TIMEOUT_SECONDS)
            process.kill()
            printed = process.communicate()[0].decode(errors="replace")
        if not answered:
            raise ColdStartError(f"no answer within {_TIMEOUT_SECONDS} s; it printed:\n{printed}")
        if invocation.outcome != "response":
            raise ColdStartError(f"{invocation.body.decode(errors='replace')}\n{printed}")
        return Answer(invocation.finished_at - started_at, json.loads(invocation.body))

    def _next(self, request: Routes) -> None:
        invocation = self._invocation
        if invocation.handed_out:
            self._closing.wait()
            return
        invocation.handed_out = True
        deadline = int((time.time() + _TIMEOUT_SECONDS) * 1000)
        facts = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": "00000000-0000-4000-8000-000000000001",
            "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:coldstart",
        }
        request.answer(200, invocation.event, facts)

    def _outcome(self, request: Routes, body: bytes) -> None:
        invocation = self._invocation
        invocation.finished_at = time.perf_counter()
        invocation.body = body
        invocation.outcome = request.path.rsplit("/", 1)[-1]
        request.answer(202)
        invocation.done.set()
