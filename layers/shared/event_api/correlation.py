"""Correlation: which alert an event belongs to, decided without reading or writing anything.

The store carries a decision out with conditional writes, and asks again when a condition fails because somebody else
was quicker. So the rules are here, and the races are there (docs/adr/0002).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from event_api.model import Alert, AlertState, EventType, Recovered, RecoveryMode, Severity, Urgency

OVERTAKEN_WITHIN = timedelta(hours=1)
"""For how long after a RECOVERY an ALERT that its sender dates before it counts as overtaken by it.

Senders' retries take minutes. Much later, an old date rather says that an old trouble is back.
"""

_HIGH = {Severity.CRITICAL, Severity.ERROR, Severity.NOT_AVAILABLE}


@dataclass(frozen=True, slots=True)
class Policy:
    """A webhook's options: seconds after which an ALERT opens a new alert, and who resolves."""

    duplicate_event_time: int
    recovery_mode: RecoveryMode


@dataclass(frozen=True, slots=True)
class Arrival:
    """What of an event decides its alert: ``created_at`` is when its delivery arrived, by our clock."""

    event_id: str
    event_type: EventType
    created_at: datetime
    occurred_at: datetime | None = None


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
class Claim:
    """The event opens the alert whose place a RECOVERY holds. ``over``: which it resolved before we knew of it."""

    place: Recovered
    over: bool


@dataclass(frozen=True, slots=True)
class Resolve:
    """The event joins this alert and resolves it, with every older open one of its key."""

    alert: Alert


@dataclass(frozen=True, slots=True)
class Note:
    """A RECOVERY of nothing: kept without an alert, but noted at this place, should its ALERT come later.

    ``instead``: the older note that holds the place.
    """

    generation: int
    instead: Recovered | None


@dataclass(frozen=True, slots=True)
class Alone:
    """A RECOVERY of nothing that changes nothing."""


Decision: TypeAlias = Join | Open | Claim | Resolve | Note | Alone


def decide(newest: Alert | Recovered | None, event: Arrival, policy: Policy) -> Decision:
    """Decide what an event does, given what is newest of its (domain, project, event_key).

    An event that opened or resolved the newest alert before (the work is being repeated) joins it, whatever became of
    the alert since. An event that is late (its delivery is finished from the queue) changes nothing that came after
    it: what counts is the order in which deliveries arrived, not that in which they were worked on.
    """
    if event.event_type is EventType.RECOVERY:
        return _decide_recovery(newest, event, policy)
    match newest:
        case None:
            return Open(1, stale=None)
        case Recovered():
            return Claim(newest, over=_is_over(event.created_at, event.occurred_at, newest.at, newest.occurred_at))
    if event.event_id == newest.opened_by:
        return Join(newest, touch=False)
    if not newest.is_open:
        over = newest.resolved_at is not None and _is_over(
            event.created_at, event.occurred_at, newest.resolved_at, newest.recovery_occurred_at
        )
        return Join(newest, touch=False) if over else Open(newest.generation + 1, stale=None)
    if event.created_at - newest.last_event_at > timedelta(seconds=policy.duplicate_event_time):
        return Open(newest.generation + 1, stale=newest)
    return Join(newest, touch=event.created_at > newest.last_event_at)


def _decide_recovery(newest: Alert | Recovered | None, event: Arrival, policy: Policy) -> Decision:
    if isinstance(newest, Alert):
        if event.event_id == newest.resolved_by:
            return Join(newest, touch=False)
        if newest.is_open:
            is_over = event.created_at == newest.last_event_at or _is_over(
                newest.last_event_at, newest.last_occurred_at, event.created_at, event.occurred_at
            )
            resolves = policy.recovery_mode is RecoveryMode.AUTO and is_over
            return Resolve(newest) if resolves else Join(newest, touch=False)
    if policy.recovery_mode is not RecoveryMode.AUTO:
        return Alone()
    match newest:
        case None:
            return Note(1, instead=None)
        case Recovered():
            is_later = event.created_at > newest.at
            return Note(newest.generation, instead=newest) if is_later else Alone()
    is_later = newest.resolved_at is None or event.created_at > newest.resolved_at
    return Note(newest.generation + 1, instead=None) if is_later else Alone()


def _is_over(
    fired_at: datetime, occurred_at: datetime | None, recovered_at: datetime, recovery_occurred_at: datetime | None
) -> bool:
    """Tell whether a RECOVERY is the end of an ALERT; ``fired_at`` and ``recovered_at`` are when they arrived.

    It is where the ALERT arrived first, whichever is worked on first. Where it arrived second, the sender's own times
    must say so; a RECOVERY that is dated into the future counts from its arrival.
    """
    if fired_at < recovered_at:
        return True
    return (
        occurred_at is not None
        and recovery_occurred_at is not None
        and occurred_at < min(recovery_occurred_at, recovered_at)
        and fired_at - recovered_at <= OVERTAKEN_WITHIN
    )


def done_before(newest_first: Iterable[Alert | Recovered], event: Arrival) -> Alert | None:
    """Return the alert that an event opened or resolved before its work was interrupted; None if there is none.

    A recovery resolves the newest alert last; while that one is open, its work is not done.
    """
    for alert in newest_first:
        if isinstance(alert, Recovered):
            continue
        if event.event_id in {alert.opened_by, alert.resolved_by}:
            return alert
        if event.event_type is EventType.RECOVERY and alert.is_open and alert.opened_at <= event.created_at:
            return None
    return None


def initial_state(event_type: EventType) -> AlertState:
    """Return the state in which an event opens an alert."""
    return AlertState.ERROR if event_type is EventType.ERROR else AlertState.TRIGGERED


def urgency(severity: Severity) -> Urgency:
    """Return the urgency of an alert that an event of this severity opens."""
    return Urgency.HIGH if severity in _HIGH else Urgency.LOW
