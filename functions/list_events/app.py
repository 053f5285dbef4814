"""GET /monitoring/v1/events and POST /monitoring/v1/events/search: the events that match a query."""

from __future__ import annotations

from event_api import times, wiring
from event_api.access import Reader
from event_api.http import Answer, Request, endpoint
from event_api.model import Permission
from event_api.search import list_events


@endpoint
def handler(request: Request) -> Answer:
    """Answer the page of events, and how many match in all."""
    scope = Reader.from_context(request.authorizer).scope_for(Permission.LIST)
    now = times.now()
    return Answer(list_events(wiring.event_reader(scope, now), request.reading_parameters(), scope, now))
