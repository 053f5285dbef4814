"""DELETE /monitoring/v1/webhook/{webhook_id}: delete a webhook."""

from __future__ import annotations

from event_api import composition
from event_api.admin.domain_request import DomainRequest, read_request
from event_api.admin.webhooks import delete_webhook
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer ``{}``; the events and alerts of the webhook stay."""
    desk = composition.desk(principal_of(request.authorizer), Permission.WEBHOOK_MANAGE, request.request_id)
    read_request(DomainRequest, request.query_object(), desk.scope)
    delete_webhook(desk, request.path["webhook_id"])
    return Response({})
