"""How the property tests ask the service, and how much."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings

from event_api.domain import times
from eventctl.importer import import_event
from eventctl.records import read_record
from tests import query_cases
from tests.fakes import PAGE_KEY, FakeEventReader, list_events, stat_events
from tests.profiles import examples
from tests.property import strategies

if TYPE_CHECKING:
    from event_api.domain.access import Scope
    from testkit.gateway import Response
    from tests.service import Service

Events = list[dict[str, Any]]
NOW = strategies.NOW
Ask = Callable[[dict[str, Any]], dict[str, Any]]

MAX_PAGES = 200
"""No walk is longer, unless it goes round in circles."""

# --- asking -----------------------------------------------------------------------------------------------------------


def asked(method: str, events: Events, request: dict[str, Any], scope: Scope) -> dict[str, Any]:
    """Return what the service answers to a request, over events in memory."""
    answer = {"list": list_events, "stat": stat_events}[method]
    return answer(FakeEventReader(events), request, scope, NOW, PAGE_KEY)


def walked(ask: Ask, request: dict[str, Any], limits: list[int]) -> list[dict[str, Any]]:
    """Return the answers of all pages, each with the token of the one before, and one of the limits in turn."""
    answers: list[dict[str, Any]] = []
    page: dict[str, Any] = {}
    while not answers or "next_token" in answers[-1]:
        page = {"limit": limits[len(answers) % len(limits)], "start": 3 if answers else 1}
        if answers:
            page["token"] = answers[-1]["next_token"]
        answers.append(ask({**request, "query": {**request.get("query", {}), "page": page}}))
        results = answers[-1]["results"]
        assert len(results) <= page["limit"]
        assert results or "next_token" not in answers[-1], "a page that is not the last has something on it"
        assert len(answers) < MAX_PAGES
    return answers


# --- on an engine -----------------------------------------------------------------------------------------------------


def stored_events(app: Service) -> Events:
    """Store 60 random events, with their own ids and times, and return them."""
    drawn: list[dict[str, Any]] = []

    @settings(examples(60, on_engine=True), max_examples=60)
    @given(strategies.facts)
    def draw(fact: dict[str, Any]) -> None:
        drawn.append(fact)

    draw()
    events = strategies.numbered(drawn)
    for event in events:
        assert import_event(app.stores, read_record(json.dumps(event).encode()), times.now())
    return events


def asking(app: Service, route: Callable[[str, dict[str, Any]], Response]) -> Callable[..., dict[str, Any]]:
    """Return what asks a route, with a token of the scope that is given."""
    tokens: dict[Scope, str] = {}

    def ask(request: dict[str, Any], scope: Scope) -> dict[str, Any]:
        if scope not in tokens:
            tokens[scope] = app.token(domain_id=scope.domain_id, projects=scope.projects)
        response = route(tokens[scope], request)
        assert response.status == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    return ask


# --- comparing --------------------------------------------------------------------------------------------------------


def plain(value: Any, *, bare: bool = False) -> str:
    """Write a value so that equal ones are equal; ``bare`` leaves out what is null or empty inside of it."""
    return query_cases.comparable(_bared(value) if bare else value, set())


def _bared(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {name: _bared(part) for name, part in value.items()}
        return {name: part for name, part in inner.items() if part not in (None, {}, [])}
    return [_bared(part) for part in value] if isinstance(value, list) else value
