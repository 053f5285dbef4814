"""The errors of AWS clients: those of our own client, and a way to catch botocore's as well without loading botocore.

The expression of an ``except`` clause is evaluated only once something was raised, and botocore's errors are raised by
botocore alone. So ``except refusals()`` knows botocore's class exactly if it can occur.
"""

from __future__ import annotations

import sys
from typing import Any, cast


class ClientError(Exception):
    """DynamoDB refused a request; shaped as botocore's class of this name."""

    def __init__(self, response: dict[str, Any], operation_name: str) -> None:  # as botocore's
        error = response["Error"]
        super().__init__(
            f"An error occurred ({error['Code']}) when calling the {operation_name} operation: {error['Message']}"
        )
        self.response = response
        self.operation_name = operation_name


class ConnectionFailedError(Exception):
    """There was no complete answer: it is unknown whether DynamoDB carried out the request."""


def refusals() -> tuple[type[ClientError], ...]:
    """Return the classes of errors that are an answer of AWS."""
    return ClientError, *_of_botocore("ClientError")


def outages() -> tuple[type[Exception], ...]:
    """Return the classes of errors that occur without an answer of AWS."""
    return ConnectionFailedError, *_of_botocore("BotoCoreError")


def _of_botocore(name: str) -> tuple[type[ClientError], ...]:
    module = sys.modules.get("botocore.exceptions")
    return () if module is None else (cast("type[ClientError]", getattr(module, name)),)
