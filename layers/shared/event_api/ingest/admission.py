"""Checks before a delivery is stored: the webhook's rate limit and its sender's signature."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from event_api import telemetry
from event_api.domain.errors import UnavailableError
from event_api.domain.webhook import Webhook
from event_api.json_text import parse_sent_json, storable

if TYPE_CHECKING:
    from event_api.ingest.rates import Rates
    from event_api.json_types import JsonObject

_EVENT_GRID_HEADER: Final = "aeg-event-type"
_ORIGIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}", re.ASCII)


def rate_limit(webhook: Webhook, default: int) -> int:
    """Return the deliveries a minute that a webhook may send; 0 is any number."""
    return default if webhook.rate_limit is None else webhook.rate_limit


def check_rate(webhook: Webhook, limit: int, rates: Callable[[], Rates]) -> None:
    """Raise UnavailableError for a delivery over the limit: senders repeat after a 503, but not after a 429."""
    if limit and (wait := rates().seconds_to_wait(webhook.webhook_id, limit)):
        telemetry.count("DeliveriesShed", webhook_id=webhook.webhook_id)
        raise UnavailableError(f"the webhook is over its limit of {limit} deliveries a minute", retry_after=wait)


def delivered(content: bytes, headers: Mapping[str, str], raw_query: str) -> tuple[bytes, Mapping[str, str]]:
    """Return a sender's body and headers, or a form from the URL's query if there is no body.

    UptimeRobot can put its fields into the URL.
    """
    if content or not raw_query:
        return content, headers
    return storable(raw_query).encode(), {**headers, "content-type": "application/x-www-form-urlencoded"}


def handshake_response(webhook: Webhook, content: bytes, headers: Mapping[str, str]) -> JsonObject | None:
    """Return the response that confirms a subscription of Azure Event Grid, or None for any other request.

    Only the sender of a valid URL learns anything, and only what it sent. Source:
    https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
    """
    if headers.get(_EVENT_GRID_HEADER, "").strip().lower() != "subscriptionvalidation":
        return None
    from event_api.normalizers.lenient import at, items, text  # noqa: PLC0415  # one request in the life of a webhook

    if webhook.format is not None and not webhook.format.startswith(("azure", "cloudevents", "generic")):
        return None
    try:
        events = items(parse_sent_json(content))
    except ValueError:
        return None
    code = next(filter(None, (text(at(event, "data.validationCode")) for event in events)), None)
    return None if code is None else {"validationResponse": code}


def check_signature(webhook: Webhook, content: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Check the signature if the webhook has signing.

    Raises AuthenticateFailureError, and UnavailableError if the signature cannot be checked at the moment.
    """
    if webhook.signing is not None:
        # Most webhooks have none, and pay for no import (docs/adr/0005).
        from event_api.signing.authenticity import require_signature  # noqa: PLC0415

        require_signature(webhook, webhook.signing, content, headers, now)


def allowed_delivery(headers: Mapping[str, str], rate_limit: int) -> dict[str, str]:
    """Return the headers that permit a sender of CloudEvents to deliver; only what is allowed, if none asks.

    ``rate_limit``: deliveries a minute, 0 is any number. Source:
    https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md#4-abuse-protection
    """
    answer = {"allow": "OPTIONS, POST"}
    origin = headers.get("webhook-request-origin", "")
    if _ORIGIN.fullmatch(origin):
        answer |= {"webhook-allowed-origin": origin, "webhook-allowed-rate": str(rate_limit or "*")}
    return answer
