"""GET /monitoring/v1/event/{event_id}: one event."""

from __future__ import annotations

from event_api import composition
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission
from event_api.domain.fields import EVENT
from event_api.reads.record import get_record


@endpoint
def handler(request: Request) -> Response:
    """Answer the EventInfo, or the fields of it that ``only`` names."""
    scope = principal_of(request.authorizer).scope_for(Permission.EVENT_GET)
    parameters = request.query_object() | {"event_id": request.path["event_id"]}
    return Response(get_record(EVENT, composition.events(), parameters, scope, times.now()))
