"""DELETE /monitoring/v1/alert/{alert_id}: delete an alert."""

from __future__ import annotations

from event_api import composition
from event_api.admin.alert_changes import delete_alert
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission
from event_api.reads.keys import check_parameters


@endpoint
def handler(request: Request) -> Response:
    """Answer an empty object. The events of the alert stay; later ones of its key open another alert."""
    desk = composition.desk(principal_of(request.authorizer), Permission.ALERT_CHANGE, request.request_id)
    check_parameters(request.query_object(), desk.scope)
    delete_alert(desk, request.path["alert_id"], times.now())
    return Response({})
