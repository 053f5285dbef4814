"""A DynamoDB client in the shape of boto3's, for the operations of the store, at less cost (docs/adr/0011).

Parameters, answers and `ClientError`s are those of boto3's client. Parameters are not validated here: DynamoDB does
that. Retries are those of botocore's standard mode: throttling, errors of the server and of the connection, with random
pauses, until a budget is used up.
"""

from __future__ import annotations

import base64
import json
import os
import threading
import time
import zlib
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from event_api.aws import credentials, endpoints
from event_api.aws.connections import FAILURES, Answer, Connections
from event_api.aws.signing_v4 import Signer
from event_api.store.aws_errors import ClientError, ConnectionFailedError

# As boto3's client has them at run time; the types that the store sees are those of its stubs.
Parameters: TypeAlias = dict[str, Any]
Response: TypeAlias = dict[str, Any]

_LONGEST_PAUSE: Final = 20.0  # seconds
_RETRIED_STATUSES: Final = frozenset({500, 502, 503, 504})
_RETRIED_CODES: Final = frozenset(
    {
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_CLOCK_CODES: Final = frozenset({"InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed"})
_TOLERATED_SKEW: Final = 240.0  # seconds; AWS tolerates 300
_COST, _COST_AFTER_TIMEOUT = 5, 10


class DynamoDb:
    """DynamoDB at the environment's endpoint, with its credentials; any number of threads may share a client."""

    def __init__(self, *, connect_timeout: float, read_timeout: float, attempts: int) -> None:
        endpoint = endpoints.dynamodb()
        self.connect_timeout = connect_timeout
        self.read_timeout = read_timeout
        self.attempts = attempts
        self._connections = Connections(endpoint.url, connect_timeout, read_timeout)
        self._signer = Signer("dynamodb", endpoint.region, self._connections.host, self._connections.path)
        self._credentials = credentials.provider()
        self._budget = _RetryBudget()
        self._skew = 0.0
        """Seconds by which the server's clock is ahead of ours, if they differ by much."""

    def get_item(self, **parameters: Any) -> Response:  # noqa: ANN401  # as boto3 has it, here and below
        """Read an item."""
        return self._call("GetItem", parameters)

    def put_item(self, **parameters: Any) -> Response:  # noqa: ANN401
        """Write an item."""
        return self._call("PutItem", parameters)

    def update_item(self, **parameters: Any) -> Response:  # noqa: ANN401
        """Change an item."""
        return self._call("UpdateItem", parameters)

    def delete_item(self, **parameters: Any) -> Response:  # noqa: ANN401
        """Delete an item."""
        return self._call("DeleteItem", parameters)

    def query(self, **parameters: Any) -> Response:  # noqa: ANN401
        """Read a page of a partition."""
        return self._call("Query", parameters)

    def scan(self, **parameters: Any) -> Response:  # noqa: ANN401
        """Read a page of a table."""
        return self._call("Scan", parameters)

    def batch_get_item(self, **parameters: Any) -> Response:  # noqa: ANN401
        """Read items by their keys."""
        return self._call("BatchGetItem", parameters)

    def batch_write_item(self, **parameters: Any) -> Response:  # noqa: ANN401
        """Write many items, of which some may be left unprocessed."""
        return self._call("BatchWriteItem", parameters)

    def transact_write_items(self, **parameters: Any) -> Response:  # noqa: ANN401
        """Write several items, all or none."""
        # With it a retry of a transaction that succeeded succeeds as well.
        return self._call("TransactWriteItems", {"ClientRequestToken": os.urandom(16).hex(), **parameters})

    def _call(self, operation: str, parameters: Parameters) -> Response:
        body = _write(parameters)
        attempt, cost = 1, 0
        while True:
            try:
                response = self._attempt(operation, body)
            except (ClientError, ConnectionFailedError) as error:
                cost = self._retry_cost(error)
                if not cost or attempt >= self.attempts or not self._budget.take(cost):
                    raise
                _pause(attempt)
                attempt += 1
            else:
                self._budget.give_back(cost or 1)
                response["ResponseMetadata"]["RetryAttempts"] = attempt - 1
                return response

    def _attempt(self, operation: str, body: bytes) -> Response:
        headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"DynamoDB_20120810.{operation}"}
        signed = self._signer.sign(self._credentials(), headers, body, time.time() + self._skew)
        signed["User-Agent"] = "event-api"  # not signed: a proxy may change it
        try:
            answer = self._connections.post(signed, body)
        except FAILURES as error:
            raise ConnectionFailedError(f"{operation}: {type(error).__name__}") from error
        checksum = answer.headers.get("x-amz-crc32")
        if checksum is not None and checksum != str(zlib.crc32(answer.body)):
            raise ConnectionFailedError(f"{operation}: the answer was damaged on its way")
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise _refusal(operation, answer)
        try:
            response = _read(answer.body)
        except ValueError:
            raise ConnectionFailedError(f"{operation}: the answer is not JSON") from None
        response["ResponseMetadata"] = _metadata(answer)
        return response

    def _retry_cost(self, error: ClientError | ConnectionFailedError) -> int:
        """Return the part of the budget that a retry takes; 0 if a retry is pointless."""
        if isinstance(error, ConnectionFailedError):
            return _COST_AFTER_TIMEOUT if isinstance(error.__cause__, TimeoutError) else _COST
        code, metadata = error.response["Error"]["Code"], error.response["ResponseMetadata"]
        if code in _CLOCK_CODES:
            return _COST if self._correct_clock(metadata["HTTPHeaders"].get("date", "")) else 0
        return _COST if code in _RETRIED_CODES or metadata["HTTPStatusCode"] in _RETRIED_STATUSES else 0

    def _correct_clock(self, date: str) -> bool:
        """Follow the server's clock from now on; return False if ours is not the reason for a refusal."""
        try:
            ahead = parsedate_to_datetime(date).timestamp() - time.time()
        except ValueError:
            return False
        if abs(ahead - self._skew) < _TOLERATED_SKEW:
            return False
        self._skew = ahead
        return True


def _pause(attempt: int) -> None:
    """Sleep for a random time, up to 1 second after the first attempt and doubling with each."""
    import random  # noqa: PLC0415  # few calls fail

    time.sleep(min(random.random() * 2 ** (attempt - 1), _LONGEST_PAUSE))  # noqa: S311  # not a secret


class _RetryBudget:
    """Stops the retries of a process when most of them fail: each takes of it, each success gives back."""

    _FULL = 500

    def __init__(self) -> None:
        self._left = self._FULL
        self._lock = threading.Lock()

    def take(self, cost: int) -> bool:
        """Pay for a retry; return False if too little is left."""
        with self._lock:
            if cost > self._left:
                return False
            self._left -= cost
            return True

    def give_back(self, amount: int) -> None:
        """Pay in after a success."""
        if self._left < self._FULL:
            with self._lock:
                self._left = min(self._left + amount, self._FULL)


def _base64(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"not a value of DynamoDB: {type(value).__name__}")


_encode = json.JSONEncoder(separators=(",", ":"), default=_base64).encode


def _write(parameters: Parameters) -> bytes:
    return _encode(parameters).encode()


def _read(body: bytes) -> Response:
    # Most answers hold no binary value, and a hook makes reading many items several times slower.
    hook = _bytes_of if b'"B"' in body or b'"BS"' in body else None
    answer = json.loads(body.decode(), object_hook=hook)
    if not isinstance(answer, dict):
        raise ValueError("not an object")  # noqa: TRY004  # it is the text that is invalid
    return answer


def _bytes_of(found: dict[str, object]) -> dict[str, object]:
    """Decode a binary value.

    An item or a map may have one attribute of the name "B" or "BS", but the value of an attribute is an object.
    """
    if len(found) == 1:
        if isinstance(text := found.get("B"), str):
            return {"B": base64.b64decode(text)}
        if isinstance(texts := found.get("BS"), list):
            return {"BS": [base64.b64decode(text) for text in texts]}
    return found


def _metadata(answer: Answer) -> dict[str, object]:
    return {
        "RequestId": answer.headers.get("x-amzn-requestid", ""),
        "HTTPStatusCode": answer.status,
        "HTTPHeaders": answer.headers,
    }


def _refusal(operation: str, answer: Answer) -> ClientError:
    try:
        found = _read(answer.body)
    except ValueError:
        # Not DynamoDB's, such as a gateway's page: its text may be long, and says nothing more than its status does.
        found = {}
    code = str(found.pop("__type", answer.status)).rpartition("#")[2]
    message = found.get("message") or found.get("Message") or ""
    error = {"Code": code, "Message": message}
    return ClientError({**found, "Error": error, "ResponseMetadata": _metadata(answer)}, operation)
