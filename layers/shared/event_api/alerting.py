"""Giving an event its alert: what `event_api.correlation` decides, carried out until nobody was quicker."""

from __future__ import annotations

from dataclasses import replace

from event_api import correlation, ids
from event_api.correlation import Alone, Arrival, Claim, Decision, Join, Note, Open, Resolve
from event_api.errors import UnavailableError
from event_api.model import Alert, AlertState, Delivery, NormalizedEvent, Recovered, Webhook
from event_api.store.alerts import AlertStore
from event_api.store.table import ConditionFailedError

_TRIES = 50


def join(
    alerts: AlertStore, webhook: Webhook, delivery: Delivery, event_id: str, event: NormalizedEvent, *, repeated: bool
) -> str | None:
    """Return the id of the alert that an event belongs to, if it does, and change the alert accordingly.

    ``repeated``: this may have been done before, and been interrupted. Raises UnavailableError.
    """
    alert = _alert(delivery, event_id, event)
    arrival = Arrival(event_id, event.event_type, delivery.received_at, event.occurred_at)
    policy = correlation.Policy(webhook.duplicate_event_time, webhook.recovery_mode)
    if repeated:
        done = correlation.done_before(alerts.newest_first(alert.key), arrival)
        if done is not None:
            return done.alert_id
    for _ in range(_TRIES):
        decision = correlation.decide(alerts.newest(alert.key), arrival, policy)
        try:
            joined = _carry_out(alerts, decision, alert, arrival)
        except ConditionFailedError:
            continue  # somebody else was quicker: decide again
        return None if joined is None else joined.alert_id
    raise UnavailableError("the alert is changing too fast")


def _carry_out(alerts: AlertStore, decision: Decision, alert: Alert, event: Arrival) -> Alert | None:
    """Change the store as decided and return the event's alert; ``alert`` is the one that it would open."""
    match decision:
        case Open(generation, stale):
            alert = _of_generation(alert, generation)
            alerts.open(alert, stale)
        case Claim(place, over):
            alert = _of_generation(alert, place.generation)
            alerts.claim(_resolved(alert, place) if over else alert, place)
        case Join(alert, touch):
            if touch:
                alerts.touch(alert, event.created_at, event.occurred_at)
        case Resolve(alert):
            alerts.resolve(alert, event.event_id, event.created_at, event.occurred_at)
        case Note(generation, instead):
            note = Recovered(alert.key, generation, event.event_id, event.created_at, event.occurred_at)
            alerts.note(note, instead)
            return None
        case Alone():
            return None
    return alert


def _alert(delivery: Delivery, event_id: str, event: NormalizedEvent) -> Alert:
    """Return the alert that an event opens, as the first of its key."""
    key = ids.alert_key(delivery.domain_id, delivery.project_id, event.event_key)
    return Alert(
        alert_id=ids.alert_id(key, 1),
        key=key,
        generation=1,
        domain_id=delivery.domain_id,
        project_id=delivery.project_id,
        event_key=event.event_key,
        state=correlation.initial_state(event.event_type),
        urgency=correlation.urgency(event.severity),
        title=event.title,
        severity=event.severity,
        webhook_id=delivery.webhook_id,
        opened_by=event_id,
        opened_at=delivery.received_at,
        last_event_at=delivery.received_at,
        last_occurred_at=event.occurred_at,
    )


def _of_generation(alert: Alert, generation: int) -> Alert:
    return replace(alert, generation=generation, alert_id=ids.alert_id(alert.key, generation))


def _resolved(alert: Alert, by: Recovered) -> Alert:
    """Return an alert as the RECOVERY left it that came before."""
    return replace(
        alert,
        state=AlertState.RESOLVED,
        resolved_by=by.event_id,
        resolved_at=by.at,
        recovery_occurred_at=by.occurred_at,
    )
