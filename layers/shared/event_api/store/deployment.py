"""All the stores together, for those who are not a function: the operator's command, the local run, tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from event_api.domain.access import Scope
from event_api.query.read_budget import ReadBudget
from event_api.settings import TableNames
from event_api.store.alerts import AlertStore
from event_api.store.body_bucket import BodyBucket
from event_api.store.deliveries import DeliveryStore
from event_api.store.erasure import Erasure, Tables
from event_api.store.event_reader import EventReader
from event_api.store.events import EventStore
from event_api.store.marks import Marks
from event_api.store.restoration import Restoration
from event_api.store.summaries import SummaryStore
from event_api.store.table import Table
from event_api.store.tokens import TokenStore
from event_api.store.webhooks import WebhookStore

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment's stores."""

    webhooks: WebhookStore
    tokens: TokenStore
    deliveries: DeliveryStore
    alerts: AlertStore
    events: EventStore
    summaries: SummaryStore
    erasure: Erasure
    restoration: Restoration
    _events_table: Table

    @classmethod
    def open(cls, client: DynamoDBClient, tables: TableNames, bodies: BodyBucket, retention_days: int) -> Deployment:
        """Open them with any DynamoDB client, boto3's or our own."""
        deliveries = DeliveryStore(Table(client, tables.deliveries), bodies, retention_days)
        events_table = Table(client, tables.events)
        of_domains = Tables(
            events=events_table,
            deliveries=Table(client, tables.deliveries),
            alerts=Table(client, tables.alerts),
            webhooks=Table(client, tables.webhooks),
            tokens=Table(client, tables.tokens),
            summaries=Table(client, tables.summaries),
        )
        return cls(
            webhooks=WebhookStore(Table(client, tables.webhooks)),
            tokens=TokenStore(Table(client, tables.tokens)),
            deliveries=deliveries,
            alerts=AlertStore(Table(client, tables.alerts), retention_days),
            events=EventStore(events_table, deliveries, retention_days, Marks(Table(client, tables.summaries))),
            summaries=SummaryStore(Table(client, tables.summaries)),
            erasure=(erasure := Erasure(of_domains, bodies)),
            restoration=Restoration(client, of_domains, erasure, SummaryStore(of_domains.summaries)),
            _events_table=events_table,
        )

    def reader(self, scope: Scope, now: datetime, budget: ReadBudget | None = None) -> EventReader:
        """Return the events of a scope."""
        return EventReader(
            self._events_table,
            self.deliveries,
            lambda: self.alerts,
            self.summaries,
            scope=scope,
            now=now,
            consumption=budget or ReadBudget(),
        )
