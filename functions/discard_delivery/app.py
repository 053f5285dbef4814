"""POST /monitoring/v1/delivery/{delivery_id}/discard: give up an unfinished delivery."""

from __future__ import annotations

from event_api import composition
from event_api.admin.deliveries import discard
from event_api.admin.domain_request import DomainRequest, read_request
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer ``{}``; the delivery stays stored, and nothing finishes it any more."""
    desk = composition.desk(principal_of(request.authorizer), Permission.DELIVERY_MANAGE, request.request_id)
    read_request(DomainRequest, request.json_object(), desk.scope)
    discard(desk, desk.scope, request.path["delivery_id"])
    return Response({})
