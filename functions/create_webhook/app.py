"""POST /monitoring/v1/webhooks: create a webhook."""

from __future__ import annotations

from event_api import composition
from event_api.admin.domain_request import read_request
from event_api.admin.views import new_webhook
from event_api.admin.webhook_requests import CreateWebhookRequest
from event_api.admin.webhooks import create_webhook
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer the webhook with its URL and access key, which are shown only now."""
    desk = composition.desk(principal_of(request.authorizer), Permission.WEBHOOK_MANAGE, request.request_id)
    asked = read_request(CreateWebhookRequest, request.json_object(), desk.scope)
    webhook, access_key = create_webhook(
        desk,
        domain_id=desk.scope.domain_id,
        project_id=asked.project_id,
        name=asked.name,
        tags=asked.tags,
        change=asked.plugin_info.applied_to,
    )
    return Response(new_webhook(webhook, access_key))
