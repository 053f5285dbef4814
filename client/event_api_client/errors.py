"""Errors of the client; none of them holds a token."""

from __future__ import annotations

import json


class ClientError(Exception):
    """A request that did not succeed."""


class ConnectionFailedError(ClientError):
    """There was no answer: it is unknown whether the service received the request."""


class ApiError(ClientError):
    """The service refused a request: HTTP status, the API's error code, its message, and API Gateway's request id."""

    def __init__(self, status: int, code: str, message: str, request_id: str | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id

    @classmethod
    def of(cls, status: int, content: bytes, request_id: str | None) -> ApiError:
        """Read an answer; one that is not the API's own, such as a proxy's, has the code ``HTTP``."""
        try:
            body = json.loads(content)
            detail = body.get("detail") or body
            return cls(status, str(detail.get("code", "HTTP")), str(detail["message"]), request_id)
        except (ValueError, AttributeError, KeyError, TypeError):
            return cls(status, "HTTP", content[:200].decode(errors="replace"), request_id)
