"""Reading stored events as the operator: a whole domain's, or an alert's, oldest first."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from event_api.domain import times
from event_api.domain.access import Scope
from event_api.domain.fields import EVENT_FIELDS, INDEX_FIELDS
from event_api.json_types import JsonObject
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
