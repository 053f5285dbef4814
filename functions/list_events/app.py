"""GET /monitoring/v1/events and POST /monitoring/v1/events/search: the events that match a query."""

from __future__ import annotations

from event_api import times, wiring
from event_api.access import Reader
from event_api.http import Answer, Request, endpoint
from event_api.model import Permission
from event_api.search import list_events


@endpoint
def handler(request: Request) -> Answer:
    """Answer a page of events, and how many match in all."""
    reader = Reader.from_context(request.authorizer)
    scope = reader.scope_for(Permission.LIST)
    now = times.now()
    events = wiring.event_reader(scope, now, request.seconds_left)
    return Answer(list_events(events, request.reading_parameters(), scope, now, reader.page_key))
