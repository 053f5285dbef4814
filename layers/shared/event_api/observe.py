"""What the service tells its operators: structured logs and metrics, by Powertools, and never a secret.

Events, headers, bodies and paths are not logged anywhere. Of an unexpected exception the log has its type and where it
happened, not its message: messages of libraries quote the values that they choke on.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from event_api.errors import EventApiError

_SERVER_ERROR = 500


@cache
def logger() -> Logger:
    """Return the logger; service name and level come from Powertools' own environment variables."""
    return Logger()


@cache
def _metrics() -> Metrics:
    return Metrics()


def count(metric: str, amount: int = 1, **facts: str) -> None:
    """Add to a metric; it is written when the invocation ends, with the facts beside it in the log."""
    if amount:
        _metrics().add_metric(metric, MetricUnit.Count, amount)
        for name, fact in facts.items():
            _metrics().add_metadata(name, fact)


@contextmanager
def metrics_flushed() -> Iterator[None]:
    """Write what was counted inside, if anything was."""
    try:
        yield
    finally:
        if _metrics().metric_set:
            _metrics().flush_metrics()


def refused(route: str, error: EventApiError) -> None:
    """Log a request that was answered with an error of ours."""
    log = logger().error if error.status >= _SERVER_ERROR else logger().info
    log(
        "refused",
        extra={"route": route, "status": error.status, "code": error.code, "cause": where(error.__cause__)},
    )


def noticed(what: str, **facts: str) -> None:
    """Log something that went well but that an operator should look at."""
    logger().warning("noticed", extra={"what": what, **facts})


def failed(task: str, error: BaseException, **facts: str) -> None:
    """Log something unexpected: what was done, and where it broke."""
    logger().error("failed", extra={"task": task, "cause": where(error), **facts})


def where(error: BaseException | None) -> list[str] | None:
    """Return an exception's type and its places in the code, outermost first; no values."""
    if error is None:
        return None
    frames = traceback.extract_tb(error.__traceback__)
    return [type(error).__name__, *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)]
