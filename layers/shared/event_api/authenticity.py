"""What becomes of a request that its sender did not sign as the webhook wants it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from event_api import observe, signatures
from event_api.errors import AuthenticateFailureError, UnavailableError
from event_api.model import Signing, Webhook


def require_signature(
    webhook: Webhook, signing: Signing, content: bytes, headers: Mapping[str, str], now: datetime
) -> None:
    """Refuse a request whose signature is bad, or only tell of it where the webhook does not require one.

    Raises AuthenticateFailureError, and UnavailableError where it cannot be found out just now: senders repeat that.
    """
    try:
        signatures.check(signing, content, headers, now)
    except signatures.BadSignatureError as error:
        observe.count("SignaturesBad")
        observe.noticed(f"bad signature: {error}", webhook_id=webhook.webhook_id)
        if signing.required:
            raise AuthenticateFailureError(f"the signature: {error}") from None
    except UnavailableError as error:
        observe.count("SignaturesUnchecked")
        observe.noticed("signature not checked", webhook_id=webhook.webhook_id)
        if signing.required:
            raise error from error.__cause__
