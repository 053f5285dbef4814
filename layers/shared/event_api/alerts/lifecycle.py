"""Joins events to alerts: carries out decisions of `event_api.alerts.policy`, and decides again after a lost race."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import islice
from typing import TypeAlias

from event_api.alerts import policy
from event_api.alerts.policy import (
    Confirm,
    Decision,
    IncomingEvent,
    Join,
    NoAlert,
    Open,
    OpenResolved,
    RecordEarlyRecovery,
    Resolve,
)
from event_api.domain import ids
from event_api.domain.alert import Alert, AlertState, EarlyRecovery, FiringTimes
from event_api.domain.delivery import Delivery
from event_api.domain.errors import UnavailableError
from event_api.domain.event import EventType
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.webhook import Webhook
from event_api.store.alerts import AlertStore
from event_api.store.table import ConditionFailedError

_TRIES = 50
_RECENT = 8
"""Alerts of a key that an attempt of a moment ago can have changed."""


Newest: TypeAlias = dict[str, Alert | EarlyRecovery | None]
"""The newest alert or marker of some keys. An entry is removed by its first use, because the event changes it."""


def newest_of(alerts: AlertStore, delivery: Delivery, events: Iterable[NormalizedEvent]) -> Newest:
    """Look up the alerts of many events together; only those that are known for certain are in the answer."""
    return alerts.newest_of(dict.fromkeys(_key(delivery, event) for event in events))


def join(
    alerts: AlertStore,
    webhook: Webhook,
    delivery: Delivery,
    event_id: str,
    event: NormalizedEvent,
    *,
    repeated: bool = False,
    retried: bool = False,
    newest: Newest | None = None,
) -> Alert | None:
    """Return the alert that an event belongs to, if it does, and change it accordingly.

    ``repeated``: an earlier attempt may have done this, completely or in part, at any time; ``retried``: a moment ago.
    ``newest``: alerts that were looked up before. Raises UnavailableError.
    """
    alert = _alert(delivery, event_id, event)
    arrival = IncomingEvent(event_id, event.event_type, delivery.received_at, event.occurred_at)
    terms = policy.Policy(webhook.duplicate_event_time, webhook.recovery_mode)
    seen = {} if newest is None else newest
    if retried:
        recent = list(islice(alerts.newest_first(alert.key, first_page=_RECENT), _RECENT))
        if (done := policy.done_before(recent, arrival)) is not None:
            return done
        seen = {alert.key: recent[0] if recent else None}
    number = cache(lambda: alerts.next_number(delivery.domain_id)) if webhook.numbers_alerts else _no_number
    joined = _join(alerts, alert, arrival, terms, number, repeated=repeated, newest=seen)
    if event.event_type is EventType.RECOVERY and (joined is None or joined.generation == 1):
        # An earlier version may have left an alert open under a former key, but only until the key's second alert.
        for former_key in event.former_keys:
            former = replace(alert, key=ids.alert_key(delivery.domain_id, delivery.project_id, former_key))
            if _is_of_webhook(alerts.newest(former.key), arrival, webhook):
                joined = _join(alerts, former, arrival, terms, number, repeated=repeated, newest={}) or joined
    return joined


def opened(alert: Alert | None, event_id: str) -> bool:
    """Return whether an alert was opened by this event."""
    return alert is not None and alert.opened_by == event_id


def names(alert: Alert | None, event_id: str) -> bool:
    """Return whether an alert names this event, as one that opened or resolved it, so that it is found through it."""
    return alert is not None and event_id in {alert.opened_by, alert.resolved_by, *alert.former_recoveries}


def arrived_at(alert: Alert | None, event_id: str, now: datetime) -> datetime:
    """Return when an event arrived: ``now``, or earlier if an earlier attempt has opened or resolved its alert."""
    if alert is not None and alert.opened_by == event_id:
        return alert.opened_at
    if alert is not None and alert.resolved_by == event_id and alert.resolved_at is not None:
        return alert.resolved_at
    return now


def withdraw(alerts: AlertStore, opened_alert: Alert, kept_id: str | None, now: datetime) -> None:
    """End the alert that a copy of a delivery opened if its event is stored already, with another alert that is over.

    ``kept_id`` is the stored event's alert. An alert that has taken other events stays.
    """
    if kept_id is None or kept_id == opened_alert.alert_id:
        return
    kept = alerts.get(kept_id, now)
    if kept is not None and kept.resolved_by is not None and kept.resolved_at is not None:
        # As its predecessor, so that an ALERT that has arrived since then opens one.
        with suppress(ConditionFailedError):
            alerts.resolve(opened_alert, kept.resolved_by, kept.resolved_at, kept.recovery_occurred_at)


def _is_of_webhook(newest: Alert | EarlyRecovery | None, recovery: IncomingEvent, webhook: Webhook) -> bool:
    """Return whether this RECOVERY can belong to an alert under a former key, which another webhook may have used."""
    if not isinstance(newest, Alert) or newest.webhook_id != webhook.webhook_id:
        return False
    return newest.is_open or newest.resolved_by == recovery.event_id


def _join(
    alerts: AlertStore,
    alert: Alert,
    event: IncomingEvent,
    terms: policy.Policy,
    number: Callable[[], int | None],
    *,
    repeated: bool,
    newest: Newest,
) -> Alert | None:
    """Return the event's alert; ``alert`` is the one that it opens if its key has none, ``number`` gives its number."""
    if repeated:
        done = policy.done_before(alerts.newest_first(alert.key), event)
        if done is not None:
            return done
    for _ in range(_TRIES):
        seen = newest.pop(alert.key) if alert.key in newest else alerts.newest(alert.key)
        try:
            if isinstance(seen, Alert) and seen.merged_to is not None and _ended_with_target(alerts, seen, event):
                continue
            decision = policy.decide(seen, event, terms)
            if isinstance(decision, Open | OpenResolved):
                alert = replace(alert, number=number())
            return _carry_out(alerts, decision, alert, event)
        except ConditionFailedError:
            continue  # another process was quicker: decide again
    raise UnavailableError("the alert is changing too fast")


def _no_number() -> None:
    return None


def _ended_with_target(alerts: AlertStore, merged: Alert, event: IncomingEvent) -> bool:
    """Resolve an alert that is merged to one that is over, and return whether that was done.

    The target's end ends what was merged to it, so that the next ALERT opens an alert that people see.
    """
    target: Alert | None = merged
    while target is not None and target.is_open and target.merged_to is not None:
        target = alerts.get(target.merged_to, event.created_at)
    if not merged.is_open or (target is not None and target.is_open):
        return False
    ended_at = event.created_at if target is None or target.resolved_at is None else target.resolved_at
    alerts.end_merged(merged, ended_at)
    return True


def _carry_out(alerts: AlertStore, decision: Decision, alert: Alert, event: IncomingEvent) -> Alert | None:
    """Change the store as decided and return the event's alert; ``alert`` is a template of the one that it may open."""
    match decision:
        case Open(after):
            alert = _after(alert, after, event)
            _take_place(alerts, alert, after, decision.stale)
        case OpenResolved(by):
            alert = _resolved(_after(alert, by, event), by)
            alerts.claim(alert, by)
        case Join(alert, changed):
            if changed is not None:
                alerts.set_times(alert, changed)
        case Resolve(alert):
            alerts.resolve(alert, event.event_id, event.created_at, event.occurred_at)
            return replace(alert, state=AlertState.RESOLVED, resolved_by=event.event_id, resolved_at=event.created_at)
        case Confirm(alert):
            alerts.confirm(alert, event.event_id, event.created_at, event.occurred_at)
            return replace(alert, resolved_by=event.event_id, resolved_at=event.created_at)
        case RecordEarlyRecovery(after):
            alerts.note(_marker(alert.key, after, event), after if isinstance(after, EarlyRecovery) else None)
            return None
        case NoAlert():
            return None
    return alert


def _take_place(alerts: AlertStore, alert: Alert, after: Alert | EarlyRecovery | None, stale: Alert | None) -> None:
    if isinstance(after, EarlyRecovery):
        alerts.claim(alert, after)
    else:
        alerts.open(alert, stale)


def _alert(delivery: Delivery, event_id: str, event: NormalizedEvent) -> Alert:
    """Return the alert that an event opens, as the first of its key."""
    key = _key(delivery, event)
    return Alert(
        alert_id=ids.alert_id(key, 1),
        key=key,
        generation=1,
        domain_id=delivery.domain_id,
        project_id=delivery.project_id,
        event_key=event.event_key,
        state=policy.initial_state(event.event_type),
        urgency=policy.urgency(event.severity),
        title=event.title,
        severity=event.severity,
        webhook_id=delivery.webhook_id,
        opened_by=event_id,
        opened_at=delivery.received_at,
        times=FiringTimes(delivery.received_at, event.occurred_at),
    )


def _key(delivery: Delivery, event: NormalizedEvent) -> str:
    webhook_id = delivery.webhook_id if event.key_scope is KeyScope.WEBHOOK else None
    return ids.alert_key(delivery.domain_id, delivery.project_id, event.event_key, webhook_id)


def _after(alert: Alert, newest: Alert | EarlyRecovery | None, event: IncomingEvent) -> Alert:
    """Return an alert as the next one of its key."""
    generation = _next_generation(newest)
    times = policy.received(newest, event)
    return replace(alert, generation=generation, alert_id=ids.alert_id(alert.key, generation), times=times)


def _next_generation(newest: Alert | EarlyRecovery | None) -> int:
    match newest:
        case None:
            return 1
        case EarlyRecovery(generation=place):
            return place
    return newest.generation + 1


def _marker(key: str, newest: Alert | EarlyRecovery | None, recovery: IncomingEvent) -> EarlyRecovery:
    return EarlyRecovery(
        key,
        _next_generation(newest),
        recovery.event_id,
        recovery.created_at,
        recovery.occurred_at,
        newest.times if newest else None,
    )


def _resolved(alert: Alert, by: EarlyRecovery) -> Alert:
    """Return an alert that is resolved by the RECOVERY that arrived before it."""
    return replace(
        alert,
        state=AlertState.RESOLVED,
        resolved_by=by.event_id,
        resolved_at=by.at,
        recovery_occurred_at=by.recovery_occurred_at,
    )
