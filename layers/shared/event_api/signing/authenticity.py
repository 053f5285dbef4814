"""The consequences of a missing or bad signature."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from event_api import telemetry
from event_api.domain.errors import AuthenticateFailureError, UnavailableError
from event_api.domain.webhook import Signing, Webhook
from event_api.signing import signatures
from event_api.signing.errors import BadSignatureError


def require_signature(
    webhook: Webhook, signing: Signing, content: bytes, headers: Mapping[str, str], now: datetime
) -> None:
    """Refuse a request whose signature is bad, or only log it if the webhook does not require one.

    Raises AuthenticateFailureError, and UnavailableError if the check is impossible at the moment: senders retry that.
    """
    try:
        signatures.check(signing, content, headers, now)
    except BadSignatureError as error:
        telemetry.count("SignaturesBad")
        telemetry.noticed(f"bad signature: {error}", webhook_id=webhook.webhook_id)
        if signing.required:
            raise AuthenticateFailureError(f"the signature: {error}") from None
    except UnavailableError as error:
        telemetry.count("SignaturesUnchecked")
        telemetry.noticed("signature not checked", webhook_id=webhook.webhook_id)
        if signing.required:
            raise error from error.__cause__
