"""POST /monitoring/v1/webhook/{webhook_id}/{access_key}/events, or with the key as bearer: take a delivery."""

from __future__ import annotations

from event_api import access, credentials, observe, times, wiring
from event_api.errors import UnavailableError
from event_api.http import Answer, Request, endpoint
from event_api.model import Webhook
from event_api.settings import settings

# ruff: noqa: PLC0415  # what most deliveries do not need is imported when one does (docs/adr/0005)


@endpoint
def handler(request: Request) -> Answer:
    """Answer ``{}`` once the delivery is durable; its id is in a header."""
    access_key = request.path.get("access_key") or credentials.bearer(request.headers.get("authorization")) or ""
    webhook = access.authenticate_webhook(wiring.webhooks(), request.path["webhook_id"], access_key, times.now())
    if request.route.startswith("OPTIONS "):
        return _permission(request, webhook)
    _check_rate(webhook)
    content, headers = request.delivered()
    if webhook.signing is not None:
        from event_api import authenticity

        authenticity.require_signature(webhook, webhook.signing, content, headers, times.now())
    delivery_id = wiring.ingest().receive(webhook, content, headers, request.seconds_left, access_key=access_key)
    return Answer({}, headers={"x-delivery-id": delivery_id})


def _permission(request: Request, webhook: Webhook) -> Answer:
    """Answer OPTIONS on the same paths: a sender of CloudEvents asks whether it may deliver."""
    from event_api import handshakes

    return Answer({}, headers=handshakes.allowed(request.headers, _rate_limit(webhook)))


def _rate_limit(webhook: Webhook) -> int:
    return settings().webhook_rate_limit if webhook.rate_limit is None else webhook.rate_limit


def _check_rate(webhook: Webhook) -> None:
    """Refuse a delivery over the webhook's limit, as what may be sent again: senders drop what gets a 429."""
    limit = _rate_limit(webhook)
    if limit and (wait := wiring.rates().seconds_to_wait(webhook.webhook_id, limit)):
        observe.count("DeliveriesShed", webhook_id=webhook.webhook_id)
        raise UnavailableError(f"the webhook is over its limit of {limit} deliveries a minute", retry_after=wait)
