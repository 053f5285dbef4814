"""POST /monitoring/v1/alert/{alert_id}/snooze: snooze an alert until a time."""

from __future__ import annotations

from event_api import composition
from event_api.admin.alerts import snooze_alert
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer the AlertInfo. The alert wakes by itself: `is_snoozed` is false from that time on."""
    desk = composition.desk(principal_of(request.authorizer), Permission.ALERT_CHANGE, request.request_id)
    return Response(snooze_alert(desk, request.path["alert_id"], request.json_object(), times.now()))
