"""POST /monitoring/v1/webhook/{webhook_id}/plugin/verify: verify a format and options, and a body with them."""

from __future__ import annotations

from event_api import composition
from event_api.admin.domain_request import read_request
from event_api.admin.preview import check_body
from event_api.admin.webhook_requests import VerifyPluginRequest
from event_api.admin.webhooks import check_webhook, find_webhook
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer ``{}`` if a webhook can have them, and if the body is read by them; nothing is changed."""
    desk = composition.desk(principal_of(request.authorizer), Permission.WEBHOOK_READ, request.request_id)
    asked = read_request(VerifyPluginRequest, request.json_object(), desk.scope)
    webhook = asked.plugin_info.applied_to(find_webhook(desk, request.path["webhook_id"]))
    check_webhook(webhook)
    if (content := asked.content()) is not None:
        check_body(webhook, content, {name.lower(): value for name, value in asked.headers.items()})
    return Response({})
