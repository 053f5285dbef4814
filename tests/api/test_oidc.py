"""ID tokens through the routes: what an issuer says is what a caller may see."""

from __future__ import annotations

import pytest

from event_api import safe_fetch
from testkit.issuer import AUDIENCE, LocalIssuer
from tests.conftest import REAL_GET
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT

MAPPING = "domain=tenant,projects=projects,role=groups,reader=staff,admin=platform"


@pytest.fixture(scope="module")
def local():
    with LocalIssuer() as issuer:
        yield issuer


@pytest.fixture
def app(app, local, monkeypatch):
    monkeypatch.setattr(safe_fetch, "_get", REAL_GET)
    app.gateway.stage = {"oidc_issuer": local.url, "oidc_audience": AUDIENCE, "oidc_mapping": MAPPING}
    return app


def token(local, **claims):
    return local.sign(**{"tenant": DOMAIN, "projects": [PROJECT], "groups": ["staff"], **claims})


def test_a_caller_sees_the_projects_that_the_claims_name(app, local):
    _, path = app.webhook()
    _, other = app.webhook(project_id="another")
    _, elsewhere = app.webhook(domain_id="domain-b")
    for one in (path, other, elsewhere):
        assert app.gateway.post(one, bodies.direct()).status == 200
    assert [event["project_id"] for event in app.events(token(local))] == [PROJECT]
    assert [event["domain_id"] for event in app.events(token(local, tenant="domain-b"))] == ["domain-b"]
    assert len(app.events(token(local, projects=[PROJECT, "another"]))) == 2


def test_a_page_token_is_its_readers_alone(app, local):
    _, path = app.webhook()
    for number in range(3):
        app.gateway.post(path, bodies.direct(event_key=str(number)))
    query = {"page": {"limit": 1}}
    page = app.gateway.search(token(local), {"query": query}).json()
    query["page"]["token"] = page["next_token"]
    assert app.gateway.search(token(local), {"query": query}).status == 200
    assert app.gateway.search(token(local, sub="another"), {"query": query}).status == 400


def test_a_bad_token_is_refused_and_a_token_of_ours_still_works(app, local):
    assert app.gateway.search(token(local, groups=["guests"]), {}).status == 403
    assert app.gateway.search(token(local, exp=1), {}).status == 403
    assert app.events(app.token()) == []


def test_without_an_issuer_there_are_no_id_tokens(app, local):
    app.gateway.stage = {}
    assert app.gateway.search(token(local), {}).status == 403


def test_the_page_key_is_no_token_and_goes_with_the_domain(app, local):
    app.events(token(local))
    assert app.stores.tokens.get(f"page-key:{DOMAIN}") is None
    assert app.gateway.search(f"page-key:{DOMAIN}.anything", {}).status == 403
    assert list(app.stores.tokens.of_domain(DOMAIN)) == []
    app.stores.erasure.erase(DOMAIN)
    assert app.dynamodb.scan(TableName="TokensTable")["Items"] == []
