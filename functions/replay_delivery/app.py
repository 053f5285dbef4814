"""POST /monitoring/v1/delivery/{delivery_id}/replay: have a delivery read again."""

from __future__ import annotations

from event_api import composition
from event_api.admin.deliveries import find_delivery
from event_api.admin.domain_request import DomainRequest, read_request
from event_api.admin.replay import replay
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.aws.redrive_queue import QueuedDelivery
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer ``{}`` once the delivery is queued; the worker reads it with the present normalizers."""
    desk = composition.desk(principal_of(request.authorizer), Permission.DELIVERY_MANAGE, request.request_id)
    read_request(DomainRequest, request.json_object(), desk.scope)
    found = find_delivery(desk.events, desk.scope, request.path["delivery_id"])
    replay(desk, composition.queue(), [QueuedDelivery(found.delivery_id, found.domain_id)])
    return Response({})
