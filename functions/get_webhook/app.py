"""GET /monitoring/v1/webhook/{webhook_id}: one webhook."""

from __future__ import annotations

from event_api import composition
from event_api.admin.kinds import WEBHOOK
from event_api.admin.records import WebhookRecords
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission
from event_api.reads.record import get_record


@endpoint
def handler(request: Request) -> Response:
    """Answer the WebhookInfo, or the fields of it that ``only`` names."""
    scope = principal_of(request.authorizer).scope_for(Permission.WEBHOOK_READ)
    parameters = request.query_object() | {"webhook_id": request.path["webhook_id"]}
    webhooks = WebhookRecords(composition.webhooks())
    return Response(get_record(WEBHOOK, webhooks, parameters, scope, times.now()))
