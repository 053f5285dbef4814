"""POST /monitoring/v1/alert/{alert_id}/responders: add a responder to an alert."""

from __future__ import annotations

from event_api import composition
from event_api.admin.alerts import change_responder
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer the AlertInfo after the change."""
    desk = composition.desk(principal_of(request.authorizer), Permission.ALERT_CHANGE, request.request_id)
    asked = request.json_object()
    return Response(change_responder(desk, request.path["alert_id"], asked, times.now(), present=True))
