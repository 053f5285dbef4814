"""The authorizer of the routes that need a token: authenticate it and pass on its scope and permissions."""

from __future__ import annotations

from collections.abc import Mapping

from event_api import composition
from event_api.auth.credentials import is_id_token
from event_api.auth.tokens import Principal, authenticate_token
from event_api.aws.authorizer import authorizer
from event_api.domain import times


@authorizer
def handler(credential: str | None, stage: Mapping[str, str]) -> Principal | None:
    """Return the principal of a valid token, or None."""
    if credential and is_id_token(credential) and "oidc_issuer" in stage:
        issuer = composition.issuer(stage["oidc_issuer"], stage["oidc_audience"], stage["oidc_mapping"])
        return issuer.authenticate(credential, times.now(), composition.tokens().page_key)
    return authenticate_token(composition.tokens(), credential, times.now())
