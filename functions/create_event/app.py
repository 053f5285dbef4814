"""POST /monitoring/v1/webhook/{webhook_id}/{access_key}/events, or with the key as bearer: take a delivery."""

from __future__ import annotations

from event_api import access, credentials, times, wiring
from event_api.http import Answer, Request, endpoint


@endpoint
def handler(request: Request) -> Answer:
    """Answer ``{}`` once the delivery is durable; its id is in a header."""
    access_key = request.path.get("access_key") or credentials.bearer(request.headers.get("authorization")) or ""
    webhook = access.authenticate_webhook(wiring.webhooks(), request.path["webhook_id"], access_key, times.now())
    delivery_id = wiring.ingest().receive(
        webhook, request.body, request.headers, request.seconds_left, access_key=access_key
    )
    return Answer({}, headers={"x-delivery-id": delivery_id})
