"""Alerts, which the events of one key are joined to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from event_api.domain.event import Severity


class AlertState(StrEnum):
    """TRIGGERED, ACKNOWLEDGED and ERROR are open. RESOLVED is over, unless a person opens the alert again."""

    TRIGGERED = "TRIGGERED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    ERROR = "ERROR"
    RESOLVED = "RESOLVED"


class Urgency(StrEnum):
    """Urgency of an alert."""

    HIGH = "HIGH"
    LOW = "LOW"


@dataclass(frozen=True, slots=True)
class FiringTimes:
    """The times of a key's events other than RECOVERYs; they order each of those against a RECOVERY."""

    last_event_at: datetime
    """``created_at`` of the last one to arrive."""
    last_occurred_at: datetime | None = None
    """The latest ``occurred_at`` of them all."""
    order_unclear: bool = False
    """Whether the last one to arrive is not dated after all others, as when a sender keeps the first start time.

    Then its date does not prove that it is older than a RECOVERY.
    """


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert: the events of one key from the first ALERT until the RECOVERY, or until it is superseded.

    ``key`` and ``generation`` are its place in the store: the n-th alert of that (domain, project, event_key).
    """

    alert_id: str
    key: str
    generation: int
    domain_id: str
    project_id: str
    event_key: str
    state: AlertState
    urgency: Urgency
    title: str
    severity: Severity
    webhook_id: str
    opened_by: str
    """The event that opened it; makes opening it again, after a crash, find it."""
    opened_at: datetime
    times: FiringTimes
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    """``created_at`` of the RECOVERY that resolved it, or when a person did."""
    recovery_occurred_at: datetime | None = None
    """That RECOVERY's ``occurred_at``."""
    is_unconfirmed: bool = False
    """Whether a person resolved it, and no RECOVERY has arrived since."""
    merged_to: str | None = None
    """The alert that a person has merged it to."""
    number: int | None = None
    """Its number within the domain, if the domain numbers its alerts."""
    former_recoveries: frozenset[str] = frozenset()
    """RECOVERYs that had resolved it before a person opened it again."""

    @property
    def last_event_at(self) -> datetime:
        """``created_at`` of the alert's last event other than a RECOVERY."""
        return self.times.last_event_at

    @property
    def is_open(self) -> bool:
        """Whether a RECOVERY could still resolve it."""
        return self.state is not AlertState.RESOLVED


@dataclass(frozen=True, slots=True)
class EarlyRecovery:
    """The marker of a RECOVERY that found no open alert of its key; it holds the place of the key's next alert.

    ``at`` and ``recovery_occurred_at`` are the RECOVERY's ``created_at`` and ``occurred_at``. ``times``: those of the
    key's ALERTs, or None if none was received.
    """

    key: str
    generation: int
    event_id: str
    at: datetime
    recovery_occurred_at: datetime | None = None
    times: FiringTimes | None = None
