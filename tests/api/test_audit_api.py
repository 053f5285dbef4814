"""The audit over HTTP: every changing route leaves a record, and the records are listed by domain and time."""

from __future__ import annotations

import json

import pytest

from event_api.domain.access import Permission, Role
from tests.api.test_deliveries_api import unfinished
from tests.service import DOMAIN, PROJECT

AUDIT = "/monitoring/v1/audit"


@pytest.fixture
def admin(app):
    return app.token(role=Role.ADMIN, name="admin")


def changes(app, admin):
    """Make every change that there is; yield its action."""

    def ask(method, path, body=None):
        answer = app.gateway.request(method, f"/monitoring/v1/{path}", body, token=admin)
        assert answer.status == 200, answer.text
        return answer.json()

    webhook = ask("POST", "webhooks", {"name": "n", "project_id": PROJECT})
    one = f"webhook/{webhook['webhook_id']}"
    yield "webhook.create", webhook["access_key"]
    ask("PUT", one, {"name": "m"})
    yield "webhook.update", None
    ask("PUT", f"{one}/plugin", {"options": {"signing": {"scheme": "github", "secrets": ["of-the-sender"]}}})
    yield "webhook.update_plugin", "of-the-sender"
    ask("PUT", f"{one}/disable")
    yield "webhook.disable", None
    ask("PUT", f"{one}/enable")
    yield "webhook.enable", None
    rotated = ask("POST", f"{one}/rotate", {})
    yield "webhook.rotate", rotated["access_key"]
    ask("DELETE", one)
    yield "webhook.delete", None
    token = ask("POST", "tokens", {"name": "n"})
    yield "token.create", token["token"].partition(".")[2]
    new = ask("POST", f"token/{token['token_id']}/rotate", {})
    yield "token.rotate", new["token"].partition(".")[2]
    ask("DELETE", f"token/{new['token_id']}")
    yield "token.revoke", None
    delivery_id = unfinished(app).delivery_id
    ask("POST", f"delivery/{delivery_id}/replay")
    yield "delivery.replay", None
    ask("POST", f"delivery/{delivery_id}/discard")
    yield "delivery.discard", None


def test_every_changing_route_leaves_a_record_of_its_caller_without_secrets(app, admin):
    admin_id = admin.partition(".")[0]
    made = list(changes(app, admin))
    answer = app.gateway.get(AUDIT, query={"actor_id": admin_id}, token=admin)
    listed = answer.json()["results"]
    assert [record["action"] for record in reversed(listed)] == [action for action, _ in made]
    assert {(record["actor_name"], record["domain_id"]) for record in listed} == {("admin", DOMAIN)}
    assert all(record["request_id"] and record["audit_id"].startswith("audit-") for record in listed)
    for _, secret in made:
        assert secret is None or secret not in answer.text
    stored = json.dumps(app.dynamodb.scan(TableName="AuditTable")["Items"], default=repr)
    assert not any(secret in stored for _, secret in made if secret)


def test_reading_leaves_no_record(app, admin):
    webhook, _ = app.webhook()
    before = len(app.dynamodb.scan(TableName="AuditTable")["Items"])
    one = f"/monitoring/v1/webhook/{webhook.webhook_id}"
    for method, path in (
        ("GET", one),
        ("POST", f"{one}/try"),
        ("POST", f"{one}/plugin/verify"),
        ("GET", AUDIT),
        ("GET", "/monitoring/v1/tokens"),
        ("GET", "/monitoring/v1/deliveries"),
        ("PUT", f"{one}/nothing"),
    ):
        app.gateway.request(method, path, {} if method == "POST" else None, token=admin)
    refused = app.gateway.request("PUT", one, {"name": ""}, token=admin)
    assert refused.status == 400
    assert len(app.dynamodb.scan(TableName="AuditTable")["Items"]) == before


def test_records_are_searched_and_paged(app, admin):
    for number in range(5):
        app.webhook(name=str(number))
    shown = {"only": ["details.name"], "count": False}
    names, token = [], None
    while True:
        page = {"limit": 2, **({} if token is None else {"token": token})}
        request = {"action": "webhook.create", "query": {**shown, "page": page}}
        answer = app.gateway.post(f"{AUDIT}/search", request, token=admin)
        names += [one["details"]["name"] for one in answer.json()["results"]]
        token = answer.json().get("next_token")
        if token is None:
            break
    assert sorted(names) == list("01234")
    oldest = {"query": {"sort": {"key": "created_at"}, "page": {"limit": 1}}}
    first = app.gateway.post(f"{AUDIT}/search", oldest, token=admin).json()
    assert first["results"][0]["action"] == "token.create"
    assert first["total_count"] == 6
    later = [{"key": "created_at", "value": "now+1d", "operator": "timediff_gte"}]
    assert app.gateway.post(f"{AUDIT}/search", {"query": {"filter": later}}, token=admin).json()["results"] == []


def test_records_of_others_do_not_exist(app, admin):
    app.webhook()
    app.webhook(project_id="other")
    app.webhook(domain_id="other")
    limited = app.token(permissions=[Permission.AUDIT_READ], projects=[PROJECT])
    listed = app.gateway.get(AUDIT, token=limited).json()
    assert sorted(record["action"] for record in listed["results"]) == ["token.create", "webhook.create"]
    assert listed["total_count"] == 2
    of_all = app.gateway.get(AUDIT, token=admin).json()
    assert {record["domain_id"] for record in of_all["results"]} == {DOMAIN}


def test_operators_changes_are_in_it(app, admin):
    app.webhook()
    (record,) = app.gateway.get(AUDIT, query={"action": "webhook.create"}, token=admin).json()["results"]
    assert record["actor_id"] == "operator"
