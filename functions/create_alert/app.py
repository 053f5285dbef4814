"""POST /monitoring/v1/alerts: open an alert without an event."""

from __future__ import annotations

from event_api import composition
from event_api.admin.alerts import create_alert
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer the AlertInfo of the new alert; `triggered_by` is the token."""
    desk = composition.desk(principal_of(request.authorizer), Permission.ALERT_CHANGE, request.request_id)
    return Response(create_alert(desk, request.json_object(), times.now()))
