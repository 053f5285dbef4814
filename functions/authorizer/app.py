"""The authorizer of the reading routes: authenticate the token and pass on its scope and permissions."""

from __future__ import annotations

from event_api import composition
from event_api.auth.tokens import Principal, authenticate_token
from event_api.aws.authorizer import authorizer
from event_api.domain import times


@authorizer
def handler(credential: str | None) -> Principal | None:
    """Return the principal of a valid token, or None."""
    return authenticate_token(composition.tokens(), credential, times.now())
