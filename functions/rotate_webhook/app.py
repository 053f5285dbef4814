"""POST /monitoring/v1/webhook/{webhook_id}/rotate: replace a webhook's access key."""

from __future__ import annotations

from event_api import composition
from event_api.admin.domain_request import read_request
from event_api.admin.requests import RotateRequest
from event_api.admin.views import new_webhook
from event_api.admin.webhooks import rotate_access_key
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer the webhook with its new URL and access key, which are shown only now.

    The old URL ends when the overlap does.
    """
    desk = composition.desk(principal_of(request.authorizer), Permission.WEBHOOK_MANAGE, request.request_id)
    asked = read_request(RotateRequest, request.json_object(), desk.scope)
    webhook, access_key = rotate_access_key(desk, request.path["webhook_id"], asked.duration())
    return Response(new_webhook(webhook, access_key))
