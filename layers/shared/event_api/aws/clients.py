"""AWS clients: made on first use, one of each, kept for the life of the process.

DynamoDB has a client of our own, S3 and SQS have botocore's, which is imported for the deliveries that need them
(docs/adr/0011). Region, endpoint and credentials come from AWS's own environment variables (``AWS_REGION``,
``AWS_ENDPOINT_URL_DYNAMODB``, ``AWS_ACCESS_KEY_ID``, ...), so another DynamoDB is a matter of configuration. A client
keeps the configuration that it was made with: after a change of the environment call ``dynamodb.cache_clear()``.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from event_api.aws.botocore_session import new_session
from event_api.aws.dynamodb import DynamoDb

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

_CONNECT_TIMEOUT = 1  # seconds; the services answer in milliseconds, and a caller waits 29 s at most
_READ_TIMEOUT = 3  # seconds; a query's full page of 1 MB takes well under one
_ATTEMPTS = 3  # the first one included
_HASTY_TIMEOUT = 0.3  # seconds, to connect and to read


@cache
def dynamodb() -> DynamoDBClient:
    """Return the DynamoDB client."""
    client = DynamoDb(connect_timeout=_CONNECT_TIMEOUT, read_timeout=_READ_TIMEOUT, attempts=_ATTEMPTS)
    return cast("DynamoDBClient", client)


@cache
def fail_fast_dynamodb() -> DynamoDBClient:
    """Return a DynamoDB client for calls that are not worth a wait: one attempt with a short timeout."""
    return cast("DynamoDBClient", DynamoDb(connect_timeout=_HASTY_TIMEOUT, read_timeout=_HASTY_TIMEOUT, attempts=1))


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


def _make(service: str) -> Any:  # noqa: ANN401 -- botocore makes its clients' classes at run time
    session = new_session()
    from botocore.config import Config  # noqa: PLC0415  # with the session

    config = Config(
        connect_timeout=_CONNECT_TIMEOUT,
        read_timeout=_READ_TIMEOUT,
        # "standard" spreads its retries and stops when most of them fail; "legacy", the default, does not stop.
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        # Lambda purges idle connections; its documentation's best practices ask for this.
        tcp_keepalive=True,
    )
    # botocore by itself reads AWS_DEFAULT_REGION only.
    return session.create_client(service, region_name=os.environ.get("AWS_REGION"), config=config)
