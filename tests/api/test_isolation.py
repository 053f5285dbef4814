"""No reading route discloses anything that its token may not see: not a value, not an id, not a number.

Every request that can be made of the product's tables (`tests.api.isolation`) is asked twice: with the others' data
there, and in the world where it does not exist. The answers must be the same to the last byte: results, totals,
refusals, page tokens, and what `explain` says.
"""

from __future__ import annotations

from typing import Any

import pytest

from event_api.domain.access import Role
from event_api.domain.alert import AlertState
from event_api.query.planner import MAX_STORED_VALUES
from tests.api import isolation
from tests.api.isolation import SEARCH, STAT, Ask, Requests, World
from tests.service import DOMAIN, PROJECT


@pytest.fixture(params=["ministack", pytest.param("dynoxide", marks=pytest.mark.engine)])
def engine(request):
    """Not moto, which takes ten times as long for this."""
    return request.param


@pytest.fixture
def world(app, monkeypatch):
    monkeypatch.setattr("event_api.domain.times.now", lambda: isolation.NOW)
    app.gateway.verdicts = {}
    return World(app).fill()


NOTHING = "of no project"
READERS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "of the domain": ({}, ("other",)),
    "of one project": ({"projects": [PROJECT]}, ("other", "beside")),
    NOTHING: ({"projects": []}, ("other", "beside", "ours")),
}
"""The limits of a token, and the tenants that must stay hidden from it."""


class Reader:
    """Asks, and looks for the others' canaries in every answer."""

    def __init__(self, world, kind, **changes):
        options, hidden = READERS[kind]
        options = options | changes
        self.app = world.app
        self.token = world.app.token(**options)
        self.hidden = [tenant for tenant in world.tenants if tenant.name in hidden]
        self.secrets = set().union(*(tenant.secrets() for tenant in self.hidden))

    def ask(self, ask):
        response = ask.send(self.app, self.token)
        assert response.status in {200, 400, 403, 404}, (ask, response)
        self.look(ask, response)
        return response

    def look(self, ask, response):
        said = ask.said()
        told = {secret for secret in self.secrets if secret in response.text and secret not in said}
        assert not told, (ask, response.text)

    def pages(self, ask):
        answers = []
        for one, response in ask.pages(self.app, self.token):
            self.look(one, response)
            answers.append(response)
            assert len(answers) < 100
        return answers


@pytest.mark.engine  # it takes as long as a sixth of all other tests
@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("method", ["get", "list", "stat", "manage"])
def test_an_answer_is_the_same_as_if_the_others_did_not_exist(world, method, kind):
    world.trouble()
    reader = Reader(world, kind, role=Role.ADMIN)
    asks = isolation.by_method(world, half=list(READERS).index(kind) % 2)[method]
    if kind == NOTHING:
        asks = asks[::5]  # it reads nothing: which request it is hardly matters
    answers = [(ask, reader.ask(ask)) for ask in asks]
    assert any(answer.status == 200 for _, answer in answers) or (method, kind) == ("get", NOTHING)
    world.without(*reader.hidden)
    for ask, answer in answers:
        assert reader.ask(ask) == answer, ask


def test_the_same_holds_for_more_projects_than_one_query_names(world):
    """The service separates them after the read by an alert or an id."""
    many = [PROJECT, *(f"project-{number:012x}" for number in range(MAX_STORED_VALUES))]
    reader = Reader(world, "of one project", projects=many)
    named: list[dict[str, Any]] = [
        {"alert_id": isolation.SHARED_ALERT},
        {"event_id": [row["event_id"] for row in world.beside.rows]},
    ]
    queries = [{}, {"count_only": True}, {"page": {"limit": 1}}, {"explain": True}]
    asks = [Ask(SEARCH, {**name, "query": query}) for name in named for query in queries]
    condition = {"key": "alert_id", "value": isolation.SHARED_ALERT, "operator": "eq"}
    asks.append(Ask(STAT, {"query": {"filter": [condition], "aggregate": [{"count": {"name": "n"}}]}}))
    answers = [reader.ask(ask) for ask in asks]
    world.without(*reader.hidden)
    assert [reader.ask(ask) for ask in asks] == answers


@pytest.mark.parametrize("kind", READERS)
def test_so_are_all_pages(world, kind):
    reader = Reader(world, kind)
    asks = list(Requests(world).paged())
    answers = [reader.pages(ask) for ask in asks]
    assert all(len(pages) > 1 for pages in answers) is (kind != NOTHING)
    world.without(*reader.hidden)
    assert [reader.pages(ask) for ask in asks] == answers


def test_a_page_token_of_another_reader_is_refused(world):
    others = [
        world.app.token(domain_id=isolation.OTHER_DOMAIN),
        world.app.token(projects=[isolation.OTHER_PROJECT]),
        world.app.token(),
    ]
    for ask in Requests(world).paged():
        for other in others:
            _, (following, response) = list(ask.pages(world.app, other))[:2]
            assert response.status == 200
            for kind in READERS:
                refused = Reader(world, kind).ask(following)
                assert refused.status == 400
                assert "key = query.page.token" in refused.text


def test_the_requests_do_reach(world):
    """At least a third of the answers show the reader's own data, as they would others'; and canaries are found."""
    reader = Reader(world, "of the domain")
    ask = Ask(SEARCH, {})
    with pytest.raises(AssertionError, match="canary-other"):
        reader.look(ask, ask.send(world.app, world.app.token(domain_id=isolation.OTHER_DOMAIN)))
    asked = isolation.by_method(world)
    some = [ask for method in ("get", "list", "stat") for ask in asked[method][::7]]
    before = [reader.ask(ask) for ask in some]
    world.without(world.beside)
    changed = sum(reader.ask(ask) != answer for ask, answer in zip(some, before, strict=True))
    assert changed > len(some) / 3


def test_an_event_key_is_its_domain_s_and_its_project_s_own(world):
    """The same key elsewhere joins nothing of ours, and its recovery resolves nothing of ours."""

    def alerts():
        found = world.app.stores.alerts.of_domain(DOMAIN, None, isolation.NOW)
        return {alert.alert_id: alert for alert in found if alert.project_id == PROJECT}

    before = alerts()
    for tenant in (world.other, world.beside):
        world.deliver(tenant, {"event_type": "RECOVERY"})
    assert alerts() == before
    world.deliver(world.ours, {"event_type": "RECOVERY"})
    resolved = {alert.event_key for alert in alerts().values() if alert.state is AlertState.RESOLVED}
    assert resolved == {isolation.SHARED_KEY}
    assert len(before) == 2


@pytest.mark.parametrize("route", [SEARCH, STAT])
def test_a_request_that_names_no_table_entry_is_noticed(route):
    with pytest.raises(AssertionError, match="no request is made of the operator new"):
        isolation.covered("operator", ["eq"], ["eq", "new"])
