"""The audit table: records of changes, by domain and time; written once, never changed.

A record is written in one transaction with the change that it describes (`Table.recorded`), so that neither exists
without the other. The range key ``at`` is the time and, after a space, the record's id, which keeps records of one
millisecond apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import cast

from event_api.domain import ids, times
from event_api.domain.access import Actor, Scope
from event_api.domain.audit import AuditRecord
from event_api.json_types import JsonObject
from event_api.store import retention
from event_api.store.attributes import Item, ItemReader, Value, pack, unpack
from event_api.store.table import QUERY_PAGE_ITEMS, Meter, NewItem, Table


class AuditStore:
    """Audit records of a domain, by time. ``retention_days``: days until a record expires, 0 is for ever."""

    def __init__(self, table: Table, retention_days: int) -> None:
        self._table = table
        self._retention_days = retention_days

    def metered(self, meter: Meter) -> AuditStore:
        """Return the same store, with its reads counted."""
        return AuditStore(self._table.metered(meter), self._retention_days)

    def entry(self, record: AuditRecord) -> NewItem:
        """Return a record as a write that can be made together with another one (`Table.recorded`)."""
        return self._table.new_item(self._to_item(record))

    def add(self, record: AuditRecord) -> None:
        """Write a record by itself."""
        self._table.put(self._to_item(record))

    def of_scope(
        self,
        scope: Scope,
        now: datetime,
        *,
        since: str | None = None,
        until: str | None = None,
        descending: bool = True,
        expected: int = QUERY_PAGE_ITEMS,
    ) -> Iterator[AuditRecord]:
        """Read the records from ``since`` to ``until``, both included, ISO 8601 with milliseconds.

        They come by time, and within one instant by ascending id. ``expected``: how many the caller will probably take.
        """
        # A time alone sorts before all records of its instant, with "~" behind them.
        values: dict[str, Value] = {"domain": scope.domain_id, "low": since or "0", "high": f"{until or ''}~"}
        condition = "#domain_id = :domain AND #at BETWEEN :low AND :high"
        items = self._table.query(condition, values, descending=descending, first_page=max(expected, 1))
        records = (_from_item(item) for item in items if retention.is_live(item, "expires_at", now))
        for _, of_instant in groupby(records, key=lambda record: record.created_at):
            found = [record for record in of_instant if scope.covers(record.projects)]
            yield from reversed(found) if descending else found

    def _to_item(self, record: AuditRecord) -> Mapping[str, Value | None]:
        return {
            "domain_id": record.domain_id,
            "at": f"{times.to_iso(record.created_at)} {record.audit_id}",
            "actor_id": record.actor.actor_id,
            "actor_name": record.actor.name,
            "action": record.action,
            "target_id": record.target_id,
            "projects": None if record.projects is None else sorted(record.projects),
            "details": pack(record.details) if record.details else None,
            "request_id": record.request_id or None,
            "expires_at": retention.expires_at(record.created_at, self._retention_days),
        }


@dataclass(frozen=True, slots=True)
class Journal:
    """Makes the audit records of one actor's changes."""

    store: AuditStore
    actor: Actor
    request_id: str = ""

    def entry(
        self,
        action: str,
        target_id: str,
        domain_id: str,
        projects: frozenset[str] | None,
        details: JsonObject | None = None,
    ) -> NewItem:
        """Return the record of a change that is made now, to be written together with it (`Table.recorded`)."""
        return self.store.entry(self._record(action, target_id, domain_id, projects, details))

    def add(
        self,
        action: str,
        target_id: str,
        domain_id: str,
        projects: frozenset[str] | None,
        details: JsonObject | None = None,
    ) -> None:
        """Write the record of a change that is more than one item's, before it is made."""
        self.store.add(self._record(action, target_id, domain_id, projects, details))

    def _record(
        self,
        action: str,
        target_id: str,
        domain_id: str,
        projects: frozenset[str] | None,
        details: JsonObject | None,
    ) -> AuditRecord:
        return AuditRecord(
            audit_id=ids.new_id("audit"),
            domain_id=domain_id,
            created_at=times.now(),
            actor=self.actor,
            action=action,
            target_id=target_id,
            projects=projects,
            details=details or {},
            request_id=self.request_id,
        )


def _from_item(item: Item) -> AuditRecord:
    stored = ItemReader(item)
    at, _, audit_id = stored.text("at").partition(" ")
    return AuditRecord(
        audit_id=audit_id,
        domain_id=stored.text("domain_id"),
        created_at=ItemReader({"at": at}).time("at"),
        actor=Actor(stored.text("actor_id"), stored.optional_text("actor_name")),
        action=stored.text("action"),
        target_id=stored.text("target_id"),
        projects=frozenset(stored.texts("projects")) if "projects" in item else None,
        details=cast("JsonObject", unpack(item["details"])) if "details" in item else {},
        request_id=stored.optional_text("request_id") or "",
    )
