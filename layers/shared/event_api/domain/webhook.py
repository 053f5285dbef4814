"""Webhooks: the URLs that senders have."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from event_api.json_types import JsonObject

DUPLICATE_EVENT_TIME = 600
"""Seconds; the default of `Webhook.duplicate_event_time`."""


class WebhookState(StrEnum):
    """A DISABLED webhook refuses deliveries."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class RecoveryMode(StrEnum):
    """AUTO: a RECOVERY event resolves its alert. MANUAL: a person does."""

    AUTO = "AUTO"
    MANUAL = "MANUAL"


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
    duplicate_event_time: int = DUPLICATE_EVENT_TIME
    """Seconds after which an ALERT with the same key opens a new alert."""
    recovery_mode: RecoveryMode = RecoveryMode.AUTO
    rate_limit: int | None = None
    """Deliveries a minute, 0 is any number; None is what the deployment says (`Settings.webhook_rate_limit`)."""
    old_keys: tuple[RetiredKey, ...] = ()
    """Keys that were replaced with an overlap; some may have expired."""
    mapping: JsonObject | None = None
    """How its own format is read (`event_api.normalizers.custom_mapping`); it goes before ``format``."""
    signing: Signing | None = None
    numbers_alerts: bool = False
    """Whether its alerts are numbered; the same for all webhooks of a domain."""
    tags: JsonObject = field(default_factory=dict)
    """Whatever its owners note with it."""

    def valid_old_keys(self, now: datetime) -> tuple[RetiredKey, ...]:
        """Return the old keys that have not ended."""
        return tuple(key for key in self.old_keys if now < key.ends_at)

    def valid_hashes(self, now: datetime) -> tuple[str, ...]:
        """Return the hashes of all keys that are valid ``now``."""
        return (*self.key_hashes, *(key.key_hash for key in self.valid_old_keys(now)))
