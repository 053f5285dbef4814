"""Changes of alerts that people make: each is decided over the latest state, written on condition, and recorded.

`event_api.admin.alerts` has those that come with a request. This module is free of pydantic, which a link in a
notification has no time for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from event_api.alerts import changes
from event_api.domain import times
from event_api.domain.access import Scope
from event_api.domain.alert import AlertState
from event_api.domain.alert_info import ALERT
from event_api.domain.errors import InvalidParameterError, NotFoundError, UnavailableError
from event_api.json_types import JsonObject
from event_api.query.projection import info_of, selection
from event_api.store.alert_records import AlertRecord, AlertRecords, Change, HistoryEntry
from event_api.store.audit import Journal
from event_api.store.table import ConditionFailedError

_TRIES = 20


class Stores(Protocol):
    """The stores to change alerts with, the caller's scope, and the journal in the caller's name."""

    @property
    def alerts(self) -> AlertRecords: ...  # noqa: D102
    @property
    def journal(self) -> Journal: ...  # noqa: D102
    @property
    def scope(self) -> Scope: ...  # noqa: D102


def delete_alert(stores: Stores, alert_id: str, now: datetime) -> None:
    """Delete an alert; its events stay."""
    was_there = False

    def decide(record: AlertRecord) -> Change:
        nonlocal was_there
        was_there = True
        return changes.deleted(record, times.to_iso(now))

    try:
        change_alert(stores, "alert.delete", alert_id, decide, now)
    except NotFoundError:
        # Another person was quicker, or the answer to an attempt was lost.
        if not was_there:
            raise


def process_alert(stores: Stores, alert_id: str, state: str, now: datetime) -> JsonObject:
    """Acknowledge or resolve an alert that is TRIGGERED, by the link of a notification."""
    if state not in {AlertState.ACKNOWLEDGED, AlertState.RESOLVED}:
        raise InvalidParameterError("state", "it is neither ACKNOWLEDGED nor RESOLVED")
    at, actor = times.to_iso(now), stores.journal.actor

    def decide(record: AlertRecord) -> Change | None:
        return changes.processed(record, AlertState(state), actor.actor_id, at)

    return changed_alert(stores, "alert.update_state", alert_id, decide, now)


def alert_info(stores: Stores, alert_id: str, now: datetime) -> JsonObject:
    """Return the AlertInfo of an alert; raise NotFoundError if the scope has no such alert."""
    row = stores.alerts.get(stores.scope, alert_id, frozenset(ALERT.fields), now)
    if row is None:
        raise NotFoundError("alert_id", alert_id)
    return info_of(row, selection((), kind=ALERT))


def changed_alert(
    stores: Stores, action: str, alert_id: str, decide: Callable[[AlertRecord], Change | None], now: datetime
) -> JsonObject:
    """Change an alert as is decided over its latest state, and return its AlertInfo."""
    change_alert(stores, action, alert_id, decide, now)
    return alert_info(stores, alert_id, now)


def change_alert(
    stores: Stores, action: str, alert_id: str, decide: Callable[[AlertRecord], Change | None], now: datetime
) -> None:
    """Change an alert as is decided over its latest state; None changes nothing."""

    def of_one() -> Sequence[tuple[AlertRecord, Change]]:
        record = found_alert(stores, alert_id, now, "alert_id")
        change = decide(record)
        return [] if change is None else [(record, change)]

    write_changes(stores, action, alert_id, of_one, now)


def write_changes(
    stores: Stores,
    action: str,
    alert_id: str,
    decide: Callable[[], Sequence[tuple[AlertRecord, Change]]],
    now: datetime,
) -> None:
    """Make the changes that are decided; if an alert changes meanwhile, decide again over its new state."""
    by = HistoryEntry(times.to_iso(now), action, stores.journal.actor, {})
    for _ in range(_TRIES):
        decided = decide()
        if not decided:
            return
        # All but the first are merged to it, and each has its entry in the history.
        _, main = decided[0]
        projects = frozenset(record.stored.text("project_id") for record, _ in decided)
        details: JsonObject = {"action": main.action, **main.details}
        recorded = stores.journal.entry(action, alert_id, stores.scope.domain_id, projects, details)
        try:
            stores.alerts.change(decided, by, recorded)
        except ConditionFailedError:
            continue
        return
    raise UnavailableError("the alert is changing too fast")


def found_alert(stores: Stores, alert_id: str, now: datetime, key: str) -> AlertRecord:
    """Return the latest state of an alert; raise NotFoundError, which names ``key``, if the scope has no such alert."""
    record = stores.alerts.find(stores.scope, alert_id, now)
    if record is None:
        raise NotFoundError(key, alert_id)
    return record
