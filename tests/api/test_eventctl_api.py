"""``eventctl --api``: the same commands with a token, and nothing of AWS."""

from __future__ import annotations

import json

import pytest

from event_api.domain.access import Role
from tests.api.eventctl_runner import Eventctl
from tests.api.http_front import served
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT

WEBHOOK = ("webhook", "create", "--project", PROJECT, "--name", "alerts")


@pytest.fixture
def engine():
    return "moto"


@pytest.fixture
def eventctl(app, monkeypatch):
    command = Eventctl.on(app, monkeypatch)
    monkeypatch.setenv("EVENT_API_TOKEN", app.token(role=Role.ADMIN, name="Ada"))

    def refuse(**which):
        raise AssertionError(f"a deployment is opened: {which}")

    monkeypatch.setattr("eventctl.invocation.open_target", refuse)
    with served(app.gateway) as url:
        run = command.run
        command.run = lambda *arguments, stdin=None: run("--api", url, *arguments, stdin=stdin)  # type: ignore[method-assign]
        yield command


def test_a_webhooks_life(app, eventctl, tmp_path):
    result = eventctl.run(*WEBHOOK)
    assert result.exit_code == 0, result.stderr
    path = "/monitoring" + result.stdout.strip().partition("/monitoring")[2]
    assert app.gateway.post(path, bodies.direct()).status == 200
    made = eventctl.json(*WEBHOOK, "--format", "direct", "--rate-limit", "60")
    webhook_id = made["webhook_id"]
    assert (made["format"], made["rate_limit"], made["domain_id"]) == ("direct", 60, DOMAIN)
    assert eventctl.json("webhook", "disable", webhook_id)["state"] == "DISABLED"
    assert eventctl.json("webhook", "enable", webhook_id)["state"] == "ENABLED"
    assert eventctl.json("webhook", "limit", webhook_id, "default")["rate_limit"] is None
    assert eventctl.json("webhook", "rotate", webhook_id, "--overlap", "1h")["valid_keys"] == 2
    eventctl.json("webhook", "format", webhook_id, "detect")
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"fields": {"title": "t"}}))
    eventctl.json("webhook", "format", webhook_id, "--mapping", str(mapping))
    sign = ("webhook", "sign", webhook_id, "--scheme", "github", "--secret-file", "-")
    assert eventctl.json(*sign, stdin="a-secret")["signing"]["secrets"] == 1
    assert eventctl.json("webhook", "unsign", webhook_id)["signing"] is None
    listed = {one["webhook_id"]: one for one in eventctl.json("webhook", "list")["webhooks"]}
    assert len(listed) == 2
    assert listed[webhook_id]["mapping"] == {"fields": {"title": "t"}}
    tried = eventctl.json("webhook", "try", webhook_id, "-", stdin='{"t": "x"}')
    assert [event["title"] for event in tried["events"]] == ["x"]
    assert eventctl.json("webhook", "delete", webhook_id)["deleted"]
    assert eventctl.run("webhook", "delete", webhook_id).exit_code == 1


def test_a_tokens_life(app, eventctl):
    made = eventctl.json("token", "create", "--role", "reader", "--project", PROJECT, "--expires", "30d", "--name", "n")
    assert (made["projects"], made["role"], made["name"]) == ([PROJECT], "reader", "n")
    assert app.events(made["token"]) == []
    new = eventctl.run("token", "rotate", made["token_id"])
    assert "is good no longer" in new.stderr
    token_id = new.stdout.partition(".")[0]
    eventctl.run("token", "revoke", token_id)
    states = {one["token_id"]: one["state"] for one in eventctl.json("token", "list")["tokens"]}
    assert (states[made["token_id"]], states[token_id]) == ("EXPIRED", "REVOKED")


def test_events_alerts_and_deliveries(app, eventctl, tmp_path):
    _, path = app.webhook()
    app.gateway.post(path, bodies.direct(title="Disk is full"))
    unread = app.gateway.post(path, b"{no json").headers["x-delivery-id"]
    file = tmp_path / "events.jsonl"
    assert eventctl.json("export", "--project", PROJECT, "--since", "2020-01-01", str(file))["exported"] == 2
    first, _ = map(json.loads, file.read_text().splitlines())
    assert (first["title"], first["image_url"]) == ("Disk is full", None)
    alerts = eventctl.json("alert", "list", "--state", "TRIGGERED")["alerts"]
    shown = eventctl.json("alert", "show", alerts[0]["alert_id"])
    assert [event["title"] for event in shown["events"]] == ["Disk is full"]
    listed = eventctl.json("delivery", "list", "--unreadable", "--unfinished", "--since", "2020-01-01")["deliveries"]
    assert [(one["delivery_id"], one["state"]) for one in listed] == [(unread, "UNREADABLE")]
    assert eventctl.run("delivery", "show", unread, "--body").stdout == "{no json"
    assert eventctl.json("delivery", "show", unread)["events"][0]["event_type"] == "ERROR"
    assert eventctl.json("delivery", "replay", unread) == {"queued": 1}
    assert eventctl.json("delivery", "replay", "--unreadable") == {"queued": 1}


def test_both_ways_answer_the_same_fields(app, eventctl, monkeypatch):
    made = eventctl.json(*WEBHOOK)
    token = eventctl.json("token", "create")
    _, path = app.webhook()
    unread = app.gateway.post(path, b"{no json").headers["x-delivery-id"]
    commands = (
        ("webhook", "list", "--domain", DOMAIN),
        ("token", "list", "--domain", DOMAIN),
        ("alert", "list", "--domain", DOMAIN),
        ("delivery", "list", "--unreadable", "--domain", DOMAIN),
        ("delivery", "show", unread, "--domain", DOMAIN),
    )
    remote = [eventctl.json(*command) for command in commands]
    operator = Eventctl.on(app, monkeypatch)
    for command, answer in zip(commands, remote, strict=True):
        other = operator.json(*command)
        if command[0] == "alert":  # some of an alert's fields are not in the API
            assert [one.keys() for one in answer["alerts"]] == [one.keys() for one in other["alerts"]]
        else:
            assert answer == other, command
    assert made.keys() == operator.json(*WEBHOOK, "--domain", DOMAIN).keys()
    assert token.keys() == operator.json("token", "create", "--domain", DOMAIN).keys()


def test_changes_are_in_the_audit_by_the_tokens_name(app, eventctl):
    eventctl.json(*WEBHOOK)
    items = app.dynamodb.scan(TableName="AuditTable")["Items"]
    assert "Ada" in [item["actor_name"]["S"] for item in items if "actor_name" in item]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--local", "webhook", "list"), "excludes --local"),
        (("domain", "count", "d"), "needs access to AWS"),
        (("webhook", "list", "--domain", "another"), "belongs to the domain"),
        (("webhook", "try", "webhook-0", "-", "--format", "direct"), "own settings"),
    ],
)
def test_a_wrong_command_line_is_refused(eventctl, arguments, told):
    result = eventctl.run(*arguments, stdin="{}")
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_refusal_is_one_line(app, eventctl, monkeypatch):
    monkeypatch.setenv("EVENT_API_TOKEN", app.token())
    result = eventctl.run("webhook", "list")
    assert result.exit_code == 1
    assert "webhook.read" in result.stderr
    monkeypatch.delenv("EVENT_API_TOKEN")
    assert "EVENT_API_TOKEN" in eventctl.run("webhook", "list").stderr
