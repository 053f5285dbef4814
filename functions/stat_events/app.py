"""POST /monitoring/v1/events/stat: statistics over the events that match a query."""

from __future__ import annotations

from event_api import times, wiring
from event_api.access import Reader
from event_api.http import Answer, Request, endpoint
from event_api.model import Permission
from event_api.statistics import stat_events


@endpoint
def handler(request: Request) -> Answer:
    """Answer the rows that the pipeline makes, or a field's distinct values."""
    reader = Reader.from_context(request.authorizer)
    scope = reader.scope_for(Permission.STAT)
    now = times.now()
    events = wiring.event_reader(scope, now, request.seconds_left)
    return Answer(stat_events(events, request.json_object(), scope, now, reader.page_key))
