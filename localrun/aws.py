"""Clients of the local AWS services."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

REGION = "us-east-1"
# Nothing checks them; they keep a client from looking for the user's own.
ACCESS_KEY_ID = "local"
SECRET_ACCESS_KEY = "local"  # noqa: S105 - no secret


_LOOPBACK = "127.0.0.1,localhost"


def environment(endpoint_url: str) -> dict[str, str]:
    """Return the environment variables that make any AWS SDK talk to the local services."""
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint_url,
        # The user's own files, and settings that a profile in them could bring in.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # No proxy stands between programs of one machine.
        "NO_PROXY": _LOOPBACK,
        "no_proxy": _LOOPBACK,
    }


def isolate(endpoint_url: str) -> None:
    """Make this process, and those that it starts, talk to the local services, whatever AWS settings the user has."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "LOCALSTACK_", "MINISTACK_"))]:
        del os.environ[name]
    os.environ |= environment(endpoint_url)


@overload
def client(service: Literal["cloudformation"], endpoint_url: str) -> CloudFormationClient: ...
@overload
def client(service: Literal["dynamodb"], endpoint_url: str) -> DynamoDBClient: ...
@overload
def client(service: Literal["s3"], endpoint_url: str) -> S3Client: ...
def client(service: str, endpoint_url: str) -> Any:
    """Return a client that reaches the local services and nothing else, whatever AWS settings the user has."""
    from botocore.config import Config  # noqa: PLC0415 - slow to import, and the port is looked at first
    from botocore.session import Session  # noqa: PLC0415

    session = Session(
        {
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )
    return session.create_client(
        service,
        region_name=REGION,
        endpoint_url=endpoint_url,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
        config=Config(
            s3={"addressing_style": "path"}, retries={"total_max_attempts": 2, "mode": "standard"}, proxies={}
        ),
    )
