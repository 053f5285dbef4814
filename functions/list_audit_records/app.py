"""GET /monitoring/v1/audit and POST /monitoring/v1/audit/search: the audit records that match a query."""

from __future__ import annotations

from event_api import composition
from event_api.admin.list_requests import AuditQuery
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission
from event_api.reads.parameters import list_parameters
from event_api.reads.search import list_records


@endpoint
def handler(request: Request) -> Response:
    """Answer a page of audit records, the newest first unless the query sorts, and how many match in all."""
    principal = principal_of(request.authorizer)
    scope = principal.scope_for(Permission.AUDIT_READ)
    now = times.now()
    records = composition.audit_reader(scope, now, request.seconds_left)
    parameters = list_parameters(request.query) if request.method == "GET" else request.json_object()
    return Response(list_records(AuditQuery, records, parameters, scope, now, page_key=principal.page_key))
