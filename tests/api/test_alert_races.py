"""People and events at once, on engines that isolate writes: no change is lost, and none is made twice."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from event_api import composition
from event_api.auth import alert_links
from tests.api.test_alerts import ALERTS, Team, place
from tests.profiles import rounds
from tests.service import DOMAIN

pytestmark = pytest.mark.engine

PEOPLE = 12
ROUNDS = rounds(4)


@pytest.fixture(params=["dynoxide", "ministack"])
def engine(request):
    return request.param


@pytest.fixture
def team(app):
    return Team(app)


def at_once(*actions):
    """Do all at once, in a random order; return what they return."""
    with ThreadPoolExecutor(len(actions)) as threads:
        started = [
            (number, threads.submit(actions[number])) for number in random.sample(range(len(actions)), len(actions))
        ]
        return [done.result() for _, done in sorted(started, key=lambda one: one[0])]


@pytest.mark.parametrize("round_", ROUNDS)
def test_of_many_who_acknowledge_one_does(team, round_):
    alert_id = team.opened(f"key-{round_}")
    answers = at_once(*[lambda: team.update(alert_id, state="ACKNOWLEDGED")] * PEOPLE)
    assert {answer["acknowledged_at"] for answer in answers} == {team.get(alert_id)["acknowledged_at"]}
    assert team.course(alert_id) == ["OPENED", "ACKNOWLEDGED"]


@pytest.mark.parametrize("round_", ROUNDS)
def test_a_recovery_that_races_with_people_loses_nothing_of_theirs(team, round_):
    key = f"key-{round_}"
    alert_id = team.opened(key)
    at_once(
        lambda: team.fire(key, "RECOVERY"),
        lambda: team.update(alert_id, state="ACKNOWLEDGED"),
        lambda: team.update(alert_id, assignee="kim"),
        lambda: team.update(alert_id, status_message="on it"),
    )
    alert = team.get(alert_id)
    assert (alert["state"], alert["assignee"], alert["status_message"]) == ("RESOLVED", "kim", "on it")
    assert "acknowledged_at" in alert
    assert Counter(team.course(alert_id)) == Counter(["OPENED", "ACKNOWLEDGED", "ASSIGNED", "NOTED", "RESOLVED"])


@pytest.mark.parametrize("round_", ROUNDS)
def test_a_person_and_a_recovery_resolve_at_once(team, round_):
    key = f"key-{round_}"
    alert_id = team.opened(key)
    at_once(lambda: team.fire(key, "RECOVERY"), lambda: team.update(alert_id, state="RESOLVED"))
    assert team.get(alert_id)["state"] == "RESOLVED"
    # The RECOVERY resolved it, or came after the person.
    assert sorted(team.course(alert_id)) in (["OPENED", "RESOLVED"], ["EVENT", "OPENED", "RESOLVED"])
    assert [alert["alert_id"] for alert in team.listed(state=["TRIGGERED", "ACKNOWLEDGED"])] == []
    events = team.app.events(filter=[{"key": "event_key", "value": key, "operator": "eq"}])
    assert [event["alert_id"] for event in events] == [alert_id] * 2


@pytest.mark.parametrize("round_", ROUNDS)
def test_alerts_that_fire_while_a_person_resolves_are_open_or_joined(team, round_):
    key = f"key-{round_}"
    alert_id = team.opened(key)
    at_once(lambda: team.update(alert_id, state="RESOLVED"), *[lambda: team.fire(key)] * 4)
    events = team.app.events(filter=[{"key": "event_key", "value": key, "operator": "eq"}])
    alerts = {alert["alert_id"]: alert["state"] for alert in team.listed(query={"keyword": alert_id[:-4]})}
    assert len(events) == 5
    assert {event["alert_id"] for event in events} <= alerts.keys()
    assert alerts.pop(alert_id) == "RESOLVED"
    assert list(alerts.values()) in ([], ["TRIGGERED"])


def test_changes_of_many_people_are_all_made(team):
    alert_id = team.opened()
    people = [{"resource_type": "user", "resource_id": f"person-{number}"} for number in range(PEOPLE)]
    at_once(*[lambda one=one: team.ask("POST", f"{place(alert_id)}/responders", one) for one in people])
    added = team.get(alert_id)["responders"]
    assert sorted(one["resource_id"] for one in added) == sorted(one["resource_id"] for one in people)
    assert len(team.course(alert_id)) == 1 + PEOPLE


def test_a_link_that_many_follow_processes_once(team):
    alert_id = team.opened()
    key = alert_links.access_key(composition.alert_records(), DOMAIN, alert_id)

    def follow():
        return team.app.gateway.post(f"{place(alert_id)}/{key}/ACKNOWLEDGED", b"").status

    assert Counter(at_once(*[follow] * PEOPLE))[200] >= 1
    assert team.course(alert_id) == ["OPENED", "ACKNOWLEDGED"]


@pytest.mark.parametrize("round_", ROUNDS)
def test_merging_races_with_the_end_of_the_target(team, round_):
    source, target = team.opened(f"a-{round_}"), team.opened(f"b-{round_}")

    def merge():
        body = {"alerts": [source], "merge_to": target}
        return team.app.gateway.request("POST", f"{ALERTS}/merge", body, token=team.token).status

    def resolve():
        return team.fire(f"b-{round_}", "RECOVERY")

    status, _ = at_once(merge, resolve)
    merged = team.get(target)["merged_alerts"]
    assert (status, merged) in ((200, [source]), (400, []))
    assert team.get(target)["state"] == "RESOLVED"
    assert ("merged_to" in team.get(source)) == (status == 200)
    assert team.opened(f"a-{round_}") != source or status == 400
