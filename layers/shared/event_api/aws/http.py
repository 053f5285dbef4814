"""HTTP requests and responses; the only module that knows API Gateway (HTTP API, payload format 2.0).

Every response of our code has one of two shapes: the result, or ``{"detail": {"code", "message"}}``. A response of API
Gateway itself (no token, a refused token, an unknown route, its own limits) is ``{"message"}``, which an HTTP API
cannot change.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias
from urllib.parse import parse_qs

from event_api import telemetry
from event_api.aws.lambda_context import LambdaContext, seconds_left
from event_api.domain.errors import EventApiError, InvalidParameterError
from event_api.domain.parameters import json_object
from event_api.json_text import escaped_bytes, storable, write_json
from event_api.json_types import Json, JsonObject

GatewayEvent: TypeAlias = dict[str, Any]  # API Gateway's event has no published type, here and below
GatewayResponse: TypeAlias = dict[str, object]

MAX_RESPONSE_BYTES = 6_000_000
"""Bytes of an answer as it is escaped into another JSON document; Lambda's own limit is 6 MB (6,291,456)."""

_GZIP = 16 + zlib.MAX_WBITS  # zlib's way to say gzip's format (RFC 1952)
_JSON = "application/json"
_PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. ``headers`` have lower-case names; ``query`` has every repetition of a parameter.

    No text in them is such that UTF-8, and so DynamoDB, cannot hold it.
    """

    route: str
    path: Mapping[str, str] = field(repr=False)
    query: Mapping[str, list[str]]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    raw_query: str = field(repr=False)
    authorizer: Mapping[str, Any] = field(repr=False)
    seconds_left: Callable[[], float]
    request_id: str = ""
    """API Gateway's id of the request, as in its access log."""

    @classmethod
    def from_gateway(cls, event: GatewayEvent, context: LambdaContext) -> Request:
        """Read what API Gateway passes on."""
        body = event.get("body") or ""
        content = body.encode("utf-8", "surrogatepass")
        if event.get("isBase64Encoded"):
            # A body that is not base64 after all is taken as it is: at this point nothing would turn an error into a
            # response.
            with suppress(ValueError):
                content = base64.b64decode(body)
        method, _, route = event.get("routeKey", "").partition(" ")
        request_context = event.get("requestContext") or {}
        return cls(
            route=f"{method.upper()} {route}" if route else method,
            path={name: storable(value) for name, value in (event.get("pathParameters") or {}).items()},
            query=parse_qs(event.get("rawQueryString") or "", keep_blank_values=True),
            headers={name.lower(): storable(value) for name, value in (event.get("headers") or {}).items()},
            body=content,
            raw_query=event.get("rawQueryString") or "",
            authorizer=(request_context.get("authorizer") or {}).get("lambda") or {},
            seconds_left=seconds_left(context),
            request_id=request_context.get("requestId") or "",
        )

    @property
    def method(self) -> str:
        """The HTTP method, in upper case."""
        return self.route.partition(" ")[0]

    def json_object(self) -> JsonObject:
        """Return the body of a POST form; raise JsonFormatError if it is not a JSON object."""
        return json_object(self.body or b"{}", "body")

    def query_object(self) -> JsonObject:
        """Return the query parameters of a GET form: a string each, or a list for a repeated one."""
        return {name: values[0] if len(values) == 1 else [*values] for name, values in self.query.items()}


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer; ``body`` is any JSON."""

    body: Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = _JSON

    def to_gateway(self, accept_encoding: str = "") -> GatewayResponse:
        """Write the response for API Gateway; compress it if it fits only so and the client accepts that.

        Raises InvalidParameterError if the response exceeds Lambda's limit.
        """
        body = write_json(self.body)
        headers = {"content-type": self.content_type, **self.headers}
        size = escaped_bytes(body)
        if size <= MAX_RESPONSE_BYTES:
            return {"statusCode": self.status, "headers": headers, "body": body}
        reason = f"the answer has {size} bytes, at most {MAX_RESPONSE_BYTES} can be sent: ask for fewer fields"
        if not takes_gzip(accept_encoding):
            raise InvalidParameterError("only", f"{reason}, or with 'Accept-Encoding: gzip'")
        packer = zlib.compressobj(wbits=_GZIP)
        packed = base64.b64encode(packer.compress(body.encode()) + packer.flush()).decode()
        if len(packed) > MAX_RESPONSE_BYTES:
            raise InvalidParameterError("only", reason)
        headers |= {"content-encoding": "gzip", "vary": "accept-encoding"}
        return {"statusCode": self.status, "headers": headers, "body": packed, "isBase64Encoded": True}


class Answer(Protocol):
    """Anything that can be written as a response."""

    def to_gateway(self, accept_encoding: str = "") -> GatewayResponse:
        """Write the response for API Gateway, for a client that sent this header."""


def endpoint(answer: Callable[[Request], Answer]) -> Callable[[GatewayEvent, LambdaContext], GatewayResponse]:
    """Make a Lambda handler of a function from request to response; errors get one shape and are logged once."""

    def handler(event: GatewayEvent, context: LambdaContext) -> GatewayResponse:
        request = Request.from_gateway(event, context)
        with telemetry.invocation(context.aws_request_id, request_id=request.request_id, route=request.route):
            telemetry.know(domain_id=request.authorizer.get("domain_id"))
            try:
                return answer(request).to_gateway(request.headers.get("accept-encoding", ""))
            except EventApiError as error:
                telemetry.refused(request.route, error)
                return _refusal(error, request).to_gateway()
            except Exception as error:  # noqa: BLE001  # whatever it is, the caller gets our shape and the log the place
                telemetry.failed(request.route, error)
                return _refusal(EventApiError("Unexpected failure; it has been logged."), request).to_gateway()

    return handler


def takes_gzip(accept_encoding: str) -> bool:
    """Read RFC 9110's Accept-Encoding: report whether gzip is named, and not with weight 0."""
    for coding in accept_encoding.lower().split(","):
        name, _, estimate_bytes = coding.partition(";")
        if name.strip() in {"gzip", "x-gzip", "*"}:
            return estimate_bytes.replace(" ", "").rstrip("0.") != "q="
    return False


def _refusal(error: EventApiError, request: Request) -> Response:
    if _PROBLEM_JSON in request.headers.get("accept", ""):
        problem: JsonObject = {"type": "about:blank", "title": error.code, "status": error.status, "detail": str(error)}
        return Response({**problem, "code": error.code}, error.status, error.headers(), _PROBLEM_JSON)
    return Response({"detail": {"code": error.code, "message": str(error)}}, error.status, error.headers())
