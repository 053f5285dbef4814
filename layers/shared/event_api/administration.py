"""What an operator does: webhooks and tokens, made with secrets that are shown once and stored as hashes."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from event_api import credentials, ids, times
from event_api.errors import InvalidParameterError, NotFoundError
from event_api.model import Permission, RecoveryMode, Token, Webhook, WebhookState
from event_api.normalizers import known_formats
from event_api.raw import is_utf8
from event_api.store.stores import Stores

MAX_NAME_LENGTH = 255
"""Characters."""
MAX_DUPLICATE_EVENT_TIME = 365 * 24 * 3600
"""Seconds."""
TOKEN_LIFETIME = timedelta(days=365)
"""How long a token lasts unless it is told otherwise."""

_SECRET_BYTES = 32


def create_webhook(
    stores: Stores,
    *,
    domain_id: str,
    project_id: str,
    name: str,
    format: str | None = None,  # noqa: A002  # the domain's word
    duplicate_event_time: int = 600,
    recovery_mode: RecoveryMode = RecoveryMode.AUTO,
) -> tuple[Webhook, str]:
    """Store a new webhook and return it with its access key, which cannot be had again.

    ``format`` fixes the sender's format, None has each delivery's detected. ``duplicate_event_time`` is in seconds.
    Raises InvalidParameterError naming what is wrong.
    """
    if format is not None and format not in known_formats():
        raise InvalidParameterError("format", f"it is none of {', '.join(known_formats())}")
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
    )
    stores.webhooks.add(webhook)
    return webhook, access_key


def set_webhook_state(stores: Stores, webhook_id: str, state: WebhookState) -> None:
    """Enable or disable a webhook; raise NotFoundError if there is none."""
    if not stores.webhooks.set_state(_opaque_id("webhook_id", webhook_id), state):
        raise NotFoundError("webhook_id", webhook_id)


def rotate_access_key(stores: Stores, webhook_id: str) -> str:
    """Replace a webhook's access key and return the new one; the old one is refused from now on.

    Raises NotFoundError if there is no such webhook.
    """
    access_key = secrets.token_urlsafe(_SECRET_BYTES)
    hashes = (credentials.hash_secret(access_key),)
    if not stores.webhooks.set_keys(_opaque_id("webhook_id", webhook_id), hashes):
        raise NotFoundError("webhook_id", webhook_id)
    return access_key


def delete_webhook(stores: Stores, webhook_id: str) -> None:
    """Delete a webhook, not its events; raise NotFoundError if there is none."""
    if not stores.webhooks.delete(_opaque_id("webhook_id", webhook_id)):
        raise NotFoundError("webhook_id", webhook_id)


def create_token(
    stores: Stores,
    *,
    domain_id: str,
    projects: Collection[str] | None = None,
    permissions: Collection[Permission] | None = None,
    expires_at: datetime | None = None,
    name: str | None = None,
) -> tuple[Token, str]:
    """Store a new token and return it with its bearer credential, which cannot be had again.

    ``projects``: the only ones it may see, None is all. ``permissions``: None is all. ``expires_at``: None is in
    `TOKEN_LIFETIME`. Raises InvalidParameterError naming what is wrong.
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
        permissions=frozenset(Permission) if permissions is None else frozenset(permissions),
        created_at=now,
        expires_at=expiry,
        name=None if name is None else _text("name", name, MAX_NAME_LENGTH),
    )
    stores.tokens.add(token)
    return token, f"{token.token_id}.{secret}"


def revoke_token(stores: Stores, token_id: str) -> None:
    """Refuse a token from now on (within the authorizer's caching time); raise NotFoundError if there is none."""
    if not stores.tokens.revoke(_opaque_id("token_id", token_id)):
        raise NotFoundError("token_id", token_id)


def _opaque_id(key: str, value: str) -> str:
    return _text(key, value, ids.MAX_ID_LENGTH)


def _text(key: str, value: str, limit: int) -> str:
    if not 0 < len(value) <= limit:
        raise InvalidParameterError(key, f"it must have 1 to {limit} characters")
    if not is_utf8(value):
        raise InvalidParameterError(key, "it is not valid UTF-8")
    return value
