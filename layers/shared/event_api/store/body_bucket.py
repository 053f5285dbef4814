"""The bucket of bodies that exceed a DynamoDB item; the only module that knows S3.

An object is written before the item that points to it, and its key holds the hash of its content: a repeated delivery
writes the same object, and no delivery overwrites another's. An object that no item points to, because writing the item
failed, expires with the bucket's lifecycle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from event_api.store import aws_errors
from event_api.store.table import translate_aws_errors

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

_GONE = {"NoSuchKey", "404"}


class BodyBucket:
    """Large bodies, by key. ``client`` is called when the first is written or read, which few processes ever do."""

    def __init__(self, client: Callable[[], S3Client], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def add(self, delivery_id: str, content: bytes) -> str:
        """Store the body of a delivery and return its key; raise UnavailableError if that cannot be done just now."""
        key = f"{delivery_id}/{hashlib.sha256(content).hexdigest()}"
        with translate_aws_errors():
            self._client().put_object(
                Bucket=self._bucket, Key=key, Body=content, ContentType="application/octet-stream"
            )
        return key

    def erase(self, key: str) -> None:
        """Delete a body and its old versions; raise UnavailableError if that cannot be done just now."""
        with translate_aws_errors():
            while found := self._versions(key):
                self._client().delete_objects(Bucket=self._bucket, Delete={"Objects": found, "Quiet": True})

    def _versions(self, key: str) -> list[ObjectIdentifierTypeDef]:
        page = self._client().list_object_versions(Bucket=self._bucket, Prefix=key)
        listed = (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        return [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in listed]

    def get(self, key: str) -> bytes | None:
        """Read a body; None if it has expired. Raises UnavailableError if it cannot be read just now."""
        with translate_aws_errors():
            try:
                return self._client().get_object(Bucket=self._bucket, Key=key)["Body"].read()
            except aws_errors.refusals() as error:
                if error.response["Error"]["Code"] in _GONE:
                    return None
                raise
