"""Events as normalizers make them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from event_api.domain.event import EventType, Resource, Severity


class KeyScope(StrEnum):
    """Within what an event_key names one object: alerts are correlated there."""

    PROJECT = "project"
    """The key is globally unique, such as an ARN or a fingerprint: two webhooks of one sender share its alerts."""
    WEBHOOK = "webhook"
    """The key is unique to its sender only, such as a small number or a host's name."""


@dataclass(frozen=True, slots=True)
class NormalizedEvent:
    """An event as a normalizer makes it from (a part of) a payload: not yet stored or joined to an alert.

    ``event_key`` is the same for an ALERT and its RECOVERY. ``additional_info`` values are strings. ``occurred_at`` is
    the sender's own time, or None. ``former_keys`` are those under which earlier versions opened its alert, in the
    scope of the project: its RECOVERY resolves an alert that is still open there.
    """

    event_key: str
    event_type: EventType
    title: str
    severity: Severity = Severity.NONE
    description: str | None = None
    rule: str | None = None
    resource: Resource = field(default_factory=Resource)
    provider: str = ""
    account: str = ""
    image_url: str | None = None
    additional_info: dict[str, str] = field(default_factory=dict)
    occurred_at: datetime | None = None
    key_scope: KeyScope = KeyScope.PROJECT
    former_keys: tuple[str, ...] = ()
