"""Tokens over HTTP: made, listed, rotated and revoked, and never with more rights than the token that asks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from event_api import composition
from event_api.admin import administration
from event_api.admin.tokens import create_token, grantor_of
from event_api.auth.tokens import Principal
from event_api.domain import times
from event_api.domain.access import Actor, Permission, Role, Scope
from event_api.domain.errors import PermissionDeniedError
from tests.service import DOMAIN, PROJECT

TOKENS = "/monitoring/v1/tokens"
OTHER_DOMAIN = "domain-999999999999"


@pytest.fixture
def admin(app):
    return app.token(role=Role.ADMIN, name="admin")


def id_of(token):
    return token.partition(".")[0]


def test_a_new_token_works_and_its_secret_is_shown_once(app, admin):
    answer = app.gateway.post(TOKENS, {"name": "ci", "role": "reader"}, token=admin).json()
    assert (answer["name"], answer["role"], answer["state"], answer["domain_id"]) == ("ci", "reader", "VALID", DOMAIN)
    assert answer["permissions"] == sorted(Role.READER.permissions)
    assert "projects" not in answer
    assert app.events(answer["token"]) == []
    listed = app.gateway.get(TOKENS, token=admin)
    assert answer["token"].partition(".")[2] not in listed.text
    assert {one["token_id"] for one in listed.json()["results"]} == {answer["token_id"], id_of(admin)}


def test_a_token_without_a_role_is_a_readers(app, admin):
    answer = app.gateway.post(TOKENS, {}, token=admin).json()
    assert answer["role"] == "reader"
    single = app.gateway.post(TOKENS, {"permissions": ["event.stat"]}, token=admin).json()
    assert (single.get("role"), single["permissions"]) == (None, ["event.stat"])


def test_a_caller_learns_what_it_may_do(app):
    token = app.token(permissions=[Permission.EVENT_GET], projects=[PROJECT], name="n")
    assert app.gateway.get("/monitoring/v1/token", token=token).json() == {
        "actor_id": id_of(token),
        "actor_name": "n",
        "domain_id": DOMAIN,
        "projects": [PROJECT],
        "permissions": ["event.get"],
    }


# --- nobody grants more than they have


def manager(app, **options):
    permissions = {Permission.TOKEN_MANAGE, Permission.TOKEN_READ, Permission.EVENT_LIST}
    return app.token(**{"permissions": permissions, **options})


@pytest.mark.parametrize(
    ("own", "asked", "reason"),
    [
        ({}, {"role": "reader"}, "alert.get"),
        ({}, {"role": "admin"}, "webhook.manage"),
        ({}, {"permissions": ["event.get"]}, "event.get"),
        ({}, {}, "event.stat"),
        ({"projects": [PROJECT]}, {"permissions": ["event.list"]}, "other projects"),
        ({"projects": [PROJECT]}, {"permissions": ["event.list"], "projects": [PROJECT, "b"]}, "other projects"),
        ({"projects": []}, {"permissions": ["event.list"], "projects": [PROJECT]}, "other projects"),
        ({"lasts": 1}, {"permissions": ["event.list"], "lasts": 2}, "expires earlier"),
    ],
)
def test_nobody_grants_more_than_they_have(app, own, asked, reason):
    own, asked = dict(own), dict(asked)
    if "lasts" in own:
        own["expires_at"] = times.now() + timedelta(days=own.pop("lasts"))
    if "lasts" in asked:
        asked["expires_at"] = times.to_iso(times.now() + timedelta(days=asked.pop("lasts")))
    answer = app.gateway.post(TOKENS, asked, token=manager(app, **own))
    assert (answer.status, answer.json()["detail"]["code"]) == (403, "ERROR_PERMISSION_DENIED")
    assert reason in answer.json()["detail"]["message"]


def test_what_one_has_may_be_granted_and_ends_with_the_grantor(app):
    ends = times.truncate_to_millisecond(times.now() + timedelta(days=3))
    token = manager(app, projects=[PROJECT, "b"], expires_at=ends)
    made = app.gateway.post(TOKENS, {"permissions": ["event.list"], "projects": ["b"]}, token=token).json()
    assert (made["projects"], made["expires_at"]) == (["b"], times.to_iso(ends))


def test_nobody_rotates_a_token_with_more_rights(app):
    mine = manager(app)
    stronger = app.token(role=Role.ADMIN)
    answer = app.gateway.post(f"/monitoring/v1/token/{id_of(stronger)}/rotate", {}, token=mine)
    assert answer.status == 403
    assert app.stores.tokens.get_consistent(id_of(stronger)).rotated_to is None


def test_a_rotated_token_does_not_outlive_the_one_that_rotates_it(app):
    ends = times.truncate_to_millisecond(times.now() + timedelta(days=3))
    mine = manager(app, expires_at=ends)
    other = app.token(permissions=[Permission.EVENT_LIST])
    rotated = app.gateway.post(f"/monitoring/v1/token/{id_of(other)}/rotate", {}, token=mine).json()
    assert rotated["expires_at"] == times.to_iso(ends)
    own = app.gateway.post(f"/monitoring/v1/token/{id_of(mine)}/rotate", {}, token=mine).json()
    assert own["expires_at"] == times.to_iso(ends)


def test_a_revoked_token_makes_no_other_one_while_api_gateway_lets_it_through(app, admin):
    app.gateway.verdicts = {}
    assert app.gateway.get("/monitoring/v1/token", token=admin).status == 200
    administration.revoke_token(app.stores, id_of(admin))
    assert app.gateway.get("/monitoring/v1/token", token=admin).status == 200
    for method, path in (("POST", TOKENS), ("POST", f"/monitoring/v1/token/{id_of(app.token())}/rotate")):
        answer = app.gateway.request(method, path, {}, token=admin)
        assert answer.status == 403
        assert "no longer valid" in answer.text


# --- rotation and revocation


def test_a_rotated_token_has_a_successor_and_may_overlap(app, admin):
    old = app.token(permissions=[Permission.EVENT_LIST], name="n")
    path = f"/monitoring/v1/token/{id_of(old)}/rotate"
    new = app.gateway.post(path, {"overlap": 3600}, token=admin).json()
    assert (new["name"], new["permissions"]) == ("n", ["event.list"])
    assert new["old_token_expires_at"] > times.to_iso(times.now() + timedelta(minutes=59))
    assert [app.gateway.search(token, {}).status for token in (old, new["token"])] == [200, 200]
    again = app.gateway.post(path, {}, token=admin)
    assert (again.status, again.json()["detail"]["code"]) == (400, "ERROR_INVALID_PARAMETER")
    listed = app.gateway.get(TOKENS, query={"token_id": id_of(old)}, token=admin).json()["results"]
    assert listed[0]["rotated_to"] == new["token_id"]


def test_a_revoked_token_is_refused(app, admin):
    token = app.token()
    assert app.gateway.request("DELETE", f"/monitoring/v1/token/{id_of(token)}", token=admin).json() == {}
    assert app.gateway.search(token, {}).status == 403
    (listed,) = app.gateway.get(TOKENS, query={"state": "REVOKED"}, token=admin).json()["results"]
    assert listed["token_id"] == id_of(token)


# --- whose tokens there are


def test_tokens_of_others_do_not_exist(app, admin):
    others = app.token(domain_id=OTHER_DOMAIN)
    limited = app.token(role=Role.ADMIN, projects=[PROJECT])
    within = app.token(projects=[PROJECT])
    for token, ids in ((admin, {admin, limited, within}), (limited, {limited, within})):
        listed = app.gateway.get(TOKENS, token=token).json()
        assert {one["token_id"] for one in listed["results"]} == {id_of(one) for one in ids}
        assert listed["total_count"] == len(ids)
    for hidden, token in ((others, admin), (others, limited), (admin, limited)):
        for method, path in (("POST", "/rotate"), ("DELETE", "")):
            answer = app.gateway.request(method, f"/monitoring/v1/token/{id_of(hidden)}{path}", token=token)
            assert (answer.status, answer.json()["detail"]["code"]) == (404, "ERROR_NOT_FOUND")
    assert app.gateway.search(others, {}).status == 200


def test_the_search_language_works_for_tokens(app, admin):
    app.token(name="deploy of the shop")
    app.token(name="ci")
    query = {"query": {"keyword": "shop", "only": ["name"]}}
    answer = app.gateway.post(f"{TOKENS}/search", query, token=admin)
    assert answer.json() == {"results": [{"name": "deploy of the shop"}], "total_count": 1}
    first = app.gateway.post(f"{TOKENS}/search", {"query": {"page": {"limit": 2}}}, token=admin).json()
    page = {"query": {"page": {"limit": 2, "token": first["next_token"]}}}
    second = app.gateway.post(f"{TOKENS}/search", page, token=admin).json()
    assert len({one["token_id"] for one in first["results"] + second["results"]}) == 3


# --- malformed requests


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        ({"role": "owner"}, "role"),
        ({"permissions": ["event.delete"]}, "permissions.0"),
        ({"permissions": "event.get"}, "permissions"),
        ({"projects": [""]}, "projects"),
        ({"projects": ["x" * 129]}, "projects"),
        ({"projects": [str(number) for number in range(101)]}, "projects"),
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": 5}, "name"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"expires_at": "2020-01-01"}, "expires_at"),
        ({"expires_at": "9999-01-01"}, "expires_at"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_a_malformed_request_is_refused_by_its_key(app, admin, request_, key):
    answer = app.gateway.post(TOKENS, request_, token=admin)
    assert answer.status == 400
    assert f"key = {key}" in answer.json()["detail"]["message"]


def test_the_overlap_is_bounded(app, admin):
    for overlap in (-1, 365 * 24 * 3600 + 1, "1h"):
        path = f"/monitoring/v1/token/{id_of(admin)}/rotate"
        assert app.gateway.post(path, {"overlap": overlap}, token=admin).status == 400


# --- identities of another system


def test_an_identity_of_another_system_grants_what_it_has_and_is_named_in_the_audit(app):
    """It has no token of ours whose end could bound that of the new one."""
    scope, permissions = Scope(DOMAIN, frozenset({PROJECT})), Role.ADMIN.permissions
    caller = Principal(scope, permissions, "key", Actor("oidc:ada", "Ada"))
    stores = composition.desk(caller, Permission.TOKEN_MANAGE, "request-1")
    grantor = grantor_of(stores, caller)
    made, _ = create_token(stores, domain_id=DOMAIN, projects=[PROJECT], role=Role.ADMIN, grantor=grantor)
    assert made.expires_at == made.created_at + administration.TOKEN_LIFETIME
    with pytest.raises(PermissionDeniedError):
        create_token(stores, domain_id=DOMAIN, role=Role.READER, grantor=grantor)
    (record,) = app.stores.audit.of_scope(Scope(DOMAIN), times.now())
    assert record.actor == Actor("oidc:ada", "Ada")


@pytest.mark.parametrize("actor_id", ["", "token-of-nobody", "oidc"])
def test_any_other_actor_must_have_a_token(app, actor_id):
    caller = Principal(Scope(DOMAIN), Role.ADMIN.permissions, "key", Actor(actor_id))
    with pytest.raises(PermissionDeniedError, match="no longer valid"):
        grantor_of(composition.desk(caller, Permission.TOKEN_MANAGE, ""), caller)
