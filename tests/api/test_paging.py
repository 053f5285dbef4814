"""Pages through the routes: the readers that may continue with a token, and the secrets that stay hidden."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from event_api import telemetry
from event_api.admin import administration
from event_api.auth.tokens import Principal, authenticate_token
from event_api.query.pagination import PageTokens
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT

OTHER_DOMAIN = "domain-999999999999"
OTHER_PROJECT = "project-999999999999"
ALL_PROJECTS = [PROJECT, OTHER_PROJECT]
SEARCH, STAT = "/monitoring/v1/events/search", "/monitoring/v1/events/stat"
KEYS = ["one", "two", "three", "four", "five"]
DISTINCT = {"distinct": "event_key"}


@pytest.fixture
def engine():
    return "moto"


@pytest.fixture
def path(app):
    """Where events are posted to; five are there."""
    _, path = app.webhook()
    for key in KEYS:
        create(app, path, key)
    return path


def create(app, path, key):
    assert app.gateway.post(path, bodies.direct(event_key=key)).status == 200


def keys_of(answer):
    return [event["event_key"] for event in answer["results"]]


def posted(app, token, query):
    response = app.gateway.search(token, {"query": query})
    assert response.status == 200, response.text
    return response.json()


def gotten(app, token, query):
    response = app.gateway.get("/monitoring/v1/events", query={"query": json.dumps(query)}, token=token)
    assert response.status == 200, response.text
    return response.json()


def walked(ask, query, limit, between=lambda: None):
    """Ask page by page; return the keys on all of them."""
    page: dict[str, Any] | None = {"limit": limit}
    keys = []
    while page:
        answer = ask(query | {"page": page})
        keys += keys_of(answer)
        token = answer.get("next_token")
        page = None if token is None else {"limit": limit, "token": token}
        between()
    return keys


@pytest.mark.parametrize("ask", [posted, gotten])
@pytest.mark.parametrize(
    "query", [{}, {"sort": {"key": "created_at"}}, {"sort": {"key": "event_key"}}, {"count": False}]
)
def test_pages_are_the_whole(app, path, ask, query):
    token = app.token()
    whole = keys_of(ask(app, token, query))
    assert sorted(whole) == sorted(KEYS)
    for limit in (1, 2, 5):
        assert walked(lambda page: ask(app, token, page), query, limit) == whole


def test_a_walk_may_change_its_route(app, path):
    token = app.token()
    first = posted(app, token, {"page": {"limit": 2}})
    second = gotten(app, token, {"page": {"limit": 2, "token": first["next_token"]}})
    third = posted(app, token, {"page": {"token": second["next_token"]}})
    assert [keys_of(answer) for answer in (first, second, third)] == [["five", "four"], ["three", "two"], ["one"]]
    assert [answer["total_count"] for answer in (first, second, third)] == [5, 5, 5]
    assert "next_token" not in third


def test_only_beside_the_query_of_a_get_belongs_to_the_request(app, path):
    token = app.token()
    first = posted(app, token, {"only": ["event_key"], "page": {"limit": 2}})
    query = json.dumps({"page": {"token": first["next_token"]}})
    following = app.gateway.get("/monitoring/v1/events", query={"query": query, "only": "event_key"}, token=token)
    assert following.json()["results"] == [{"event_key": key} for key in ("three", "two", "one")]
    refused = app.gateway.get("/monitoring/v1/events", query={"query": query, "only": "title"}, token=token)
    assert is_refused(refused)


def test_pages_of_stat(app, path):
    token = app.token()
    answer = app.gateway.stat(token, {"query": DISTINCT | {"page": {"limit": 3}}}).json()
    following = {"query": DISTINCT | {"page": {"limit": 3, "token": answer["next_token"]}}}
    rest = app.gateway.stat(token, following).json()
    assert answer["results"] + rest["results"] == sorted(KEYS)
    assert (answer["total_count"], rest["total_count"], "next_token" in rest) == (5, 5, False)


def test_events_that_arrive_between_pages_are_on_none_behind_the_first(app, path):
    token = app.token()
    more = iter(range(100))
    seen = walked(lambda page: posted(app, token, page), {}, 2, lambda: create(app, path, f"later-{next(more)}"))
    assert seen == ["five", "four", "three", "two", "one"]
    assert len(keys_of(posted(app, token, {}))) == 8


# --- whose token ------------------------------------------------------------------------------------------------------


def is_refused(response):
    detail = response.json()["detail"]
    told = (response.status, detail["code"]) == (400, "ERROR_INVALID_PARAMETER")
    return told and "key = query.page.token" in detail["message"]


@pytest.mark.parametrize("route", [SEARCH, STAT])
def test_a_page_token_is_good_for_its_api_token_and_request_only(app, path, route):
    query = DISTINCT if route == STAT else {}
    other_route = SEARCH if route == STAT else STAT
    readers = {
        "another": app.token(),
        "of some projects": app.token(projects=ALL_PROJECTS),
        "of other projects": app.token(projects=[OTHER_PROJECT]),
        "of another domain": app.token(domain_id=OTHER_DOMAIN),
    }
    owners = {"of all": app.token(), "of one project": app.token(projects=[PROJECT])}
    for owner in owners.values():
        first = app.gateway.post(route, {"query": query | {"page": {"limit": 2}}}, token=owner).json()
        page = {"page": {"limit": 2, "token": first["next_token"]}}
        assert app.gateway.post(route, {"query": query | page}, token=owner).status == 200
        for reader in {*readers.values(), *owners.values()} - {owner}:
            assert is_refused(app.gateway.post(route, {"query": query | page}, token=reader))
        other_query = {} if route == STAT else DISTINCT
        assert is_refused(app.gateway.post(other_route, {"query": other_query | page}, token=owner))
        assert is_refused(app.gateway.post(route, {"query": query | page | {"keyword": "disk"}}, token=owner))


@pytest.mark.parametrize("token", ["x", "A" * 100, "A" * 5_000, "디스크", "\ud800", "null", " "])
@pytest.mark.parametrize("projects", [None, [PROJECT]])
def test_nonsense_is_refused(app, token, projects):
    reader = app.token(projects=projects)
    assert is_refused(app.gateway.search(reader, {"query": {"page": {"token": token}}}))
    assert is_refused(app.gateway.stat(reader, {"query": DISTINCT | {"page": {"token": token}}}))


@pytest.mark.parametrize(
    ("token", "code"), [("", "ERROR_INVALID_PARAMETER"), (5, "ERROR_INVALID_PARAMETER_TYPE"), ([], None), ({}, None)]
)
def test_a_token_that_is_not_a_text_is_refused(app, token, code):
    response = app.gateway.search(app.token(), {"query": {"page": {"token": token}}})
    assert response.status == 400
    assert response.json()["detail"]["code"] == (code or "ERROR_INVALID_PARAMETER_TYPE")


def test_a_page_token_ends_with_its_api_token(app, path):
    token, credential = administration.create_token(app.stores, domain_id=DOMAIN)
    query = {"page": {"limit": 2, "token": posted(app, credential, {"page": {"limit": 2}})["next_token"]}}
    assert keys_of(posted(app, credential, query)) == ["three", "two"]
    administration.revoke_token(app.stores, token.token_id)
    assert app.gateway.search(credential, {"query": query}).status == 403


# --- what nobody sees -------------------------------------------------------------------------------------------------


def test_the_page_key_is_nowhere(app, path, monkeypatch, capfd, caplog):
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test-of-page-keys")
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "DEBUG")
    telemetry.logger.cache_clear()
    caplog.set_level(logging.DEBUG, logger="test-of-page-keys")
    token, credential = administration.create_token(app.stores, domain_id=DOMAIN)
    principal = authenticate_token(app.stores.tokens, credential, token.created_at)
    assert principal is not None
    key = principal.page_key
    assert len(key) >= 32
    capfd.readouterr()
    caplog.clear()  # what the operator's own side does on moto is not the service's log

    first = app.gateway.search(credential, {"query": {"page": {"limit": 2}, "explain": True}})
    signed = first.json()["next_token"]

    def fail(*_arguments, **_options):
        raise RuntimeError(f"a library that quotes {key} and {signed}")

    answers = [
        first,
        app.gateway.search(credential, {"query": {"page": {"token": signed}}}),
        app.gateway.search(credential, {"query": {"page": {"token": signed + "A"}}}),
        app.gateway.search(credential, {"query": {"page": {"token": key}}}),
        app.gateway.stat(credential, {"query": DISTINCT | {"page": {"token": signed}}}),
    ]
    for broken in ("read", "write"):
        with monkeypatch.context() as patch:
            patch.setattr(PageTokens, broken, fail)
            answers.append(app.gateway.search(credential, {"query": {"page": {"limit": 2, "token": signed}}}))
    telemetry.logger.cache_clear()
    assert [answer.status for answer in answers] == [200, 200, 400, 400, 400, 500, 500]

    written = "".join(capfd.readouterr()) + "".join(
        record.getMessage() + repr(record.__dict__) for record in caplog.records if record.name == "test-of-page-keys"
    )
    assert "refused" in written
    assert "failed" in written
    assert signed not in written
    shown = repr(token) + repr(Principal.of(token)) + repr(PageTokens(key, "list", {}, Principal.of(token).scope, str))
    for text in (written, shown, *(answer.text + repr(answer.headers) for answer in answers)):
        assert key not in text


def test_every_api_token_has_a_page_key_of_its_own(app):
    made = [administration.create_token(app.stores, domain_id=DOMAIN) for _ in range(3)]
    keys = {Principal.of(token).page_key for token, _ in made}
    assert len(keys) == 3
    assert {app.stores.tokens.get(token.token_id).page_key for token, _ in made} == keys
    assert not any(key in credential for key in keys for _, credential in made)
