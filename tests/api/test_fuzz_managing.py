"""Hostile requests to the managing routes: a refusal that names its key, or none; never a failure of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from event_api.domain.access import Role
from tests.api.test_tenancy import ROUTES, V1
from tests.service import PROJECT

IDS = ("x" * 3000, "%", "..", "a b", "é", "\u0000", "\ud800", "webhook-\n")
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    0.1,
    "",
    "\ud800",
    "x" * 100_000,
    [],
    [None],
    {},
    {"a": "\ud800"},
    {"": {"\u0000": ["é"]}},
    [[[[[[]]]]]],
)
CHANGES = {
    "PUT": ("name", "tags", "plugin_id", "options", "domain_id"),
    "POST": (
        "name",
        "tags",
        "project_id",
        "plugin_info",
        "role",
        "permissions",
        "projects",
        "expires_at",
        "overlap",
        "body",
        "headers",
        "query",
        "domain_id",
    ),
}
MANAGING = sorted(
    one
    for routes in ROUTES.values()
    for one in routes
    if "/event" not in one and "/alert" not in one and one != "GET /token"
)
GOOD = {"name": "n", "project_id": PROJECT}


@pytest.fixture
def engine():
    return "moto"


@pytest.fixture
def send(app, monkeypatch):
    """Send a request; only refusals and answers pass."""
    token = app.token(role=Role.ADMIN)
    # What is answered well is checked by other tests; here the document would refuse what the code takes.
    monkeypatch.setattr("testkit.openapi.check_request", lambda *_: None)

    def sent(method, path, body=None, **options):
        answer = app.gateway.request(method, path, body, token=token, **options)
        assert answer.status in {200, 400, 403, 404, 413}, (method, path, body, answer.text)
        return answer

    return sent


@pytest.mark.parametrize("route", MANAGING)
def test_any_id(send, route):
    method, path = route.split(" ")
    parts = path.split("/")
    for name in IDS:
        at = "/".join([*parts[:2], name, *parts[3:]]) if len(parts) > 2 and "-" in parts[2] else path
        answer = send(method, V1 + at, None if method in {"GET", "DELETE"} else {})
        assert answer.status != 200 or at == path


@pytest.mark.engine  # it takes as long as a tenth of all other tests
@pytest.mark.parametrize("route", [one for one in MANAGING if one.split(" ")[0] in CHANGES])
def test_any_value_of_any_key(app, send, route):
    method, path = route.split(" ")
    webhook, _ = app.webhook()
    path = path.replace("webhook-0", webhook.webhook_id)
    for key in CHANGES[method]:
        for value in ODD:
            for others in ({}, GOOD):
                body = json.dumps({**others, key: value})
                send(method, V1 + path, body)
    for content in (b"", b"[]", b"null", b"{", b"\xff", b'"x"', b"[" * 10_000, b'{"a": NaN}'):
        send(method, V1 + path, content)


@pytest.mark.parametrize("route", [one for one in MANAGING if one.startswith(("GET", "DELETE"))])
def test_any_parameter(send, route):
    method, path = route.split(" ")
    for name in ("query", "only", "name", "state", "since", "domain_id", "nonsense", ""):
        for value in ("", "{", "[]", "{}", '{"page": {"token": "x"}}', "x" * 5000, "\u0000", ["a", "b"]):
            send(method, V1 + path, query={name: value})
