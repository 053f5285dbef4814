"""All the stores together, for those who are not a function: the operator's command, the local run, tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from event_api.domain.access import Actor, Scope
from event_api.query.read_budget import ReadBudget
from event_api.settings import TableNames
from event_api.store.alert_records import AlertRecords
from event_api.store.alerts import AlertStore
from event_api.store.audit import AuditStore, Journal
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


_OPERATOR = Actor("operator")


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment's stores, for an operator: changes are recorded in the journal, and no scope limits them."""

    webhooks: WebhookStore
    tokens: TokenStore
    deliveries: DeliveryStore
    alerts: AlertStore
    alert_records: AlertRecords
    events: EventStore
    summaries: SummaryStore
    erasure: Erasure
    restoration: Restoration
    audit: AuditStore
    journal: Journal
    _events_table: Table
    scope: None = None

    @classmethod
    def open(
        cls,
        client: DynamoDBClient,
        tables: TableNames,
        bodies: BodyBucket,
        retention_days: int,
        *,
        audit_retention_days: int = 0,
        actor: Actor = _OPERATOR,
    ) -> Deployment:
        """Open them with any DynamoDB client, boto3's or our own; ``actor`` is who makes changes."""
        audit = AuditStore(Table(client, tables.audit), audit_retention_days)
        deliveries = DeliveryStore(Table(client, tables.deliveries), bodies, retention_days)
        events_table = Table(client, tables.events)
        events = EventStore(events_table, deliveries, retention_days, Marks(Table(client, tables.summaries)))
        of_domains = Tables(
            events=events_table,
            deliveries=Table(client, tables.deliveries),
            alerts=Table(client, tables.alerts),
            webhooks=Table(client, tables.webhooks),
            tokens=Table(client, tables.tokens),
            summaries=Table(client, tables.summaries),
            audit=Table(client, tables.audit),
        )
        return cls(
            webhooks=WebhookStore(Table(client, tables.webhooks)),
            tokens=TokenStore(Table(client, tables.tokens)),
            deliveries=deliveries,
            alerts=AlertStore(Table(client, tables.alerts), retention_days),
            alert_records=AlertRecords(Table(client, tables.alerts), events, retention_days),
            events=events,
            summaries=SummaryStore(Table(client, tables.summaries)),
            erasure=(erasure := Erasure(of_domains, bodies)),
            restoration=Restoration(client, of_domains, erasure, SummaryStore(of_domains.summaries)),
            audit=audit,
            journal=Journal(audit, actor),
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
