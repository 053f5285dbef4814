"""PUT /monitoring/v1/webhook/{webhook_id}: change the name or the tags of a webhook."""

from __future__ import annotations

from event_api import composition
from event_api.admin.domain_request import read_request
from event_api.admin.views import webhook_info
from event_api.admin.webhook_requests import UpdateWebhookRequest
from event_api.admin.webhooks import change_webhook
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer the changed webhook."""
    desk = composition.desk(principal_of(request.authorizer), Permission.WEBHOOK_MANAGE, request.request_id)
    asked = read_request(UpdateWebhookRequest, request.json_object(), desk.scope)
    return Response(webhook_info(change_webhook(desk, request.path["webhook_id"], "update", asked.applied_to)))
