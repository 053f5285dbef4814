"""GET /monitoring/v1/alert/{alert_id}: one alert."""

from __future__ import annotations

from event_api import composition
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission
from event_api.domain.alert_info import ALERT
from event_api.reads.record import get_record


@endpoint
def handler(request: Request) -> Response:
    """Answer the AlertInfo, or the fields of it that ``only`` names."""
    scope = principal_of(request.authorizer).scope_for(Permission.ALERT_GET)
    parameters = request.query_object() | {"alert_id": request.path["alert_id"]}
    return Response(get_record(ALERT, composition.alert_records(), parameters, scope, times.now()))
