"""DELETE /monitoring/v1/token/{token_id}: revoke a token."""

from __future__ import annotations

from event_api import composition
from event_api.admin.domain_request import DomainRequest, read_request
from event_api.admin.tokens import revoke_token
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer ``{}``; API Gateway may accept the token for another minute."""
    desk = composition.desk(principal_of(request.authorizer), Permission.TOKEN_MANAGE, request.request_id)
    read_request(DomainRequest, request.query_object(), desk.scope)
    revoke_token(desk, request.path["token_id"])
    return Response({})
