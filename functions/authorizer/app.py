"""The authorizer of the reading routes: whose token is it, and what may it see."""

from __future__ import annotations

from typing import Any

from event_api import credentials, times, wiring
from event_api.access import Reader, authenticate_token


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer in API Gateway's simple response format (authorizer payload 2.0)."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    token = authenticate_token(wiring.tokens(), credentials.bearer(headers.get("authorization")), times.now())
    if token is None:
        return {"isAuthorized": False}
    return {"isAuthorized": True, "context": Reader.of(token).to_context()}
