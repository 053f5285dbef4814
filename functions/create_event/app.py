"""POST /monitoring/v1/webhook/{webhook_id}/{access_key}/events, or with the key as bearer: receive a delivery."""

from __future__ import annotations

from event_api import composition, telemetry
from event_api.auth import credentials
from event_api.auth.webhooks import authenticate_webhook
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.ingest import admission
from event_api.settings import settings


@endpoint
def handler(request: Request) -> Response:
    """Answer ``{}`` once the delivery is durable; its id is in a header."""
    now = times.now()
    access_key = request.path.get("access_key") or credentials.bearer(request.headers.get("authorization")) or ""
    webhook = authenticate_webhook(composition.webhooks(), request.path["webhook_id"], access_key, now)
    limit = admission.rate_limit(webhook, settings().webhook_rate_limit)
    if request.method == "OPTIONS":
        return Response({}, headers=admission.allowed_delivery(request.headers, limit))
    telemetry.know(webhook_id=webhook.webhook_id, domain_id=webhook.domain_id)
    admission.check_rate(webhook, limit, composition.rates)
    content, headers = admission.delivered(request.body, request.headers, request.raw_query)
    admission.check_signature(webhook, content, headers, now)
    handshake = admission.handshake_response(webhook, content, headers)
    if handshake is not None:
        return Response(handshake)
    delivery_id = composition.ingest().receive(
        webhook, content, headers, request.seconds_left, access_key=access_key, request_id=request.request_id
    )
    telemetry.know(delivery_id=delivery_id)
    return Response({}, headers={"x-delivery-id": delivery_id})
