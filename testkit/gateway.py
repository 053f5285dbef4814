"""An HTTP API in front of the handlers, as template.yaml lays it out, in this process.

Every request that a test sends is checked against the OpenAPI document.
"""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode
from uuid import uuid4

from localrun.template import Route
from testkit import openapi, stack

AUTHORIZER = "functions/authorizer"
OK = 200


class Context:
    """Lambda's context, with so much time left."""

    def __init__(self, seconds: float = 29.0) -> None:
        self.milliseconds = int(seconds * 1000)
        self.aws_request_id = str(uuid4())

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


@dataclass(frozen=True)
class Response:
    status: int
    headers: dict[str, str]
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


class Gateway:
    """Sends requests to the template's routes, through the authorizer if a route has it."""

    def __init__(self) -> None:
        self.context = Context()
        self.verdicts: dict[str, dict[str, Any]] | None = None
        """The authorizer's answers, by their header, as API Gateway keeps them; None has it asked every time."""
        self.stage: dict[str, str] = {}
        """The stage's variables."""

    def request(
        self,
        method: str,
        path: str,
        body: bytes | str | dict[str, Any] | list[Any] | None = None,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        token: str | None = None,
    ) -> Response:
        headers = {name.lower(): value for name, value in (headers or {}).items()}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        if isinstance(body, dict | list):
            body = json.dumps(body)
        for route in stack.routes():
            parameters = stack.match(route, method, path)
            if parameters is not None:
                break
        else:
            return _own(404, "Not Found")
        response = self._answer(route, path, parameters, body=body, query=query, headers=headers)
        openapi.check_answer(route.key, response)
        if response.status == OK:
            openapi.check_request(route.key, body, urlencode(query or {}, doseq=True))
        return response

    def _answer(
        self,
        route: Route,
        path: str,
        parameters: dict[str, str],
        *,
        body: bytes | str | None,
        query: dict[str, Any] | None,
        headers: dict[str, str],
    ) -> Response:
        event = _event(route.key, path, parameters, body=body, query=query, headers=headers)
        if not route.open:
            if "authorization" not in headers:
                return _own(401, "Unauthorized")
            verdict = self._verdict({**event, "type": "REQUEST", "stageVariables": self.stage})
            if not verdict["isAuthorized"]:
                return _own(403, "Forbidden")
            event["requestContext"]["authorizer"] = {"lambda": verdict["context"]}
        answer = stack.handler(route.function)(event, self.context)
        json.dumps(answer, ensure_ascii=False).encode()  # as the runtime does
        return Response(answer["statusCode"], answer["headers"], _text(answer))

    def _verdict(self, event: dict[str, Any]) -> dict[str, Any]:
        if self.verdicts is None:
            return dict(stack.handler(AUTHORIZER)(event, self.context))
        authorization = event["headers"]["authorization"]
        if authorization not in self.verdicts:
            self.verdicts[authorization] = stack.handler(AUTHORIZER)(event, self.context)
        return self.verdicts[authorization]

    def post(self, path: str, body: bytes | str | dict[str, Any] | list[Any], **options: Any) -> Response:
        return self.request("POST", path, body, **options)

    def get(self, path: str, **options: Any) -> Response:
        return self.request("GET", path, **options)

    def search(self, token: str, request: dict[str, Any]) -> Response:
        return self.post("/monitoring/v1/events/search", request, token=token)

    def stat(self, token: str, request: dict[str, Any]) -> Response:
        return self.post("/monitoring/v1/events/stat", request, token=token)


def _text(answer: dict[str, Any]) -> str:
    """Return the text that a client reads, decoded and unpacked."""
    if not answer.get("isBase64Encoded"):
        return str(answer["body"])
    content = base64.b64decode(answer["body"])
    return (gzip.decompress(content) if answer["headers"].get("content-encoding") == "gzip" else content).decode()


def _own(status: int, message: str) -> Response:
    """Return an error response of API Gateway itself."""
    return Response(status, {"content-type": "application/json"}, json.dumps({"message": message}))


def _event(
    route_key: str,
    path: str,
    parameters: dict[str, str],
    *,
    body: bytes | str | None,
    query: dict[str, Any] | None,
    headers: dict[str, str],
) -> dict[str, Any]:
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": path,
        "rawQueryString": urlencode(query or {}, doseq=True),
        "headers": headers,
        "requestContext": {"http": {"method": route_key.partition(" ")[0], "path": path}, "requestId": uuid4().hex},
        "isBase64Encoded": False,
    }
    if parameters:
        event["pathParameters"] = {name: unquote(value) for name, value in parameters.items()}
    if isinstance(body, bytes):
        event |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    elif body is not None:
        event["body"] = body
    return event
