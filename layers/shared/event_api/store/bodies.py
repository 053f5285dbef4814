"""The bucket of bodies that no DynamoDB item can hold; the only place that knows S3.

An object is written before the item that points to it, and its key holds its content's hash: whoever repeats a
delivery writes the same object, and nobody writes over another's. What no item points to, because writing the item
failed, expires with the bucket's lifecycle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from event_api.store.table import failures_told

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_GONE = {"NoSuchKey", "404"}


class BodyStore:
    """Large bodies, by key. ``client`` is called when the first is written or read, which few processes ever do."""

    def __init__(self, client: Callable[[], S3Client], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def add(self, delivery_id: str, content: bytes) -> str:
        """Store the body of a delivery and return its key; raise UnavailableError if that cannot be done just now."""
        key = f"{delivery_id}/{hashlib.sha256(content).hexdigest()}"
        with failures_told():
            self._client().put_object(
                Bucket=self._bucket, Key=key, Body=content, ContentType="application/octet-stream"
            )
        return key

    def get(self, key: str) -> bytes | None:
        """Read a body; None if it has expired. Raises UnavailableError if it cannot be read just now."""
        with failures_told():
            try:
                return self._client().get_object(Bucket=self._bucket, Key=key)["Body"].read()
            except ClientError as error:
                if error.response["Error"]["Code"] in _GONE:
                    return None
                raise
