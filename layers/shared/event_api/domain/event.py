"""Events, as they are stored and answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from event_api.json_types import JsonObject


class EventType(StrEnum):
    """Effect of an event on its alert."""

    ALERT = "ALERT"
    RECOVERY = "RECOVERY"
    ERROR = "ERROR"


class Severity(StrEnum):
    """Severity of an event. Any other word of a sender becomes NONE."""

    CRITICAL = "CRITICAL"
    ERROR = "ERROR"
    WARNING = "WARNING"
    INFO = "INFO"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Resource:
    """The resource that an event is about; every part may be unknown."""

    resource_id: str | None = None
    resource_type: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event with the fields of EventInfo, in the order in which a response has them; None means no value.

    ``created_at`` and ``occurred_at`` are ISO 8601 in UTC with milliseconds, as they are stored and compared.
    ``event_type`` and ``severity`` may be any text, because imported events keep those of another system.
    """

    event_id: str
    event_key: str | None = None
    event_type: str | None = None
    title: str | None = None
    description: str | None = None
    severity: str | None = None
    rule: str | None = None
    resource: Resource = field(default_factory=Resource)
    provider: str | None = None
    account: str | None = None
    image_url: str | None = None
    raw_data: JsonObject | None = field(default=None, repr=False)
    additional_info: JsonObject | None = None
    alert_id: str | None = None
    webhook_id: str | None = None
    project_id: str | None = None
    domain_id: str
    created_at: str
    occurred_at: str | None = None
