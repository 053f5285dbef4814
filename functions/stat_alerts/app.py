"""POST /monitoring/v1/alerts/stat: statistics over the alerts that match a query."""

from __future__ import annotations

from event_api import composition
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission
from event_api.domain.alert_info import ALERT
from event_api.reads.statistics import stat_records


@endpoint
def handler(request: Request) -> Response:
    """Answer the rows that the pipeline makes, or a field's distinct values."""
    principal = principal_of(request.authorizer)
    scope = principal.scope_for(Permission.ALERT_STAT)
    now = times.now()
    alerts = composition.alert_reader(scope, now, request.seconds_left)
    return Response(stat_records(ALERT, alerts, request.json_object(), scope, now, page_key=principal.page_key))
