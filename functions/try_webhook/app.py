"""POST /monitoring/v1/webhook/{webhook_id}/try: the events that a body would make."""

from __future__ import annotations

from event_api import composition
from event_api.admin.preview import events_of, in_format
from event_api.admin.webhooks import find_webhook
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain.access import Permission
from event_api.domain.errors import PayloadTooLargeError
from event_api.settings import settings


@endpoint
def handler(request: Request) -> Response:
    """Answer the format that the body is read in and its events; nothing is stored.

    ``plugin_id`` in the query is another format than the webhook's.
    """
    desk = composition.desk(principal_of(request.authorizer), Permission.WEBHOOK_READ, request.request_id)
    webhook = find_webhook(desk, request.path["webhook_id"])
    for name in request.query.get("plugin_id", []):
        webhook = in_format(webhook, name)
    if len(request.body) > settings().max_body_bytes:
        raise PayloadTooLargeError(settings().max_body_bytes, len(request.body))
    return Response(events_of(webhook, request.body, request.headers))
