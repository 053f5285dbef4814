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


def environment(endpoint_url: str) -> dict[str, str]:
    """Return the environment variables that make any AWS SDK talk to the local services."""
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint_url,
        # The user's own, which a profile named there could bring in.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@overload
def client(service: Literal["cloudformation"], endpoint_url: str) -> CloudFormationClient: ...
@overload
def client(service: Literal["dynamodb"], endpoint_url: str) -> DynamoDBClient: ...
@overload
def client(service: Literal["s3"], endpoint_url: str) -> S3Client: ...
def client(service: str, endpoint_url: str) -> Any:
    """Return a client that reaches the local services and nothing else, whatever AWS settings the user has."""
    import boto3  # noqa: PLC0415 - slow to import, and the port is looked at first
    from botocore.config import Config  # noqa: PLC0415

    session = boto3.session.Session(
        aws_access_key_id=ACCESS_KEY_ID, aws_secret_access_key=SECRET_ACCESS_KEY, region_name=REGION
    )
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 2, "mode": "standard"})
    return session.client(service, endpoint_url=endpoint_url, config=config)  # type: ignore[call-overload]
