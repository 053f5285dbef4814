"""GET /monitoring/v1/event/{event_id}: one event."""

from __future__ import annotations

from event_api import times, wiring
from event_api.access import Reader
from event_api.http import Answer, Request, endpoint
from event_api.model import Permission
from event_api.search import get_event


@endpoint
def handler(request: Request) -> Answer:
    """Answer the EventInfo, or the fields of it that ``only`` names."""
    scope = Reader.from_context(request.authorizer).scope_for(Permission.GET)
    parameters = request.query_object() | {"event_id": request.path["event_id"]}
    return Answer(get_event(wiring.events(), parameters, scope, times.now()))
