"""Webhooks, tokens and alerts from the command line, used over the API's own routes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from event_api import composition
from event_api.admin import administration
from event_api.domain import times
from event_api.domain.access import Permission, Role
from event_api.domain.errors import UnavailableError
from tests.api.eventctl_runner import API_URL, Eventctl
from tests.service import DOMAIN, PROJECT

WEBHOOK = ("webhook", "create", "--domain", DOMAIN, "--project", PROJECT, "--name", "a webhook")
TOKEN = ("token", "create", "--domain", DOMAIN)


@pytest.fixture
def engine():
    return "moto"


@pytest.fixture
def eventctl(app, monkeypatch):
    return Eventctl.on(app, monkeypatch)


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch):
    """Sets the clock."""

    def set_to(moment):
        monkeypatch.setattr(times, "now", lambda: moment)

    return set_to


def path(url: str) -> str:
    assert url.startswith(f"{API_URL}/")
    return url.removeprefix(API_URL)


def direct(**fields) -> dict[str, Any]:
    return {"event_key": "k", "event_type": "ALERT", "title": "a title", "severity": "CRITICAL", **fields}


def lifetime(token: dict[str, Any]) -> timedelta:
    created_at, expires_at = times.parse_iso(token["created_at"]), times.parse_iso(token["expires_at"])
    assert created_at is not None
    assert expires_at is not None
    return expires_at - created_at


# --- webhooks


def test_a_new_webhooks_url_takes_deliveries(app, eventctl):
    result = eventctl.run(*WEBHOOK)
    assert result.exit_code == 0
    assert app.gateway.post(path(result.stdout.strip()), direct()).status == 200
    assert [event["project_id"] for event in app.events()] == [PROJECT]
    assert "not shown again" in result.stderr


def test_create_answers_what_was_made(eventctl):
    options = ("--format", "direct", "--duplicate-event-time", "60", "--recovery-mode", "manual")
    made = eventctl.json(*WEBHOOK, *options)
    url = made.pop("webhook_url")
    assert f"/webhook/{made['webhook_id']}/" in url
    made.pop("created_at")
    assert made == {
        "webhook_id": made["webhook_id"],
        "name": "a webhook",
        "domain_id": DOMAIN,
        "project_id": PROJECT,
        "state": "ENABLED",
        "format": "direct",
        "mapping": None,
        "signing": None,
        "duplicate_event_time": 60,
        "recovery_mode": "MANUAL",
        "rate_limit": None,
        "tags": {},
        "valid_keys": 1,
        "old_keys_until": [],
    }


def test_disable_and_enable(app, eventctl):
    made = eventctl.json(*WEBHOOK)
    url = path(made["webhook_url"])
    assert eventctl.json("webhook", "disable", made["webhook_id"])["state"] == "DISABLED"
    assert app.gateway.post(url, direct()).status == 400
    assert eventctl.run("webhook", "enable", made["webhook_id"]).stdout == f"{made['webhook_id']} is ENABLED.\n"
    assert app.gateway.post(url, direct()).status == 200


def test_rotate_gives_a_new_url_and_refuses_the_old(app, eventctl):
    made = eventctl.json(*WEBHOOK)
    rotated = eventctl.json("webhook", "rotate", made["webhook_id"])
    assert rotated == made | {"webhook_url": rotated["webhook_url"]}
    assert app.gateway.post(path(made["webhook_url"]), direct()).status == 403
    assert app.gateway.post(path(rotated["webhook_url"]), direct()).status == 200


def test_rotate_with_an_overlap_takes_the_old_url_for_as_long(app, eventctl, at):
    at(NOON)
    made = eventctl.json(*WEBHOOK)
    result = eventctl.run("webhook", "rotate", made["webhook_id"], "--overlap", "24h")
    assert "Old URLs are taken until 2026-03-02T12:00:00.000Z." in result.stderr
    old, new = path(made["webhook_url"]), path(result.stdout.strip())
    (listed,) = eventctl.json("webhook", "list", "--domain", DOMAIN)["webhooks"]
    assert (listed["valid_keys"], listed["old_keys_until"]) == (2, ["2026-03-02T12:00:00.000Z"])
    for moment, of_old in ((timedelta(hours=24, milliseconds=-1), 200), (timedelta(hours=24), 403)):
        at(NOON + moment)
        assert (app.gateway.post(old, direct()).status, app.gateway.post(new, direct()).status) == (of_old, 200)
    (listed,) = eventctl.json("webhook", "list", "--domain", DOMAIN)["webhooks"]
    assert (listed["valid_keys"], listed["old_keys_until"]) == (1, [])
    assert app.stores.webhooks.get(made["webhook_id"]).old_keys != ()
    eventctl.json("webhook", "rotate", made["webhook_id"], "--overlap", "1h")
    assert len(app.stores.webhooks.get(made["webhook_id"]).old_keys) == 1


def test_a_rotation_makes_no_earlier_overlap_longer_and_may_end_it(app, eventctl, at):
    at(NOON)
    first = eventctl.json(*WEBHOOK)
    rotate = ("webhook", "rotate", first["webhook_id"])
    second = eventctl.json(*rotate, "--overlap", "2h")
    third = eventctl.json(*rotate, "--overlap", "7d")
    assert third["valid_keys"] == 3
    assert third["old_keys_until"] == ["2026-03-01T14:00:00.000Z", "2026-03-08T12:00:00.000Z"]
    fourth = eventctl.json(*rotate, "--overlap", "1h")
    assert set(fourth["old_keys_until"]) == {"2026-03-01T13:00:00.000Z"}
    last = eventctl.json(*rotate)
    answers = [app.gateway.post(path(made["webhook_url"]), direct()) for made in (first, second, third, fourth, last)]
    assert [answer.status for answer in answers] == [403, 403, 403, 403, 200]


@pytest.mark.parametrize(
    ("given", "stored", "told"), [("60", 60, "60"), ("off", 0, "off"), ("default", None, "default")]
)
def test_a_rate_limit_is_a_number_off_or_the_default(app, eventctl, given, stored, told):
    made = eventctl.json(*WEBHOOK, "--rate-limit", given)
    assert (made["rate_limit"], app.stores.webhooks.get(made["webhook_id"]).rate_limit) == (stored, stored)
    other = eventctl.json(*WEBHOOK, "--rate-limit", "7")
    assert eventctl.json("webhook", "limit", other["webhook_id"], given)["rate_limit"] == stored
    assert app.stores.webhooks.get(other["webhook_id"]).rate_limit == stored
    assert f"limit: {told}." in eventctl.run("webhook", "limit", other["webhook_id"], given).stdout
    rows = eventctl.run("webhook", "list", "--domain", DOMAIN).stdout.splitlines()
    assert [row.split()[5] for row in rows] == ["LIMIT", told, told]


def test_a_rate_limit_holds(app, eventctl):
    composition.rates()._clock = lambda: 0.0  # no minute ends in between
    made = eventctl.json(*WEBHOOK, "--rate-limit", "1")
    app.gateway.post(path(made["webhook_url"]), direct())
    assert app.gateway.post(path(made["webhook_url"]), direct()).status == 503
    eventctl.json("webhook", "limit", made["webhook_id"], "off")
    assert app.gateway.post(path(made["webhook_url"]), direct()).status == 200


def test_there_is_an_end_to_overlaps(app, eventctl):
    made = eventctl.json(*WEBHOOK)
    rotate = ("webhook", "rotate", made["webhook_id"], "--overlap", "1d")
    for _ in range(administration.MAX_OLD_KEYS):
        last = eventctl.json(*rotate)
    result = eventctl.run(*rotate)
    assert result.exit_code == 2
    assert "old keys" in result.stderr
    assert app.gateway.post(path(made["webhook_url"]), direct()).status == 200
    assert app.gateway.post(path(last["webhook_url"]), direct()).status == 200


def test_delete(app, eventctl):
    made = eventctl.json(*WEBHOOK)
    assert eventctl.run("webhook", "delete", made["webhook_id"]).exit_code == 0
    assert app.gateway.post(path(made["webhook_url"]), direct()).status == 403
    assert eventctl.json("webhook", "list", "--domain", DOMAIN) == {"webhooks": [], "total_count": 0}


def test_a_domains_webhooks_are_listed_without_secrets(app, eventctl):
    made = eventctl.json(*WEBHOOK)
    eventctl.json("webhook", "create", "--domain", "another", "--project", PROJECT, "--name", "x")
    hidden = {made.pop("webhook_url").split("/")[-2], app.stores.webhooks.get(made["webhook_id"]).key_hashes[0]}
    assert eventctl.json("webhook", "list", "--domain", DOMAIN) == {"webhooks": [made], "total_count": 1}
    for arguments in (("--json", "webhook", "list"), ("webhook", "list")):
        shown = eventctl.run(*arguments, "--domain", DOMAIN).output
        assert made["webhook_id"] in shown
        assert not any(secret in shown for secret in hidden)


@pytest.mark.parametrize("name", ["x", "x" * 255, "日本 \n [bold]{}%s", "-x"])
def test_any_name_of_1_to_255_characters(eventctl, name):
    eventctl.json("webhook", "create", "--domain=-d", "--project=-p", f"--name={name}")
    (listed,) = eventctl.json("webhook", "list", "--domain", "-d")["webhooks"]
    assert (listed["name"], listed["domain_id"], listed["project_id"]) == (name, "-d", "-p")
    assert len(eventctl.run("webhook", "list", "--domain", "-d").stdout.splitlines()) == 2


# --- tokens


def test_a_new_token_reads(app, eventctl):
    app.gateway.post(app.webhook()[1], direct())
    result = eventctl.run(*TOKEN)
    assert result.exit_code == 0
    assert len(app.events(result.stdout.strip())) == 1
    assert "not shown again" in result.stderr


def test_a_token_has_the_limits_of_its_options(app, eventctl):
    limits = ("--project", "other", "--project", "another", "--permission", "list", "--expires", "12h", "--name", "n")
    made = eventctl.json(*TOKEN, *limits)
    assert (made["projects"], made["permissions"], made["name"]) == (["another", "other"], ["event.list"], "n")
    left = lifetime(made)
    assert timedelta(hours=11) < left <= timedelta(hours=12)
    app.gateway.post(app.webhook()[1], direct())
    assert app.events(made["token"]) == []
    assert app.gateway.stat(made["token"], {"query": {"distinct": "severity"}}).status == 403


def test_a_token_lasts_a_year_and_is_a_readers_by_default(eventctl):
    made = eventctl.json(*TOKEN)
    left = lifetime(made)
    assert left == timedelta(days=365)
    assert (made["projects"], made["role"], made["state"]) == (None, "reader", "VALID")
    assert made["permissions"] == sorted(Role.READER.permissions)


def test_a_token_has_a_role_and_permissions(eventctl):
    made = eventctl.json(*TOKEN, "--role", "responder", "--permission", "delivery.read")
    assert made["permissions"] == sorted({*Role.RESPONDER.permissions, Permission.DELIVERY_READ})
    assert eventctl.json(*TOKEN, "--role", "admin")["permissions"] == sorted(Permission)
    listed = eventctl.run("token", "list", "--domain", DOMAIN).stdout
    assert "responder" in listed


def test_a_permission_may_have_its_former_name(eventctl):
    assert eventctl.json(*TOKEN, "--permission", "get")["permissions"] == ["event.get"]


def test_a_rotated_token_has_a_successor_like_it(app, eventctl, at):
    at(NOON)
    limits = ("--project", "a", "--permission", "list", "--expires", "30d", "--name", "n")
    old = eventctl.json(*TOKEN, *limits)
    at(NOON + timedelta(days=10))
    new = eventctl.json("token", "rotate", old["token_id"], "--overlap", "24h")
    kept = ("name", "domain_id", "projects", "role", "permissions", "state", "rotated_to")
    assert {name: new[name] for name in kept} == {name: old[name] for name in kept}
    assert new["expires_at"] == "2026-04-10T12:00:00.000Z"
    assert new["old_token_expires_at"] == "2026-03-12T12:00:00.000Z"
    listed = {one["token_id"]: one for one in eventctl.json("token", "list", "--domain", DOMAIN)["tokens"]}
    assert listed[old["token_id"]]["rotated_to"] == new["token_id"]
    assert [app.gateway.search(made["token"], {}).status for made in (old, new)] == [200, 200]
    at(NOON + timedelta(days=11))
    assert [app.gateway.search(made["token"], {}).status for made in (old, new)] == [403, 200]


def test_a_token_that_is_rotated_without_an_overlap_is_refused_at_once(app, eventctl):
    old = eventctl.json(*TOKEN)
    result = eventctl.run("token", "rotate", old["token"])
    assert old["token"] not in result.output
    assert "is good no longer" in result.stderr
    assert "not shown again" in result.stderr
    assert [app.gateway.search(token, {}).status for token in (old["token"], result.stdout.strip())] == [403, 200]


def test_an_overlap_makes_no_token_last_longer(eventctl, at):
    at(NOON)
    old = eventctl.json(*TOKEN, "--expires", "2h")
    assert (
        eventctl.json("token", "rotate", old["token_id"], "--overlap", "1w")["old_token_expires_at"]
        == (old["expires_at"])
    )
    expired = eventctl.json(*TOKEN, "--expires", "2h")
    at(NOON + timedelta(days=1))
    new = eventctl.json("token", "rotate", expired["token_id"], "--overlap", "1w")
    assert (new["old_token_expires_at"], new["expires_at"]) == (expired["expires_at"], "2026-03-02T14:00:00.000Z")


def test_a_token_has_one_successor_and_a_revoked_one_has_none(eventctl):
    old, revoked = eventctl.json(*TOKEN), eventctl.json(*TOKEN)
    new = eventctl.json("token", "rotate", old["token_id"], "--overlap", "1h")
    eventctl.json("token", "revoke", revoked["token_id"])
    for token_id, told in ((old["token_id"], f"rotate {new['token_id']}"), (revoked["token_id"], "revoked")):
        result = eventctl.run("token", "rotate", token_id)
        assert (result.exit_code, result.stdout) == (2, "")
        assert told in result.stderr
    assert eventctl.json("token", "list", "--domain", DOMAIN)["total_count"] == 3


def test_revoke(app, eventctl):
    made = eventctl.json(*TOKEN)
    assert eventctl.json("token", "revoke", made["token_id"]) == {"token_id": made["token_id"], "revoked": True}
    assert app.gateway.search(made["token"], {}).status == 403
    (listed,) = eventctl.json("token", "list", "--domain", DOMAIN)["tokens"]
    assert listed["state"] == "REVOKED"


def test_the_whole_token_revokes_too_and_its_secret_does_not_come_back(eventctl):
    made = eventctl.json(*TOKEN)
    for _ in range(2):
        result = eventctl.run("token", "revoke", made["token"])
        assert result.exit_code == 0
        assert made["token"] not in result.output
    result = eventctl.run("token", "revoke", "token-unknown.secret")
    assert result.exit_code == 1
    assert "secret" not in result.output


def test_a_domains_tokens_are_listed_without_secrets(app, eventctl):
    made = eventctl.json(*TOKEN)
    secret = made.pop("token").partition(".")[2]
    stored = app.stores.tokens.get(made["token_id"])
    assert eventctl.json("token", "list", "--domain", DOMAIN) == {"tokens": [made], "total_count": 1}
    shown = (
        eventctl.run("token", "list", "--domain", DOMAIN).output + eventctl.run("token", "list", "--domain", "x").output
    )
    assert made["token_id"] in shown
    assert "No tokens." in shown
    assert secret not in shown
    assert stored.secret_hash not in shown


# --- alerts


@pytest.fixture
def alert_ids(app):
    """An open alert and, newer, a resolved one."""
    _, url = app.webhook()
    for fields in (
        {"event_key": "one", "title": "First \x1b[31m"},
        {"event_key": "two", "title": "Second"},
        {"event_key": "two", "title": "Second", "event_type": "RECOVERY"},
    ):
        assert app.gateway.post(url, direct(**fields)).status == 200
    return {event["event_key"]: event["alert_id"] for event in app.events()}


def test_alerts_are_listed_by_state(eventctl, alert_ids):
    def listed(*options):
        return {alert["alert_id"] for alert in eventctl.json("alert", "list", "--domain", DOMAIN, *options)["alerts"]}

    assert listed() == set(alert_ids.values())
    assert listed("--state", "TRIGGERED") == {alert_ids["one"]}
    assert listed("--state", "resolved") == {alert_ids["two"]}
    assert listed("--state", "ERROR") == set()
    assert eventctl.run("alert", "list", "--domain", "another").stdout == "No alerts.\n"


def test_an_alert_is_shown_with_its_events(eventctl, alert_ids):
    shown = eventctl.json("alert", "show", alert_ids["two"])
    opening, resolving = shown.pop("events")
    assert (opening["event_type"], resolving["event_type"]) == ("ALERT", "RECOVERY")
    assert (shown["opened_by"], shown["resolved_by"]) == (opening["event_id"], resolving["event_id"])
    assert (shown["opened_at"], shown["resolved_at"]) == (opening["created_at"], resolving["created_at"])
    assert {name: shown[name] for name in ("state", "urgency", "severity", "event_key", "project_id")} == {
        "state": "RESOLVED",
        "urgency": "HIGH",
        "severity": "CRITICAL",
        "event_key": "two",
        "project_id": PROJECT,
    }


def test_titles_cannot_write_to_the_terminal(eventctl, alert_ids):
    for arguments in (("list", "--domain", DOMAIN), ("show", alert_ids["one"])):
        shown = eventctl.run("alert", *arguments).output
        assert "First \\x1b[31m" in shown
        assert "\x1b" not in shown


# --- options and errors


@pytest.mark.parametrize(
    "arguments",
    [
        ("--local", "--json", "webhook", "list", "--domain", "d"),
        ("webhook", "--local", "--json", "list", "--domain", "d"),
        ("webhook", "list", "--domain", "d", "--json", "--local"),
        ("--local", "webhook", "--local", "list", "--json", "--domain", "d", "--local"),
    ],
)
def test_shared_options_stand_anywhere(eventctl, arguments):
    assert json.loads(eventctl.run(*arguments).stdout) == {"webhooks": [], "total_count": 0}
    assert eventctl.opened == {"local": True, "stack": None}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--stack", "s", "webhook", "list", "--domain", "d"),
        ("webhook", "list", "--stack=s", "--domain", "d"),
        ("--stack", "s", "webhook", "list", "--stack", "s", "--domain", "d"),
    ],
)
def test_a_stack_is_named_anywhere(eventctl, arguments):
    assert eventctl.run(*arguments).exit_code == 0
    assert eventctl.opened == {"local": False, "stack": "s"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--local", "webhook", "list", "--domain", "d", "--stack", "s"), "exclude each other"),
        (("--stack", "s", "webhook", "--local", "list", "--domain", "d"), "exclude each other"),
        (("--stack", "a", "webhook", "--stack", "b", "list", "--domain", "d"), "given twice"),
        (("webhook", "list"), "Missing option '--domain'"),
        (("webhook", "list", "--domain", ""), "1 to 128 characters"),
        (("webhook", "list", "--domain", "x" * 129), "1 to 128 characters"),
        (("nonsense",), "No such command"),
        ((*WEBHOOK, "--format", "nonsense"), "'--format'"),
        ((*WEBHOOK, "--duplicate-event-time", "-1"), "duplicate_event_time"),
        ((*WEBHOOK[:-1], "x" * 256), "1 to 255 characters"),
        ((*WEBHOOK[:-1], ""), "1 to 255 characters"),
        ((*TOKEN, "--permission", "write"), "'--permission'"),
        ((*TOKEN, "--expires", "2020-01-01"), "in the past"),
        (("webhook", "rotate", "w", "--overlap", "soon"), "not a duration"),
        ((*WEBHOOK, "--rate-limit", "0"), "neither a number"),
        (("webhook", "limit", "w", "1000001"), "neither a number"),
        (("webhook", "limit", "w", "none"), "neither a number"),
        (("webhook", "limit", "w", "²"), "neither a number"),
        (("webhook", "limit", "w"), "Missing argument"),
        (("token", "rotate", "t", "--overlap", "-1h"), "not a duration"),
        (("alert", "list", "--domain", "d", "--state", "OPEN"), "'--state'"),
        (("import", "no-such-file.jsonl"), "No such file"),
        (("export", "--domain", "d", "--since", "yesterday"), "not an ISO 8601 time"),
        (("--json", "export", "--domain", "d"), "name a FILE"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_exit_status_2(eventctl, arguments, told):
    result = eventctl.run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("as_json", [(), ("--json",)])
@pytest.mark.parametrize(
    "arguments",
    [
        ("webhook", "disable", "webhook-unknown"),
        ("webhook", "enable", "webhook-unknown"),
        ("webhook", "rotate", "webhook-unknown"),
        ("webhook", "limit", "webhook-unknown", "5"),
        ("webhook", "limit", "webhook-unknown", "default"),
        ("webhook", "delete", "webhook-unknown"),
        ("token", "revoke", "token-unknown"),
        ("token", "rotate", "token-unknown"),
        ("alert", "show", "alert-unknown"),
        ("alert", "show", "alert-000000000000000000000000" + "0001"),
    ],
)
def test_what_is_not_there_is_one_line_and_exit_status_1(eventctl, arguments, as_json):
    result = eventctl.run(*as_json, *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: Not found.")
    assert result.stderr.count("\n") == 1


def test_what_aws_refuses_is_one_line(eventctl, monkeypatch):
    def refuse(**_):
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not\nallowed"}}, "DescribeStacks")

    monkeypatch.setattr("eventctl.invocation.open_target", refuse)
    result = eventctl.run("webhook", "list", "--domain", "d")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "Error: AWS: An error occurred (AccessDenied) when calling the DescribeStacks operation: not allowed\n"
    )


@pytest.mark.parametrize("command", [(), ("webhook",), ("token",), ("alert",), ("import",), ("export",), WEBHOOK[:2]])
def test_every_command_explains_itself(eventctl, command):
    result = eventctl.run(*command, "--help")
    assert result.exit_code == 0
    for option in ("--local", "--stack", "--json"):
        assert option in result.stdout


# --- deliveries


def broken(*_arguments, **_options):
    raise UnavailableError("the database is busy")


@pytest.fixture
def url(eventctl):
    return path(eventctl.json(*WEBHOOK)["webhook_url"])


def test_a_delivery_is_shown_with_its_events_and_its_body(app, eventctl, url):
    alerts = [{"labels": {"alertname": "a"}, "annotations": {"summary": f"a-{n}"}} for n in range(120)]
    body = json.dumps({"receiver": "r", "alerts": alerts})
    delivery_id = app.gateway.post(url, body).headers["x-delivery-id"]
    shown = eventctl.json("delivery", "show", delivery_id, "--domain", DOMAIN)
    assert (shown["state"], shown["bytes"]) == ("FINISHED", len(body))
    assert [event["title"] for event in shown["events"]] == [f"a-{n}" for n in range(120)]
    assert eventctl.run("delivery", "show", delivery_id, "--domain", DOMAIN, "--body").stdout == body
    assert "a-119" in eventctl.run("delivery", "show", delivery_id, "--domain", DOMAIN).stdout
    assert eventctl.run("delivery", "show", delivery_id, "--domain", "domain-2").exit_code == 1
    assert eventctl.run("delivery", "show", "delivery-0", "--domain", DOMAIN).exit_code == 1


def test_unfinished_deliveries_are_listed_and_replayed(app, eventctl, url, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(type(app.stores.events), "add", broken)
        ids = {app.gateway.post(url, direct()).headers["x-delivery-id"] for _ in range(12)}
    app.queue.messages.clear()  # as if they had gone to the dead-letter queue
    listed = eventctl.json("delivery", "list", "--unfinished")
    assert {one["delivery_id"] for one in listed["deliveries"]} == ids
    assert {one["state"] for one in listed["deliveries"]} == {"OPEN"}
    assert eventctl.json("delivery", "list", "--unfinished", "--domain", "domain-2")["total_count"] == 0
    assert eventctl.json("delivery", "list", "--unfinished", "--since", "2100-01-01")["total_count"] == 0
    assert eventctl.json("delivery", "replay", "--unfinished") == {"queued": 12}
    assert {one["state"] for one in eventctl.json("delivery", "list", "--unfinished")["deliveries"]} == {"QUEUED"}
    app.redrive()
    assert eventctl.json("delivery", "list", "--unfinished")["total_count"] == 0
    assert len(app.events()) == 12


def test_unreadable_deliveries_are_listed_and_replayed(app, eventctl, url, monkeypatch):
    app.gateway.post(url, direct(event_type="ERROR"))  # a sender's own ERROR is not meant
    with monkeypatch.context() as patch:
        patch.setattr("event_api.normalizers.formats.direct.text", broken)
        delivery_id = app.gateway.post(url, direct(event_key="other")).headers["x-delivery-id"]
    listing = ("delivery", "list", "--unreadable", "--domain", DOMAIN)
    (listed,) = eventctl.json(*listing)["deliveries"]
    assert (listed["delivery_id"], listed["state"]) == (delivery_id, "UNREADABLE")
    assert listed["unread_because"] == "the direct normalizer failed (UnavailableError)"
    assert (
        eventctl.json("delivery", "show", delivery_id, "--domain", DOMAIN)["unread_because"] == listed["unread_because"]
    )
    assert eventctl.json(*listing, "--since", "2100-01-01")["total_count"] == 0
    assert eventctl.run("delivery", "replay", delivery_id, "--domain", DOMAIN).stdout == "1 delivery is queued.\n"
    app.redrive()
    assert eventctl.json(*listing)["total_count"] == 0
    shown = eventctl.json("delivery", "show", delivery_id, "--domain", DOMAIN)
    assert [event["event_type"] for event in shown["events"]] == ["ALERT", "RECOVERY", "ERROR"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("list", "--unreadable"),
        ("replay",),
        ("replay", "delivery-1"),
        ("replay", "delivery-1", "--domain", DOMAIN, "--unfinished"),
    ],
)
def test_which_deliveries_are_meant_must_be_said(eventctl, arguments):
    assert eventctl.run("delivery", *arguments).exit_code == 2


def test_a_replay_of_a_missing_delivery_is_reported(app, eventctl):
    result = eventctl.run("delivery", "replay", "delivery-0", "--domain", DOMAIN)
    assert (result.exit_code, app.queue.messages) == (1, [])
    assert "delivery-0" in result.stderr


def test_alerts_are_listed_as_acknowledged(app, eventctl, alert_ids):
    token = app.token(role=Role.RESPONDER)
    place = f"/monitoring/v1/alert/{alert_ids['one']}"
    assert app.gateway.request("PUT", place, {"state": "ACKNOWLEDGED"}, token=token).status == 200
    (acknowledged,) = eventctl.json("alert", "list", "--domain", DOMAIN, "--state", "acknowledged")["alerts"]
    assert (acknowledged["alert_id"], acknowledged["state"]) == (alert_ids["one"], "ACKNOWLEDGED")
    assert eventctl.json("alert", "list", "--domain", DOMAIN, "--state", "triggered")["alerts"] == []


def test_a_link_processes_its_alert(app, eventctl, alert_ids):
    urls = eventctl.json("alert", "link", alert_ids["one"])
    assert app.gateway.post(path(urls["acknowledge"]), b"").json()["state"] == "ACKNOWLEDGED"
    assert app.gateway.post(path(urls["resolve"]), b"").status == 400
    assert eventctl.run("alert", "link", "alert-0000000000000000000000000001").exit_code == 1


def test_open_alerts_of_an_earlier_version_are_indexed_once(app, eventctl, alert_ids):
    key = {"alert_key": {"S": alert_ids["one"][6:30]}, "generation": {"N": "1"}}
    app.dynamodb.update_item(
        TableName="AlertsTable",
        Key=key,
        UpdateExpression="REMOVE open_at SET opened_at = :opened",
        ExpressionAttributeValues={":opened": {"S": app.events()[0]["created_at"]}},
    )
    token = app.token()

    def triggered():
        found = app.gateway.post("/monitoring/v1/alerts/search", {"state": "TRIGGERED"}, token=token).json()["results"]
        return [alert["alert_id"] for alert in found]

    assert triggered() == []
    assert eventctl.json("alert", "index", "--domain", DOMAIN) == {"added": 1}
    assert triggered() == [alert_ids["one"]]
    assert eventctl.json("alert", "index", "--domain", DOMAIN) == {"added": 0}
