"""Deliveries of several events: their alerts looked up together, and the events that open alerts."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from event_api import composition
from event_api.aws import clients
from event_api.domain import times
from event_api.domain.alert import FiringTimes
from event_api.settings import settings
from event_api.store.table import Table
from tests.samples import bodies
from tests.service import DOMAIN


def group(*numbers, status="firing"):
    return bodies.alertmanager(*(bodies.alert(number, status) for number in numbers))


def post(app, path, body, **options):
    response = app.gateway.post(path, body, **options)
    assert response.status == 200, response.text


def alerts(app):
    found = app.stores.alerts.of_domain(DOMAIN, None, times.now())
    return sorted(found, key=lambda alert: (alert.event_key, alert.generation))


def of_alerts(app, *alert_ids, token=None, **query):
    condition = {"key": "alert_id", "value": list(alert_ids), "operator": "in"}
    return [event["event_id"] for event in app.events(token, filter=[condition], **query)]


@pytest.fixture
def flapping(app):
    """A webhook's path; two alerts took a second event, and the first one was resolved and opened again."""
    _, path = app.webhook()
    for numbers, status in (((1, 2), "firing"), ((1, 2), "firing"), ((1,), "resolved"), ((1,), "firing")):
        post(app, path, group(*numbers, status=status))
    return path


def test_an_alerts_events_include_the_one_that_opened_it(app, flapping):
    for alert in alerts(app):
        expected = [event["event_id"] for event in app.events() if event["alert_id"] == alert.alert_id]
        assert alert.opened_by == expected[0]
        assert of_alerts(app, alert.alert_id) == expected
        newest_first = of_alerts(app, alert.alert_id, sort={"key": "created_at", "desc": True})
        assert newest_first == expected[::-1]
    assert len(alerts(app)) == 3


def test_the_events_of_several_alerts_are_paged_and_counted(app, flapping):
    alert_ids = [alert.alert_id for alert in alerts(app)][:2]
    expected = [event["event_id"] for event in app.events() if event["alert_id"] in alert_ids]
    condition = {"key": "alert_id", "value": alert_ids, "operator": "in"}
    query = {"filter": [condition], "sort": {"key": "created_at"}, "only": ["event_id"]}
    token, listed, page = app.token(), [], {"limit": 2}
    while True:
        answer = app.gateway.search(token, {"query": {**query, "page": page}}).json()
        assert answer["total_count"] == len(expected)
        listed += [event["event_id"] for event in answer["results"]]
        if "next_token" not in answer:
            break
        page = {"limit": 2, "token": answer["next_token"]}
    assert listed == expected
    keys, fields = [{"key": "alert_id", "name": "a"}], [{"name": "n", "operator": "count"}]
    counting = {"filter": [condition], "aggregate": [{"group": {"keys": keys, "fields": fields}}]}
    rows = app.gateway.stat(token, {"query": counting}).json()["results"]
    assert sum(row["n"] for row in rows) == len(expected)


def test_other_domains_and_projects_do_not_see_them(app, flapping):
    alert_ids = [alert.alert_id for alert in alerts(app)]
    assert not of_alerts(app, *alert_ids, token=app.token(domain_id="domain-of-another"))
    assert not of_alerts(app, *alert_ids, token=app.token(projects=["project-of-another"]))
    assert of_alerts(app, *alert_ids, token=app.token(projects=[app.events()[0]["project_id"]]))


def test_conditions_and_times_hold_for_them_as_well(app, flapping):
    first = alerts(app)[0]
    opener = app.events()[0]
    alert = {"key": "alert_id", "value": first.alert_id, "operator": "eq"}
    type_ = {"key": "event_type", "value": "RECOVERY", "operator": "eq"}
    assert [event["event_type"] for event in app.events(filter=[alert, type_])] == ["RECOVERY"]
    later = {"key": "created_at", "value": opener["created_at"], "operator": "gt"}
    assert opener["event_id"] not in [event["event_id"] for event in app.events(filter=[alert, later])]


def test_a_key_whose_first_alert_has_expired_keeps_its_later_one(app, flapping):
    first, later, _ = alerts(app)
    assert (first.generation, later.generation, later.is_open) == (1, 2, True)
    place = {"alert_key": {"S": first.key}, "generation": {"N": "1"}}
    app.dynamodb.delete_item(TableName=settings().tables.alerts, Key=place)
    post(app, flapping, group(1, 3))
    assert [alert.generation for alert in alerts(app) if alert.key == first.key] == [2]
    assert of_alerts(app, later.alert_id)[-1] == app.events()[-2]["event_id"]


def expiry(app, key, generation):
    place = {"alert_key": {"S": key}, "generation": {"N": str(generation)}}
    item = app.dynamodb.get_item(TableName=settings().tables.alerts, Key=place)["Item"]
    return int(item["expires_at"]["N"])


def test_the_note_of_later_alerts_outlives_them(app, flapping, monkeypatch):
    later = alerts(app)[1]
    assert expiry(app, later.key, 0) > expiry(app, later.key, 2)
    start, days = times.now(), timedelta(days=settings().retention_days)
    # Fired without a pause, long enough to outlive any note that is not renewed.
    for seconds in range(0, int(2 * days.total_seconds()), int(days.total_seconds()) // 3):
        monkeypatch.setattr(times, "now", lambda at=start + timedelta(seconds=seconds): at)
        changed = app.stores.alerts.newest(later.key)
        app.stores.alerts.set_times(changed, FiringTimes(times.now() + timedelta(seconds=1)))
        assert expiry(app, later.key, 0) >= expiry(app, later.key, 2)


def test_an_alert_and_its_recovery_in_one_body(app):
    _, path = app.webhook()
    body = bodies.alertmanager(bodies.alert(1), bodies.alert(1, "resolved"), bodies.alert(2))
    post(app, path, body)
    assert [alert.is_open for alert in alerts(app)] == [False, True]
    assert {event["alert_id"] for event in app.events()} == {alert.alert_id for alert in alerts(app)}


class Unprocessed:
    """A client that leaves some of the items of the first batches unwritten."""

    def __init__(self, client, times_):
        self._client, self.left = client, times_

    def __getattr__(self, name):
        return getattr(self._client, name)

    def batch_write_item(self, *, RequestItems, **parameters):  # noqa: N803  # boto's name
        if not self.left:
            return self._client.batch_write_item(RequestItems=RequestItems, **parameters)
        self.left -= 1
        ((name, requests),) = RequestItems.items()
        if requests[1:]:
            self._client.batch_write_item(RequestItems={name: requests[1:]}, **parameters)
        return {"UnprocessedItems": {name: requests[:1]}}


@pytest.mark.parametrize(("often", "at_once"), [(2, True), (100, False)])
def test_what_a_batch_leaves_unwritten_is_written_again(app, monkeypatch, often, at_once):
    monkeypatch.setattr(time, "sleep", lambda _: None)
    _, path = app.webhook()
    unprocessed: Any = Unprocessed(clients.dynamodb(), often)
    monkeypatch.setattr(composition.events(), "_table", Table(unprocessed, settings().tables.events))
    post(app, path, group(*range(30)))
    assert (len(app.events()) == 30) is at_once
    unprocessed.left = 0
    app.redrive()
    assert len({event["event_id"] for event in app.events()}) == 30
    assert len(alerts(app)) == 30
