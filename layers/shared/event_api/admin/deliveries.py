"""Stored deliveries: those that need a look, what became of one, and giving one up."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from event_api.admin import views
from event_api.domain import ids, times
from event_api.domain.access import Scope
from event_api.domain.delivery import Delivery
from event_api.domain.errors import InvalidParameterError, NotFoundError
from event_api.ingest.normalization import ERROR_KEY
from event_api.json_types import Json, JsonObject
from event_api.normalizers import UNREAD_BECAUSE, lenient
from event_api.query.matcher import Condition
from event_api.query.planner import make_plan
from event_api.query.sorting import SortKey
from event_api.query.values import Row
from event_api.store.audit import Journal
from event_api.store.deliveries import DeliveryStore
from event_api.store.events import EventStore

if TYPE_CHECKING:
    from event_api.store.event_reader import EventReader

EVENT_FIELDS = ("event_id", "event_type", "severity", "alert_id", "title")
"""Fields of the events that a delivery was made into."""
_CREATED_AT = ("created_at",)
_POSITIONS_AT_ONCE = 100
_OLDEST_FIRST = (SortKey(_CREATED_AT),)


class Stores(Protocol):
    """The stores that hold deliveries, and the journal of changes."""

    @property
    def deliveries(self) -> DeliveryStore: ...  # noqa: D102
    @property
    def events(self) -> EventStore: ...  # noqa: D102
    @property
    def journal(self) -> Journal: ...  # noqa: D102


def find_delivery(events: EventStore, scope: Scope, delivery_id: str) -> Delivery:
    """Return a delivery; raise NotFoundError if it does not exist, or not in the scope."""
    known = 0 < len(delivery_id) <= ids.MAX_ID_LENGTH
    found = events.delivery(delivery_id, scope.domain_id) if known else None
    if found is None or not scope.allows_project(found.project_id):
        raise NotFoundError("delivery_id", delivery_id)
    return found


def delivery_info(reader: EventReader, events: EventStore, scope: Scope, delivery_id: str, now: datetime) -> JsonObject:
    """Return a delivery with its body, the events that it was made into, and why it could not be read if it was not.

    Raises NotFoundError if it does not exist, or not in the scope.
    """
    found = find_delivery(events, scope, delivery_id)
    fields = {name: value for name, value in views.of_delivery(found).items() if value is not None}
    content = found.body.content
    try:
        body: JsonObject = {"body": content.decode(), "body_encoding": "text"}
    except UnicodeDecodeError:
        body = {"body": base64.b64encode(content).decode(), "body_encoding": "base64"}
    reason = why_unreadable(events, scope, delivery_id, now)
    made = events_of_delivery(reader, scope, delivery_id, EVENT_FIELDS, now)
    shown: list[Json] = [{name: value for name, value in event.items() if value is not None} for event in made]
    unread: JsonObject = {} if reason is None else {"unread_because": reason}
    return {**fields, **unread, "events": shown, **body}


def discard(stores: Stores, scope: Scope, delivery_id: str) -> None:
    """Give up an unfinished delivery: it stays stored, and nothing finishes it any more.

    Raises NotFoundError if it does not exist, or not in the scope; InvalidParameterError if it is finished.
    """
    found = find_delivery(stores.events, scope, delivery_id)
    projects = frozenset({found.project_id})
    entry = stores.journal.entry("delivery.discard", delivery_id, found.domain_id, projects)
    if not stores.deliveries.recorded(entry).discard(delivery_id, found.domain_id):
        raise InvalidParameterError("delivery_id", "the delivery is finished: there is nothing to discard")


def rows_in_need(
    reader: EventReader, stores: Stores, scope: Scope, now: datetime, *, since: datetime | None
) -> Iterator[Row]:
    """Read the deliveries of a scope that need a look: unfinished ones, and those that are unreadable since a time."""
    for pending in stores.deliveries.unfinished(domain_id=scope.domain_id):
        if scope.allows_project(pending.project_id):
            yield _row(views.of_pending(pending))
    for event in unreadable_deliveries(reader, stores.events, scope, now, since=since):
        yield _row(views.of_unreadable(event, scope.domain_id))


def _row(fields: JsonObject) -> Row:
    return {"created_at" if name == "received_at" else name: value for name, value in fields.items()}


def events_of_delivery(
    reader: EventReader, scope: Scope, delivery_id: str, fields: Collection[str], now: datetime
) -> list[JsonObject]:
    """Read some of the index fields of the events that a delivery was made into, by their derived ids."""

    def at(positions: Iterable[int]) -> list[JsonObject]:
        event_ids = [ids.event_id(delivery_id, position) for position in positions]
        of_delivery = Condition(("event_id",), "in", [*event_ids])
        plan = make_plan([of_delivery], (), scope, now, order=_OLDEST_FIRST, projected=frozenset(fields))
        return [{field: row[field] for field in fields} for row in reader.scan(plan)]

    found = at([ids.ERROR_POSITION, ids.RECOVERED_POSITION])
    for first in range(0, ids.RECOVERED_POSITION, _POSITIONS_AT_ONCE):
        some = at(range(first, first + _POSITIONS_AT_ONCE))
        found += some
        if not some:
            break
    return sorted(found, key=lambda event: str(event["event_id"]))


def why_unreadable(events: EventStore, scope: Scope, delivery_id: str, now: datetime) -> str | None:
    """Return the reason why a delivery could not be read, from its event, or None without one."""
    event_id = ids.event_id(delivery_id, ids.ERROR_POSITION)
    row = events.get(scope, event_id, frozenset({"additional_info", "description"}), now)
    if row is None:
        return None
    told = lenient.mapping(row["additional_info"]).get(UNREAD_BECAUSE)
    return lenient.first_text(told, row["description"])


def unreadable_deliveries(
    reader: EventReader, events: EventStore, scope: Scope, now: datetime, *, since: datetime | None = None
) -> Iterator[JsonObject]:
    """Read the events of a scope's deliveries that are still unreadable, oldest first.

    Each has its ``delivery_id`` and the reason, in addition to the event's ``created_at``, ``project_id`` and
    ``webhook_id``.
    """
    conditions = [Condition(("event_key",), "contain", ERROR_KEY)]
    if since is not None:
        conditions.append(Condition(_CREATED_AT, "datetime_gte", times.to_iso(since)))
    fields = ("event_id", "created_at", "project_id", "webhook_id")
    plan = make_plan(conditions, (), scope, now, order=_OLDEST_FIRST, projected=frozenset(fields))
    for row in reader.scan(plan):
        delivery_id = ids.delivery_of_event(str(row["event_id"]))
        # A sender may have such a key of its own.
        if delivery_id is None or row["event_id"] != ids.event_id(delivery_id, ids.ERROR_POSITION):
            continue
        if not events.exists(ids.event_id(delivery_id, ids.RECOVERED_POSITION), scope.domain_id):
            told = {"delivery_id": delivery_id, UNREAD_BECAUSE: why_unreadable(events, scope, delivery_id, now)}
            yield told | {field: row[field] for field in fields}
