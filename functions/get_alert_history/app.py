"""GET /monitoring/v1/alert/{alert_id}/history: the course of one alert."""

from __future__ import annotations

from event_api import composition
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission
from event_api.reads.alert_history import alert_history
from event_api.reads.keys import check_parameters


@endpoint
def handler(request: Request) -> Response:
    """Answer its events and people's changes, oldest first: at most the newest 500 events."""
    scope = principal_of(request.authorizer).scope_for(Permission.ALERT_GET)
    check_parameters(request.query_object(), scope)
    now = times.now()
    events = composition.event_reader(scope, now, request.seconds_left)
    return Response(alert_history(composition.alert_records(), events, scope, request.path["alert_id"], now))
