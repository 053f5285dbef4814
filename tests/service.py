"""The whole service in this process, on any engine: tables, stores, the gateway, and its cost."""

from __future__ import annotations

import copy
import io
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from event_api import composition
from event_api.admin import administration
from event_api.aws import clients
from event_api.aws.redrive_queue import QueuedDelivery, RedriveQueue
from event_api.domain import times
from event_api.settings import settings
from event_api.store.body_bucket import BodyBucket
from event_api.store.deployment import Deployment
from testkit import stack
from testkit.dynamodb import botocore_client, tap
from testkit.gateway import Gateway
from tests import metrics

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pytest
    from botocore.exceptions import _ResponseMetadataTypeDef
    from types_boto3_s3.client import S3Client

    from event_api.domain.webhook import Webhook

DOMAIN = "domain-1f2e3d4c5b6a"
PROJECT = "project-1f2e3d4c5b6a"


def metadata(status: int) -> _ResponseMetadataTypeDef:
    """Return the metadata of an error response."""
    return {"HTTPStatusCode": status, "HTTPHeaders": {}, "HostId": "", "RequestId": "", "RetryAttempts": 0}


class FakeQueue(RedriveQueue):
    """Keeps what would be finished later."""

    def __init__(self) -> None:
        self.messages: list[QueuedDelivery] = []  # instead of a client and a URL

    def add(self, deliveries: Sequence[QueuedDelivery]) -> None:
        self.messages += deliveries


class FakeS3:
    """A bucket in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803  # boto's names
        self.objects[Key] = Body

    def list_object_versions(self, *, Prefix: str, **_: Any) -> dict[str, Any]:  # noqa: N803  # boto's names
        return {"Versions": [{"Key": key, "VersionId": "1"} for key in self.objects if key.startswith(Prefix)]}

    def delete_objects(self, *, Delete: dict[str, Any], **_: Any) -> None:  # noqa: N803  # boto's names
        for one in Delete["Objects"]:
            del self.objects[one["Key"]]

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803  # boto's names
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey"}, "ResponseMetadata": metadata(404)}, "GetObject")
        return {"Body": io.BytesIO(self.objects[Key])}


class Meter:
    """Adds up the capacity units that DynamoDB says were consumed."""

    _WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})
    _METERED = _WRITES | {"GetItem", "Query", "Scan", "BatchGetItem"}

    def __init__(self) -> None:
        self.write = 0.0
        self.read = 0.0
        self.calls: list[str] = []

    def attach(self, client: Any) -> None:
        tap(client, self._ask, self._add)

    def reset(self) -> None:
        self.write = self.read = 0.0
        self.calls = []

    def _ask(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        return {**parameters, "ReturnConsumedCapacity": "TOTAL"} if operation in self._METERED else parameters

    def _add(self, operation: str, response: dict[str, Any]) -> None:
        self.calls.append(operation)
        consumed = response.get("ConsumedCapacity", [])
        units = sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))
        if operation in self._WRITES:
            self.write += units
        else:
            self.read += units


@dataclass
class Service:
    """Everything a test needs to act as a sender, a reader and an operator."""

    stores: Deployment
    dynamodb: Any
    """A client of botocore's, for operations that the service has no use for."""
    gateway: Gateway = field(default_factory=Gateway)
    queue: FakeQueue = field(default_factory=FakeQueue)
    s3: FakeS3 = field(default_factory=FakeS3)
    meter: Meter = field(default_factory=Meter)

    def webhook(self, **options: Any) -> tuple[Webhook, str]:
        """A new webhook, and the path to post to."""
        chosen = {"domain_id": DOMAIN, "project_id": PROJECT, "name": "a webhook", **options}
        webhook, key = administration.create_webhook(self.stores, **chosen)
        return webhook, f"/monitoring/v1/webhook/{webhook.webhook_id}/{key}/events"

    def token(self, **options: Any) -> str:
        """A new token's bearer credential."""
        _, credential = administration.create_token(self.stores, **{"domain_id": DOMAIN, **options})
        return credential

    def events(self, token: str | None = None, **query: Any) -> list[dict[str, Any]]:
        """Return list's response, oldest first unless the query sorts."""
        query = {"sort": {"key": "created_at"}, **query}
        response = self.gateway.search(token or self.token(), {"query": query})
        assert response.status == 200, response.text
        results: list[dict[str, Any]] = response.json()["results"]
        return results

    def redrive(self) -> dict[str, Any]:
        """Give all queued messages to the worker, as SQS would; failed ones stay queued."""
        messages, self.queue.messages = self.queue.messages, []
        records = [{"messageId": str(n), "body": message.to_message()} for n, message in enumerate(messages)]
        answer: dict[str, Any] = stack.handler("functions/redrive_delivery")({"Records": records}, self.gateway.context)
        self.queue.messages += [messages[int(f["itemIdentifier"])] for f in answer["batchItemFailures"]]
        return answer

    def sweep(self) -> int:
        """Let the sweeper look for abandoned deliveries; return how many it found."""
        found: int = stack.handler("functions/sweep_deliveries")({}, self.gateway.context)["found"]
        return found

    def summarize(self, now: datetime | None = None) -> int:
        """Let the builder work at some time, now unless given; return how many summaries it built."""
        return composition.summarizer(now or times.now(), lambda: 600.0).run()


ENVIRONMENT = {
    **stack.TABLES,
    "BODIES_BUCKET": "bodies",
    "REDRIVE_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/redrive",
    "RETENTION_DAYS": stack.parameter("RetentionDays"),
    "AUDIT_RETENTION_DAYS": stack.parameter("AuditRetentionDays"),
    "MAX_BODY_BYTES": stack.parameter("MaxBodyBytes"),
    "MAX_BYTES_WITH_EVENT": stack.parameter("MaxBytesWithEvent"),
    "INDEX_DELAY_SECONDS": stack.parameter("IndexDelaySeconds"),
    "READ_CAPACITY_LIMIT": stack.parameter("ReadCapacityLimit"),
    "WEBHOOK_RATE_LIMIT": stack.parameter("WebhookRateLimit"),
    "POWERTOOLS_SERVICE_NAME": "event-api",
    "POWERTOOLS_METRICS_NAMESPACE": "EventApi",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
}


def _moto_tables() -> dict[str, Any]:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][ENVIRONMENT["AWS_REGION"]].tables


@cache
def _empty_tables() -> dict[str, Any]:
    """Return the tables as moto makes them, which takes much longer than copying them."""
    for definition in stack.table_definitions():
        clients.dynamodb().create_table(**definition)
    return copy.deepcopy(_moto_tables())


def start(monkeypatch: pytest.MonkeyPatch, endpoint_url: str | None, **environment: str) -> Service:
    """Make the tables on the engine that the environment leads to, and the service on them."""
    for name, value in {**ENVIRONMENT, **environment}.items():
        monkeypatch.setenv(name, value)
    if endpoint_url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint_url)
    composition.reset()
    if endpoint_url is None:
        # moto stands in for AWS within botocore.
        monkeypatch.setattr(clients, "DynamoDb", botocore_client)
    client = clients.dynamodb()
    dynamodb: Any = botocore_client() if endpoint_url else client
    if endpoint_url:
        for name in set(dynamodb.list_tables()["TableNames"]) & set(stack.TABLES.values()):
            dynamodb.delete_table(TableName=name)
        for definition in stack.table_definitions():
            dynamodb.create_table(**definition)
    else:
        _moto_tables().update(copy.deepcopy(_empty_tables()))
    s3 = FakeS3()
    bodies = BodyBucket(lambda: cast("S3Client", s3), settings().bodies_bucket)
    audited = settings().audit_retention_days
    stores = Deployment.open(client, settings().tables, bodies, settings().retention_days, audit_retention_days=audited)
    service = Service(stores, dynamodb, s3=s3)
    service.meter.attach(client)
    monkeypatch.setattr(clients, "s3", lambda: s3)
    # No test is about this machine's present speed.
    monkeypatch.setattr("event_api.ingest.service.SECONDS_BEFORE_ANSWER", 600.0)
    monkeypatch.setattr(composition, "queue", lambda: service.queue)
    metrics.one_for_each_thread(monkeypatch)
    return service
