"""Composition of the functions: settings, clients and stores, opened on first use and kept for the process's lifetime.

Only this module brings them together. Handlers call it; tests clear it (`reset`). Modules that only some functions
need are imported when such a function asks for them (docs/adr/0005).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from event_api.aws import clients
from event_api.domain.access import Permission, Scope
from event_api.settings import settings
from event_api.store.table import Table

if TYPE_CHECKING:
    from event_api.admin.audit_reader import AuditReader
    from event_api.auth.oidc import Issuer
    from event_api.auth.tokens import Principal
    from event_api.aws.redrive_queue import RedriveQueue
    from event_api.ingest.rates import Rates
    from event_api.ingest.service import Ingest
    from event_api.ingest.summarize import Summarizer
    from event_api.query.in_memory import InMemoryReader
    from event_api.query.read_budget import ReadBudget
    from event_api.query.values import Row
    from event_api.store.alert_reader import AlertReader
    from event_api.store.alert_records import AlertRecords
    from event_api.store.alerts import AlertStore
    from event_api.store.audit import AuditStore, Journal
    from event_api.store.deliveries import DeliveryStore
    from event_api.store.event_reader import EventReader
    from event_api.store.events import EventStore
    from event_api.store.summaries import SummaryStore
    from event_api.store.tokens import TokenStore
    from event_api.store.webhooks import WebhookStore

# ruff: noqa: PLC0415  # imports inside functions are this module's purpose


def _table(name: str) -> Table:
    return Table(clients.dynamodb(), name)


@cache
def webhooks() -> WebhookStore:
    """Return the store of webhooks."""
    from event_api.store.webhooks import WebhookStore

    return WebhookStore(_table(settings().tables.webhooks))


@cache
def tokens() -> TokenStore:
    """Return the store of tokens."""
    from event_api.store.tokens import TokenStore

    return TokenStore(_table(settings().tables.tokens))


@cache
def audit() -> AuditStore:
    """Return the store of audit records."""
    from event_api.store.audit import AuditStore

    return AuditStore(_table(settings().tables.audit), settings().audit_retention_days)


class Desk:
    """The stores with which one caller manages a domain, opened on first use.

    ``scope`` limits what there is; ``journal`` records the changes in the caller's name.
    """

    def __init__(self, scope: Scope, journal: Journal) -> None:
        self.scope = scope
        self.journal = journal

    @property
    def webhooks(self) -> WebhookStore:
        """The store of webhooks."""
        return webhooks()

    @property
    def tokens(self) -> TokenStore:
        """The store of tokens."""
        return tokens()

    @property
    def deliveries(self) -> DeliveryStore:
        """The store of deliveries."""
        return deliveries()

    @property
    def events(self) -> EventStore:
        """The store of single events."""
        return events()

    @property
    def alerts(self) -> AlertRecords:
        """The alerts as people change them."""
        return alert_records()


def desk(caller: Principal, permission: Permission, request_id: str) -> Desk:
    """Return a caller's desk; raise PermissionDeniedError if the caller lacks the permission."""
    from event_api.store.audit import Journal

    return Desk(caller.scope_for(permission), Journal(audit(), caller.actor, request_id))


def link_desk(alert_id: str, access_key: str, now: datetime, request_id: str) -> Desk:
    """Return the desk of who has the access key of an alert; raise PermissionDeniedError if it is wrong."""
    from event_api.auth.alert_links import LINK, alert_of
    from event_api.store.audit import Journal

    stored = alert_of(alert_records(), alert_id, access_key, now).stored
    scope = Scope(stored.text("domain_id"), frozenset({stored.text("project_id")}))
    return Desk(scope, Journal(audit(), LINK, request_id))


@cache
def issuer(url: str, audience: str, mapping: str) -> Issuer:
    """Return the issuer whose ID tokens are accepted, with the keys that it has fetched so far."""
    from event_api.auth.oidc import ClaimMapping, Issuer, Keys
    from event_api.safe_fetch import fetch

    return Issuer(url, audience, ClaimMapping.of(mapping), Keys(url, fetch))


@cache
def deliveries() -> DeliveryStore:
    """Return the store of deliveries."""
    from event_api.store.body_bucket import BodyBucket
    from event_api.store.deliveries import DeliveryStore

    bodies = BodyBucket(clients.s3, settings().bodies_bucket)
    return DeliveryStore(_table(settings().tables.deliveries), bodies, settings().retention_days)


@cache
def alerts() -> AlertStore:
    """Return the store of alerts."""
    from event_api.store.alerts import AlertStore

    return AlertStore(
        _table(settings().tables.alerts), settings().retention_days, in_both_indexes=settings().writes_for_version_0_1
    )


@cache
def alert_records() -> AlertRecords:
    """Return the alerts as people see and change them."""
    from event_api.store.alert_records import AlertRecords

    both = settings().writes_for_version_0_1
    return AlertRecords(_table(settings().tables.alerts), events(), settings().retention_days, in_both_indexes=both)


@cache
def events() -> EventStore:
    """Return the store of single events."""
    from event_api.store.events import EventStore
    from event_api.store.marks import Marks

    marks = Marks(_table(settings().tables.summaries))
    return EventStore(_table(settings().tables.events), deliveries(), settings().retention_days, marks)


def _budget(scope: Scope, seconds_left: Callable[[], float]) -> ReadBudget:
    """Return the budget of a request: it stops when the invocation's time is nearly up."""
    from event_api.query.read_budget import ReadBudget

    return ReadBudget(seconds_left, scope.projects is None, settings().read_capacity_limit)


def webhook_reader(scope: Scope, now: datetime, seconds_left: Callable[[], float]) -> InMemoryReader:
    """Return a reader of the webhooks in a scope."""
    from event_api.admin.kinds import webhook_row
    from event_api.query.in_memory import InMemoryReader

    budget = _budget(scope, seconds_left)
    store = webhooks().metered(budget)
    return InMemoryReader(lambda: (webhook_row(one, now) for one in store.of_domain(scope.domain_id)), scope, budget)


def token_reader(scope: Scope, now: datetime, seconds_left: Callable[[], float]) -> InMemoryReader:
    """Return a reader of the tokens in a scope."""
    from event_api.admin.kinds import token_row
    from event_api.query.in_memory import InMemoryReader

    budget = _budget(scope, seconds_left)
    store = tokens().metered(budget)

    def rows() -> Iterator[Row]:
        return (token_row(one, now) for one in store.of_domain(scope.domain_id) if scope.covers(one.projects))

    # A token has several projects, which this reader does not know.
    return InMemoryReader(rows, Scope(scope.domain_id), budget)


def audit_reader(scope: Scope, now: datetime, seconds_left: Callable[[], float]) -> AuditReader:
    """Return a reader of the audit records in a scope."""
    from event_api.admin.audit_reader import AuditReader

    return AuditReader(audit(), scope, now, _budget(scope, seconds_left))


def delivery_reader(caller: Desk, now: datetime, since: datetime, seconds_left: Callable[[], float]) -> InMemoryReader:
    """Return a reader of the deliveries in need of a look; ``since``: from when on unreadable ones are looked for."""
    from event_api.admin.deliveries import rows_in_need
    from event_api.query.in_memory import InMemoryReader

    events_of_scope = event_reader(caller.scope, now, seconds_left)
    return InMemoryReader(
        lambda: rows_in_need(events_of_scope, caller, caller.scope, now, since=since),
        caller.scope,
        events_of_scope.consumption,
    )


def event_reader(scope: Scope, now: datetime, seconds_left: Callable[[], float]) -> EventReader:
    """Return a reader of the events in a scope; it stops when the invocation's time is nearly up."""
    from event_api.store.event_reader import EventReader

    consumption = _budget(scope, seconds_left)
    events_table = _table(settings().tables.events)
    return EventReader(events_table, deliveries(), alerts, summaries(), scope=scope, now=now, consumption=consumption)


def alert_reader(scope: Scope, now: datetime, seconds_left: Callable[[], float]) -> AlertReader:
    """Return a reader of the alerts in a scope; it stops when the invocation's time is nearly up."""
    from event_api.store.alert_reader import AlertReader

    events = event_reader(scope, now, seconds_left)
    table = _table(settings().tables.alerts)
    return AlertReader(table, events, scope=scope, now=now)


@cache
def summaries() -> SummaryStore:
    """Return the store of summaries."""
    from event_api.store.summaries import SummaryStore

    return SummaryStore(_table(settings().tables.summaries))


def summarizer(now: datetime, seconds_left: Callable[[], float]) -> Summarizer:
    """Return a builder of summaries for one run."""
    from event_api.ingest.summarize import Summarizer

    delay = settings().index_delay_seconds
    return Summarizer(_table(settings().tables.events), summaries(), now, delay, seconds_left)


@cache
def queue() -> RedriveQueue:
    """Return the queue of deliveries that must be finished."""
    from event_api.aws.redrive_queue import RedriveQueue

    return RedriveQueue(clients.sqs, settings().redrive_queue_url)


@cache
def rates() -> Rates:
    """Return the counter of deliveries for webhooks with a rate limit."""
    import random
    import time

    from event_api.ingest.rates import WINDOW, Rates
    from event_api.store.rates import RateStore

    store = RateStore(Table(clients.fail_fast_dynamodb(), settings().rates_table))

    def add(webhook_id: str, window: int, deliveries: int) -> int | None:
        return store.add(webhook_id, window, (window + 1) * WINDOW, deliveries)

    return Rates(add, time.time, random.random)


@cache
def ingest() -> Ingest:
    """Return the use case that stores deliveries and makes their events."""
    from event_api.ingest.service import Ingest

    limits = settings().max_body_bytes, settings().max_bytes_with_event
    return Ingest(deliveries(), events(), alerts(), queue(), *limits)


_CLIENTS = (clients.dynamodb, clients.fail_fast_dynamodb, clients.s3, clients.sqs)
_STORES = (webhooks, tokens, audit, deliveries, alerts, alert_records, events, summaries)
_OPENED = (*_STORES, issuer, queue, rates, ingest, settings, *_CLIENTS)


def reset() -> None:
    """Drop everything that was opened, so that the next use reads the environment again."""
    for opened in _OPENED:
        opened.cache_clear()
