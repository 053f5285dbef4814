"""Correlation: the decision which alert an event belongs to, without any input or output.

The store carries a decision out with conditional writes, and decides again if a condition fails because another process
was quicker. So the rules are here, and the races are there (docs/adr/0002).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from event_api.domain.alert import Alert, AlertState, EarlyRecovery, FiringTimes, Urgency
from event_api.domain.event import EventType, Severity
from event_api.domain.webhook import RecoveryMode

OVERTAKEN_WITHIN = timedelta(hours=1)
"""How long after a RECOVERY a delayed ALERT that its sender dates before it can count as overtaken by it.

Senders' retries take minutes. A much later ALERT with an old date reports that the old trouble is back.
"""

_HIGH = {Severity.CRITICAL, Severity.ERROR, Severity.NOT_AVAILABLE}


@dataclass(frozen=True, slots=True)
class Policy:
    """A webhook's options: seconds after which an ALERT opens a new alert, and who resolves."""

    duplicate_event_time: int
    recovery_mode: RecoveryMode


@dataclass(frozen=True, slots=True)
class IncomingEvent:
    """The part of an event that decides its alert; ``created_at`` is when its delivery arrived, by our clock."""

    event_id: str
    event_type: EventType
    created_at: datetime
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """The event belongs to this alert, and changes its times to these if there are any."""

    alert: Alert
    times: FiringTimes | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """The event opens the key's next alert, after the newest one or an early RECOVERY, if there is one."""

    after: Alert | EarlyRecovery | None

    @property
    def stale(self) -> Alert | None:
        """The older alert that is still open and that the new one supersedes."""
        return self.after if isinstance(self.after, Alert) and self.after.is_open else None


@dataclass(frozen=True, slots=True)
class OpenResolved:
    """The event opens the alert that this RECOVERY had resolved before the event was processed."""

    by: EarlyRecovery


@dataclass(frozen=True, slots=True)
class Resolve:
    """The event joins this alert and resolves it, with every older open one of its key."""

    alert: Alert


@dataclass(frozen=True, slots=True)
class Confirm:
    """The event joins this alert, which a person had resolved before the RECOVERY arrived."""

    alert: Alert


@dataclass(frozen=True, slots=True)
class RecordEarlyRecovery:
    """A RECOVERY with no open alert: store a marker so that an ALERT that it has overtaken counts as resolved.

    ``after``: the newest alert of the key, or the older marker that this one replaces.
    """

    after: Alert | EarlyRecovery | None


@dataclass(frozen=True, slots=True)
class NoAlert:
    """A RECOVERY with no open alert that changes nothing."""


Decision: TypeAlias = Join | Open | OpenResolved | Resolve | Confirm | RecordEarlyRecovery | NoAlert


def decide(newest: Alert | EarlyRecovery | None, event: IncomingEvent, policy: Policy) -> Decision:
    """Decide the effect of an event, given the newest alert or marker of its (domain, project, event_key).

    An event that opened or resolved the newest alert before (the work is being repeated) joins it, whatever happened to
    the alert since. A late event (its delivery is finished from the queue) changes nothing that came after it: the
    order in which deliveries arrived counts, not the order of their processing.
    """
    if event.event_type is EventType.RECOVERY:
        return _decide_recovery(newest, event, policy)
    if newest is None:
        return Open(None)
    times = received(newest, event)
    if isinstance(newest, Alert):
        if event.event_id == newest.opened_by:
            return Join(newest)
        if newest.is_open:
            is_stale = event.created_at - newest.times.last_event_at > timedelta(seconds=policy.duplicate_event_time)
            return Open(newest) if is_stale else _join(newest, times)
    recovered_at = _recovered_at(newest)
    if recovered_at is None or not _is_over(
        event.created_at, _proof(newest, event), recovered_at, newest.recovery_occurred_at
    ):
        return Open(newest)
    if times.order_unclear and times.last_event_at > max(event.created_at, recovered_at):
        # One ALERT arrived before the RECOVERY, one of the same date after it: the second one had fired again.
        return Open(newest)
    if isinstance(newest, EarlyRecovery):
        return OpenResolved(newest)
    return _join(newest, times) if event.created_at > recovered_at else Join(newest)


def _join(alert: Alert, times: FiringTimes) -> Join:
    return Join(alert, times if times != alert.times else None)


def _decide_recovery(newest: Alert | EarlyRecovery | None, event: IncomingEvent, policy: Policy) -> Decision:
    if isinstance(newest, Alert):
        if event.event_id == newest.resolved_by or event.event_id in newest.former_recoveries:
            return Join(newest)
        if newest.is_open:
            fired = newest.times
            dated = None if fired.order_unclear else fired.last_occurred_at
            is_over = event.created_at == fired.last_event_at or _is_over(
                fired.last_event_at, dated, event.created_at, event.occurred_at
            )
            return Resolve(newest) if policy.recovery_mode is RecoveryMode.AUTO and is_over else Join(newest)
        if newest.is_unconfirmed:
            return Confirm(newest)
    if policy.recovery_mode is not RecoveryMode.AUTO:
        return NoAlert()
    before = None if newest is None else _recovered_at(newest)
    return RecordEarlyRecovery(newest) if before is None or event.created_at > before else NoAlert()


def _recovered_at(newest: Alert | EarlyRecovery) -> datetime | None:
    return newest.at if isinstance(newest, EarlyRecovery) else newest.resolved_at


def _is_over(
    fired_at: datetime, occurred_at: datetime | None, recovered_at: datetime, recovery_occurred_at: datetime | None
) -> bool:
    """Return whether a RECOVERY ends an ALERT; ``fired_at`` and ``recovered_at`` are when they arrived.

    It does if the ALERT arrived first, whichever is processed first. If the ALERT arrived second, the sender's own
    times must prove that it is older; a RECOVERY that is dated in the future counts from its arrival.
    """
    if fired_at < recovered_at:
        return True
    return (
        occurred_at is not None
        and recovery_occurred_at is not None
        and occurred_at < min(recovery_occurred_at, recovered_at)
        and fired_at - recovered_at <= OVERTAKEN_WITHIN
    )


def _proof(newest: Alert | EarlyRecovery, event: IncomingEvent) -> datetime | None:
    """Return the sender's time of an ALERT if it proves when the ALERT was sent, else None.

    Senders keep the first start time when an alert resolves and fires again (grafana/grafana#37461,
    prometheus/alertmanager#1546), so a time proves something only if it is later than those of all ALERTs of this key
    that were received before.
    """
    if newest.times is None:
        return event.occurred_at
    known, occurred_at = newest.times.last_occurred_at, event.occurred_at
    return occurred_at if known is not None and occurred_at is not None and occurred_at > known else None


def received(newest: Alert | EarlyRecovery | None, event: IncomingEvent) -> FiringTimes:
    """Return the times of a key after it received one more event other than a RECOVERY."""
    if newest is None or newest.times is None:
        return FiringTimes(event.created_at, event.occurred_at)
    before = newest.times
    known, occurred_at = before.last_occurred_at, event.occurred_at
    latest = max((moment for moment in (known, occurred_at) if moment is not None), default=None)
    if latest is None:
        unclear = False
    elif event.created_at > before.last_event_at:
        unclear = _proof(newest, event) is None
    elif event.created_at == before.last_event_at:
        unclear = before.order_unclear
    else:
        is_earlier = known is not None and occurred_at is not None and occurred_at < known
        unclear = before.order_unclear or not is_earlier
    return FiringTimes(max(before.last_event_at, event.created_at), latest, unclear)


def done_before(newest_first: Iterable[Alert | EarlyRecovery], event: IncomingEvent) -> Alert | None:
    """Return the alert that an event opened or resolved before its work was interrupted, or None.

    A recovery resolves the newest alert last; while that one is open, its work is not done.
    """
    for alert in newest_first:
        if isinstance(alert, EarlyRecovery):
            continue
        if event.event_id in {alert.opened_by, alert.resolved_by, *alert.former_recoveries}:
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
