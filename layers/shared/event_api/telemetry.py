"""Structured logs and metrics for operators, without secrets.

Events, headers, bodies and request paths are never logged. An unexpected exception is logged with its type and its
place in the code, but without its message, because libraries quote the values on which they fail.

Powertools writes the logs. It is imported for the first log entry, because most invocations log nothing. Nearly all
invocations count something, so this module writes metrics itself, in CloudWatch's embedded metric format
(docs/adr/0005).
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from event_api.domain.errors import EventApiError

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

_SERVER_ERROR = 500


@cache
def logger() -> Logger:
    """Return the logger; service name and level come from Powertools' own environment variables."""
    from aws_lambda_powertools import Logger  # noqa: PLC0415  # as the module's docstring says

    return Logger()


class _Metrics:
    """The metrics of one invocation."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        self.measured: dict[str, float] = {}
        self.units: dict[str, str] = {}
        self.facts: dict[str, str] = {}
        self.known: dict[str, object] = {}

    def written(self) -> str:
        """Return the metrics as one line of the embedded metric format."""
        definition = {
            "Namespace": os.environ["POWERTOOLS_METRICS_NAMESPACE"],
            "Dimensions": [["service"]],
            "Metrics": [
                {"Name": name, "Unit": self.units.get(name, "Count")} for name in (*self.counted, *self.measured)
            ],
        }
        line: dict[str, object] = {
            "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [definition]},
            "service": os.environ["POWERTOOLS_SERVICE_NAME"],
            **self.known,
            **self.facts,
            **self.counted,
            **self.measured,
        }
        return json.dumps(line, separators=(",", ":"))


_is_cold = True
"""Whether this process has not begun an invocation yet."""


@cache
def _metrics() -> _Metrics:
    return _Metrics()


def know(**facts: str | None) -> None:
    """Add ids to the lines of this invocation; None and empty ones are left out."""
    _metrics().known.update({name: value for name, value in facts.items() if value})


def count(metric: str, amount: int = 1, **facts: str) -> None:
    """Add to a metric, which is written at the end of the invocation together with the facts."""
    if amount:
        _metrics().counted[metric] += amount
        _metrics().facts.update(facts)


def measure(metric: str, value: float, unit: str) -> None:
    """Give the value of a metric, which is written at the end of the invocation; ``unit`` is one of CloudWatch's."""
    _metrics().measured[metric] = value
    _metrics().units[metric] = unit


@contextmanager
def invocation(lambda_request_id: str, **facts: str | None) -> Iterator[None]:
    """Give every line that is written inside the invocation's ids, and write what was counted, if anything was."""
    global _is_cold  # noqa: PLW0603  # of the process
    metrics = _metrics()
    metrics.known = {"lambda_request_id": lambda_request_id, "cold_start": _is_cold}
    _is_cold = False
    know(**facts)
    try:
        yield
    finally:
        if metrics.counted or metrics.measured:
            print(metrics.written())  # noqa: T201  # CloudWatch reads metrics from the log
            metrics.counted.clear()
            metrics.measured.clear()
            metrics.facts.clear()
        metrics.known.clear()


def refused(route: str, error: EventApiError) -> None:
    """Log a request that was answered with one of our errors."""
    log = logger().error if error.status >= _SERVER_ERROR else logger().info
    log(
        "refused",
        extra={
            **_metrics().known,
            "route": route,
            "status": error.status,
            "code": error.code,
            "cause": where(error.__cause__),
        },
    )


def noticed(what: str, **facts: str) -> None:
    """Log something that did not fail but deserves an operator's attention."""
    logger().warning("noticed", extra={**_metrics().known, "what": what, **facts})


def failed(task: str, error: BaseException, **facts: str) -> None:
    """Count and log an unexpected failure: the task, and its place in the code."""
    count("TasksFailed")
    logger().error("failed", extra={**_metrics().known, "task": task, "cause": where(error), **facts})


def where(error: BaseException | None) -> list[str] | None:
    """Return an exception's type and its places in the code, outermost first; no values."""
    if error is None:
        return None
    import traceback  # noqa: PLC0415  # few invocations fail

    frames = traceback.extract_tb(error.__traceback__)
    return [type(error).__name__, *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)]
