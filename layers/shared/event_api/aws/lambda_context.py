"""The part of Lambda's context object that the functions use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class LambdaContext(Protocol):
    """Lambda's context object."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the time that this invocation may still take, in milliseconds."""
        ...


def seconds_left(context: LambdaContext) -> Callable[[], float]:
    """Return a function that returns the seconds until the invocation times out."""
    return lambda: context.get_remaining_time_in_millis() / 1000
