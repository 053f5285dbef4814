"""get, list and stat over odd events, through the routes."""

from __future__ import annotations

import json

import pytest

from event_api.domain import times
from eventctl.importer import import_event
from eventctl.records import read_record
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT


def imported(app, **fields):
    event = {"domain_id": DOMAIN, "created_at": "2026-03-01T10:00:00Z", "project_id": PROJECT, **fields}
    assert import_event(app.stores, read_record(json.dumps(event).encode()), times.now())


def found(app, request, token=None):
    response = app.gateway.search(token or app.token(), request)
    assert response.status == 200, response.text
    return [event["event_id"] for event in response.json()["results"]]


def test_events_of_one_instant_are_listed_by_id_in_both_directions(app):
    for event_id in ("b", "c", "a"):
        imported(app, event_id=event_id)
    imported(app, event_id="newer", created_at="2026-03-01T10:00:00.001Z")
    assert found(app, {}) == ["newer", "a", "b", "c"]
    assert found(app, {"query": {"page": {"start": 2, "limit": 2}}}) == ["a", "b"]
    assert found(app, {"query": {"sort": {"key": "created_at"}}}) == ["a", "b", "c", "newer"]
    assert found(app, {"project_id": PROJECT}) == ["newer", "a", "b", "c"]
    assert found(app, {"event_id": ["c", "newer", "a"]}) == ["newer", "a", "c"]


def test_an_array_is_unwound_with_all_fields(app):
    imported(app, event_id="one", additional_info={"tags": ["x", "y"]}, description="d", raw_data={"n": [1, 2]})
    response = app.gateway.search(app.token(), {"query": {"unwind": {"path": "additional_info.tags"}}})
    assert [result["additional_info"]["tags"] for result in response.json()["results"]] == ["x", "y"]
    assert {result["description"] for result in response.json()["results"]} == {"d"}
    assert found(app, {"query": {"unwind": {"path": "raw_data.n"}}}) == ["one", "one"]


@pytest.mark.parametrize("operator", ["lte", "datetime_lte", "lt", "datetime_lt"])
def test_the_end_of_time_is_a_time(app, operator):
    imported(app, event_id="one")
    for value in ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.9999999Z"):
        condition = {"key": "created_at", "value": value, "operator": operator}
        assert found(app, {"query": {"filter": [condition]}}) == ["one"]
    assert not found(
        app, {"query": {"filter": [{"key": "created_at", "value": "9999-12-31T23:59:59.999Z", "operator": "eq"}]}}
    )


@pytest.mark.parametrize("field", ["event_id", "alert_id", "project_id"])
@pytest.mark.parametrize("value", ["\ud800", "x" * 5000, "\x00"])
def test_an_id_that_cannot_be_is_not_found(app, field, value):
    imported(app, event_id="one", alert_id="alert-1")
    assert not found(app, {"query": {"filter": [{"key": field, "value": value, "operator": "eq"}]}})


@pytest.mark.parametrize("field", ["alert_id", "project_id"])
def test_an_empty_string_is_a_value(app, field):
    imported(app, event_id="empty", **{field: ""})
    imported(app, event_id="null", **{field: None})
    assert found(app, {field: ""}) == ["empty"]
    assert found(app, {"query": {"filter": [{"key": field, "value": ["", "x"], "operator": "in"}]}}) == ["empty"]
    assert found(app, {"query": {"filter": [{"key": field, "value": None, "operator": "eq"}]}}) == ["null"]


def test_many_alerts_are_not_asked_for_one_by_one(app):
    imported(app, event_id="one", alert_id="alert-7")
    app.meter.reset()
    request = {"alert_id": [f"alert-{number}" for number in range(500)], "query": {"page": {"limit": 1}}}
    assert found(app, request) == ["one"]
    assert len(app.meter.calls) < 20


def test_imported_events_keep_their_own_raw_data_whatever_their_ids(app):
    _, path = app.webhook(project_id="project-other")
    delivery_id = app.gateway.post(path, bodies.direct(secret="of the other project")).headers["x-delivery-id"]
    sibling = f"event-{delivery_id.removeprefix('delivery-')}00ff"
    imported(app, event_id=sibling)
    imported(app, event_id=f"event-{1:032x}", raw_data={"n": 1})
    imported(app, event_id=f"event-{2:032x}", raw_data={"n": 2})
    token = app.token(projects=[PROJECT])
    listed = {event["event_id"]: event.get("raw_data") for event in app.events(token)}
    assert listed == {sibling: None, f"event-{1:032x}": {"n": 1}, f"event-{2:032x}": {"n": 2}}
    for event_id, raw_data in listed.items():
        assert app.gateway.get(f"/monitoring/v1/event/{event_id}", token=token).json().get("raw_data") == raw_data


def test_what_has_expired_is_not_answered_by_any_path(app, monkeypatch):
    _, path = app.webhook()
    app.gateway.post(path, bodies.direct())
    token = app.token(expires_at=times.parse_iso("2099-01-01"))
    (event,) = app.events(token)
    later = times.now().replace(year=times.now().year + 2)
    monkeypatch.setattr(times, "now", lambda: later)
    assert app.gateway.get(f"/monitoring/v1/event/{event['event_id']}", token=token).status == 404
    for request in ({}, *({field: event[field]} for field in ("event_id", "alert_id", "project_id"))):
        assert app.gateway.search(token, request).json() == {"results": [], "total_count": 0}
    assert app.gateway.search(token, {"query": {"count_only": True}}).json()["total_count"] == 0
    assert app.gateway.stat(token, {"query": {"distinct": "severity"}}).json() == {"results": []}


def test_a_bad_time_in_a_stage_is_refused_like_one_in_the_filter(app):
    condition = {"key": "created_at", "value": "junk", "operator": "gt"}
    for stage in ({"match": {"filter": [condition]}}, {"unwind": {"path": "additional_info.a", "filter": [condition]}}):
        response = app.gateway.stat(app.token(), {"query": {"aggregate": [stage]}})
        assert response.status == 400
        assert "query.aggregate.0" in response.text


def test_conditions_have_a_limit_together(app):
    many = [{"key": "title", "value": [str(n) for n in range(900)], "operator": "contain_in"}] * 3
    response = app.gateway.search(app.token(), {"query": {"filter_or": many}})
    assert response.status == 400
    assert "2000 values" in response.text
