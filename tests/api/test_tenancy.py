"""Permissions, as responses show them; that nothing reaches further is in test_isolation.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from event_api.admin import administration
from event_api.domain.access import Permission, Role
from tests.samples import bodies
from tests.service import PROJECT

OTHER_DOMAIN = "domain-999999999999"
OTHER_PROJECT = "project-999999999999"


@pytest.fixture
def engine():
    return "moto"


@pytest.fixture
def tenants(app):
    """Two events of each of: our project, our domain's other project, another domain with our project's id."""
    for options in ({}, {"project_id": OTHER_PROJECT}, {"domain_id": OTHER_DOMAIN}):
        _, path = app.webhook(**options)
        for key in ("one", "two"):
            assert app.gateway.post(path, bodies.direct(event_key=key, title=f"{key} of a tenant")).status == 200
    return app


def test_get_does_not_find_what_belongs_to_others(tenants):
    others = tenants.events(tenants.token(domain_id=OTHER_DOMAIN))
    not_ours = tenants.events(filter=[{"key": "project_id", "value": OTHER_PROJECT, "operator": "eq"}])
    assert others
    assert not_ours
    for event, token in ((others[0], tenants.token()), (not_ours[0], tenants.token(projects=[PROJECT]))):
        answer = tenants.gateway.get(f"/monitoring/v1/event/{event['event_id']}", token=token)
        assert (answer.status, answer.json()["detail"]["code"]) == (404, "ERROR_NOT_FOUND")


@pytest.mark.parametrize("field", ["event_id", "alert_id"])
def test_ids_of_others_find_nothing(tenants, field):
    others = tenants.events(tenants.token(domain_id=OTHER_DOMAIN))
    not_ours = tenants.events(filter=[{"key": "project_id", "value": OTHER_PROJECT, "operator": "eq"}])
    for event, token in ((others[0], tenants.token()), (not_ours[0], tenants.token(projects=[PROJECT]))):
        assert tenants.gateway.search(token, {field: event[field]}).json() == {"results": [], "total_count": 0}


def test_a_project_that_the_token_lacks_matches_nothing(tenants):
    token = tenants.token(projects=[PROJECT])
    answer = tenants.gateway.search(token, {"project_id": OTHER_PROJECT})
    assert answer.json() == {"results": [], "total_count": 0}
    lacking = [{"key": "project_id", "value": OTHER_PROJECT, "operator": "eq"}]
    counted = tenants.gateway.stat(token, {"query": {"filter": lacking, "aggregate": [{"count": {"name": "n"}}]}})
    assert counted.json() == {"results": []}


def test_a_token_of_no_project_finds_nothing_by_any_key(tenants):
    token = tenants.token(projects=[])
    for request in ({"alert_id": "alert-0"}, {"event_id": "event-0"}, {"project_id": PROJECT}, {}):
        for query in ({}, {"count_only": True}, {"page": {"limit": 1}}):
            answer = tenants.gateway.search(token, {**request, "query": query})
            assert (answer.status, answer.json()) == (200, {"results": [], "total_count": 0})


def test_naming_another_domain_is_refused_on_every_route(tenants):
    token = tenants.token()
    event_id = tenants.events()[0]["event_id"]
    refusals = [
        tenants.gateway.get(f"/monitoring/v1/event/{event_id}", token=token, query={"domain_id": OTHER_DOMAIN}),
        tenants.gateway.get("/monitoring/v1/events", token=token, query={"domain_id": OTHER_DOMAIN}),
        tenants.gateway.search(token, {"domain_id": OTHER_DOMAIN}),
        tenants.gateway.stat(token, {"domain_id": OTHER_DOMAIN, "query": {"distinct": "severity"}}),
    ]
    for answer in refusals:
        assert (answer.status, answer.json()["detail"]["code"]) == (403, "ERROR_PERMISSION_DENIED")


def test_naming_another_domain_is_refused_where_things_are_managed(app):
    token = app.token(role=Role.ADMIN)
    other = {"domain_id": OTHER_DOMAIN}
    a_senders_body = "POST /webhook/webhook-0/try"
    for route in (one for routes in ROUTES.values() for one in routes if one != a_senders_body):
        method, path = route.split(" ")
        in_query = method in {"GET", "DELETE"}
        answer = app.gateway.request(
            method,
            V1 + path,
            None if in_query else BODIES.get(route, {}) | other,
            query=BODIES.get(route, {}) | other if in_query else None,
            token=token,
        )
        assert (answer.status, answer.json()["detail"]["code"]) == (403, "ERROR_PERMISSION_DENIED"), route


V1 = "/monitoring/v1"
ALERT = "/alert/alert-0"
RESPONDER = {"resource_type": "identity.User", "resource_id": "kim"}
ROUTES = {
    Permission.EVENT_GET: ["GET /event/event-000000000000"],
    Permission.EVENT_LIST: ["GET /events", "POST /events/search"],
    Permission.EVENT_STAT: ["POST /events/stat"],
    Permission.ALERT_GET: [f"GET {ALERT}", f"GET {ALERT}/history"],
    Permission.ALERT_LIST: ["GET /alerts", "POST /alerts/search"],
    Permission.ALERT_STAT: ["POST /alerts/stat"],
    Permission.ALERT_CHANGE: [
        "POST /alerts",
        "POST /alerts/merge",
        f"PUT {ALERT}",
        f"DELETE {ALERT}",
        f"POST {ALERT}/snooze",
        f"POST {ALERT}/responders",
        f"DELETE {ALERT}/responders",
        f"POST {ALERT}/project-dependencies",
        f"DELETE {ALERT}/project-dependency/project-0",
    ],
    Permission.WEBHOOK_READ: [
        "GET /webhooks",
        "POST /webhooks/search",
        "POST /webhooks/stat",
        "GET /webhook/webhook-0",
        "POST /webhook/webhook-0/try",
        "POST /webhook/webhook-0/plugin/verify",
    ],
    Permission.WEBHOOK_MANAGE: [
        "POST /webhooks",
        "PUT /webhook/webhook-0",
        "PUT /webhook/webhook-0/plugin",
        "PUT /webhook/webhook-0/enable",
        "PUT /webhook/webhook-0/disable",
        "POST /webhook/webhook-0/rotate",
        "DELETE /webhook/webhook-0",
    ],
    Permission.TOKEN_READ: ["GET /tokens", "POST /tokens/search"],
    Permission.TOKEN_MANAGE: ["POST /tokens", "POST /token/token-0/rotate", "DELETE /token/token-0"],
    Permission.DELIVERY_READ: ["GET /deliveries", "GET /delivery/delivery-0"],
    Permission.DELIVERY_MANAGE: ["POST /delivery/delivery-0/replay", "POST /delivery/delivery-0/discard"],
    Permission.AUDIT_READ: ["GET /audit", "POST /audit/search"],
}
"""By the permission that a route needs, with a request that is well-formed or names nothing that exists."""
BODIES: dict[str, dict[str, Any]] = {
    "POST /events/stat": {"query": {"distinct": "severity"}},
    "POST /alerts/stat": {"query": {"distinct": "state"}},
    "POST /alerts": {"title": "t", "project_id": PROJECT},
    "POST /alerts/merge": {"alerts": ["alert-0"], "merge_to": "alert-1"},
    f"POST {ALERT}/snooze": {"end_time": "2999-01-01T00:00:00Z"},
    f"POST {ALERT}/responders": RESPONDER,
    f"DELETE {ALERT}/responders": RESPONDER,
    f"POST {ALERT}/project-dependencies": {"project_id": PROJECT},
    "POST /webhooks/stat": {"query": {"distinct": "state"}},
    "POST /webhooks": {"name": "n", "project_id": PROJECT},
    "POST /tokens": {"permissions": ["token.manage"]},
}
ANYONES = {"GET /token"}


def ask(app, route, token):
    method, path = route.split(" ")
    given = BODIES.get(route, {})
    if method in {"GET", "DELETE"}:
        return app.gateway.request(method, V1 + path, query=given, token=token)
    return app.gateway.request(method, V1 + path, given, token=token)


def test_the_table_has_every_route_that_needs_a_token():
    from testkit import stack  # noqa: PLC0415

    known = [one.split(" ") for one in (*ANYONES, *(one for routes in ROUTES.values() for one in routes))]
    for route in stack.routes():
        matches = [path for method, path in known if stack.match(route, method, V1 + path) is not None]
        assert bool(matches) is not route.open, route.key


@pytest.mark.parametrize("permission", ROUTES)
def test_a_token_does_what_it_is_permitted_and_nothing_else(app, permission):
    token = app.token(permissions=[permission])
    all_others = app.token(permissions=set(Permission) - {permission})
    for needed, routes in ROUTES.items():
        for route in routes:
            answer = ask(app, route, token)
            if needed is permission:
                assert answer.status in {200, 404}, route
                answer = ask(app, route, all_others)
            assert (answer.status, answer.json()["detail"]["code"]) == (403, "ERROR_PERMISSION_DENIED"), route
    for route in ANYONES:
        assert ask(app, route, token).status == 200


@pytest.mark.parametrize("permission", ROUTES)
def test_without_a_valid_token_nothing_is_read(app, permission, monkeypatch):
    good = app.token(role=Role.ADMIN)
    token_id = good.partition(".")[0]
    expired = app.token(expires_at=datetime.now(UTC) + timedelta(days=1))
    older = app.token()
    app.stores.tokens._table.update({"token_id": older.partition(".")[0]}, "REMOVE #page_key", {})
    revoked = app.token()
    administration.revoke_token(app.stores, revoked.partition(".")[0])
    monkeypatch.setattr("event_api.domain.times.now", lambda: datetime.now(UTC) + timedelta(days=2))
    bad = ("", "x", token_id, f"{token_id}.wrong", f"{token_id}.", expired, revoked, older, "t" * 5000 + ".x")
    for route in ROUTES[permission]:
        assert ask(app, route, good).status in {200, 404}
        assert ask(app, route, None).status == 401
        assert {ask(app, route, refused).status for refused in bad} == {403}


def test_a_request_that_missed_the_authorizer_is_refused(app):
    from testkit import stack  # noqa: PLC0415

    for route in stack.routes():
        if route.open:
            continue
        path = dict.fromkeys(("event_id", "webhook_id", "token_id", "delivery_id", "alert_id", "project_id"), "x-1")
        event = {"routeKey": route.key, "requestContext": {}, "headers": {}, "pathParameters": path}
        answer = stack.handler(route.function)(event, app.gateway.context)
        assert answer["statusCode"] == 401
        assert "ERROR_AUTHENTICATE_FAILURE" in answer["body"]


def test_every_route_but_the_webhooks_and_the_consoles_needs_a_token():
    from testkit import stack  # noqa: PLC0415

    assert {route.key for route in stack.routes() if route.open} == {
        f"{method} /monitoring/v1/webhook/{{webhook_id}}/{key}events"
        for method in ("OPTIONS", "POST")
        for key in ("{access_key}/", "")
    } | {"GET /", "GET /console/{file}", "POST /monitoring/v1/alert/{alert_id}/{access_key}/{state}"}
    assert stack.template()["Resources"]["HttpApi"]["Properties"]["Auth"]["DefaultAuthorizer"] == "TokenAuthorizer"
