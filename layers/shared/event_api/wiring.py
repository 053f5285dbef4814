"""Which stores a function works on: opened on first use from the environment, kept while the process lives.

The one place where settings, clients and stores meet; handlers ask it, tests clear it (`forget`). What only
some functions need is imported only when they ask (docs/adr/0005).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from event_api.model import Scope
from event_api.settings import settings
from event_api.store import client
from event_api.store.table import Table

if TYPE_CHECKING:
    from event_api.ingest import Ingest
    from event_api.queue import RedriveQueue
    from event_api.rates import Rates
    from event_api.store.alerts import AlertStore
    from event_api.store.deliveries import DeliveryStore
    from event_api.store.event_reader import EventReader
    from event_api.store.events import EventStore
    from event_api.store.tokens import TokenStore
    from event_api.store.webhooks import WebhookStore

# ruff: noqa: PLC0415  # imports inside functions are this module's purpose


def _table(name: str) -> Table:
    return Table(client.dynamodb(), name)


@cache
def webhooks() -> WebhookStore:
    """Return the webhooks."""
    from event_api.store.webhooks import WebhookStore

    return WebhookStore(_table(settings().tables.webhooks))


@cache
def tokens() -> TokenStore:
    """Return the tokens."""
    from event_api.store.tokens import TokenStore

    return TokenStore(_table(settings().tables.tokens))


@cache
def deliveries() -> DeliveryStore:
    """Return the deliveries."""
    from event_api.store.bodies import BodyStore
    from event_api.store.deliveries import DeliveryStore

    bodies = BodyStore(client.s3, settings().bodies_bucket)
    return DeliveryStore(_table(settings().tables.deliveries), bodies, settings().retention_days)


@cache
def alerts() -> AlertStore:
    """Return the alerts."""
    from event_api.store.alerts import AlertStore

    return AlertStore(_table(settings().tables.alerts), settings().retention_days)


@cache
def events() -> EventStore:
    """Return the store of single events."""
    from event_api.store.events import EventStore

    return EventStore(_table(settings().tables.events), deliveries(), settings().retention_days)


def event_reader(scope: Scope, now: datetime, seconds_left: Callable[[], float]) -> EventReader:
    """Return the events that one reader may see now, in the time that is left."""
    from event_api.query.consumption import Consumption
    from event_api.store.event_reader import EventReader

    consumption = Consumption(seconds_left, told=scope.projects is None)
    return EventReader(_table(settings().tables.events), deliveries(), scope, now, consumption)


@cache
def queue() -> RedriveQueue:
    """Return the queue of deliveries to finish."""
    from event_api.queue import RedriveQueue

    return RedriveQueue(client.sqs, settings().redrive_queue_url)


@cache
def rates() -> Rates:
    """Return the rates of the webhooks that have a limit."""
    import random
    import time

    from event_api.rates import Rates
    from event_api.store.rates import RateStore

    store = RateStore(Table(client.hasty_dynamodb(), settings().rates_table))
    return Rates(store.add, time.time, random.random)


@cache
def ingest() -> Ingest:
    """Return the steps of create."""
    from event_api.ingest import Ingest

    return Ingest(deliveries(), events(), alerts(), queue(), settings().max_body_bytes)


_CLIENTS = (client.dynamodb, client.hasty_dynamodb, client.s3, client.sqs)
_OPENED = (webhooks, tokens, deliveries, alerts, events, queue, rates, ingest, settings, *_CLIENTS)


def forget() -> None:
    """Drop everything that was opened, so that the next use reads the environment again."""
    for opened in _OPENED:
        opened.cache_clear()
