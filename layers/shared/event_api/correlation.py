"""Correlation: which alert an event belongs to, decided without reading or writing anything.

The store carries a decision out with conditional writes, and asks again when a condition fails because somebody else
was quicker. So the rules are here, and the races are there (docs/adr/0002).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from event_api.model import Alert, AlertState, EventType, RecoveryMode, Severity, Urgency

_HIGH = {Severity.CRITICAL, Severity.ERROR, Severity.NOT_AVAILABLE}


@dataclass(frozen=True, slots=True)
class Policy:
    """A webhook's options: seconds after which an ALERT opens a new alert, and who resolves."""

    duplicate_event_time: int
    recovery_mode: RecoveryMode


@dataclass(frozen=True, slots=True)
class Join:
    """The event belongs to this alert. ``touch``: it is the alert's latest event that is no RECOVERY."""

    alert: Alert
    touch: bool


@dataclass(frozen=True, slots=True)
class Open:
    """The event opens the alert of this generation, over the stale one that is still open, if there is one."""

    generation: int
    stale: Alert | None


@dataclass(frozen=True, slots=True)
class Resolve:
    """The event joins this alert and resolves it, with every older open one of its key."""

    alert: Alert


@dataclass(frozen=True, slots=True)
class Alone:
    """A RECOVERY of nothing: the event is kept without an alert."""


Decision: TypeAlias = Join | Open | Resolve | Alone


def decide(
    newest: Alert | None, *, event_id: str, event_type: EventType, created_at: datetime, policy: Policy
) -> Decision:
    """Decide what an event does, given the newest alert of its (domain, project, event_key).

    An event that opened or resolved the newest alert before (the work is being repeated) joins it, whatever became of
    the alert since. An event that is late (its delivery is finished from the queue) changes nothing that came after
    it: what counts is the order in which deliveries arrived, not that in which they were worked on.
    """
    if newest is not None and event_id in {newest.opened_by, newest.resolved_by}:
        return Join(newest, touch=False)
    if event_type is EventType.RECOVERY:
        if newest is None or not newest.is_open:
            return Alone()
        fired_since = created_at < newest.last_event_at
        resolves = policy.recovery_mode is RecoveryMode.AUTO and not fired_since
        return Resolve(newest) if resolves else Join(newest, touch=False)
    if newest is None:
        return Open(1, stale=None)
    if not newest.is_open:
        over_since = newest.resolved_at is not None and created_at < newest.resolved_at
        return Join(newest, touch=False) if over_since else Open(newest.generation + 1, stale=None)
    if created_at - newest.last_event_at > timedelta(seconds=policy.duplicate_event_time):
        return Open(newest.generation + 1, stale=newest)
    return Join(newest, touch=created_at > newest.last_event_at)


def done_before(
    newest_first: Iterable[Alert], *, event_id: str, event_type: EventType, created_at: datetime
) -> Alert | None:
    """Return the alert that an event opened or resolved before its work was interrupted; None if there is none.

    A recovery resolves the newest alert last; while that one is open, its work is not done.
    """
    for alert in newest_first:
        if event_id in {alert.opened_by, alert.resolved_by}:
            return alert
        if event_type is EventType.RECOVERY and alert.is_open and alert.opened_at <= created_at:
            return None
    return None


def initial_state(event_type: EventType) -> AlertState:
    """Return the state in which an event opens an alert."""
    return AlertState.ERROR if event_type is EventType.ERROR else AlertState.TRIGGERED


def urgency(severity: Severity) -> Urgency:
    """Return the urgency of an alert that an event of this severity opens."""
    return Urgency.HIGH if severity in _HIGH else Urgency.LOW
