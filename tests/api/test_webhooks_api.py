"""Webhooks over HTTP."""

from __future__ import annotations

import json

import pytest

from event_api.domain.access import Permission, Role
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT

WEBHOOKS = "/monitoring/v1/webhooks"
SECRET = "a-secret-of-the-sender"


@pytest.fixture
def admin(app):
    return app.token(role=Role.ADMIN)


@pytest.fixture
def ask(app, admin):
    def send(method, path, body=None, **options):
        return app.gateway.request(method, path, body, **{"token": admin, **options})

    return send


@pytest.fixture
def made(ask):
    return ask("POST", WEBHOOKS, {"name": "alerts", "project_id": PROJECT}).json()


def one(webhook, below=""):
    return f"/monitoring/v1/webhook/{webhook['webhook_id']}{below}"


def test_a_new_webhook_takes_deliveries_and_shows_its_key_once(app, ask, made):
    assert app.gateway.post(made["webhook_url"], bodies.direct()).status == 200
    (event,) = app.events()
    assert (event["webhook_id"], event["project_id"], event["domain_id"]) == (made["webhook_id"], PROJECT, DOMAIN)
    assert made["access_key"] in made["webhook_url"]
    for answer in (ask("GET", one(made)), ask("GET", WEBHOOKS), ask("PUT", one(made), {"name": "renamed"})):
        assert answer.status == 200
        assert made["access_key"] not in answer.text
        assert "webhook_url" not in answer.text


def test_a_webhook_has_the_format_options_and_tags_of_its_request(ask):
    options = {
        "rate_limit": 600,
        "duplicate_event_time": 60,
        "recovery_mode": "MANUAL",
        "signing": {"scheme": "github", "secrets": [SECRET], "required": False},
    }
    request = {"name": "n", "project_id": PROJECT, "plugin_info": {"plugin_id": "github", "options": options}}
    made = ask("POST", WEBHOOKS, {**request, "tags": {"team": ["a", {"b": 1}]}})
    assert SECRET not in made.text
    assert made.json()["plugin_info"] == {
        "plugin_id": "github",
        "options": {**options, "signing": {"scheme": "github", "secrets": 1, "required": False}},
    }
    info = ask("GET", one(made.json())).json()
    assert info["tags"] == {"team": ["a", {"b": 1}]}
    assert info == {name: value for name, value in made.json().items() if name not in {"access_key", "webhook_url"}}


def test_an_update_changes_what_it_names(ask, made):
    answer = ask("PUT", one(made), {"tags": {"a": 1}}).json()
    assert (answer["name"], answer["tags"]) == ("alerts", {"a": 1})
    answer = ask("PUT", one(made), {"name": "renamed"}).json()
    assert (answer["name"], answer["tags"]) == ("renamed", {"a": 1})
    assert "tags" not in ask("PUT", one(made), {"tags": {}}).json()


def test_options_that_are_not_named_stay_and_null_sets_them_back(ask, made):
    def changed(request):
        return ask("PUT", one(made, "/plugin"), request).json()["plugin_info"]

    assert changed({"plugin_id": "grafana", "options": {"rate_limit": 5}})["options"]["rate_limit"] == 5
    signed = changed({"options": {"signing": {"scheme": "github", "secrets": ["a"]}}})
    assert (signed["plugin_id"], signed["options"]["rate_limit"]) == ("grafana", 5)
    kept = changed({"options": {"signing": {"scheme": "github", "required": False}}})
    assert kept["options"]["signing"] == {"scheme": "github", "secrets": 1, "required": False}
    both = changed({"options": {"signing": {"scheme": "github", "secrets": ["b"], "keep_secrets": True}}})
    assert both["options"]["signing"]["secrets"] == 2
    mapping = {"fields": {"title": "t", "event_key": "k", "event_type": {"constant": "ALERT"}}}
    mapped = changed({"options": {"mapping": mapping}})
    assert mapped["options"]["mapping"] == mapping
    assert "plugin_id" not in mapped
    named = changed({"plugin_id": "direct"})
    assert named["plugin_id"] == "direct"
    assert "mapping" not in named["options"]
    back = dict.fromkeys(("rate_limit", "signing", "duplicate_event_time", "recovery_mode", "mapping"))
    assert changed({"plugin_id": None, "options": back}) == {
        "options": {"duplicate_event_time": 600, "recovery_mode": "AUTO"}
    }


def test_a_disabled_webhook_refuses_until_it_is_enabled(app, ask, made):
    assert ask("PUT", one(made, "/disable")).json()["state"] == "DISABLED"
    assert app.gateway.post(made["webhook_url"], bodies.direct()).status == 400
    assert ask("PUT", one(made, "/enable"), {}).json()["state"] == "ENABLED"
    assert app.gateway.post(made["webhook_url"], bodies.direct()).status == 200


def test_a_rotated_webhook_has_another_url(app, ask, made):
    rotated = ask("POST", one(made, "/rotate"), {}).json()
    assert app.gateway.post(made["webhook_url"], bodies.direct()).status == 403
    assert app.gateway.post(rotated["webhook_url"], bodies.direct()).status == 200
    again = ask("POST", one(made, "/rotate"), {"overlap": 3600}).json()
    assert len(again["old_keys_until"]) == 1
    assert [app.gateway.post(url["webhook_url"], bodies.direct()).status for url in (rotated, again)] == [200, 200]


def test_a_deleted_webhook_is_gone_and_its_events_stay(app, ask, made):
    app.gateway.post(made["webhook_url"], bodies.direct())
    assert ask("DELETE", one(made)).json() == {}
    assert app.gateway.post(made["webhook_url"], bodies.direct()).status == 403
    assert len(app.events()) == 1
    for method, below in (("GET", ""), ("DELETE", ""), ("PUT", ""), ("POST", "/rotate"), ("POST", "/try")):
        assert ask(method, one(made, below), None if method in {"GET", "DELETE"} else {}).status == 404


# --- trying and verifying


def test_a_tried_body_shows_its_events_and_stores_nothing(app, ask, made):
    answer = ask("POST", one(made, "/try"), json.dumps(bodies.direct())).json()
    assert (answer["format"], answer["total_count"]) == ("direct", 1)
    assert answer["events"][0]["title"] == bodies.direct()["title"]
    assert app.events() == []
    unreadable = ask("POST", one(made, "/try"), b"\xff\x00").json()
    assert unreadable["format"] is None
    assert unreadable["events"][0]["event_type"] == "ERROR"


def test_a_body_is_tried_in_another_format(ask, made):
    def tried(**query):
        return ask("POST", one(made, "/try"), json.dumps(bodies.direct()), query=query)

    ask("PUT", one(made, "/plugin"), {"plugin_id": "grafana"})
    assert tried().json()["format"] == "grafana"
    assert tried(plugin_id="direct").json()["format"] == "direct"
    assert tried(plugin_id="").json()["format"] == "direct"
    refused = tried(plugin_id="nonsense")
    assert (refused.status, refused.json()["detail"]["code"]) == (400, "ERROR_INVALID_PARAMETER")
    assert ask("GET", one(made)).json()["plugin_info"]["plugin_id"] == "grafana"

    ask("PUT", one(made, "/plugin"), {"options": {"mapping": {"fields": {"title": "nothing"}}}})
    assert tried(plugin_id="direct").json()["format"] == "direct"


def test_a_tried_body_is_bounded(ask, made, monkeypatch):
    answer = ask("POST", one(made, "/try"), b"x" * 2_097_153)
    assert (answer.status, answer.json()["detail"]["code"]) == (413, "ERROR_PAYLOAD_TOO_LARGE")


def test_a_format_and_a_body_are_verified_without_a_change(ask, made):
    def verify(**request):
        return ask("POST", one(made, "/plugin/verify"), request)

    assert verify().json() == {}
    assert verify(plugin_info={"plugin_id": "grafana"}).json() == {}
    assert verify(body=bodies.direct(), plugin_info={"plugin_id": "direct"}).json() == {}
    assert verify(body=json.dumps(bodies.direct()), headers={"Content-Type": "application/json"}).json() == {}
    for refused in (
        {"plugin_info": {"plugin_id": "nonsense"}},
        {"plugin_info": {"options": {"signing": {"scheme": "nonsense"}}}},
        {"plugin_info": {"options": {"mapping": {"fields": {"title": "["}}}}},
        {"body": {"unknown": 1}, "plugin_info": {"plugin_id": "grafana"}},
    ):
        answer = verify(**refused)
        assert (answer.status, answer.json()["detail"]["code"]) == (400, "ERROR_INVALID_PARAMETER"), refused
    assert "plugin_id" not in ask("GET", one(made)).json()["plugin_info"]


# --- reading


def test_webhooks_are_listed_searched_and_counted(ask, made):
    other = ask("POST", WEBHOOKS, {"name": "backups", "project_id": "other"}).json()
    ask("PUT", one(other, "/disable"))
    assert [hook["name"] for hook in ask("GET", WEBHOOKS).json()["results"]] == ["backups", "alerts"]
    found = ask("GET", WEBHOOKS, query={"state": "DISABLED", "only": "webhook_id"}).json()
    assert found == {"results": [{"webhook_id": other["webhook_id"]}], "total_count": 1}
    keyword = ask("POST", f"{WEBHOOKS}/search", {"query": {"keyword": "aler", "minimal": True}}).json()["results"]
    assert keyword == [{"webhook_id": made["webhook_id"], "name": "alerts", "state": "ENABLED"}]
    sort = {"query": {"sort": {"key": "name"}, "only": ["plugin_info.options.recovery_mode", "name"]}}
    assert ask("POST", f"{WEBHOOKS}/search", sort).json()["results"][0] == {
        "name": "alerts",
        "plugin_info": {"options": {"recovery_mode": "AUTO"}},
    }
    group = {"keys": [{"key": "state", "name": "state"}], "fields": [{"name": "n", "operator": "count"}]}
    counted = ask("POST", f"{WEBHOOKS}/stat", {"query": {"aggregate": [{"group": group}, {"sort": {"key": "state"}}]}})
    assert counted.json()["results"] == [{"state": "DISABLED", "n": 1}, {"state": "ENABLED", "n": 1}]


def test_only_named_fields_are_answered(ask, made):
    assert ask("GET", one(made), query={"only": ["name", "state"]}).json() == {"name": "alerts", "state": "ENABLED"}
    assert ask("GET", one(made), query={"only": "access_key"}).status == 400


def test_webhooks_of_others_do_not_exist(app, ask, made):
    hidden = [app.webhook(domain_id="other")[0], app.webhook(project_id="other")[0]]
    limited = app.token(role=Role.ADMIN, projects=[PROJECT])
    listed = ask("GET", WEBHOOKS, token=limited).json()
    assert [hook["webhook_id"] for hook in listed["results"]] == [made["webhook_id"]]
    for webhook in hidden:
        path = f"/monitoring/v1/webhook/{webhook.webhook_id}"
        for method, below, body in (
            ("GET", "", None),
            ("PUT", "", {"name": "x"}),
            ("PUT", "/plugin", {}),
            ("POST", "/plugin/verify", {}),
            ("PUT", "/enable", {}),
            ("PUT", "/disable", {}),
            ("POST", "/rotate", {}),
            ("POST", "/try", {}),
            ("DELETE", "", None),
        ):
            answer = ask(method, path + below, body, token=limited)
            assert (answer.status, answer.json()["detail"]["code"]) == (404, "ERROR_NOT_FOUND"), (method, below)
        assert app.stores.webhooks.get_consistent(webhook.webhook_id) == webhook
    refused = ask("POST", WEBHOOKS, {"name": "n", "project_id": "other"}, token=limited)
    assert (refused.status, refused.json()["detail"]["code"]) == (403, "ERROR_PERMISSION_DENIED")


def test_a_reader_of_webhooks_changes_none(app, ask, made):
    reader = app.token(permissions=[Permission.WEBHOOK_READ])
    assert ask("GET", one(made), token=reader).status == 200
    for method, below in (("PUT", ""), ("PUT", "/disable"), ("POST", "/rotate"), ("DELETE", "")):
        assert ask(method, one(made, below), None if method == "DELETE" else {}, token=reader).status == 403


# --- malformed requests


@pytest.mark.parametrize(
    ("request_", "code", "key"),
    [
        ({"project_id": PROJECT}, "ERROR_REQUIRED_PARAMETER", "name"),
        ({"name": "n"}, "ERROR_REQUIRED_PARAMETER", "project_id"),
        ({"name": "", "project_id": PROJECT}, "ERROR_INVALID_PARAMETER", "name"),
        ({"name": "n", "project_id": "x" * 129}, "ERROR_INVALID_PARAMETER", "project_id"),
        ({"name": "n", "project_id": PROJECT, "extra": 1}, "ERROR_INVALID_PARAMETER", "extra"),
        ({"name": "n", "project_id": PROJECT, "tags": []}, "ERROR_INVALID_PARAMETER_TYPE", "tags"),
        ({"name": "n", "project_id": PROJECT, "tags": {"a": "x" * 3000}}, "ERROR_INVALID_PARAMETER", "tags"),
        ({"name": "n", "project_id": PROJECT, "plugin_info": {"plugin_id": "x"}}, "ERROR_INVALID_PARAMETER", "format"),
        (
            {"name": "n", "project_id": PROJECT, "plugin_info": {"options": {"rate_limit": -1}}},
            "ERROR_INVALID_PARAMETER",
            "rate_limit",
        ),
        (
            {"name": "n", "project_id": PROJECT, "plugin_info": {"options": {"recovery_mode": "SOMETIMES"}}},
            "ERROR_INVALID_PARAMETER",
            "plugin_info.options.recovery_mode",
        ),
        ({"name": "\ud800", "project_id": PROJECT}, "ERROR_INVALID_PARAMETER", "name"),
    ],
)
def test_a_malformed_request_is_refused_by_its_key(ask, request_, code, key):
    answer = ask("POST", WEBHOOKS, json.dumps(request_))
    assert (answer.status, answer.json()["detail"]["code"]) == (400, code)
    assert f"key = {key}" in answer.json()["detail"]["message"]
