"""The events table: one item per event, and three indexes over its scalar fields (docs/adr/0001).

Attribute names are short because each event stores them four times, in the table and in each index: they cost capacity
in every write and in every read of an index. Their meanings:

====  ==============================================  ====  =====================================
e     event_id (hash key)                             k     event_key
d     domain_id (range key; hash key of by-domain)    y     event_type
t     created_at, then event_id: the order of all     n     title
      indexes, unique                                 s     severity
dp    domain and project (hash key of by-project)     r     rule
da    domain and alert (hash key of by-alert)         ri    resource.resource_id
p     project_id                                      rt    resource.resource_type
a     alert_id                                        rn    resource.name
w     webhook_id                                      v     provider
x     when the item expires, epoch seconds (TTL)      c     account
i     where the raw body is, see below                o     occurred_at
m     packed, in no index: description,               b     instead of m: the same, and headers and
      additional_info, image_url                            body of the delivery
====  ==============================================  ====  =====================================

A field without a value has no attribute; an empty string is a value. An event that opened or resolved its alert has no
``da``: the alert names it (docs/adr/0015, 0017). The raw body is in the event's delivery
(`event_api.store.deliveries`). The exceptions have ``i``: "e" if the body is in ``b`` of this item, and of an imported
event whether there is a raw body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias, cast

from event_api.domain import ids
from event_api.domain.access import Scope
from event_api.domain.delivery import Delivery
from event_api.domain.event import Event
from event_api.domain.fields import DETAIL_FIELDS, Path
from event_api.json_types import JsonObject
from event_api.store import contents, retention
from event_api.store.attributes import Item, ItemReader, Value
from event_api.store.deliveries import DeliveryStore
from event_api.store.marks import Marks
from event_api.store.table import ConditionFailedError, Table

Row: TypeAlias = JsonObject
"""Some or all of the API's fields of an event; a field without a value is None."""

_SCALARS = {
    "event_id": "e",
    "event_key": "k",
    "event_type": "y",
    "title": "n",
    "severity": "s",
    "rule": "r",
    "provider": "v",
    "account": "c",
    "alert_id": "a",
    "webhook_id": "w",
    "project_id": "p",
    "domain_id": "d",
    "occurred_at": "o",
}
_RESOURCE = {"resource_id": "ri", "resource_type": "rt", "name": "rn"}
LENGTH_OF_TIME = len("2022-06-21T00:34:58.034Z")
"""Length of created_at, with which ``t`` begins."""

ATTRIBUTES_OF_FIELD: Mapping[str, tuple[str, ...]] = {
    **{field: (attribute,) for field, attribute in _SCALARS.items()},
    "resource": tuple(_RESOURCE.values()),
    "created_at": ("t",),
    **dict.fromkeys(DETAIL_FIELDS, (contents.ALONE, contents.WITH_BODY)),
    "raw_data": (contents.WITH_BODY,),
}
"""The attributes that hold a field, ``raw_data`` only if the delivery is stored with the event."""

WITHIN_EVENT = ""
"""Instead of a delivery's id: the raw body is in the event's own item."""
_WITH_BODY = "e"


def within(domain_id: str, other_id: str) -> str:
    """Return the hash key for an id within a domain; it is unambiguous, whatever characters the ids contain."""
    return f"{len(domain_id)}:{domain_id}:{other_id}"


def attributes_of(fields: Iterable[str]) -> set[str]:
    """Return the attributes that hold some fields."""
    return {attribute for field in fields for attribute in ATTRIBUTES_OF_FIELD.get(field, ())}


def delivery_of(item: Item, event_id: str, domain_id: str) -> str | None:
    """Return the id of the delivery that holds an event's raw body, WITHIN_EVENT, or None if there is no body."""
    place = item.get("i")
    if place is None:
        return ids.delivery_of_event(event_id)
    if place == _WITH_BODY:
        return WITHIN_EVENT
    return ids.delivery_of_import(event_id, domain_id) if place else None


def created_at_of(item: Item) -> str:
    """Return when an event was created, ISO 8601 with milliseconds."""
    return str(item["t"])[:LENGTH_OF_TIME]


def _text(item: Item, attribute: str) -> str | None:
    return cast("str | None", item.get(attribute))


def attribute_of(path: Path) -> str:
    """Return the attribute that holds the one value at a path; raise KeyError if there is none.

    A path of two parts must begin with ``resource``, the only field that has parts; that is not checked.
    """
    head, *below = path
    return _RESOURCE[below[0]] if below else _SCALARS[head]


def scalars_of(fields: Iterable[str]) -> Callable[[Item], Row]:
    """Return a function that reads some fields, except DETAIL_FIELDS, from an item of the table or of an index."""
    scalars = [(field, _SCALARS[field]) for field in fields if field in _SCALARS]
    has_time = "created_at" in fields
    has_resource = "resource" in fields

    def read(item: Item) -> Row:
        row: Row = {field: _text(item, attribute) for field, attribute in scalars}
        if has_time:
            row["created_at"] = created_at_of(item)
        if has_resource:
            row["resource"] = {part: _text(item, attribute) for part, attribute in _RESOURCE.items()}
        return row

    return read


class EventStore:
    """Writes and reads single events."""

    def __init__(self, table: Table, deliveries: DeliveryStore, retention_days: int, marks: Marks) -> None:
        self._table = table
        self._marks = marks
        self._deliveries = deliveries
        self._retention_days = retention_days

    def add(
        self,
        event: Event,
        stored_at: datetime,
        *,
        delivery: Delivery | None = None,
        named_by_alert: bool = False,
        imported_with_body: bool | None = None,
    ) -> bool:
        """Store an event, without its ``raw_data``; return False if it is already stored.

        ``delivery``: the delivery to store with the event, which is the only one that it makes. ``named_by_alert``: the
        event opened or resolved its alert, which names it. ``imported_with_body``: whether the raw body of an imported
        event was stored; None for an event of create.
        """
        item = self._to_item(
            event, stored_at, named_by_alert=named_by_alert, delivery=delivery, imported_with_body=imported_with_body
        )
        # An import is an operator's process, which may be suspended for any time.
        with self._marks.around(event.domain_id, event.created_at, always=imported_with_body is not None):
            try:
                self._table.put(item, unless_exists="e")
            except ConditionFailedError:
                return False
        return True

    def add_all(self, events: Sequence[tuple[Event, bool]], stored_at: datetime) -> None:
        """Store events of one delivery that no other process can be storing, each with whether its alert names it.

        Whatever is stored under their ids is replaced, by the same: ids are derived from the delivery.
        """
        if not events:
            return
        first, _ = events[0]
        with self._marks.around(first.domain_id, first.created_at, always=False):
            self._table.put_all(
                self._to_item(event, stored_at, named_by_alert=named_by_alert) for event, named_by_alert in events
            )

    def _to_item(
        self,
        event: Event,
        stored_at: datetime,
        *,
        named_by_alert: bool,
        delivery: Delivery | None = None,
        imported_with_body: bool | None = None,
    ) -> dict[str, Value | None]:
        details = {field: value for field in DETAIL_FIELDS if (value := getattr(event, field)) is not None}
        return {
            **{attribute: getattr(event, field) for field, attribute in _SCALARS.items()},
            **{attribute: getattr(event.resource, part) for part, attribute in _RESOURCE.items()},
            "t": event.created_at + event.event_id,
            "dp": None if event.project_id is None else within(event.domain_id, event.project_id),
            "da": within(event.domain_id, event.alert_id)
            if event.alert_id is not None and not named_by_alert
            else None,
            "x": retention.expires_at(stored_at, self._retention_days),
            "i": imported_with_body if delivery is None else _WITH_BODY,
            **contents.packed(details, delivery),
        }

    def delivery(self, delivery_id: str, domain_id: str) -> Delivery | None:
        """Read a delivery that is stored by itself or with its event; None if neither is, or its body has expired."""
        key: Item = {"e": ids.event_id(delivery_id, 0), "d": domain_id}
        delivery, item = self._deliveries.get_with(delivery_id, domain_id, self._table, key)
        request = None if item is None else contents.request_of(item)
        if item is None or request is None:
            return delivery
        stored = ItemReader({**item, "t": created_at_of(item)})
        body, headers, request_id = request
        return Delivery(
            delivery_id=delivery_id,
            domain_id=domain_id,
            project_id=stored.text("p"),
            webhook_id=stored.text("w"),
            body=body,
            headers=headers,
            received_at=stored.time("t"),
            finished=True,
            request_id=request_id,
        )

    def alert_of(self, event_id: str, domain_id: str) -> str | None:
        """Read the id of a stored event's alert; None if it has none or does not exist."""
        item = self._table.get({"e": event_id, "d": domain_id}, attributes=("a",), consistent=True)
        return None if item is None else _text(item, "a")

    def exists(self, event_id: str, domain_id: str) -> bool:
        """Return whether an event is stored."""
        return self._table.get({"e": event_id, "d": domain_id}, attributes=("e",), consistent=True) is not None

    def get(self, scope: Scope, event_id: str, fields: frozenset[str], now: datetime) -> Row | None:
        """Read some fields of one event, and its project_id; return None if the scope has no such event.

        An event can be read as soon as create has responded.
        """
        if not 0 < len(event_id) <= ids.MAX_ID_LENGTH:
            return None
        key: Item = {"e": event_id, "d": scope.domain_id}
        attributes = attributes_of(fields) | {"p", "x", "e", "i"}
        item = self._table.get_latest(key, attributes=attributes)
        if item is None or not retention.is_live(item, "x", now):
            return None
        row = scalars_of(fields | {"project_id"})(item) | contents.details_of(item, fields)
        if not scope.allows_project(_text(item, "p")):
            return None
        if "raw_data" in fields:
            delivery_id = delivery_of(item, event_id, scope.domain_id)
            if delivery_id == WITHIN_EVENT:
                row["raw_data"] = contents.raw_data_of(item)
            else:
                row["raw_data"] = delivery_id and self._deliveries.raw_data(delivery_id, scope, now)
        return row
