"""HTTP requests and answers; the only place that knows API Gateway (HTTP API, payload format 2.0).

Every answer of our code has one of two shapes: what was asked for, or ``{"detail": {"code", "message"}}``. What API
Gateway answers by itself (no token, a refused token, an unknown route, its own limits) is ``{"message"}``, which an
HTTP API cannot change.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias
from urllib.parse import parse_qs

from event_api import observe
from event_api.errors import EventApiError, InvalidParameterError, JsonFormatError
from event_api.jsontypes import Json, JsonObject
from event_api.raw import escaped_bytes, parse_json, storable, write_json

GatewayEvent: TypeAlias = dict[str, Any]
GatewayAnswer: TypeAlias = dict[str, Any]

MAX_ANSWER_BYTES = 6_000_000
"""Bytes of an answer as it is escaped into another JSON document; Lambda's own limit is 6 MB (6,291,456)."""

_GZIP = 16 + zlib.MAX_WBITS  # zlib's way to say gzip's format (RFC 1952)
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_PROBLEM_JSON = "application/problem+json"


class LambdaContext(Protocol):
    """What we use of Lambda's context object."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how long this invocation may still run."""
        ...


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

    @classmethod
    def from_gateway(cls, event: GatewayEvent, context: LambdaContext) -> Request:
        """Read what API Gateway passes on."""
        body = event.get("body") or ""
        content = body.encode("utf-8", "surrogatepass")
        if event.get("isBase64Encoded"):
            # What is no base64 after all is the body as it is: here nothing would turn an error into an answer.
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
            seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        )

    def json_object(self) -> JsonObject:
        """Return the body of a POST form; raise JsonFormatError if it is no JSON object."""
        return _json_object(self.body or b"{}", "body")

    def delivered(self) -> tuple[bytes, Mapping[str, str]]:
        """Return what a sender delivers: its body and headers; a form's fields in the URL, if there is no body.

        UptimeRobot and its like can put them there.
        """
        if self.body or not self.raw_query:
            return self.body, self.headers
        return storable(self.raw_query).encode(), {**self.headers, "content-type": _FORM}

    def query_object(self) -> JsonObject:
        """Return the query parameters of a GET form: a string each, or a list where one is repeated."""
        return {name: values[0] if len(values) == 1 else values for name, values in self.query.items()}

    def reading_parameters(self) -> JsonObject:
        """Return the request object of list: a POST's body, or a GET's query parameters.

        In a GET, ``query`` is a JSON object in its parameter, and ``only`` beside it stands for the query's own.
        Raises JsonFormatError naming what is no JSON object.
        """
        if not self.route.startswith("GET "):
            return self.json_object()
        parameters = self.query_object()
        if "query" in self.query:
            parameters["query"] = _json_object(self.query["query"][-1], "query")
        if "only" in self.query:
            del parameters["only"]
            parameters["query"] = {**parameters.get("query", {}), "only": self.query["only"]}
        return parameters


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; ``body`` is any JSON."""

    body: Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = _JSON

    def to_gateway(self, accept_encoding: str = "") -> GatewayAnswer:
        """Write what API Gateway takes: compressed where only that is small enough for Lambda, and the client takes it.

        Raises InvalidParameterError if that is more than Lambda lets through.
        """
        body = write_json(self.body)
        headers = {"content-type": self.content_type, **self.headers}
        size = escaped_bytes(body)
        if size <= MAX_ANSWER_BYTES:
            return {"statusCode": self.status, "headers": headers, "body": body}
        reason = f"the answer has {size} bytes, at most {MAX_ANSWER_BYTES} can be sent: ask for fewer fields"
        if not _takes_gzip(accept_encoding):
            raise InvalidParameterError("only", f"{reason}, or with 'Accept-Encoding: gzip'")
        packer = zlib.compressobj(wbits=_GZIP)
        packed = base64.b64encode(packer.compress(body.encode()) + packer.flush()).decode()
        if len(packed) > MAX_ANSWER_BYTES:
            raise InvalidParameterError("only", reason)
        headers |= {"content-encoding": "gzip", "vary": "accept-encoding"}
        return {"statusCode": self.status, "headers": headers, "body": packed, "isBase64Encoded": True}


def endpoint(answer: Callable[[Request], Answer]) -> Callable[[GatewayEvent, LambdaContext], GatewayAnswer]:
    """Make a Lambda handler of a function from request to answer: errors are told in one shape, and logged once."""

    def handler(event: GatewayEvent, context: LambdaContext) -> GatewayAnswer:
        request = Request.from_gateway(event, context)
        with observe.metrics_flushed():
            try:
                return answer(request).to_gateway(request.headers.get("accept-encoding", ""))
            except EventApiError as error:
                observe.refused(request.route, error)
                return _refusal(error, request).to_gateway()
            except Exception as error:  # noqa: BLE001  # whatever it is, the caller gets our shape and the log the place
                observe.failed(request.route, error)
                return _refusal(EventApiError("Unexpected failure; it has been logged."), request).to_gateway()

    return handler


def _takes_gzip(accept_encoding: str) -> bool:
    """Read RFC 9110's Accept-Encoding: whether gzip is named, and not with weight 0."""
    for coding in accept_encoding.lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() in {"gzip", "x-gzip", "*"}:
            return weight.replace(" ", "").rstrip("0.") != "q="
    return False


def _refusal(error: EventApiError, request: Request) -> Answer:
    if _PROBLEM_JSON in request.headers.get("accept", ""):
        problem = {"type": "about:blank", "title": error.code, "status": error.status, "detail": str(error)}
        return Answer({**problem, "code": error.code}, error.status, error.headers(), _PROBLEM_JSON)
    return Answer({"detail": {"code": error.code, "message": str(error)}}, error.status, error.headers())


def _json_object(text: bytes | str, key: str) -> JsonObject:
    try:
        value = parse_json(text)
    except ValueError as error:
        raise JsonFormatError(key, str(error)) from None
    if not isinstance(value, dict):
        raise JsonFormatError(key, "it is not an object")
    return value
