"""GET /monitoring/v1/deliveries: the deliveries that need a look."""

from __future__ import annotations

from event_api import composition
from event_api.admin.list_requests import DeliveryQuery
from event_api.admin.requests import since_when
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission
from event_api.reads.parameters import list_parameters
from event_api.reads.search import list_records


@endpoint
def handler(request: Request) -> Response:
    """Answer a page of unfinished and unreadable deliveries, and how many match in all."""
    principal = principal_of(request.authorizer)
    desk = composition.desk(principal, Permission.DELIVERY_READ, request.request_id)
    now = times.now()
    parameters = list_parameters(request.query)
    deliveries = composition.delivery_reader(desk, now, since_when(parameters, now), request.seconds_left)
    return Response(list_records(DeliveryQuery, deliveries, parameters, desk.scope, now, page_key=principal.page_key))
