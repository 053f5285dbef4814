"""The door of the local run: plain URLs in front of the local AWS, and the behavior of AWS if the two differ.

One port serves both. Requests that an SDK signed, and those for ministack's own pages, go to the AWS services; the
API's documentation is served from here; everything else is for the HTTP API, as if this were its own host name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

from localrun.page import Resource

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html: the payload size.
MAX_PAYLOAD_BYTES = 10 * 1024 * 1024
MAX_HEAD_BYTES = 10_240
"""Of the request line and the headers' values."""

_SERVICE_PATHS = ("/_ministack/", "/_aws/")
_SIGNATURE = b"AWS4-"
# Status of the local API Gateway's own responses, and AWS's responses in their place.
_OTHER_ANSWERS: Mapping[int, tuple[int, bytes]] = {
    # A handler raised, timed out or answered nonsense; here its error would follow:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html
    502: (500, b"Internal Server Error"),
}
# OPTIONS would be answered as a preflight, without asking the routes; AWS does so only for an API with CORS.
_METHODS: Mapping[str, str] = {"OPTIONS": "options"}
_READ_ONLY = frozenset({"GET", "HEAD", "OPTIONS"})


class Gateway:
    """An ASGI application around ministack's.

    ``pages`` are served by path. ``api_id`` is the HTTP API that answers plain URLs; until it is set, they get 503.
    ``changed`` turns true with any request that may change what the services hold; whoever saves that sets it back.
    """

    def __init__(self, services: App, pages: Mapping[str, Resource] = MappingProxyType({})) -> None:
        self._services = services
        self._pages = pages
        self.api_id: str | None = None
        self.changed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request (or the lifespan, which is the services' own)."""
        if scope["type"] != "http":
            await self._services(scope, receive, send)
            return
        if scope["method"] not in _READ_ONLY:
            self.changed = True
        if _is_for_services(scope):
            await self._services(scope, receive, send)
        elif scope["path"] in self._pages and scope["method"] in _READ_ONLY:
            await _answer_page(send, self._pages[scope["path"]])
        elif self.api_id is None:
            await _answer(send, 503, b"Service Unavailable")
        else:
            await self._serve_api(self.api_id, scope, receive, send)

    async def _serve_api(self, api_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        if _head_bytes(scope) > MAX_HEAD_BYTES:
            await _answer(send, 431, b"Request Header Fields Too Large")
            return
        body = await _read(receive)
        if body is None:
            await _answer(send, 413, b"Request Entity Too Large")
            return
        prefix = f"/_aws/execute-api/{api_id}/$default"
        forwarded = {
            **scope,
            "method": _METHODS.get(scope["method"], scope["method"]),
            "path": prefix + scope["path"],
            "raw_path": prefix.encode() + scope["raw_path"],
        }
        await self._services(forwarded, _replay(body), _like_aws(send))


def _is_for_services(scope: Scope) -> bool:
    if scope["path"].startswith(_SERVICE_PATHS) or b"X-Amz-Signature=" in scope["query_string"]:
        return True
    return any(name == b"authorization" and value.startswith(_SIGNATURE) for name, value in scope["headers"])


def _head_bytes(scope: Scope) -> int:
    return len(scope["raw_path"]) + len(scope["query_string"]) + sum(len(value) for _, value in scope["headers"])


async def _read(receive: Receive) -> bytes | None:
    """Return the body; None, with the rest unread, if it is larger than an HTTP API takes."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > MAX_PAYLOAD_BYTES:
            return None
        if not message.get("more_body", False):
            return b"".join(chunks)


def _replay(body: bytes) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


def _like_aws(send: Send) -> Send:
    """Respond as an HTTP API does: lower-case header names, and AWS's own words if the local API Gateway's differ."""
    replaced = False

    async def answer(message: Message) -> None:
        nonlocal replaced
        if message["type"] == "http.response.start":
            other = _OTHER_ANSWERS.get(message["status"])
            if other is not None:
                replaced = True
                await _answer(send, *other)
            else:
                headers = [(name.lower(), value) for name, value in message["headers"]]
                await send({**message, "headers": headers})
        elif not replaced:
            await send(message)

    return answer


async def _answer_page(send: Send, page: Resource) -> None:
    try:
        content = page.read()
    except OSError:
        await _answer(send, 404, b"Not Found")
    else:
        await _answer_body(send, 200, page.content_type, content)


async def _answer(send: Send, status: int, text: bytes) -> None:
    await _answer_body(send, status, b"application/json", b'{"message":"' + text + b'"}')


async def _answer_body(send: Send, status: int, content_type: bytes, body: bytes) -> None:
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
