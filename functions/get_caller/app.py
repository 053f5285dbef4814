"""GET /monitoring/v1/token: the token that asks."""

from __future__ import annotations

from event_api.admin.caller import caller_info
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint


@endpoint
def handler(request: Request) -> Response:
    """Answer the domain, the projects and the permissions of the token that asks."""
    return Response(caller_info(principal_of(request.authorizer)))
