"""Administration: webhooks and tokens, whose access keys and secrets are shown once, and replay of deliveries."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from event_api.auth import credentials
from event_api.aws.redrive_queue import MAX_BATCH_SIZE, QueuedDelivery, RedriveQueue
from event_api.domain import ids, times
from event_api.domain.access import Permission, Role, Token
from event_api.domain.errors import InvalidParameterError, NotFoundError, UnavailableError
from event_api.domain.webhook import RecoveryMode, RetiredKey, Signing, Webhook, WebhookState
from event_api.json_text import is_utf8, write_json
from event_api.json_types import JsonObject
from event_api.normalizers import known_formats
from event_api.normalizers.custom_mapping import MappingError
from event_api.normalizers.custom_mapping import read as read_mapping
from event_api.signing.signatures import SCHEMES, SNS, check_secret
from event_api.store.deployment import Deployment
from event_api.store.table import ConditionFailedError, batches

MAX_NAME_LENGTH = 255
"""Characters."""
MAX_DUPLICATE_EVENT_TIME = 365 * 24 * 3600
"""Seconds."""
MAX_RATE_LIMIT = 1_000_000
"""Deliveries a minute."""
TOKEN_LIFETIME = timedelta(days=365)
"""Default lifetime of a token."""
MAX_OLD_KEYS = 16
"""Of a webhook, at a time: each delivery reads them all, and up to 4 KB cost the same."""

MAX_MAPPING_BYTES = 16_384
"""As JSON. Each delivery reads it with the webhook, and each 4 KB cost another read."""
MAX_SIGNING_SECRETS = 4
"""That are good at a time."""
MAX_SIGNING_SECRET = 1_024
"""Characters."""
MAX_WINDOW = 24 * 3600
"""Seconds for which a signed time may be good."""

NO_OVERLAP = timedelta()

_SECRET_BYTES = 32
_ROTATION_TRIES = 10


def create_webhook(
    stores: Deployment,
    *,
    domain_id: str,
    project_id: str,
    name: str,
    format: str | None = None,  # noqa: A002  # the domain's word
    duplicate_event_time: int = 600,
    recovery_mode: RecoveryMode = RecoveryMode.AUTO,
    rate_limit: int | None = None,
    mapping: JsonObject | None = None,
) -> tuple[Webhook, str]:
    """Store a new webhook and return it with its access key, which cannot be had again.

    ``format`` names the sender's format; None has it detected for each delivery. ``mapping`` reads a format without a
    name (`event_api.normalizers.custom_mapping`); only one of the two may be set. ``duplicate_event_time`` is in
    seconds, ``rate_limit`` in deliveries a minute (`Webhook.rate_limit`). Raises InvalidParameterError naming the
    invalid parameter.
    """
    check_format(format, mapping)
    if not 0 <= duplicate_event_time <= MAX_DUPLICATE_EVENT_TIME:
        raise InvalidParameterError("duplicate_event_time", f"it must be from 0 to {MAX_DUPLICATE_EVENT_TIME} seconds")
    access_key = secrets.token_urlsafe(_SECRET_BYTES)
    webhook = Webhook(
        webhook_id=ids.new_id("webhook"),
        domain_id=_opaque_id("domain_id", domain_id),
        project_id=_opaque_id("project_id", project_id),
        name=_text("name", name, MAX_NAME_LENGTH),
        key_hashes=(credentials.hash_secret(access_key),),
        created_at=times.now(),
        format=format,
        duplicate_event_time=duplicate_event_time,
        recovery_mode=recovery_mode,
        rate_limit=_rate_limit(rate_limit),
        mapping=mapping,
    )
    stores.webhooks.add(webhook)
    return webhook, access_key


def set_webhook_state(stores: Deployment, webhook_id: str, state: WebhookState) -> None:
    """Enable or disable a webhook; raise NotFoundError if it does not exist."""
    if not stores.webhooks.set_state(_opaque_id("webhook_id", webhook_id), state):
        raise NotFoundError("webhook_id", webhook_id)


def set_rate_limit(stores: Deployment, webhook_id: str, rate_limit: int | None) -> None:
    """Limit a webhook's deliveries a minute (`Webhook.rate_limit`).

    Raises NotFoundError if the webhook does not exist, InvalidParameterError for an invalid limit.
    """
    if not stores.webhooks.set_rate_limit(_opaque_id("webhook_id", webhook_id), _rate_limit(rate_limit)):
        raise NotFoundError("webhook_id", webhook_id)


def set_format(stores: Deployment, webhook_id: str, format: str | None, mapping: JsonObject | None = None) -> None:  # noqa: A002  # the domain's word
    """Set a webhook's format or its mapping; with neither, the format of each delivery is detected.

    Raises NotFoundError if the webhook does not exist, InvalidParameterError naming the invalid parameter.
    """
    check_format(format, mapping)
    if not stores.webhooks.set_format(_opaque_id("webhook_id", webhook_id), format, mapping):
        raise NotFoundError("webhook_id", webhook_id)


def check_format(format: str | None, mapping: JsonObject | None) -> None:  # noqa: A002  # the domain's word
    """Raise InvalidParameterError for a format or a mapping that no webhook can have."""
    if format is not None and format not in known_formats():
        raise InvalidParameterError("format", f"'{format}' is not a format; docs/formats.md lists them")
    if mapping is None:
        return
    if format is not None:
        raise InvalidParameterError("mapping", "a webhook has either a format or a mapping")
    if len(write_json(mapping).encode()) > MAX_MAPPING_BYTES:
        raise InvalidParameterError("mapping", f"it is larger than {MAX_MAPPING_BYTES} bytes")
    try:
        read_mapping(mapping)
    except MappingError as error:
        raise InvalidParameterError("mapping", str(error)) from None


def set_signing(stores: Deployment, webhook_id: str, signing: Signing | None, *, keep_secrets: bool = False) -> Webhook:
    """Set how a webhook's sender signs, or with None that it does not; return the changed webhook.

    ``keep_secrets``: the present secrets stay valid, too, while the sender changes from one to the next. Raises
    NotFoundError if the webhook does not exist, InvalidParameterError naming the invalid parameter.
    """
    if signing is not None:
        _check_signing(signing)
    for _ in range(_ROTATION_TRIES):
        webhook = stores.webhooks.get_consistent(_opaque_id("webhook_id", webhook_id))
        if webhook is None:
            raise NotFoundError("webhook_id", webhook_id)
        changed = signing
        if keep_secrets and signing is not None and webhook.signing is not None:
            if webhook.signing.scheme != signing.scheme:
                raise InvalidParameterError("scheme", f"the secrets that it has are for '{webhook.signing.scheme}'")
            kept = dict.fromkeys((*signing.secrets, *webhook.signing.secrets))
            changed = replace(signing, secrets=tuple(kept)[:MAX_SIGNING_SECRETS])
        webhook, seen = replace(webhook, signing=changed), webhook
        if stores.webhooks.set_signing(webhook, seen):
            return webhook
    raise UnavailableError("others change the webhook's signature at the same time")


def _check_signing(signing: Signing) -> None:
    scheme = SCHEMES.get(signing.scheme)
    if scheme is None:
        raise InvalidParameterError("scheme", f"it must be one of {', '.join(SCHEMES)}")
    if bool(signing.secrets) != scheme.has_shared_key:
        needed = "needs a secret" if scheme.has_shared_key else "has no secret: Amazon's certificate is checked"
        raise InvalidParameterError("secret", f"'{signing.scheme}' {needed}")
    for secret in signing.secrets:
        if len(secret) > MAX_SIGNING_SECRET or not is_utf8(secret):
            raise InvalidParameterError("secret", f"it has more than {MAX_SIGNING_SECRET} characters, or odd ones")
        if (reason := check_secret(signing.scheme, secret)) is not None:
            raise InvalidParameterError("secret", reason)
    if signing.topics and signing.scheme != SNS:
        raise InvalidParameterError("topics", "only 'sns' has topics")
    if (signing.header or signing.timestamp_header) and not scheme.header_is_free:
        raise InvalidParameterError("header", f"the headers of '{signing.scheme}' cannot be chosen")
    if signing.window is not None and not 0 < signing.window <= MAX_WINDOW:
        raise InvalidParameterError("window", f"it must be from 1 to {MAX_WINDOW} seconds")


def rotate_access_key(stores: Deployment, webhook_id: str, overlap: timedelta = NO_OVERLAP) -> tuple[Webhook, str]:
    """Replace a webhook's access key; return the changed webhook and the new key, which is never shown again.

    All valid keys expire at the end of the overlap, or at their own end if that is earlier. Raises NotFoundError if the
    webhook does not exist, InvalidParameterError if too many old keys would be valid.
    """
    access_key = secrets.token_urlsafe(_SECRET_BYTES)
    for _ in range(_ROTATION_TRIES):
        webhook = stores.webhooks.get_consistent(_opaque_id("webhook_id", webhook_id))
        if webhook is None:
            raise NotFoundError("webhook_id", webhook_id)
        rotated = replace(
            webhook,
            key_hashes=(credentials.hash_secret(access_key),),
            old_keys=_old_keys(webhook, overlap, times.now()),
        )
        if stores.webhooks.set_keys(rotated, seen=webhook):
            return rotated, access_key
    raise UnavailableError("others rotate the webhook's key at the same time")


def _old_keys(webhook: Webhook, overlap: timedelta, now: datetime) -> tuple[RetiredKey, ...]:
    """Return the keys that stay valid for a while when a webhook's keys are replaced."""
    end = now + overlap
    replaced = [RetiredKey(key_hash, end) for key_hash in webhook.key_hashes]
    older = [replace(key, ends_at=min(key.ends_at, end)) for key in webhook.old_keys]
    kept = tuple(key for key in (*replaced, *older) if now < key.ends_at)
    if len(kept) > MAX_OLD_KEYS:
        reason = f"more than {MAX_OLD_KEYS} old keys would be valid; rotate without it, or when some have ended"
        raise InvalidParameterError("overlap", reason)
    return kept


def delete_webhook(stores: Deployment, webhook_id: str) -> None:
    """Delete a webhook, not its events; raise NotFoundError if it does not exist."""
    if not stores.webhooks.delete(_opaque_id("webhook_id", webhook_id)):
        raise NotFoundError("webhook_id", webhook_id)


def create_token(
    stores: Deployment,
    *,
    domain_id: str,
    projects: Collection[str] | None = None,
    role: Role | None = None,
    permissions: Collection[Permission] = (),
    expires_at: datetime | None = None,
    name: str | None = None,
) -> tuple[Token, str]:
    """Store a new token and return it with its bearer credential, which cannot be had again.

    ``projects``: the only ones it may see, None is all. The token permits what ``role`` does, and ``permissions``;
    with neither it is a reader's. ``expires_at``: None is in `TOKEN_LIFETIME`. Raises InvalidParameterError naming what
    is wrong.
    """
    now = times.now()
    expiry = now + TOKEN_LIFETIME if expires_at is None else expires_at
    if expiry <= now:
        raise InvalidParameterError("expires", "it is in the past")
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    token = Token(
        token_id=ids.new_id("token"),
        secret_hash=credentials.hash_secret(secret),
        page_key=secrets.token_urlsafe(_SECRET_BYTES),
        domain_id=_opaque_id("domain_id", domain_id),
        projects=None if projects is None else frozenset(_opaque_id("project_id", project) for project in projects),
        role=role if role or permissions else Role.READER,
        permissions=frozenset(permissions),
        created_at=now,
        expires_at=expiry,
        name=None if name is None else _text("name", name, MAX_NAME_LENGTH),
    )
    stores.tokens.add(token)
    return token, f"{token.token_id}.{secret}"


def rotate_token(stores: Deployment, token_id: str, overlap: timedelta = NO_OVERLAP) -> tuple[Token, Token, str]:
    """Replace a token by a new one with the same role, permissions and the same lifetime from now on.

    Returns the new token, the changed old one, and the new one's bearer credential, which is never shown again. The old
    one expires at the end of the overlap, or at its own end if that is earlier. Raises NotFoundError if the token does
    not exist, InvalidParameterError if it is revoked or was rotated before.
    """
    old = stores.tokens.get_consistent(_opaque_id("token_id", token_id))
    if old is None:
        raise NotFoundError("token_id", token_id)
    if old.revoked:
        raise InvalidParameterError("token_id", "it is revoked: create another one")
    if old.rotated_to is not None:
        raise InvalidParameterError("token_id", f"it was rotated before: rotate {old.rotated_to}")
    now = times.now()
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    new = replace(
        old,
        token_id=ids.new_id("token"),
        secret_hash=credentials.hash_secret(secret),
        page_key=secrets.token_urlsafe(_SECRET_BYTES),
        created_at=now,
        expires_at=None if old.expires_at is None else now + (old.expires_at - old.created_at),
    )
    ends_at = now + overlap if old.expires_at is None else min(now + overlap, old.expires_at)
    try:
        stores.tokens.rotate(new, old, ends_at)
    except ConditionFailedError:
        raise UnavailableError("the token was rotated or revoked at the same time") from None
    return new, replace(old, expires_at=ends_at, rotated_to=new.token_id), f"{new.token_id}.{secret}"


def revoke_token(stores: Deployment, token_id: str) -> None:
    """Revoke a token (effective within the authorizer's caching time); raise NotFoundError if it does not exist."""
    if not stores.tokens.revoke(_opaque_id("token_id", token_id)):
        raise NotFoundError("token_id", token_id)


def replay(stores: Deployment, queue: RedriveQueue, deliveries: Iterable[QueuedDelivery]) -> int:
    """Have the worker process deliveries again with the present normalizers; return their number.

    Events that are stored already do not change. Deliveries that are not stored are skipped.
    """
    # Marked first: should this be interrupted, they are listed as unfinished.
    reopened = (one for one in deliveries if _reopen(stores, one))
    queued = 0
    for batch in batches(reopened, MAX_BATCH_SIZE):
        queue.add(batch)
        queued += len(batch)
    return queued


def _reopen(stores: Deployment, to_finish: QueuedDelivery) -> bool:
    """Mark a delivery as unfinished; return False if it is not stored."""
    delivery_id, domain_id = to_finish.delivery_id, to_finish.domain_id
    if stores.deliveries.reopen(delivery_id, domain_id):
        return True
    with_event = stores.events.delivery(delivery_id, domain_id)
    if with_event is None:
        return False
    # The worker finds only deliveries that are stored by themselves.
    stores.deliveries.add(replace(with_event, finished=False))
    return stores.deliveries.reopen(delivery_id, domain_id)


def _rate_limit(limit: int | None) -> int | None:
    if limit is not None and not 0 <= limit <= MAX_RATE_LIMIT:
        raise InvalidParameterError("rate_limit", f"it must be from 0 to {MAX_RATE_LIMIT} deliveries a minute")
    return limit


def _opaque_id(key: str, value: str) -> str:
    return _text(key, value, ids.MAX_ID_LENGTH)


def _text(key: str, value: str, limit: int) -> str:
    if not 0 < len(value) <= limit:
        raise InvalidParameterError(key, f"it must have 1 to {limit} characters")
    if not is_utf8(value):
        raise InvalidParameterError(key, "it is not valid UTF-8")
    return value
