"""The events that are read: the same at every run, spread evenly over 100 days.

Each has what a day's operation leaves: a title, one of 5 severities, one of 40 resources, 20 projects and 500 alerts,
400 bytes of additional_info, and a delivery of its own with a raw body of 2 KB. One instant in ten is shared by five
events, as it is where deliveries come in bursts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from benchmarks.loading import Catcher, write_all
from event_api.aws import clients
from event_api.domain import ids, times
from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from event_api.domain.event import Event, Resource
from event_api.json_text import write_json
from event_api.settings import TableNames
from event_api.store.body_bucket import BodyBucket
from event_api.store.deployment import Deployment

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

DOMAIN = "domain-1f2e3d4c5b6a"
WEBHOOK = "webhook-0123456789ab01234567890a"
START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 100
RAW_BYTES = 2048
RETENTION_DAYS = 36_500
"""Long, so that events whose times do not depend on today's date never expire, and yet pay for the attribute."""

_ALERTS, _PROJECTS, _RESOURCES = 500, 20, 40
_SEVERITIES = ("CRITICAL", "ERROR", "WARNING", "INFO", "NONE")
_RULES = ("HighLatency", "DiskAlmostFull", "TooManyErrors", "CertificateExpires")
_SINGLE, _TOGETHER = 9, 5
"""Of ten instants, nine have one event, and one has five."""

NO_BODIES = BodyBucket(clients.s3, "")
"""All bodies here fit into their items."""


def project(number: int) -> str:
    """Return the id of one of the projects."""
    return f"project-{number:012x}"


def day(number: int) -> tuple[str, str]:
    """Return when one of the days, counted from 0, begins, and the next."""
    start = START + timedelta(days=number)
    return times.to_iso(start), times.to_iso(start + timedelta(days=1))


def event_id(number: int) -> str:
    """Return the id of an event, counted from 0, the oldest."""
    return ids.event_id(_delivery_id(number), 0)


def load(tables: TableNames, size: int) -> None:
    """Fill empty tables.

    The items are those that the stores write, taken from them before they reach the database.
    """
    catcher = Catcher()
    stores = Deployment.open(cast("DynamoDBClient", catcher), tables, NO_BODIES, RETENTION_DAYS)

    def puts() -> Iterator[Any]:
        for number in range(size):
            _add(stores, number, size)
            yield from catcher.taken()

    write_all(clients.dynamodb(), puts())


def _add(stores: Deployment, number: int, size: int) -> None:
    digest = hashlib.sha512(str(number).encode())
    chance = int.from_bytes(digest.digest()[:8])
    chance, severity = divmod(chance, len(_SEVERITIES))
    chance, alert = divmod(chance, _ALERTS)
    group, of_group = divmod(alert, _PROJECTS)
    resource = (group + alert) % _RESOURCES
    project_id = project(of_group)
    event_key = f"{alert:032x}"
    name = f"checkout-{resource:02d}.example"
    rule = _RULES[alert % len(_RULES)]
    words = digest.hexdigest()
    created_at = _created_at(number, size)
    event: dict[str, Any] = {
        "event_key": event_key,
        "event_type": "ALERT",
        "title": f"{rule} on {name}: above its limit for 10 minutes",
        "description": f"The 99th percentile of {name} is above its limit; see run book {alert}.",
        "severity": _SEVERITIES[severity],
        "rule": rule,
        "resource": {"resource_id": f"server-{resource:012x}", "resource_type": "inventory.Server", "name": name},
        "provider": "aws",
        "account": "123456789012",
        "image_url": None,
        "additional_info": {f"label_{n:02d}": words[8 * n : 8 * n + 10] for n in range(15)},
        "occurred_at": times.to_iso(created_at),
    }
    delivery = Delivery(
        delivery_id=_delivery_id(number),
        domain_id=DOMAIN,
        project_id=project_id,
        webhook_id=WEBHOOK,
        body=_body(event, words),
        headers={},
        received_at=created_at,
        finished=True,
    )
    stores.deliveries.add(delivery)
    ours = {
        "event_id": event_id(number),
        "alert_id": ids.alert_id(ids.alert_key(DOMAIN, project_id, event_key), 1),
        "webhook_id": WEBHOOK,
        "project_id": project_id,
        "domain_id": DOMAIN,
        "created_at": times.to_iso(created_at),
    }
    stores.events.add(Event(**{**event, **ours, "resource": Resource(**event["resource"])}), created_at)


def _body(event: dict[str, Any], words: str) -> Body:
    """Return what the sender sent: the event, and as much again as makes RAW_BYTES."""
    missing = RAW_BYTES - len(write_json({**event, "samples": ""}))
    samples = (words * (missing // len(words) + 1))[:missing]
    return Body.of({**event, "samples": samples})


def _delivery_id(number: int) -> str:
    return ids.delivery_id(WEBHOOK, str(number))


def _created_at(number: int, size: int) -> datetime:
    return times.truncate_to_millisecond(START + timedelta(days=DAYS) * _instant(number) / (_instant(size - 1) + 1))


def _instant(number: int) -> int:
    """Return which of the instants, counted from 0, an event belongs to."""
    before, at = divmod(number, _SINGLE + _TOGETHER)
    return before * (_SINGLE + 1) + min(at, _SINGLE)
