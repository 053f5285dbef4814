"""GET /monitoring/v1/alerts and POST /monitoring/v1/alerts/search: the alerts that match a query."""

from __future__ import annotations

from event_api import composition
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission
from event_api.reads.alert_requests import AlertQuery
from event_api.reads.parameters import list_parameters
from event_api.reads.search import list_records


@endpoint
def handler(request: Request) -> Response:
    """Answer a page of alerts, and how many match in all."""
    principal = principal_of(request.authorizer)
    scope = principal.scope_for(Permission.ALERT_LIST)
    now = times.now()
    alerts = composition.alert_reader(scope, now, request.seconds_left)
    parameters = list_parameters(request.query) if request.method == "GET" else request.json_object()
    return Response(list_records(AlertQuery, alerts, parameters, scope, now, page_key=principal.page_key))
