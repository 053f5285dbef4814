"""Erasing a domain: counting and deleting every item and object of it.

Whatever is found last leads to the rest: events are deleted after the alerts of their keys, and deliveries are found
by reading their whole table, which has no index of domains. So an erasure that was interrupted is finished by another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields

from event_api.domain import ids
from event_api.store.alerts import history_key, link_secret_key, numbers_key, places_of_domain
from event_api.store.attributes import Item, ItemReader
from event_api.store.body_bucket import BodyBucket
from event_api.store.marks import SHARDS
from event_api.store.table import Partition, Table, batches
from event_api.store.tokens import page_key_id

_AT_ONCE = 500
"""Items that are read before they are deleted."""
_EVERY_TIME = ("0", "~")


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a domain has. ``bodies``: those in the bucket."""

    webhooks: int
    tokens: int
    deliveries: int
    bodies: int
    events: int
    alerts: int
    summaries: int
    audit: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that hold something of a domain."""

    events: Table
    deliveries: Table
    alerts: Table
    webhooks: Table
    tokens: Table
    summaries: Table
    audit: Table


class Erasure:
    """Counts and deletes what belongs to a domain."""

    def __init__(self, tables: Tables, bodies: BodyBucket) -> None:
        self._tables = tables
        self._bodies = bodies

    def extent(self, domain_id: str, *, stored: Iterable[Item] | None = None) -> Extent:
        """Count what a domain has; reads the whole table of deliveries unless ``stored`` has the domain's."""
        deliveries = bodies = 0
        for item in self._deliveries(domain_id) if stored is None else stored:
            deliveries += 1
            bodies += "body_key" in item
        every_event = Partition("by-domain", "d", domain_id, "t", None, {})
        events, _ = self._tables.events.count_range(every_event, *_EVERY_TIME)
        return Extent(
            webhooks=_number(self._of_index(self._tables.webhooks, domain_id, "webhook_id")),
            tokens=_number(self._of_index(self._tables.tokens, domain_id, "token_id")),
            deliveries=deliveries,
            bodies=bodies,
            events=events,
            alerts=_number(places_of_domain(self._tables.alerts, domain_id)),
            summaries=_number(self._summaries(domain_id)),
            audit=_number(self._audit(domain_id)),
        )

    def erase(
        self, domain_id: str, note: Callable[[int], None] = lambda _: None, *, stored: Iterable[Item] | None = None
    ) -> None:
        """Delete all of a domain, its webhooks and tokens first; ``note`` receives the number of deleted items.

        Reads the whole table of deliveries unless ``stored`` has the domain's.
        """
        deleted = 0

        def delete(table: Table, keys: Iterable[Item]) -> None:
            nonlocal deleted
            for batch in batches(keys, _AT_ONCE):
                table.delete_all(batch)
                deleted += len(batch)
                note(deleted)

        tables = self._tables
        delete(tables.webhooks, self._of_index(tables.webhooks, domain_id, "webhook_id"))
        delete(tables.tokens, self._of_index(tables.tokens, domain_id, "token_id"))
        tables.tokens.delete_all([page_key_id(domain_id)])
        for found in batches(self._deliveries(domain_id) if stored is None else stored, _AT_ONCE):
            for item in found:
                if "body_key" in item:
                    self._bodies.erase(ItemReader(item).text("body_key"))
            keys: list[Item] = [{"delivery_id": item["delivery_id"], "domain_id": domain_id} for item in found]
            delete(tables.deliveries, keys)
        for events in batches(self._events(domain_id), _AT_ONCE):
            for key in sorted({key for event in events for key in _alert_keys(event)}):
                delete(tables.alerts, self._of_alert_key(key))
            delete(tables.events, ({"e": event["e"], "d": domain_id} for event in events))
        # Alerts that people opened have no events.
        for found in batches(places_of_domain(tables.alerts, domain_id), _AT_ONCE):
            for key in sorted({str(item["alert_key"]) for item in found}):
                delete(tables.alerts, self._of_alert_key(key))
        delete(tables.alerts, [link_secret_key(domain_id), numbers_key(domain_id)])
        delete(tables.summaries, self._summaries(domain_id))
        delete(tables.audit, self._audit(domain_id))

    def forget_summaries(self, domain_id: str) -> None:
        """Delete a domain's summaries, because events were stored without marking them."""
        for batch in batches(self._summaries(domain_id), _AT_ONCE):
            self._tables.summaries.delete_all(batch)

    def _deliveries(self, domain_id: str) -> Iterator[Item]:
        return self._tables.deliveries.scan(
            "#domain_id = :domain", {"domain": domain_id}, attributes=("delivery_id", "body_key")
        )

    def _events(self, domain_id: str) -> Iterator[Item]:
        every = ("#d = :domain", {"domain": domain_id})
        return self._tables.events.query(*every, index="by-domain", attributes=("e", "d", "p", "k", "w"))

    def _of_alert_key(self, key: str) -> Iterator[Item]:
        """Find what is stored under a key: alerts, their history, and the notes and markers that name no domain."""
        attributes = ("alert_key", "generation")
        for one in (key, history_key(key)):
            found = self._tables.alerts.query("#alert_key = :key", {"key": one}, attributes=attributes, consistent=True)
            yield from found

    def _of_index(self, table: Table, domain_id: str, *keys: str) -> Iterator[Item]:
        return table.query("#domain_id = :domain", {"domain": domain_id}, index="by-domain", attributes=keys)

    def _audit(self, domain_id: str) -> Iterator[Item]:
        every = ("#domain_id = :domain", {"domain": domain_id})
        return self._tables.audit.query(*every, attributes=("domain_id", "at"))

    def _summaries(self, domain_id: str) -> Iterator[Item]:
        summaries = self._tables.summaries
        yield from summaries.query("#d = :d", {"d": f"domain:{domain_id}"}, attributes=("d", "b"))
        for shard in SHARDS:
            for entry in summaries.query("#d = :d", {"d": f"work-{shard}"}, attributes=("d", "b")):
                if str(entry["b"]).partition(" ")[2] == domain_id:
                    yield entry


def _number(items: Iterable[Item]) -> int:
    return sum(1 for _ in items)


def _alert_keys(event: Item) -> set[str]:
    """Return the keys under which an event may have an alert, a note or a marker."""
    stored = ItemReader(event)
    project, event_key = stored.optional_text("p") or "", stored.optional_text("k") or ""
    webhook = stored.optional_text("w")
    keys = {ids.alert_key(stored.text("d"), project, event_key)}
    return keys if webhook is None else keys | {ids.alert_key(stored.text("d"), project, event_key, webhook)}
