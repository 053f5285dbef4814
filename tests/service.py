"""The whole service in this process, on some engine: tables, stores, the gateway, and what it cost."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from event_api import administration, wiring
from event_api.queue import ToFinish
from event_api.settings import settings
from event_api.store import client
from event_api.store.bodies import BodyStore
from event_api.store.stores import Stores
from tests import metrics, stack
from tests.gateway import Gateway

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from event_api.model import Webhook

DOMAIN = "domain-1f2e3d4c5b6a"
PROJECT = "project-1f2e3d4c5b6a"


class FakeQueue:
    """Keeps what would be finished later."""

    def __init__(self) -> None:
        self.messages: list[ToFinish] = []

    def add(self, deliveries: Sequence[ToFinish]) -> None:
        self.messages += deliveries


class FakeS3:
    """A bucket in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803  # boto's names
        self.objects[Key] = Body

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803  # boto's names
        if Key not in self.objects:
            raise ClientError(
                {"Error": {"Code": "NoSuchKey"}, "ResponseMetadata": {"HTTPStatusCode": 404}}, "GetObject"
            )
        return {"Body": io.BytesIO(self.objects[Key])}


class Meter:
    """Adds up the capacity units that DynamoDB says were consumed."""

    _WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})

    def __init__(self) -> None:
        self.write = 0.0
        self.read = 0.0
        self.calls: list[str] = []

    def attach(self, dynamodb: Any) -> None:
        dynamodb.meta.events.register("provide-client-params.dynamodb", self._ask)
        dynamodb.meta.events.register("after-call.dynamodb", self._add)

    def reset(self) -> None:
        self.write = self.read = 0.0
        self.calls = []

    def _ask(self, params: dict[str, Any], model: Any, **_: Any) -> dict[str, Any]:
        known = model.input_shape.members
        return {**params, "ReturnConsumedCapacity": "TOTAL"} if "ReturnConsumedCapacity" in known else params

    def _add(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append(model.name)
        consumed = parsed.get("ConsumedCapacity", [])
        units = sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))
        if model.name in self._WRITES:
            self.write += units
        else:
            self.read += units


@dataclass
class Service:
    """Everything a test needs to act as a sender, a reader and an operator."""

    stores: Stores
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
        """What list answers, oldest first unless the query sorts."""
        query = {"sort": {"key": "created_at"}, **query}
        response = self.gateway.search(token or self.token(), {"query": query})
        assert response.status == 200, response.text
        return response.json()["results"]

    def redrive(self) -> dict[str, Any]:
        """Give all that is queued to the worker, as SQS would; what fails stays queued."""
        messages, self.queue.messages = self.queue.messages, []
        records = [{"messageId": str(n), "body": message.to_message()} for n, message in enumerate(messages)]
        answer = stack.handler("functions/redrive_delivery")({"Records": records}, self.gateway.context)
        self.queue.messages += [messages[int(f["itemIdentifier"])] for f in answer["batchItemFailures"]]
        return answer

    def sweep(self) -> int:
        """Let the sweeper look for what was left; returns how many deliveries it found."""
        return stack.handler("functions/sweep_deliveries")({}, self.gateway.context)["found"]


ENVIRONMENT = {
    **stack.TABLES,
    "BODIES_BUCKET": "bodies",
    "REDRIVE_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/redrive",
    "RETENTION_DAYS": stack.parameter("RetentionDays"),
    "MAX_BODY_BYTES": stack.parameter("MaxBodyBytes"),
    "WEBHOOK_RATE_LIMIT": stack.parameter("WebhookRateLimit"),
    "POWERTOOLS_SERVICE_NAME": "event-api",
    "POWERTOOLS_METRICS_NAMESPACE": "EventApi",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
}


def start(monkeypatch: pytest.MonkeyPatch, endpoint_url: str | None, **environment: str) -> Service:
    """Make the tables on the engine that the environment leads to, and the service on them."""
    for name, value in {**ENVIRONMENT, **environment}.items():
        monkeypatch.setenv(name, value)
    if endpoint_url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint_url)
    wiring.forget()
    dynamodb = client.dynamodb()
    for definition in stack.table_definitions():
        if definition["TableName"] in dynamodb.list_tables()["TableNames"]:
            dynamodb.delete_table(TableName=definition["TableName"])
        dynamodb.create_table(**definition)
    s3 = FakeS3()
    bodies = BodyStore(lambda: s3, settings().bodies_bucket)
    service = Service(Stores.open(dynamodb, settings().tables, bodies, settings().retention_days), s3=s3)
    service.meter.attach(dynamodb)
    monkeypatch.setattr(client, "s3", lambda: s3)
    # How fast this machine is just now is not what is tested.
    monkeypatch.setattr("event_api.ingest.SECONDS_BEFORE_ANSWER", 600.0)
    monkeypatch.setattr(wiring, "queue", lambda: service.queue)
    metrics.one_for_each_thread(monkeypatch)
    return service
