"""list and stat of alerts answer what the oracle does, over alerts that events and people have changed."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api import composition
from event_api.domain import ids, times
from event_api.domain.access import Actor, Scope
from event_api.domain.alert import Alert, AlertState, FiringTimes, Urgency
from event_api.domain.alert_info import ALERT
from event_api.domain.event import Severity
from event_api.reads.alert_requests import AlertQuery
from event_api.reads.search import list_records
from event_api.reads.statistics import stat_records
from event_api.store.alert_records import Change, HistoryEntry
from event_api.store.audit import Journal
from tests.fakes import PAGE_KEY
from tests.oracle.search import matching
from tests.oracle.values import paged, sorted_rows
from tests.profiles import examples
from tests.property.world import plain, walked

DOMAIN, OTHER_DOMAIN = "domain-aaaaaaaaaaaa", "domain-bbbbbbbbbbbb"
PROJECTS = [f"project-{letter * 12}" for letter in "abc"]
STATES = [state.value for state in AlertState]
NOW = times.truncate_to_millisecond(times.now())
MOMENTS = [NOW - timedelta(hours=hours) for hours in (1, 2, 3, 50)]
TITLES = ["disk", "Disk full", "cpu", "디스크"]
SEVERITIES = ["CRITICAL", "ERROR", "NONE"]
PEOPLE = ["kim", "lee"]

VALUES: dict[str, list[Any]] = {
    "state": [*STATES, None],
    "title": TITLES,
    "severity": SEVERITIES,
    "urgency": ["HIGH", "LOW"],
    "assignee": [*PEOPLE, None],
    "project_id": PROJECTS,
    "user_projects": PROJECTS,
    "alert_id": [ids.alert_id(f"{number:024x}", 1) for number in range(1, 6)],
    "domain_id": [DOMAIN, OTHER_DOMAIN],
    "is_snoozed": [True, False],
    "project_dependencies": ["p", "q"],
    "created_at": [times.to_iso(moment) for moment in MOMENTS],
    "resolved_by": ["event-1", None],
    "resource.name": [None, "host"],
}


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    key = draw(st.sampled_from([*VALUES, "state", "state", "state", "created_at"]))
    name = draw(st.sampled_from(["eq", "eq", "in", "not", "not_in", "exists", "gte", "lt", "contain"]))
    value: Any = draw(st.sampled_from(VALUES[key]))
    if name in {"in", "not_in"}:
        value = draw(st.lists(st.sampled_from(VALUES[key]), max_size=3))
    elif name == "exists":
        value = draw(st.booleans())
    elif name == "contain":
        value = "is"
    # Severities compare by rank, which the oracle does not know.
    if key == "severity" and name in {"gte", "lt"}:
        name = "eq"
    return {"key": key, "value": value, "operator": name}


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    query: dict[str, Any] = {"filter": draw(st.lists(conditions(), max_size=3))}
    if draw(st.sampled_from([False, False, True])):
        query["filter_or"] = draw(st.lists(conditions(), min_size=1, max_size=2))
    sort = draw(st.sampled_from([None, ("created_at", False), ("title", False), ("state", True), ("assignee", False)]))
    if sort is not None:
        query["sort"] = {"key": sort[0], "desc": sort[1]}
    return query


scopes = st.sampled_from([None, None, None, frozenset(PROJECTS[:2])]).map(lambda projects: Scope(DOMAIN, projects))


@pytest.fixture
def rows(app):
    """The alerts that lists have: of two domains; some resolved, changed, snoozed, merged and deleted."""
    chosen = random.Random(1)
    store, records = composition.alerts(), composition.alert_records()
    made = [opened(store, chosen, number) for number in range(1, 61)]
    for alert in made:
        if chosen.random() < 0.4:
            store.resolve(alert, f"event-{chosen.randint(1, 2)}", NOW)
    entry = HistoryEntry(times.to_iso(NOW), "", Actor("token-1"), {})
    journal = Journal(composition.audit(), entry.actor)
    for alert in made:
        record = records.find(Scope(alert.domain_id), alert.alert_id, NOW)
        assert record is not None
        change = chosen.choice([None, None, *changes_of(chosen)])
        if change is not None:
            records.change([(record, change)], entry, journal.entry("a", alert.alert_id, alert.domain_id, None))
    fields = frozenset(ALERT.fields)
    found = [records.get(Scope(alert.domain_id), alert.alert_id, fields, NOW) for alert in made]
    return [row for row in found if row is not None and row["merged_to"] is None]


def opened(store, chosen, number):
    key = f"{number:024x}"
    at = chosen.choice(MOMENTS)
    alert = Alert(
        alert_id=ids.alert_id(key, 1),
        key=key,
        generation=1,
        domain_id=chosen.choice([DOMAIN, DOMAIN, DOMAIN, OTHER_DOMAIN]),
        project_id=chosen.choice(PROJECTS),
        event_key=key,
        state=chosen.choice([AlertState.TRIGGERED, AlertState.TRIGGERED, AlertState.ERROR]),
        urgency=chosen.choice(list(Urgency)),
        title=chosen.choice(TITLES),
        severity=Severity(chosen.choice(SEVERITIES)),
        webhook_id="webhook-1",
        opened_by=f"event-of-{number}",
        opened_at=at,
        times=FiringTimes(at),
    )
    store.open(alert)
    return alert


def changes_of(chosen):
    at = times.to_iso(NOW)
    return [
        Change("", {"acknowledged_at": at, "acknowledged_by": "token-1", "assignee": chosen.choice(PEOPLE)}),
        Change("", {"assignee": chosen.choice(PEOPLE), "snoozed_until": times.to_iso(NOW + timedelta(hours=1))}),
        Change("", {"snoozed_until": times.to_iso(NOW - timedelta(hours=1)), "project_dependencies": ["p", "q"]}),
        Change("", {"merged_to": "alert-1"}, frozenset({"open_at"})),
        Change("", {"deleted_at": at, "state": "RESOLVED"}, frozenset({"open_at"})),
    ]


def reader(scope):
    return composition.alert_reader(scope, NOW, lambda: 100.0)


def expected(rows, query, scope):
    with_keys = [{**row, "event_id": row["alert_id"]} for row in rows]
    found = matching(with_keys, query, scope, NOW)
    sort = query.get("sort")
    return sorted_rows(found, [("created_at", True)] if sort is None else [(sort["key"], sort["desc"])])


def ids_of(found):
    return [row["alert_id"] for row in found]


@pytest.mark.engine
def test_list(rows):
    @examples(120, on_engine=True)
    @given(query=requests(), scope=scopes, limit=st.integers(0, 5))
    def agrees(query, scope, limit):
        wanted = expected(rows, query, scope)
        request: Any = {"query": {**query, "page": {"limit": limit}}}
        answer: Any = list_records(AlertQuery, reader(scope), request, scope, NOW, page_key=PAGE_KEY)
        assert answer["total_count"] == len(wanted)
        assert ids_of(answer["results"]) == ids_of(paged(wanted, {"limit": limit}))
        shown = {
            name: {key: part for key, part in row.items() if part not in (None, "")}
            for name, row in ((row["alert_id"], row) for row in wanted)
        }
        for result in answer["results"]:
            full = {key: part for key, part in shown[result["alert_id"]].items() if key in ALERT.fields}
            assert plain(result) == plain(full)

    agrees()


@pytest.mark.engine
def test_pages_by_token(rows):
    @examples(30, on_engine=True)
    @given(query=requests(), scope=scopes, limits=st.lists(st.integers(1, 7), min_size=1, max_size=3))
    def agrees(query, scope, limits):
        def ask(request):
            answer: Any = list_records(AlertQuery, reader(scope), request, scope, NOW, page_key=PAGE_KEY)
            return answer

        answers = walked(ask, {"query": query}, limits)
        assert ids_of([one for answer in answers for one in answer["results"]]) == ids_of(expected(rows, query, scope))

    agrees()


@pytest.mark.engine
def test_stat(rows):
    group = {"keys": [{"key": "state", "name": "state"}], "fields": [{"name": "n", "operator": "count"}]}

    @examples(40, on_engine=True)
    @given(query=requests(), scope=scopes)
    def agrees(query, scope):
        query.pop("sort", None)
        wanted: dict[str, int] = {}
        for row in expected(rows, query, scope):
            wanted[row["state"]] = wanted.get(row["state"], 0) + 1
        request: Any = {"query": {**query, "aggregate": [{"group": group}]}}
        answer: Any = stat_records(ALERT, reader(scope), request, scope, NOW, page_key=PAGE_KEY)
        assert {row["state"]: row["n"] for row in answer["results"]} == wanted

    agrees()
