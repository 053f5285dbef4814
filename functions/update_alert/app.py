"""PUT /monitoring/v1/alert/{alert_id}: change the fields and the state of an alert."""

from __future__ import annotations

from event_api import composition
from event_api.admin.alerts import update_alert
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer the AlertInfo after the change. Of two people who acknowledge at once, the first one has acknowledged."""
    desk = composition.desk(principal_of(request.authorizer), Permission.ALERT_CHANGE, request.request_id)
    return Response(update_alert(desk, request.path["alert_id"], request.json_object(), times.now()))
