"""The domain's nouns: event, alert, webhook, delivery, token. Plain values, no AWS, cheap to import.

Dataclasses rather than pydantic models: the ingest path builds them from values that the normalizers have
already coerced, and must not pay pydantic's import at a cold start (docs/adr/0005). What clients send to the
reading routes is validated by pydantic, in `event_api.requests`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from event_api.jsontypes import JsonObject
from event_api.raw import Body


class EventType(StrEnum):
    """What an event says of its alert."""

    ALERT = "ALERT"
    RECOVERY = "RECOVERY"
    ERROR = "ERROR"


class Severity(StrEnum):
    """How bad it is; anything a sender says that is none of these becomes NONE."""

    CRITICAL = "CRITICAL"
    ERROR = "ERROR"
    WARNING = "WARNING"
    INFO = "INFO"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    NONE = "NONE"


class AlertState(StrEnum):
    """TRIGGERED and ERROR are open, RESOLVED is final."""

    TRIGGERED = "TRIGGERED"
    ERROR = "ERROR"
    RESOLVED = "RESOLVED"


class Urgency(StrEnum):
    """How soon somebody should look."""

    HIGH = "HIGH"
    LOW = "LOW"


class WebhookState(StrEnum):
    """A DISABLED webhook refuses deliveries."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class RecoveryMode(StrEnum):
    """AUTO: a RECOVERY event resolves its alert. MANUAL: somebody does."""

    AUTO = "AUTO"
    MANUAL = "MANUAL"


class Permission(StrEnum):
    """What a token may be limited to."""

    GET = "get"
    LIST = "list"
    STAT = "stat"


@dataclass(frozen=True, slots=True)
class Resource:
    """What the event is about; every part may be unknown."""

    resource_id: str | None = None
    resource_type: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class NormalizedEvent:
    """What a normalizer makes of (a part of) a sender's body: an event not yet stored nor correlated.

    ``event_key`` is the same for an ALERT and its RECOVERY. ``additional_info`` values are strings.
    ``occurred_at`` is the sender's own time, or None.
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


@dataclass(frozen=True, slots=True)
class OldKey:
    """An access key that was replaced, as SHA-256; it is valid until ``ends_at``, and not at that instant."""

    key_hash: str = field(repr=False)
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Signing:
    """How a webhook's sender proves that it is the sender (`event_api.signatures`).

    ``scheme`` is one of `event_api.signatures.SCHEMES`. ``secrets`` are what it shares with the sender, the newest
    first; any of them will do, so that they can be replaced without a gap. Where it is ``required``, what is not signed
    is refused; else it is taken, and counted. ``topics``: the only Amazon SNS topics whose messages are taken, none is
    any. ``header`` and ``timestamp_header``: where the sender lets them be chosen. ``window``: for how many seconds a
    signed time is good, None is the scheme's own.
    """

    scheme: str
    secrets: tuple[str, ...] = field(default=(), repr=False)
    required: bool = True
    topics: tuple[str, ...] = ()
    header: str | None = None
    timestamp_header: str | None = None
    window: int | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a sender delivers to. ``key_hashes`` are SHA-256 of the access keys that are valid until replaced."""

    webhook_id: str
    domain_id: str
    project_id: str
    name: str
    key_hashes: tuple[str, ...] = field(repr=False)
    created_at: datetime
    state: WebhookState = WebhookState.ENABLED
    format: str | None = None
    duplicate_event_time: int = 600
    """Seconds after which an ALERT with the same key opens a new alert."""
    recovery_mode: RecoveryMode = RecoveryMode.AUTO
    rate_limit: int | None = None
    """Deliveries a minute, 0 is any number; None is what the deployment says (`Settings.webhook_rate_limit`)."""
    old_keys: tuple[OldKey, ...] = ()
    """What was replaced with an overlap; some may have ended."""
    mapping: JsonObject | None = None
    """How its own format is read (`event_api.normalizers.mapping`); it goes before ``format``."""
    signing: Signing | None = None

    def valid_old_keys(self, now: datetime) -> tuple[OldKey, ...]:
        """Return the old keys that have not ended."""
        return tuple(key for key in self.old_keys if now < key.ends_at)

    def valid_hashes(self, now: datetime) -> tuple[str, ...]:
        """Return the hashes of all keys that are valid ``now``."""
        return (*self.key_hashes, *(key.key_hash for key in self.valid_old_keys(now)))


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
    last_event_at: datetime
    """``created_at`` of its last event that is no RECOVERY."""
    last_occurred_at: datetime | None = None
    """That event's ``occurred_at``."""
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    """``created_at`` of the RECOVERY that resolved it."""
    recovery_occurred_at: datetime | None = None
    """That RECOVERY's ``occurred_at``."""

    @property
    def is_open(self) -> bool:
        """Whether a RECOVERY could still resolve it."""
        return self.state is not AlertState.RESOLVED


@dataclass(frozen=True, slots=True)
class Recovered:
    """The note of a RECOVERY that found no open alert of its key; it holds the place of the key's next alert.

    ``at`` and ``occurred_at`` are the RECOVERY's ``created_at`` and ``occurred_at``.
    """

    key: str
    generation: int
    event_id: str
    at: datetime
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One stored request of a sender: the raw body, once, and whose it is."""

    delivery_id: str
    domain_id: str
    project_id: str
    webhook_id: str
    body: Body
    headers: dict[str, str] = field(repr=False)
    """Only the headers that normalizers read; never an Authorization."""
    received_at: datetime
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader may see: one domain, and within it all projects (None) or only some.

    Every read in `event_api.store` takes one; there is no read without a domain.
    """

    domain_id: str
    projects: frozenset[str] | None = None

    def allows_project(self, project_id: str | None) -> bool:
        """Whether the reader may see this project's events."""
        return self.projects is None or (project_id is not None and project_id in self.projects)


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token of one domain. ``secret_hash`` is SHA-256 of its secret part.

    ``page_key`` signs the page tokens of its requests; nobody but the service knows it. A token without one was made by
    an earlier version, and is no longer valid.
    """

    token_id: str
    secret_hash: str = field(repr=False)
    page_key: str = field(repr=False)
    domain_id: str
    projects: frozenset[str] | None
    permissions: frozenset[Permission]
    created_at: datetime
    expires_at: datetime | None
    name: str | None = None
    revoked: bool = False
    rotated_to: str | None = None
    """The token that took its place, if one did."""
