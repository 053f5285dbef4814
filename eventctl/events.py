"""Reading stored events as the operator: a whole domain's, or an alert's, oldest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from event_api.domain import ids, times
from event_api.domain.access import Scope
from event_api.domain.fields import EVENT_FIELDS, INDEX_FIELDS
from event_api.ingest import normalization
from event_api.json_types import JsonObject
from event_api.normalizers import UNREAD_BECAUSE, lenient
from event_api.query.matcher import Condition
from event_api.query.planner import make_plan
from event_api.query.sorting import SortKey
from event_api.store.deployment import Deployment

_CREATED_AT = ("created_at",)
_EVENT_ID = ("event_id",)
_POSITIONS_AT_ONCE = 100
_OLDEST_FIRST = (SortKey(_CREATED_AT),)


def events_of_domain(
    stores: Deployment,
    domain_id: str,
    projects: Collection[str],
    now: datetime,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[JsonObject]:
    """Read whole EventInfos, page by page: of some projects, or of all where none is named.

    ``since`` is included, ``until`` is not, so that consecutive spans share no event.
    """
    bounds = {"datetime_gte": since, "datetime_lt": until}
    conditions = [
        Condition(_CREATED_AT, operator, times.to_iso(moment)) for operator, moment in bounds.items() if moment
    ]
    scope = Scope(domain_id, frozenset(projects) or None)
    plan = make_plan(conditions, (), scope, now, order=_OLDEST_FIRST, projected=INDEX_FIELDS)
    reader = stores.reader(scope, now)
    for row in reader.fill(reader.scan(plan), frozenset(EVENT_FIELDS)):
        yield {field: row[field] for field in EVENT_FIELDS}


def events_of_alert(
    stores: Deployment, domain_id: str, alert_id: str, fields: Collection[str], now: datetime
) -> list[JsonObject]:
    """Read some of the INDEX_FIELDS of an alert's events."""
    scope = Scope(domain_id)
    of_alert = Condition(("alert_id",), "eq", alert_id)
    plan = make_plan([of_alert], (), scope, now, order=_OLDEST_FIRST, projected=frozenset(fields))
    return [{field: row[field] for field in fields} for row in stores.reader(scope, now).scan(plan)]


def events_of_delivery(
    stores: Deployment, domain_id: str, delivery_id: str, fields: Collection[str], now: datetime
) -> list[JsonObject]:
    """Read some of the INDEX_FIELDS of the events that a delivery was made into, by their derived ids."""
    scope = Scope(domain_id)

    def at(positions: Iterable[int]) -> list[JsonObject]:
        event_ids = [ids.event_id(delivery_id, position) for position in positions]
        of_delivery = Condition(_EVENT_ID, "in", [*event_ids])
        plan = make_plan([of_delivery], (), scope, now, order=_OLDEST_FIRST, projected=frozenset(fields))
        return [{field: row[field] for field in fields} for row in stores.reader(scope, now).scan(plan)]

    found = at([ids.ERROR_POSITION, ids.RECOVERED_POSITION])
    for first in range(0, ids.RECOVERED_POSITION, _POSITIONS_AT_ONCE):
        some = at(range(first, first + _POSITIONS_AT_ONCE))
        found += some
        if not some:
            break
    return sorted(found, key=lambda event: str(event["event_id"]))


def why_unreadable(stores: Deployment, domain_id: str, delivery_id: str, now: datetime) -> str | None:
    """Return the reason why a delivery could not be read, from its event, or None without one."""
    event_id = ids.event_id(delivery_id, ids.ERROR_POSITION)
    row = stores.events.get(Scope(domain_id), event_id, frozenset({"additional_info", "description"}), now)
    if row is None:
        return None
    told = lenient.mapping(row["additional_info"]).get(UNREAD_BECAUSE)
    return lenient.first_text(told, row["description"])


def unreadable_deliveries(
    stores: Deployment, domain_id: str, now: datetime, *, since: datetime | None = None
) -> Iterator[JsonObject]:
    """Read the events of a domain's deliveries that are still unreadable, oldest first.

    Each has its ``delivery_id`` and the reason, in addition to the event's ``created_at``, ``project_id`` and
    ``webhook_id``.
    """
    conditions = [Condition(("event_key",), "contain", normalization.ERROR_KEY)]
    if since is not None:
        conditions.append(Condition(_CREATED_AT, "datetime_gte", times.to_iso(since)))
    scope = Scope(domain_id)
    fields = ("event_id", "created_at", "project_id", "webhook_id")
    plan = make_plan(conditions, (), scope, now, order=_OLDEST_FIRST, projected=frozenset(fields))
    for row in stores.reader(scope, now).scan(plan):
        delivery_id = ids.delivery_of_event(str(row["event_id"]))
        # A sender may have such a key of its own.
        if delivery_id is None or row["event_id"] != ids.event_id(delivery_id, ids.ERROR_POSITION):
            continue
        if not stores.events.exists(ids.event_id(delivery_id, ids.RECOVERED_POSITION), domain_id):
            told = {"delivery_id": delivery_id, UNREAD_BECAUSE: why_unreadable(stores, domain_id, delivery_id, now)}
            yield told | {field: row[field] for field in fields}
