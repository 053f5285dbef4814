"""POST /monitoring/v1/token/{token_id}/rotate: replace a token by a new one."""

from __future__ import annotations

from event_api import composition
from event_api.admin.domain_request import read_request
from event_api.admin.kinds import token_row
from event_api.admin.requests import RotateRequest
from event_api.admin.tokens import grantor_of, rotate_token
from event_api.admin.views import shown
from event_api.aws.authorizer import principal_of
from event_api.aws.http import Request, Response, endpoint
from event_api.domain import times
from event_api.domain.access import Permission


@endpoint
def handler(request: Request) -> Response:
    """Answer the new token with its secret, which is shown only now; the old one ends when the overlap does."""
    caller = principal_of(request.authorizer)
    desk = composition.desk(caller, Permission.TOKEN_MANAGE, request.request_id)
    asked = read_request(RotateRequest, request.json_object(), desk.scope)
    grantor = grantor_of(desk, caller)
    new, old, credential = rotate_token(desk, request.path["token_id"], asked.duration(), grantor=grantor)
    until = None if old.expires_at is None else times.to_iso(old.expires_at)
    return Response({**shown(token_row(new, new.created_at)), "token": credential, "old_token_expires_at": until})
