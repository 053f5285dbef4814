"""Alerts over HTTP: people's changes, and their effect on ingest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from event_api import composition
from event_api.admin import webhooks
from event_api.auth import alert_links
from event_api.domain import times
from event_api.domain.access import Permission, Role
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT

ALERTS = "/monitoring/v1/alerts"
OTHER_PROJECT = "project-2f1e3d4c5b6a"


class Team:
    """People with a token, and a sender."""

    def __init__(self, app, **token):
        self.app = app
        self.token = app.token(**{"role": Role.RESPONDER, "name": "on call", **token})
        _, self.path = app.webhook()

    def fire(self, key="disk", event_type="ALERT", **fields) -> None:
        body = {**bodies.SEED_LIKE, "event_key": key, "event_type": event_type, **fields}
        response = self.app.gateway.post(self.path, body)
        assert response.status == 200, response.text

    def ask(self, method, path, body=None, *, status=200, **options) -> Any:
        response = self.app.gateway.request(method, path, body, token=self.token, **options)
        assert response.status == status, response.text
        return response.json()

    def listed(self, request=None, **named):
        return self.ask("POST", f"{ALERTS}/search", {**named, **(request or {})})["results"]

    def opened(self, key="disk") -> str:
        """Fire, and return the id of the newest alert."""
        self.fire(key)
        return str(self.listed(query={"filter": [{"k": "event_key", "v": key, "o": "eq"}]})[0]["alert_id"])

    def get(self, alert_id: str) -> dict[str, Any]:
        info: dict[str, Any] = self.ask("GET", place(alert_id))
        return info

    def update(self, alert_id: str, status=200, **changes) -> Any:
        return self.ask("PUT", place(alert_id), changes, status=status)

    def course(self, alert_id: str) -> list[str]:
        return [entry["action"] for entry in self.ask("GET", f"{place(alert_id)}/history")["results"]]


def place(alert_id: str) -> str:
    return f"/monitoring/v1/alert/{alert_id}"


def key_of(alert_id: str) -> str:
    return alert_links.access_key(composition.alert_records(), DOMAIN, alert_id)


@pytest.fixture
def team(app):
    return Team(app)


def code(answer) -> str:
    return str(answer["detail"]["code"])


def test_an_alert_has_the_facts_of_the_event_that_opened_it(team):
    team.fire()
    (alert,) = team.listed()
    (event,) = team.app.events()
    assert team.get(alert["alert_id"]) == alert
    for name in ("rule", "resource", "provider", "account", "description", "additional_info", "title", "severity"):
        assert alert.get(name) == event.get(name), name
    assert alert["alert_id"] == event["alert_id"]
    assert alert["created_at"] == event["created_at"]
    assert alert["triggered_by"] == alert["webhook_id"] == event["webhook_id"]
    assert (alert["state"], alert["is_snoozed"], alert["responders"]) == ("TRIGGERED", False, [])


def test_a_person_s_alert(team):
    made = team.ask("POST", ALERTS, {"title": "Slow pages", "project_id": PROJECT, "description": "since noon"})
    assert (made["state"], made["urgency"], made["title"]) == ("TRIGGERED", "HIGH", "Slow pages")
    assert made["triggered_by"].startswith("token-")
    assert "webhook_id" not in made
    assert team.listed() == [made]
    assert team.course(made["alert_id"]) == ["CREATED"]
    assert team.app.gateway.search(team.token, {"alert_id": made["alert_id"]}).json()["results"] == []


def test_acknowledge_assign_and_resolve(team):
    alert_id = team.opened()
    acknowledged = team.update(alert_id, state="ACKNOWLEDGED", assignee="kim")
    assert (acknowledged["state"], acknowledged["assignee"]) == ("ACKNOWLEDGED", "kim")
    assert acknowledged["acknowledged_by"].startswith("token-")
    team.fire()
    assert team.get(alert_id)["acknowledged_at"] == acknowledged["acknowledged_at"]
    resolved = team.update(alert_id, state="RESOLVED", status_message="more room")
    assert resolved["state"] == "RESOLVED"
    assert resolved["resolved_by"] == acknowledged["acknowledged_by"]
    assert "assignee" in resolved
    assert team.course(alert_id) == ["OPENED", "ACKNOWLEDGED", "EVENT", "RESOLVED"]


def test_a_repeated_alert_joins_an_acknowledged_one_and_a_recovery_resolves_it(team):
    alert_id = team.opened()
    team.update(alert_id, state="ACKNOWLEDGED")
    team.fire()
    assert [alert["alert_id"] for alert in team.listed()] == [alert_id]
    team.fire(event_type="RECOVERY")
    alert = team.get(alert_id)
    assert alert["state"] == "RESOLVED"
    assert alert["resolved_by"].startswith("event-")
    assert "acknowledged_at" in alert
    assert team.course(alert_id) == ["OPENED", "ACKNOWLEDGED", "EVENT", "RESOLVED"]


def test_after_a_person_resolved_an_alert_another_one_opens(team):
    first = team.opened()
    team.update(first, state="RESOLVED")
    second = team.opened()
    assert second != first
    assert {alert["alert_id"]: alert["state"] for alert in team.listed()} == {first: "RESOLVED", second: "TRIGGERED"}


def test_a_recovery_of_an_alert_that_a_person_resolved_belongs_to_it(team):
    alert_id = team.opened()
    resolved = team.update(alert_id, state="RESOLVED")
    team.fire(event_type="RECOVERY")
    assert team.course(alert_id) == ["OPENED", "RESOLVED", "EVENT"]
    alert = team.get(alert_id)
    assert (alert["resolved_at"], alert["resolved_by"]) == (resolved["resolved_at"], resolved["resolved_by"])
    team.fire()
    assert len(team.listed()) == 2


def test_an_acknowledgement_after_the_recovery_is_kept(team):
    alert_id = team.opened()
    team.fire(event_type="RECOVERY")
    alert = team.update(alert_id, state="ACKNOWLEDGED")
    assert alert["state"] == "RESOLVED"
    assert "acknowledged_at" in alert


def test_an_alert_can_be_opened_again_until_its_events_open_another(team):
    alert_id = team.opened()
    team.fire(event_type="RECOVERY")
    again = team.update(alert_id, state="TRIGGERED")
    assert again["state"] == "TRIGGERED"
    assert not {"resolved_at", "resolved_by", "acknowledged_at"} & again.keys()
    assert [alert["alert_id"] for alert in team.listed(state="TRIGGERED")] == [alert_id]
    team.fire(event_type="RECOVERY")
    assert team.get(alert_id)["state"] == "RESOLVED"
    team.fire()
    assert code(team.update(alert_id, status=400, state="TRIGGERED")) == "ERROR_INVALID_PARAMETER"


def test_an_alert_in_error_keeps_its_state(team):
    team.app.gateway.post(team.path, b"{not json")
    (alert,) = team.listed()
    assert alert["state"] == "ERROR"
    for state in ("ACKNOWLEDGED", "RESOLVED", "TRIGGERED"):
        assert code(team.update(alert["alert_id"], status=400, state=state)) == "ERROR_INVALID_PARAMETER"
    assert team.update(alert["alert_id"], assignee="kim")["assignee"] == "kim"


def test_texts_are_set_and_reset(team):
    alert_id = team.opened()
    described = team.get(alert_id)["description"]
    team.update(alert_id, description="ours", title="Other", urgency="LOW", assignee="kim", status_message="wait")
    changed = team.get(alert_id)
    assert [changed[name] for name in ("description", "title", "urgency", "assignee")] == [
        "ours",
        "Other",
        "LOW",
        "kim",
    ]
    team.update(alert_id, reset_description=True, reset_assignee=True, reset_status_message=True)
    reset = team.get(alert_id)
    assert reset["description"] == described
    assert not {"assignee", "status_message"} & reset.keys()
    assert code(team.update(alert_id, status=400, assignee="a", reset_assignee=True)) == "ERROR_INVALID_PARAMETER"


def test_a_change_that_changes_nothing_is_not_recorded(team):
    alert_id = team.opened()
    team.update(alert_id, state="ACKNOWLEDGED", assignee="kim")
    before = team.get(alert_id)
    assert team.update(alert_id, state="ACKNOWLEDGED", assignee="kim") == before
    assert team.course(alert_id) == ["OPENED", "ACKNOWLEDGED"]


def test_a_snoozed_alert_wakes_by_itself(team, monkeypatch):
    alert_id = team.opened()
    end = times.now() + timedelta(hours=1)
    snoozed = team.ask("POST", f"{place(alert_id)}/snooze", {"end_time": times.to_iso(end)})
    assert (snoozed["is_snoozed"], snoozed["snoozed_end_time"]) == (True, times.to_iso(end))
    assert [alert["alert_id"] for alert in team.listed(is_snoozed=True)] == [alert_id]
    later = times.now() + timedelta(hours=2)
    monkeypatch.setattr(times, "now", lambda: later)
    assert team.get(alert_id)["is_snoozed"] is False
    assert team.ask("GET", ALERTS, query={"is_snoozed": "false"})["total_count"] == 1
    past = {"end_time": times.to_iso(end)}
    assert code(team.ask("POST", f"{place(alert_id)}/snooze", past, status=400)) == "ERROR_INVALID_PARAMETER"


def test_a_deleted_alert_is_gone_and_its_events_stay(team):
    alert_id = team.opened()
    assert team.ask("DELETE", place(alert_id)) == {}
    assert code(team.ask("GET", place(alert_id), status=404)) == "ERROR_NOT_FOUND"
    assert team.listed() == []
    assert team.opened() != alert_id
    assert len(team.app.events()) == 2


def test_merged_alerts_are_their_target_s(team):
    first, second, target = (team.opened(key) for key in ("a", "b", "c"))
    merged = team.ask("POST", f"{ALERTS}/merge", {"alerts": [first, second], "merge_to": target})
    assert merged["merged_alerts"] == [first, second]
    assert [alert["alert_id"] for alert in team.listed()] == [target]
    assert team.get(first)["merged_to"] == target
    team.fire("a")
    found = team.app.gateway.search(team.token, {"alert_id": target}).json()
    assert found["total_count"] == 4
    assert {event["alert_id"] for event in found["results"]} == {first, second, target}
    own = team.app.gateway.search(team.token, {"alert_id": first}).json()
    assert own["total_count"] == 2
    assert "MERGED" in team.course(target)
    assert "MERGED_TO" in team.course(first)
    assert code(team.update(first, status=400, state="RESOLVED")) == "ERROR_INVALID_PARAMETER"
    again = team.ask("POST", f"{ALERTS}/merge", {"alerts": [first], "merge_to": target})
    assert again["merged_alerts"] == [first, second]


def test_what_is_merged_to_what_is_merged_is_found(team):
    first, second, target = (team.opened(key) for key in ("a", "b", "c"))
    team.ask("POST", f"{ALERTS}/merge", {"alerts": [first], "merge_to": second})
    merged = team.ask("POST", f"{ALERTS}/merge", {"alerts": [second], "merge_to": target})
    assert merged["merged_alerts"] == [second, first]
    assert team.app.gateway.search(team.token, {"alert_id": target}).json()["total_count"] == 3
    team.update(target, state="RESOLVED")
    newer = team.opened("a")
    assert newer not in {first, second, target}


def test_when_the_target_is_over_an_alert_of_a_merged_key_opens_another(team):
    first, target = team.opened("a"), team.opened("b")
    team.ask("POST", f"{ALERTS}/merge", {"alerts": [first], "merge_to": target})
    team.fire("a")
    team.fire("b", event_type="RECOVERY")
    assert team.get(target)["state"] == "RESOLVED"
    second = team.opened("a")
    assert second != first
    assert team.get(first)["state"] == "RESOLVED"


@pytest.mark.parametrize("case", ["itself", "resolved target", "unknown", "merged target"])
def test_what_cannot_be_merged(team, case):
    first, second, third = (team.opened(key) for key in ("a", "b", "c"))
    status = 400
    match case:
        case "itself":
            alerts, target = [first], first
        case "resolved target":
            team.update(first, state="RESOLVED")
            alerts, target = [second], first
        case "unknown":
            alerts, target, status = ["alert-0000000000000000000000000001"], first, 404
        case _:
            team.ask("POST", f"{ALERTS}/merge", {"alerts": [first], "merge_to": third})
            alerts, target = [second], first
    team.ask("POST", f"{ALERTS}/merge", {"alerts": alerts, "merge_to": target}, status=status)


def test_responders_and_project_dependencies(team):
    alert_id = team.opened()
    kim = {"resource_type": "identity.User", "resource_id": "kim"}
    added = team.ask("POST", f"{place(alert_id)}/responders", kim)
    assert added["responders"] == [kim]
    assert team.ask("POST", f"{place(alert_id)}/responders", kim) == added
    assert team.listed(query={"filter": [{"k": "responders", "v": kim, "o": "match"}]}) == [added]
    assert team.ask("DELETE", f"{place(alert_id)}/responders", query=kim)["responders"] == []
    added = team.ask("POST", f"{place(alert_id)}/project-dependencies", {"project_id": OTHER_PROJECT})
    assert added["project_dependencies"] == [OTHER_PROJECT]
    removed = team.ask("DELETE", f"{place(alert_id)}/project-dependency/{OTHER_PROJECT}")
    assert removed["project_dependencies"] == []


# --- by the link of a notification ------------------------------------------------------------------------------------


def by_link(team, alert_id, key, state, status=200):
    response = team.app.gateway.post(f"{place(alert_id)}/{key}/{state}", b"")
    assert response.status == status, response.text
    return response.json()


def test_a_link_processes_an_alert_once(team):
    alert_id = team.opened()
    key = key_of(alert_id)
    assert by_link(team, alert_id, key, "ACKNOWLEDGED")["acknowledged_by"] == "notification"
    for state in ("ACKNOWLEDGED", "RESOLVED"):
        assert code(by_link(team, alert_id, key, state, 400)) == "ERROR_ALERT_ALREADY_PROCESSED"
    other = team.opened("other")
    assert by_link(team, other, key_of(other), "RESOLVED")["state"] == "RESOLVED"
    assert code(by_link(team, other, key_of(other), "TRIGGERED", 400)) == "ERROR_INVALID_PARAMETER"


def test_an_unknown_alert_and_a_wrong_key_are_answered_alike(team):
    alert_id, other = team.opened(), team.opened("other")
    unknown = "alert-0000000000000000000000000001"
    answers = [
        by_link(team, alert_id, key_of(other), "RESOLVED", 403),
        by_link(team, unknown, key_of(alert_id), "RESOLVED", 403),
        by_link(team, "nothing", "x", "RESOLVED", 403),
    ]
    assert all(answer == answers[0] for answer in answers)
    assert team.get(alert_id)["state"] == "TRIGGERED"


# --- who may do what --------------------------------------------------------------------------------------------------


def test_a_token_needs_the_permission(team, app):
    alert_id = team.opened()
    reader = Team(app, role=Role.READER)
    assert reader.get(alert_id)["alert_id"] == alert_id
    for method, path, body in (
        ("PUT", place(alert_id), {"state": "ACKNOWLEDGED"}),
        ("DELETE", place(alert_id), None),
        ("POST", ALERTS, {"title": "t", "project_id": PROJECT}),
        ("POST", f"{ALERTS}/merge", {"alerts": [alert_id], "merge_to": alert_id}),
        ("POST", f"{place(alert_id)}/snooze", {"end_time": "2999-01-01T00:00:00Z"}),
    ):
        assert code(reader.ask(method, path, body, status=403)) == "ERROR_PERMISSION_DENIED"
    of_events = Team(app, role=None, permissions=[Permission.EVENT_LIST])
    for path in (ALERTS, place(alert_id), f"{place(alert_id)}/history"):
        of_events.ask("GET", path, status=403)


def test_a_token_of_other_projects_or_domains_changes_nothing(team, app):
    alert_id = team.opened()
    for stranger in (Team(app, projects=[OTHER_PROJECT]), Team(app, domain_id="domain-other0000000")):
        assert stranger.listed() == []
        for method, path, body in (
            ("GET", place(alert_id), None),
            ("GET", f"{place(alert_id)}/history", None),
            ("PUT", place(alert_id), {"state": "RESOLVED"}),
            ("DELETE", place(alert_id), None),
            ("POST", f"{ALERTS}/merge", {"alerts": [alert_id], "merge_to": alert_id}),
        ):
            assert code(stranger.ask(method, path, body, status=404)) == "ERROR_NOT_FOUND"
    limited = Team(app, projects=[OTHER_PROJECT])
    limited.ask("POST", ALERTS, {"title": "t", "project_id": PROJECT}, status=403)
    own = limited.ask("POST", ALERTS, {"title": "t", "project_id": OTHER_PROJECT})
    limited.ask("PUT", place(own["alert_id"]), {"project_id": PROJECT}, status=403)
    assert [alert["alert_id"] for alert in limited.listed(state="TRIGGERED")] == [own["alert_id"]]
    limited.ask("PUT", place(own["alert_id"]), {"domain_id": "domain-other0000000"}, status=403)


def test_an_alert_that_moves_to_another_project_is_that_project_s(team, app):
    alert_id = team.opened()
    team.update(alert_id, project_id=OTHER_PROJECT)
    assert [one["alert_id"] for one in Team(app, projects=[OTHER_PROJECT]).listed(state="TRIGGERED")] == [alert_id]
    assert Team(app, projects=[PROJECT]).listed(state="TRIGGERED") == []
    team.fire()
    assert len(team.listed()) == 1


def test_every_change_is_in_the_audit_records(team, app):
    alert_id = team.opened()
    team.update(alert_id, state="ACKNOWLEDGED")
    team.ask("DELETE", place(alert_id))
    records = app.dynamodb.scan(TableName="AuditTable")["Items"]
    of_alerts = [one for one in records if one["action"]["S"].startswith("alert.")]
    assert {one["action"]["S"] for one in of_alerts} == {"alert.update", "alert.delete"}
    assert {one["target_id"]["S"] for one in of_alerts} == {alert_id}


# --- lists ------------------------------------------------------------------------------------------------------------


def test_open_alerts_are_read_from_their_own_index(team):
    for number in range(5):
        team.opened(f"key-{number}")
    team.fire("key-0", event_type="RECOVERY")
    team.update(team.listed()[0]["alert_id"], state="ACKNOWLEDGED")
    answer = team.ask(
        "POST",
        f"{ALERTS}/search",
        {"query": {"filter": [{"k": "state", "v": "RESOLVED", "o": "not"}], "explain": True}},
    )
    assert answer["explain"]["plan"]["reads"] == "open"
    assert answer["total_count"] == 4
    assert {alert["state"] for alert in answer["results"]} == {"TRIGGERED", "ACKNOWLEDGED"}


def test_statistics(team):
    for number in range(4):
        team.opened(f"key-{number}")
    team.fire("key-0", event_type="RECOVERY")
    group = {"keys": [{"key": "state", "name": "state"}], "fields": [{"name": "n", "operator": "count"}]}
    rows = team.ask("POST", f"{ALERTS}/stat", {"query": {"aggregate": [{"group": group}]}})["results"]
    assert sorted(rows, key=lambda row: row["state"]) == [{"state": "RESOLVED", "n": 1}, {"state": "TRIGGERED", "n": 3}]
    assert team.ask("POST", f"{ALERTS}/stat", {"query": {"distinct": "resource.name"}})["results"]


@pytest.mark.parametrize("state", [None, "TRIGGERED"])
@pytest.mark.parametrize("sort", [[], {"key": "created_at"}, {"key": "title"}])
def test_pages(team, state, sort):
    for number in range(7):
        team.fire(f"key-{number}", title=f"title {number % 3}")
    named = {"state": state} if state else {}
    whole = team.listed({"query": {"sort": sort}}, **named)
    found, page = [], {"limit": 3}
    while True:
        answer = team.ask("POST", f"{ALERTS}/search", {**named, "query": {"sort": sort, "page": page}})
        assert answer["total_count"] == 7
        found += answer["results"]
        if "next_token" not in answer:
            break
        page = {"limit": 3, "token": answer["next_token"]}
    assert found == whole


def test_a_token_sees_only_its_own_events_of_a_merged_alert(team, app):
    target = team.opened("target")
    _, other_path = app.webhook(project_id=OTHER_PROJECT)
    app.gateway.post(other_path, {**bodies.SEED_LIKE, "event_key": "other"})
    (other,) = team.listed(project_id=OTHER_PROJECT)
    team.ask("POST", f"{ALERTS}/merge", {"alerts": [other["alert_id"]], "merge_to": target})
    limited = Team(app, projects=[PROJECT])
    found = app.gateway.search(limited.token, {"alert_id": target}).json()["results"]
    assert {event["project_id"] for event in found} == {PROJECT}
    assert app.gateway.search(team.token, {"alert_id": target}).json()["total_count"] == 2


def test_a_page_token_of_events_is_not_one_of_alerts(team):
    for number in range(3):
        team.fire(f"key-{number}")
    page = {"query": {"page": {"limit": 1}, "count": False}}
    token = team.app.gateway.search(team.token, page).json()["next_token"]
    page["query"]["page"] = {"limit": 1, "token": token}
    assert team.app.gateway.search(team.token, page).status == 200
    assert code(team.ask("POST", f"{ALERTS}/search", page, status=400)) == "ERROR_INVALID_PARAMETER"


def test_texts_and_lists_are_bounded(team):
    alert_id = team.opened()
    team.update(alert_id, status_message="x" * 2_000)
    for name, text in (("status_message", "x" * 2_001), ("title", ""), ("assignee", "x" * 129), ("title", "\ud800")):
        assert code(team.update(alert_id, status=400, **{name: text})) == "ERROR_INVALID_PARAMETER"
    for number in range(20):
        team.ask("POST", f"{place(alert_id)}/project-dependencies", {"project_id": f"p-{number}"})
    team.ask("POST", f"{place(alert_id)}/project-dependencies", {"project_id": "p-20"}, status=400)
    team.ask("POST", f"{ALERTS}/merge", {"alerts": [f"alert-{n}" for n in range(41)], "merge_to": alert_id}, status=400)


def test_alerts_are_numbered_in_domains_that_turn_it_on(team, app):
    assert "alert_number" not in team.get(team.opened("before"))
    webhooks.number_alerts(app.stores, DOMAIN, on=True)
    numbered = [team.get(team.opened(key))["alert_number"] for key in ("a", "b")]
    _, team.path = app.webhook()
    team.fire("a")
    numbered.append(team.get(team.opened("c"))["alert_number"])
    numbered.append(team.ask("POST", ALERTS, {"title": "t", "project_id": PROJECT})["alert_number"])
    assert numbered == [1, 2, 3, 4]
    assert team.ask("GET", ALERTS, query={"alert_number": "3"})["total_count"] == 1
    webhooks.number_alerts(app.stores, DOMAIN, on=False)
    assert "alert_number" not in team.get(team.opened("after"))


def test_an_alert_changes_its_state_and_its_project_at_once(team):
    alert_id = team.opened()

    def open_in(project_id):
        return [one["alert_id"] for one in team.listed(state=["TRIGGERED", "ACKNOWLEDGED"], project_id=project_id)]

    assert team.update(alert_id, state="RESOLVED", project_id=OTHER_PROJECT)["state"] == "RESOLVED"
    assert open_in(PROJECT) == open_in(OTHER_PROJECT) == []
    team.update(alert_id, state="TRIGGERED", project_id=PROJECT)
    assert (open_in(PROJECT), open_in(OTHER_PROJECT)) == ([alert_id], [])
    team.update(alert_id, state="ACKNOWLEDGED", project_id=OTHER_PROJECT)
    assert (open_in(PROJECT), open_in(OTHER_PROJECT)) == ([], [alert_id])
