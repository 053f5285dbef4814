"""The events that are counted: the same at every run, spread over 100 days, in one of two mixes.

``realistic``: 30 webhooks bound to 20 projects, each with 3 to 40 rules and 20 to 200 resources; few of them send most
of the events. ``bad``: all fields are independent of each other, and each day's events come within 4 hours; so an hour
has nearly as many combinations as events.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from benchmarks.loading import Catcher, write_all
from benchmarks.reading.population import NO_BODIES, RETENTION_DAYS
from event_api.aws import clients
from event_api.domain import ids, times
from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from event_api.domain.event import Event, Resource
from event_api.settings import TableNames
from event_api.store.deployment import Deployment

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

DOMAIN = "domain-1f2e3d4c5b6a"
START = datetime(2025, 3, 1, tzinfo=UTC)
DAYS = 100
WITH_BODY = 100
"""The newest events, whose raw bodies are stored, too: no page shows more."""

_SEVERITIES = ("CRITICAL", "ERROR", "WARNING", "INFO", "NONE")
_TYPES = ("ALERT", "RECOVERY", "ERROR")
_PROVIDERS = ("aws", "google_cloud", "azure", "")
_WEBHOOKS, _PROJECTS, _ACCOUNTS, _RULES, _RESOURCE_TYPES = 30, 20, 8, 200, 20
_HOURS_OF_BAD = 4


@dataclass(frozen=True, slots=True)
class _Facts:
    """The fields of an event that differ."""

    webhook: int
    project: int
    severity: str
    event_type: str
    provider: str
    account: int
    rule: str
    resource_type: int
    resource: int


@dataclass(frozen=True, slots=True)
class _Sender:
    """A webhook's rules and resources; those that come first are the frequent ones."""

    provider: str
    accounts: int
    rules: tuple[tuple[str, str, int], ...]
    resources: int


def _senders(chance: random.Random) -> list[_Sender]:
    senders = []
    for number in range(_WEBHOOKS):
        rules = [
            (f"rule-{number}-{rule}", chance.choice(_SEVERITIES[:4]), chance.randrange(_RESOURCE_TYPES))
            for rule in range(chance.randint(3, 40))
        ]
        provider = chance.choice(_PROVIDERS)
        senders.append(_Sender(provider, chance.randint(1, 2), tuple(rules), chance.randint(20, 200)))
    return senders


def _early(chance: random.Random, number: int) -> int:
    """Draw one of some numbers; the first ones are the frequent ones."""
    return int(number * chance.random() ** 2.5)


def _realistic(chance: random.Random) -> Iterator[_Facts]:
    senders = _senders(chance)
    while True:
        webhook = _early(chance, _WEBHOOKS)
        sender = senders[webhook]
        rule, severity, resource_type = sender.rules[_early(chance, len(sender.rules))]
        yield _Facts(
            webhook=webhook,
            project=webhook % _PROJECTS,
            severity=severity,
            event_type=chance.choices(_TYPES, (60, 38, 2))[0],
            provider=sender.provider,
            account=webhook % _ACCOUNTS + _early(chance, sender.accounts),
            rule=rule,
            resource_type=resource_type,
            resource=1000 * webhook + _early(chance, sender.resources),
        )


def _bad(chance: random.Random) -> Iterator[_Facts]:
    while True:
        yield _Facts(
            webhook=chance.randrange(_WEBHOOKS),
            project=chance.randrange(_PROJECTS),
            severity=chance.choice(_SEVERITIES),
            event_type=chance.choice(_TYPES),
            provider=chance.choice(_PROVIDERS),
            account=chance.randrange(_ACCOUNTS),
            rule=f"rule-{chance.randrange(_RULES)}",
            resource_type=chance.randrange(_RESOURCE_TYPES),
            resource=chance.randrange(1000),
        )


def _evenly(number: int, size: int) -> datetime:
    return START + timedelta(days=DAYS) * number / size


def _in_few_hours(number: int, size: int) -> datetime:
    day, of_day = divmod(number * DAYS, size)
    return START + timedelta(days=day) + timedelta(hours=_HOURS_OF_BAD) * of_day / size


MIXES: dict[str, tuple[Callable[[random.Random], Iterator[_Facts]], Callable[[int, int], datetime]]] = {
    "realistic": (_realistic, _evenly),
    "bad": (_bad, _in_few_hours),
}
"""The events of a mix, and the time at which each is created."""


def day(number: int) -> str:
    """Return when a day, counted from 0, begins."""
    return times.to_iso(START + timedelta(days=number))


def load(tables: TableNames, size: int, mix: str) -> None:
    """Fill empty tables with events as earlier versions stored them: without marks and notes for the builder."""
    catcher = Catcher()
    stores = Deployment.open(cast("DynamoDBClient", catcher), tables, NO_BODIES, RETENTION_DAYS)
    make, when = MIXES[mix]

    def puts() -> Iterator[Any]:
        chance = random.Random(1)  # noqa: S311 -- the same at every run
        for number, facts in zip(range(size), make(chance), strict=False):
            _add(stores, number, facts, when(number, size), with_body=number >= size - WITH_BODY)
            yield from catcher.taken()

    write_all(clients.dynamodb(), puts())


def _add(stores: Deployment, number: int, facts: _Facts, created_at: datetime, *, with_body: bool) -> None:
    webhook_id, project_id = f"webhook-{facts.webhook:012x}", f"project-{facts.project:012x}"
    delivery_id = ids.delivery_id(webhook_id, str(number))
    name = f"node-{facts.resource:05d}.example"
    event_key = f"{facts.rule} {facts.resource}"
    title = f"{facts.rule} on {name}"
    if with_body:
        delivery = Delivery(
            delivery_id=delivery_id,
            domain_id=DOMAIN,
            project_id=project_id,
            webhook_id=webhook_id,
            body=Body.of({"title": title, "text": "x" * 1000}),
            headers={},
            received_at=created_at,
            finished=True,
        )
        stores.deliveries.add(delivery)
    event = Event(
        event_id=ids.event_id(delivery_id, 0),
        event_key=event_key,
        event_type=facts.event_type,
        title=title,
        description=f"{title} is above its limit.",
        severity=facts.severity,
        rule=facts.rule,
        resource=Resource(f"server-{facts.resource:06d}", f"inventory.Type{facts.resource_type}", name),
        provider=facts.provider,
        account=f"{facts.account:012d}",
        additional_info={"limit": "10", "value": str(number % 97)},
        alert_id=ids.alert_id(ids.alert_key(DOMAIN, project_id, event_key), 1),
        webhook_id=webhook_id,
        project_id=project_id,
        domain_id=DOMAIN,
        created_at=times.to_iso(created_at),
        occurred_at=times.to_iso(created_at),
    )
    stores.events.add(event, created_at)
