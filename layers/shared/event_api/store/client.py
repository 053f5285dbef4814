"""AWS clients: made on first use, one of each, kept for as long as the process lives.

botocore and not boto3: the service calls clients only, and boto3's resources and sessions would add their import
to every cold start (docs/adr/0005). Region, endpoint and credentials come from AWS's own environment variables
(``AWS_REGION``, ``AWS_ENDPOINT_URL``, ``AWS_ENDPOINT_URL_DYNAMODB``, ``AWS_ACCESS_KEY_ID`` ...), so using another
DynamoDB is a matter of configuration. A client keeps what it was made with: who changes the environment, or starts a
mock, calls ``dynamodb.cache_clear()``.
"""

from __future__ import annotations

import json
import logging
import os
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.session import Session

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

_CONNECT_TIMEOUT = 1  # seconds; the services answer in milliseconds, and a caller waits 29 s at most
_READ_TIMEOUT = 3  # seconds; a query's full page of 1 MB takes well under one
_ATTEMPTS = 3  # the first one included
_HASTY_TIMEOUT = 0.3  # seconds, to connect and to read

_ITEMS = {"Query": "Items", "BatchGetItem": "Responses"}
"""Where the answers that may hold many items have them."""


@cache
def dynamodb() -> DynamoDBClient:
    """Return the DynamoDB client."""
    client: DynamoDBClient = _make("dynamodb")
    for operation in _ITEMS:
        client.meta.events.register(f"before-parse.dynamodb.{operation}", _take_items)
    return client


@cache
def hasty_dynamodb() -> DynamoDBClient:
    """Return a DynamoDB client for what is not worth waiting for: it tries once, for a moment."""
    client: DynamoDBClient = _make("dynamodb", _HASTY_TIMEOUT, _HASTY_TIMEOUT, attempts=1)
    return client


@cache
def sqs() -> SQSClient:
    """Return the SQS client."""
    client: SQSClient = _make("sqs")
    return client


@cache
def s3() -> S3Client:
    """Return the S3 client."""
    client: S3Client = _make("s3")
    return client


def _take_items(
    operation_model: OperationModel,
    response_dict: dict[str, Any],
    customized_response_dict: dict[str, Any],
    **_: object,
) -> None:
    """Take the items out of an answer before botocore's parser walks through every value of theirs.

    The parser is what most of the time of reading many items goes into (docs/performance.md). What it would change is
    left to `event_api.store.attributes`: bytes stay in base64.
    """
    if response_dict["status_code"] == HTTPStatus.OK:
        answer = json.loads(response_dict["body"])
        name = _ITEMS[operation_model.name]
        if name in answer:
            customized_response_dict[name] = answer.pop(name)
        response_dict["body"] = json.dumps(answer).encode()


def _make(
    service: str,
    connect_timeout: float = _CONNECT_TIMEOUT,
    read_timeout: float = _READ_TIMEOUT,
    attempts: int = _ATTEMPTS,
) -> Any:  # noqa: ANN401 -- botocore makes its clients' classes at run time
    # Its debug log holds whole requests and answers: bodies, hashes of secrets, page keys. No setting turns it on.
    logging.getLogger("botocore").setLevel(logging.INFO)
    config = Config(
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        # "standard" spreads its retries and stops when most of them fail; "legacy", the default, does not stop.
        retries={"mode": "standard", "total_max_attempts": attempts},
        # Lambda purges idle connections; its documentation's best practices ask for this.
        tcp_keepalive=True,
    )
    # botocore by itself reads AWS_DEFAULT_REGION only.
    return Session().create_client(service, region_name=os.environ.get("AWS_REGION"), config=config)
