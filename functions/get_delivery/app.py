"""GET /monitoring/v1/delivery/{delivery_id}: one delivery and its events."""

from __future__ import annotations

from event_api import composition
from event_api.admin.deliveries import delivery_info
from event_api.admin.domain_request import DomainRequest, read_request
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer the delivery with its body and headers, its events, and the reason if it could not be read."""
    scope = principal_of(request.authorizer).scope_for(Permission.DELIVERY_READ)
    read_request(DomainRequest, request.query_object(), scope)
    now = times.now()
    events = composition.event_reader(scope, now, request.seconds_left)
    return Response(delivery_info(events, composition.events(), scope, request.path["delivery_id"], now))
