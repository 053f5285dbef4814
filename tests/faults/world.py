"""The surroundings of the functions: the template's tables, queues and buckets, on real servers, and our own clock."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.session import Session

from event_api import composition
from event_api.auth import credentials
from event_api.domain import ids, times
from event_api.domain.webhook import Webhook
from event_api.settings import settings
from testkit import stack
from tests import metrics
from tests.faults.injection import Injector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

CREATE = "functions/create_event"
REDRIVE = "functions/redrive_delivery"
SWEEP = "functions/sweep_deliveries"

ACCESS_KEY = "the-key-of-all-runs"
DUPLICATE_EVENT_TIME = 30 * 24 * 3600
"""Seconds; of the webhook that all runs post to."""

_TYPES_OF_QUEUES = ("VisibilityTimeout", "MessageRetentionPeriod")
_KEYS = {
    "DeliveriesTable": ["delivery_id", "domain_id"],
    "EventsTable": ["e", "d"],
    "AlertsTable": ["alert_key", "generation"],
}
"""The tables that runs fill, and the attributes of their keys."""
_BATCH = 25  # the most that one BatchWriteItem takes


class Clock:
    """Advances by a millisecond, or by ``tick``, each time it is read."""

    def __init__(self) -> None:
        self.tick: Callable[[], float] = lambda: 0.001
        self._now = times.truncate_to_millisecond(datetime.now(UTC))
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        return self.advance(self.tick())

    def advance(self, seconds: float) -> datetime:
        with self._lock:
            self._now = times.truncate_to_millisecond(self._now + timedelta(seconds=seconds))
            return self._now


def functions() -> dict[str, dict[str, Any]]:
    """The template's functions that take part in create, by folder; the sweeper only if the template has it."""
    resources = stack.template()["Resources"].values()
    found = {one["Properties"]["CodeUri"]: one["Properties"] for one in resources if one["Type"].endswith("::Function")}
    return {folder: found[folder] for folder in (CREATE, REDRIVE, SWEEP) if folder in found}


def resources_of(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of the template's resources of a type, by logical id."""
    resources = stack.template()["Resources"].items()
    return {name: one.get("Properties", {}) for name, one in resources if one["Type"] == kind}


def bucket_name(logical_id: str) -> str:
    return logical_id.lower()


def batch_size() -> int:
    """How many messages the worker gets at once."""
    (source,) = (one for one in functions()[REDRIVE]["Events"].values() if one["Type"] == "SQS")
    return int(source["Properties"]["BatchSize"])


@dataclass
class World:
    """One DynamoDB, SQS and S3. The harness's own clients are the same as the functions', outside of invocations."""

    dynamodb: Any
    sqs: Any
    s3: Any
    queues: dict[str, str]
    webhook: Webhook
    injector: Injector
    clock: Clock

    def items(self, table: str) -> list[dict[str, Any]]:
        """All items of a table, in DynamoDB's own form."""
        found: list[dict[str, Any]] = []
        page: dict[str, Any] = {"LastEvaluatedKey": None}
        while "LastEvaluatedKey" in page:
            start: dict[str, Any] = {"ExclusiveStartKey": page["LastEvaluatedKey"]} if page["LastEvaluatedKey"] else {}
            page = self.dynamodb.scan(TableName=table, ConsistentRead=True, **start)
            found += page["Items"]
        return found

    @property
    def queue(self) -> str:
        return settings().redrive_queue_url

    @property
    def dead_letters(self) -> list[str]:
        return [url for url in self.queues.values() if url != self.queue]

    def receive(self, url: str, most: int = 10) -> list[dict[str, Any]]:
        received: dict[str, list[dict[str, Any]]] = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=most)
        return received.get("Messages", [])

    def queued(self) -> int:
        answer = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["ApproximateNumberOfMessages"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def clear(self) -> None:
        """Forget all that was stored."""
        found = [(table, key) for table, names in _KEYS.items() for key in self._keys(table, names)]
        for start in range(0, len(found), _BATCH):
            requests: dict[str, list[Any]] = defaultdict(list)
            for table, key in found[start : start + _BATCH]:
                requests[table].append({"DeleteRequest": {"Key": key}})
            self.dynamodb.batch_write_item(RequestItems=dict(requests))
        if any(call.service == "s3" for call in self.injector.calls):
            self.clear_buckets()

    def _keys(self, table: str, names: list[str]) -> list[dict[str, Any]]:
        return [{name: item[name] for name in names} for item in self.items(table)]

    def clear_queues(self) -> None:
        """Forget all that is queued."""
        for url in self.queues.values():
            self.sqs.purge_queue(QueueUrl=url)

    def clear_buckets(self) -> None:
        """Forget all bodies."""
        for logical_id in resources_of("AWS::S3::Bucket"):
            bucket = bucket_name(logical_id)
            for item in self.s3.list_objects_v2(Bucket=bucket).get("Contents", []):
                self.s3.delete_object(Bucket=bucket, Key=item["Key"])


def opened(monkeypatch: pytest.MonkeyPatch, dynamodb_url: str, others_url: str) -> World:
    """Lead event_api to the servers, with everything that the template's functions need there, empty."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", others_url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", others_url)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    clock, injector = Clock(), Injector()
    monkeypatch.setattr(times, "now", clock)
    injector.install(monkeypatch)
    metrics.one_for_each_thread(monkeypatch)
    session = Session()
    sqs: Any = session.create_client("sqs")
    s3: Any = session.create_client("s3")
    queues = dict(_made_queues(sqs))
    for name, value in _environment(queues):
        monkeypatch.setenv(name, value)
    for logical_id in resources_of("AWS::S3::Bucket"):
        with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
            s3.create_bucket(Bucket=bucket_name(logical_id))
    composition.reset()
    dynamodb: Any = session.create_client("dynamodb")
    existing = dynamodb.list_tables()["TableNames"]
    for definition in stack.table_definitions():
        if definition["TableName"] not in existing:
            dynamodb.create_table(**definition)
    world = World(dynamodb, sqs, s3, queues, _made_webhook(), injector, clock)
    world.clear()
    world.clear_queues()
    world.clear_buckets()
    return world


def _made_webhook() -> Webhook:
    webhook = Webhook(
        webhook_id=ids.new_id("webhook"),
        domain_id=ids.new_id("domain"),
        project_id=ids.new_id("project"),
        name="a webhook",
        key_hashes=(credentials.hash_secret(ACCESS_KEY),),
        created_at=times.now(),
        duplicate_event_time=DUPLICATE_EVENT_TIME,
    )
    composition.webhooks().add(webhook)
    return webhook


def _made_queues(sqs: Any) -> Iterator[tuple[str, str]]:
    """Make the template's queues; those that others name as their dead-letter queue first."""
    queues = resources_of("AWS::SQS::Queue")
    for logical_id, properties in sorted(queues.items(), key=lambda one: "RedrivePolicy" in one[1]):
        attributes = {name: str(properties[name]) for name in _TYPES_OF_QUEUES if name in properties}
        policy = properties.get("RedrivePolicy")
        if policy:
            (target, _) = policy["deadLetterTargetArn"]["Fn::GetAtt"]
            arn = f"arn:aws:sqs:us-east-1:000000000000:{target}"
            attributes["RedrivePolicy"] = json.dumps({**policy, "deadLetterTargetArn": arn})
        yield logical_id, sqs.create_queue(QueueName=logical_id, Attributes=attributes)["QueueUrl"]


def _environment(queues: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The variables of the functions, as CloudFormation would fill them in."""
    buckets = resources_of("AWS::S3::Bucket")
    shared = stack.template()["Globals"]["Function"]["Environment"]["Variables"]
    own = [one.get("Environment", {}).get("Variables", {}) for one in functions().values()]
    for variables in (shared, *own):
        for name, value in variables.items():
            if not isinstance(value, dict):
                yield name, str(value)
                continue
            logical_id: str = value["Ref"]
            if logical_id in stack.template()["Parameters"]:
                yield name, stack.parameter(logical_id)
            elif logical_id in buckets:
                yield name, bucket_name(logical_id)
            else:
                yield name, queues.get(logical_id, logical_id)
