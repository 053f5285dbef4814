"""Everything that an operator administers, in one module; a function imports only what it needs of it."""

from __future__ import annotations

from event_api.admin.checks import NO_OVERLAP
from event_api.admin.replay import replay
from event_api.admin.tokens import TOKEN_LIFETIME, create_token, revoke_token, rotate_token
from event_api.admin.webhooks import (
    MAX_OLD_KEYS,
    MAX_RATE_LIMIT,
    check_format,
    create_webhook,
    delete_webhook,
    rotate_access_key,
    set_format,
    set_rate_limit,
    set_signing,
    set_webhook_state,
)

__all__ = [
    "MAX_OLD_KEYS",
    "MAX_RATE_LIMIT",
    "NO_OVERLAP",
    "TOKEN_LIFETIME",
    "check_format",
    "create_token",
    "create_webhook",
    "delete_webhook",
    "replay",
    "revoke_token",
    "rotate_access_key",
    "rotate_token",
    "set_format",
    "set_rate_limit",
    "set_signing",
    "set_webhook_state",
]
