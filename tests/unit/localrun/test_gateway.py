import asyncio
import json
import re
from typing import Any

import pytest

from localrun import page
from localrun.gateway import MAX_PAYLOAD_BYTES, Gateway
from localrun.settings import ROOT


class Services:
    """Stands for ministack: returns configured responses, and records requests."""

    def __init__(self, status=200, headers=((b"Content-Type", b"text/plain"),), body=b"answer"):
        self.answer = (status, list(headers), body)
        self.scope: Any = None
        self.body: Any = None

    async def __call__(self, scope, receive, send):
        self.scope = scope
        if scope["type"] == "http":
            self.body = (await receive())["body"]
            status, headers, body = self.answer
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})


def ask(gateway, path="/monitoring/v1/events", *, method="GET", headers=(), query=b"", chunks=(b"",)):
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": list(headers),
    }
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, 1)
    ]
    sent = []

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(gateway(scope, receive, send))
    start, *rest = sent
    return start["status"], dict(start["headers"]), b"".join(message["body"] for message in rest)


def ready(services):
    gateway = Gateway(services)
    gateway.api_id = "abc"
    return gateway


@pytest.mark.parametrize("path", ["/monitoring/v1/events", "/", "/nothing/here", "/_awsome"])
def test_plain_urls_are_the_apis(path):
    services = Services()
    assert ask(ready(services), path, query=b"a=1")[0] == 200
    assert services.scope["path"] == "/_aws/execute-api/abc/$default" + path
    assert services.scope["raw_path"] == b"/_aws/execute-api/abc/$default" + path.encode()
    assert services.scope["query_string"] == b"a=1"


@pytest.mark.parametrize(
    "request_",
    [
        {"path": "/", "headers": [(b"authorization", b"AWS4-HMAC-SHA256 Credential=x")]},
        {"path": "/bucket/key", "query": b"X-Amz-Date=1&X-Amz-Signature=abc"},
        {"path": "/_ministack/health"},
        {"path": "/_aws/execute-api/abc/$default/monitoring/v1/events"},
    ],
)
def test_signed_requests_and_ministacks_own_pages_are_the_services(request_):
    services = Services()
    ask(ready(services), **request_)
    assert services.scope["path"] == request_["path"]


def test_a_bearer_token_is_not_a_signature():
    services = Services()
    ask(ready(services), headers=[(b"authorization", b"Bearer AWS4-")])
    assert services.scope["path"].startswith("/_aws/execute-api/abc/")


def test_before_the_deployment_plain_urls_are_not_available_and_the_services_are():
    gateway = Gateway(Services())
    assert ask(gateway)[0] == 503
    assert ask(gateway, "/_ministack/health")[0] == 200


def test_a_body_in_parts_arrives_whole():
    services = Services()
    ask(ready(services), method="POST", chunks=(b"one ", b"two ", b"three"))
    assert services.body == b"one two three"


def test_a_body_at_the_limit_is_passed_on():
    services = Services()
    assert ask(ready(services), method="POST", chunks=(b"x" * MAX_PAYLOAD_BYTES,))[0] == 200
    assert len(services.body) == MAX_PAYLOAD_BYTES


def test_a_body_over_the_limit_is_refused_as_aws_does():
    services = Services()
    status, headers, body = ask(ready(services), method="POST", chunks=(b"x" * MAX_PAYLOAD_BYTES, b"x", b"never read"))
    assert (status, json.loads(body)) == (413, {"message": "Request Entity Too Large"})
    assert headers[b"content-length"] == str(len(body)).encode()
    assert services.scope is None


def test_header_names_are_lower_case():
    services = Services(headers=[(b"Content-Type", b"A/B"), (b"X-Delivery-Id", b"D")])
    assert ask(ready(services))[1] == {b"content-type": b"A/B", b"x-delivery-id": b"D"}


def test_a_failed_handler_is_an_internal_server_error_without_its_text():
    services = Services(502, [(b"X-Secret", b"s")], b'{"errorMessage": "secret"}')
    status, headers, body = ask(ready(services))
    assert (status, json.loads(body)) == (500, {"message": "Internal Server Error"})
    assert set(headers) == {b"content-type", b"content-length"}


def test_an_options_request_is_asked_of_the_routes():
    services = Services()
    assert ask(ready(services), method="OPTIONS")[0] == 200
    assert services.scope["method"] == "options"


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 413, 503])
def test_other_answers_pass_as_they_are(status):
    assert ask(ready(Services(status)))[::2] == (status, b"answer")


@pytest.mark.parametrize(("method", "changed"), [("POST", True), ("PUT", True), ("GET", False), ("HEAD", False)])
def test_what_may_change_something_is_noticed(method, changed):
    gateway = ready(Services())
    ask(gateway, method=method)
    assert gateway.changed is changed


def test_the_lifespan_is_the_services():
    services = Services()

    async def unused(*_):
        pytest.fail("the stand-in neither receives nor sends")

    asyncio.run(Gateway(services)({"type": "lifespan"}, unused, unused))
    assert services.scope == {"type": "lifespan"}


def test_the_documentation_is_served_beside_the_api():
    services = Services()
    gateway = Gateway(services, page.resources(ROOT))
    gateway.api_id = "abc"
    status, headers, body = ask(gateway, "/openapi.json")
    assert (status, headers[b"content-type"]) == (200, b"application/json")
    assert json.loads(body)["openapi"].startswith("3.1")
    status, headers, body = ask(gateway, page.PATH)
    assert (status, headers[b"content-type"]) == (200, b"text/html; charset=utf-8")
    for path in re.findall(r'(?:src|href|url)[=:] ?"(/[^"]+)"', body.decode()):
        assert ask(gateway, path)[0] == 200
        assert services.scope is None
    assert ask(gateway, page.PATH, method="POST") != 200
    assert services.scope is not None


def test_without_the_document_it_has_no_page(tmp_path):
    gateway = Gateway(Services(), page.resources(tmp_path))
    assert ask(gateway, "/openapi.json")[0] == 404


def test_a_head_that_api_gateway_would_refuse_is_refused():
    services = Services()
    assert ask(ready(services), query=b"x" * 10_000)[0] == 200
    services.scope = None
    status, _, body = ask(ready(services), query=b"x" * 10_000, headers=[(b"a", b"x" * 300)])
    assert (status, json.loads(body)) == (431, {"message": "Request Header Fields Too Large"})
    assert services.scope is None
