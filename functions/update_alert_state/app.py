"""POST /monitoring/v1/alert/{alert_id}/{access_key}/{state}: acknowledge or resolve an alert by a link."""

from __future__ import annotations

from event_api import composition
from event_api.admin.alert_changes import process_alert
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times


@endpoint
def handler(request: Request) -> Response:
    """Answer the AlertInfo; only an alert that is TRIGGERED can be processed so."""
    alert_id, key, state = (request.path[name] for name in ("alert_id", "access_key", "state"))
    now = times.now()
    desk = composition.link_desk(alert_id, key, now, request.request_id)
    return Response(process_alert(desk, alert_id, state, now))
