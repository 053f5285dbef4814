"""The functions' settings from the environment, as one typed value; read once, on first use, never at import."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class TableNames:
    """The names of the tables (template.yaml, docs/adr/0001)."""

    events: str
    deliveries: str
    alerts: str
    webhooks: str
    tokens: str
    summaries: str
    audit: str

    @classmethod
    def of_stack(cls, outputs: Mapping[str, str]) -> TableNames:
        """Return the names that a stack's outputs have (template.yaml); raise KeyError for one that is missing."""
        return cls(
            events=outputs["EventsTableName"],
            deliveries=outputs["DeliveriesTableName"],
            alerts=outputs["AlertsTableName"],
            webhooks=outputs["WebhooksTableName"],
            tokens=outputs["TokensTableName"],
            summaries=outputs["SummariesTableName"],
            audit=outputs["AuditTableName"],
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """The deployment's settings.

    ``retention_days``: days from storing until an item expires, 0 is for ever; ``audit_retention_days`` the same for
    audit records. ``max_body_bytes``: the largest webhook body that is accepted; ``max_bytes_with_event``: the largest
    that is stored in its event's item. ``webhook_rate_limit``: how many deliveries a minute a webhook without a limit
    of its own may send, 0 is any number. ``index_delay_seconds``: how long an index may take to show what was written.
    ``read_capacity_limit``: capacity units that one request may read.
    """

    tables: TableNames
    bodies_bucket: str
    rates_table: str
    redrive_queue_url: str
    retention_days: int
    audit_retention_days: int
    max_body_bytes: int
    max_bytes_with_event: int
    webhook_rate_limit: int
    index_delay_seconds: int
    read_capacity_limit: int

    @property
    def writes_for_version_0_1(self) -> bool:
        """Whether nothing is written that version 0.1 cannot read (docs/operations.md#going-back)."""
        return self.max_bytes_with_event == 0


@cache
def settings() -> Settings:
    """Read the settings from the environment that template.yaml gives every function.

    Raises KeyError for a variable that is missing: a deployment fault, not a request's.
    """
    env = os.environ
    return Settings(
        tables=TableNames(
            events=env["EVENTS_TABLE"],
            deliveries=env["DELIVERIES_TABLE"],
            alerts=env["ALERTS_TABLE"],
            webhooks=env["WEBHOOKS_TABLE"],
            tokens=env["TOKENS_TABLE"],
            summaries=env["SUMMARIES_TABLE"],
            audit=env["AUDIT_TABLE"],
        ),
        bodies_bucket=env["BODIES_BUCKET"],
        rates_table=env["RATES_TABLE"],
        redrive_queue_url=env["REDRIVE_QUEUE_URL"],
        retention_days=int(env["RETENTION_DAYS"]),
        audit_retention_days=int(env["AUDIT_RETENTION_DAYS"]),
        max_body_bytes=int(env["MAX_BODY_BYTES"]),
        max_bytes_with_event=int(env["MAX_BYTES_WITH_EVENT"]),
        webhook_rate_limit=int(env["WEBHOOK_RATE_LIMIT"]),
        index_delay_seconds=int(env["INDEX_DELAY_SECONDS"]),
        read_capacity_limit=int(env["READ_CAPACITY_LIMIT"]),
    )
