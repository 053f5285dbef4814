"""Webhooks: create, change, rotate and delete them. An access key is shown once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from event_api.admin import views
from event_api.admin.checks import NO_OVERLAP, check_opaque_id, check_text
from event_api.auth import credentials
from event_api.domain import ids, times
from event_api.domain.access import Scope
from event_api.domain.errors import InvalidParameterError, NotFoundError, PermissionDeniedError, UnavailableError
from event_api.domain.webhook import DUPLICATE_EVENT_TIME, RecoveryMode, RetiredKey, Signing, Webhook, WebhookState
from event_api.json_text import is_utf8, write_json
from event_api.json_types import JsonObject
from event_api.normalizers import known_formats
from event_api.normalizers.custom_mapping import MappingError
from event_api.normalizers.custom_mapping import read as read_mapping
from event_api.signing.signatures import SCHEMES, SNS, check_secret
from event_api.store.audit import Journal
from event_api.store.webhooks import WebhookStore

MAX_NAME_LENGTH = 255
"""Characters."""
MAX_DUPLICATE_EVENT_TIME = 365 * 24 * 3600
"""Seconds."""
MAX_RATE_LIMIT = 1_000_000
"""Deliveries a minute."""
MAX_OLD_KEYS = 16
"""Of a webhook, at a time: each delivery reads them all, and up to 4 KB cost the same."""

MAX_MAPPING_BYTES = 16_384
"""As JSON. Each delivery reads it with the webhook, and each 4 KB cost another read."""
MAX_TAGS_BYTES = 2_048
"""As JSON; each delivery reads them, too."""
MAX_SIGNING_SECRETS = 4
"""That are good at a time."""
MAX_SIGNING_SECRET = 1_024
"""Characters."""
MAX_WINDOW = 24 * 3600
"""Seconds for which a signed time may be good."""

_SECRET_BYTES = 32
_TRIES = 10

Change = Callable[[Webhook], Webhook]
"""Makes the changed webhook of the present one; raises InvalidParameterError if the change is not possible."""


class Stores(Protocol):
    """The stores that managing webhooks needs. ``scope``: domain and projects of the webhooks; None is all domains."""

    @property
    def webhooks(self) -> WebhookStore: ...  # noqa: D102
    @property
    def journal(self) -> Journal: ...  # noqa: D102
    @property
    def scope(self) -> Scope | None: ...  # noqa: D102


def find_webhook(stores: Stores, webhook_id: str) -> Webhook:
    """Return the latest state of a webhook; raise NotFoundError if it does not exist, or not in the scope."""
    webhook = stores.webhooks.get_consistent(check_opaque_id("webhook_id", webhook_id))
    if webhook is None or not _is_in(stores.scope, webhook):
        raise NotFoundError("webhook_id", webhook_id)
    return webhook


def webhooks_of(stores: Stores, domain_id: str) -> list[Webhook]:
    """Return a domain's webhooks that lie in the scope, by id."""
    return [webhook for webhook in stores.webhooks.of_domain(domain_id) if _is_in(stores.scope, webhook)]


def _is_in(scope: Scope | None, webhook: Webhook) -> bool:
    return scope is None or scope.includes(webhook.domain_id, webhook.project_id)


def create_webhook(
    stores: Stores,
    *,
    domain_id: str,
    project_id: str,
    name: str,
    format: str | None = None,  # noqa: A002  # the domain's word
    duplicate_event_time: int = DUPLICATE_EVENT_TIME,
    recovery_mode: RecoveryMode = RecoveryMode.AUTO,
    rate_limit: int | None = None,
    mapping: JsonObject | None = None,
    tags: JsonObject | None = None,
    change: Change | None = None,
) -> tuple[Webhook, str]:
    """Store a new webhook and return it with its access key, which cannot be had again.

    ``format`` names the sender's format; None has it detected for each delivery. ``mapping`` reads a format without a
    name (`event_api.normalizers.custom_mapping`); only one of the two may be set. ``duplicate_event_time`` is in
    seconds, ``rate_limit`` in deliveries a minute (`Webhook.rate_limit`). ``change`` makes further settings. Raises
    InvalidParameterError naming the invalid parameter, PermissionDeniedError for a project out of scope.
    """
    access_key = secrets.token_urlsafe(_SECRET_BYTES)
    webhook = Webhook(
        webhook_id=ids.new_id("webhook"),
        domain_id=check_opaque_id("domain_id", domain_id),
        project_id=check_opaque_id("project_id", project_id),
        name=name,
        key_hashes=(credentials.hash_secret(access_key),),
        created_at=times.now(),
        format=format,
        duplicate_event_time=duplicate_event_time,
        recovery_mode=recovery_mode,
        rate_limit=rate_limit,
        mapping=mapping,
        tags=tags or {},
        numbers_alerts=stores.webhooks.numbers_alerts(domain_id),
    )
    if change is not None:
        webhook = change(webhook)
    check_webhook(webhook)
    if not _is_in(stores.scope, webhook):
        raise PermissionDeniedError("the token is limited to other projects")
    _recorded(stores, "create", webhook, views.of_webhook(webhook, webhook.created_at)).add(webhook)
    return webhook, access_key


def number_alerts(stores: Stores, domain_id: str, *, on: bool) -> int:
    """Have the alerts of a domain numbered from now on, or no longer; return how many webhooks this changed."""
    webhooks = [one for one in stores.webhooks.of_domain(domain_id) if one.numbers_alerts is not on]
    for webhook in webhooks:
        change_webhook(stores, webhook.webhook_id, "number_alerts", lambda one: replace(one, numbers_alerts=on))
    return len(webhooks)


def change_webhook(stores: Stores, webhook_id: str, action: str, change: Change) -> Webhook:
    """Change a webhook's settings, and return it; ``action`` is the audit record's.

    A change that changes nothing is not recorded. The change is made again of the latest state if others change the
    webhook at the same time. Raises NotFoundError if the webhook does not exist, InvalidParameterError naming the
    invalid parameter.
    """
    for _ in range(_TRIES):
        seen = find_webhook(stores, webhook_id)
        changed = change(seen)
        check_webhook(changed)
        if changed == seen:
            return seen
        if _recorded(stores, action, changed, _differences(changed, seen)).change(changed, seen):
            return changed
    raise UnavailableError("others change the webhook at the same time")


def _recorded(stores: Stores, action: str, webhook: Webhook, details: JsonObject) -> WebhookStore:
    """Return the store of webhooks, whose next write is recorded."""
    projects = frozenset({webhook.project_id})
    entry = stores.journal.entry(f"webhook.{action}", webhook.webhook_id, webhook.domain_id, projects, details)
    return stores.webhooks.recorded(entry)


def _differences(changed: Webhook, seen: Webhook) -> JsonObject:
    now = times.now()
    after, before = views.of_webhook(changed, now), views.of_webhook(seen, now)
    return {name: value for name, value in after.items() if value != before[name]}


def set_webhook_state(stores: Stores, webhook_id: str, state: WebhookState) -> Webhook:
    """Enable or disable a webhook, and return it; raise NotFoundError if it does not exist."""
    action = "enable" if state is WebhookState.ENABLED else "disable"
    return change_webhook(stores, webhook_id, action, lambda webhook: replace(webhook, state=state))


def set_rate_limit(stores: Stores, webhook_id: str, rate_limit: int | None) -> Webhook:
    """Limit a webhook's deliveries a minute (`Webhook.rate_limit`), and return it.

    Raises NotFoundError if the webhook does not exist, InvalidParameterError for an invalid limit.
    """
    return change_webhook(stores, webhook_id, "update", lambda webhook: replace(webhook, rate_limit=rate_limit))


def set_format(stores: Stores, webhook_id: str, format: str | None, mapping: JsonObject | None = None) -> Webhook:  # noqa: A002  # the domain's word
    """Set a webhook's format or its mapping, and return it; with neither, the format of each delivery is detected.

    Raises NotFoundError if the webhook does not exist, InvalidParameterError naming the invalid parameter.
    """
    return change_webhook(
        stores, webhook_id, "update", lambda webhook: replace(webhook, format=format, mapping=mapping)
    )


def set_signing(stores: Stores, webhook_id: str, signing: Signing | None, *, keep_secrets: bool = False) -> Webhook:
    """Set how a webhook's sender signs, or with None that it does not; return the changed webhook.

    ``keep_secrets``: the present secrets stay valid, too, while the sender changes from one to the next. Raises
    NotFoundError if the webhook does not exist, InvalidParameterError naming the invalid parameter.
    """
    if signing is not None:
        check_signing(signing)

    def change(webhook: Webhook) -> Webhook:
        changed = signing
        if keep_secrets and signing is not None and webhook.signing is not None:
            changed = with_kept_secrets(signing, webhook.signing)
        return replace(webhook, signing=changed)

    return change_webhook(stores, webhook_id, "sign" if signing is not None else "unsign", change)


def with_kept_secrets(signing: Signing, present: Signing) -> Signing:
    """Add the present secrets to new ones; raise InvalidParameterError if they are another scheme's."""
    if present.scheme != signing.scheme:
        raise InvalidParameterError("scheme", f"the secrets that it has are for '{present.scheme}'")
    kept = dict.fromkeys((*signing.secrets, *present.secrets))
    return replace(signing, secrets=tuple(kept)[:MAX_SIGNING_SECRETS])


def check_webhook(webhook: Webhook) -> None:
    """Raise InvalidParameterError for settings that no webhook can have."""
    check_text("name", webhook.name, MAX_NAME_LENGTH)
    check_format(webhook.format, webhook.mapping)
    if not 0 <= webhook.duplicate_event_time <= MAX_DUPLICATE_EVENT_TIME:
        raise InvalidParameterError("duplicate_event_time", f"it must be from 0 to {MAX_DUPLICATE_EVENT_TIME} seconds")
    if webhook.rate_limit is not None and not 0 <= webhook.rate_limit <= MAX_RATE_LIMIT:
        raise InvalidParameterError("rate_limit", f"it must be from 0 to {MAX_RATE_LIMIT} deliveries a minute")
    if webhook.signing is not None:
        check_signing(webhook.signing)
    if len(write_json(webhook.tags).encode("utf-8", "surrogatepass")) > MAX_TAGS_BYTES:
        raise InvalidParameterError("tags", f"they are larger than {MAX_TAGS_BYTES} bytes")


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


def check_signing(signing: Signing) -> None:
    """Raise InvalidParameterError for a way to sign that no webhook can have."""
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


def rotate_access_key(stores: Stores, webhook_id: str, overlap: timedelta = NO_OVERLAP) -> tuple[Webhook, str]:
    """Replace a webhook's access key; return the changed webhook and the new key, which is never shown again.

    All valid keys expire at the end of the overlap, or at their own end if that is earlier. Raises NotFoundError if the
    webhook does not exist, InvalidParameterError if too many old keys would be valid.
    """
    access_key = secrets.token_urlsafe(_SECRET_BYTES)
    for _ in range(_TRIES):
        webhook = find_webhook(stores, webhook_id)
        rotated = replace(
            webhook,
            key_hashes=(credentials.hash_secret(access_key),),
            old_keys=_old_keys(webhook, overlap, times.now()),
        )
        if _recorded(stores, "rotate", rotated, _differences(rotated, webhook)).set_keys(rotated, seen=webhook):
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


def delete_webhook(stores: Stores, webhook_id: str) -> None:
    """Delete a webhook, not its events; raise NotFoundError if it does not exist."""
    webhook = find_webhook(stores, webhook_id)
    if not _recorded(stores, "delete", webhook, {"name": webhook.name}).delete(webhook_id):
        raise NotFoundError("webhook_id", webhook_id)
