"""DELETE /monitoring/v1/alert/{alert_id}/project-dependency/{project_id}: remove a project dependency from an alert."""

from __future__ import annotations

from event_api import composition
from event_api.admin.alerts import change_project_dependency
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer the AlertInfo after the change."""
    desk = composition.desk(principal_of(request.authorizer), Permission.ALERT_CHANGE, request.request_id)
    asked = request.query_object() | {"project_id": request.path["project_id"]}
    return Response(change_project_dependency(desk, request.path["alert_id"], asked, times.now(), present=False))
