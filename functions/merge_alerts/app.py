"""POST /monitoring/v1/alerts/merge: merge alerts that are the same problem."""

from __future__ import annotations

from event_api import composition
from event_api.admin.alerts import merge_alerts
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer the AlertInfo of the alert that stands for all of them; its events include theirs."""
    desk = composition.desk(principal_of(request.authorizer), Permission.ALERT_CHANGE, request.request_id)
    return Response(merge_alerts(desk, request.json_object(), times.now()))
