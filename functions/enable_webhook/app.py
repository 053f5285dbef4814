"""PUT /monitoring/v1/webhook/{webhook_id}/enable: have a webhook take deliveries again."""

from __future__ import annotations

from event_api import composition
from event_api.admin.domain_request import DomainRequest, read_request
from event_api.admin.views import webhook_info
from event_api.admin.webhooks import set_webhook_state
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain.access import Permission
from event_api.domain.webhook import WebhookState


@endpoint
def handler(request: Request) -> Response:
    """Answer the changed webhook."""
    desk = composition.desk(principal_of(request.authorizer), Permission.WEBHOOK_MANAGE, request.request_id)
    read_request(DomainRequest, request.json_object(), desk.scope)
    return Response(webhook_info(set_webhook_state(desk, request.path["webhook_id"], WebhookState.ENABLED)))
