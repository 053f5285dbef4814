"""The nouns of the domain: event, alert, webhook, delivery, token. Plain values, no AWS, cheap to import.

They are dataclasses and not pydantic models: the ingest path builds them from values that the normalizers have already
converted, and must not pay for pydantic's import at a cold start (docs/adr/0005). Pydantic validates the requests of
the reading routes, in `event_api.reads.requests`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from event_api.domain.body import Body
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


class AlertState(StrEnum):
    """TRIGGERED and ERROR are open, RESOLVED is final."""

    TRIGGERED = "TRIGGERED"
    ERROR = "ERROR"
    RESOLVED = "RESOLVED"


class Urgency(StrEnum):
    """Urgency of an alert."""

    HIGH = "HIGH"
    LOW = "LOW"


class WebhookState(StrEnum):
    """A DISABLED webhook refuses deliveries."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class RecoveryMode(StrEnum):
    """AUTO: a RECOVERY event resolves its alert. MANUAL: a person does."""

    AUTO = "AUTO"
    MANUAL = "MANUAL"


class Permission(StrEnum):
    """An action that a token can permit."""

    GET = "get"
    LIST = "list"
    STAT = "stat"


@dataclass(frozen=True, slots=True)
class Resource:
    """The resource that an event is about; every part may be unknown."""

    resource_id: str | None = None
    resource_type: str | None = None
    name: str | None = None


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


@dataclass(frozen=True, slots=True)
class RetiredKey:
    """An access key that was replaced, as SHA-256; it is valid until ``ends_at``, and not at that instant."""

    key_hash: str = field(repr=False)
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Signing:
    """How a sender proves its identity (`event_api.signing.signatures`).

    ``scheme`` is one of `event_api.signing.signatures.SCHEMES`. ``secrets`` are shared with the sender, newest first;
    each of them is accepted, so that a secret can be replaced without a gap. If a signature is ``required``, an
    unsigned request is refused; otherwise it is accepted and counted. ``topics`` are the only Amazon SNS topics whose
    messages are accepted; an empty tuple accepts any. ``header`` and ``timestamp_header`` override the scheme's
    headers. ``window`` is the number of seconds for which a signed time is valid; None is the scheme's own.
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
    """A URL for a sender. ``key_hashes`` are SHA-256 of the access keys that are valid until replaced."""

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
    old_keys: tuple[RetiredKey, ...] = ()
    """Keys that were replaced with an overlap; some may have expired."""
    mapping: JsonObject | None = None
    """How its own format is read (`event_api.normalizers.custom_mapping`); it goes before ``format``."""
    signing: Signing | None = None

    def valid_old_keys(self, now: datetime) -> tuple[RetiredKey, ...]:
        """Return the old keys that have not ended."""
        return tuple(key for key in self.old_keys if now < key.ends_at)

    def valid_hashes(self, now: datetime) -> tuple[str, ...]:
        """Return the hashes of all keys that are valid ``now``."""
        return (*self.key_hashes, *(key.key_hash for key in self.valid_old_keys(now)))


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
    """``created_at`` of the RECOVERY that resolved it."""
    recovery_occurred_at: datetime | None = None
    """That RECOVERY's ``occurred_at``."""

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
    request_id: str = ""
    """API Gateway's id of the request that brought it, as in the logs; empty if it is not known."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The events that a caller may see: one domain, and within it all projects (None) or some.

    Every read in `event_api.store` takes a scope; no read works without a domain.
    """

    domain_id: str
    projects: frozenset[str] | None = None

    def allows_project(self, project_id: str | None) -> bool:
        """Whether the reader may see this project's events."""
        return self.projects is None or (project_id is not None and project_id in self.projects)


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token of one domain.

    ``secret_hash`` is SHA-256 of its secret part. ``page_key`` signs the page tokens of its requests and never leaves
    the service. A token without a page key was made by an earlier version and is no longer valid.
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
