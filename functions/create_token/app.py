"""POST /monitoring/v1/tokens: create a token."""

from __future__ import annotations

from event_api import composition
from event_api.admin.domain_request import read_request
from event_api.admin.kinds import token_row
from event_api.admin.requests import CreateTokenRequest
from event_api.admin.tokens import create_token, grantor_of
from event_api.admin.views import shown
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer the token with its secret, which is shown only now; it has no more rights than the token that asks."""
    caller = principal_of(request.authorizer)
    desk = composition.desk(caller, Permission.TOKEN_MANAGE, request.request_id)
    asked = read_request(CreateTokenRequest, request.json_object(), desk.scope)
    token, credential = create_token(
        desk,
        domain_id=desk.scope.domain_id,
        projects=asked.projects,
        role=asked.role,
        permissions=asked.permissions,
        expires_at=asked.expiry(),
        name=asked.name,
        grantor=grantor_of(desk, caller),
    )
    return Response({**shown(token_row(token, token.created_at)), "token": credential})
