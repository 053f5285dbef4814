"""``eventctl webhook`` for senders: formats, mappings, signatures, and trying a body."""

import json

import pytest

from event_api.admin import administration
from event_api.settings import settings
from tests.api.eventctl_runner import Eventctl
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT

WEBHOOK = ("webhook", "create", "--domain", DOMAIN, "--project", PROJECT, "--name", "a webhook")
MAPPING = {"split": "items", "fields": {"title": "what", "severity": {"path": "bad", "values": {"yes": "ERROR"}}}}
ITEMS = {"items": [{"what": "Disk is full", "bad": "yes"}, {"what": "Disk is fine"}]}
SECRET = "shared-with-the-sender"


@pytest.fixture
def engine():
    return "moto"


@pytest.fixture
def eventctl(app, monkeypatch):
    return Eventctl.on(app, monkeypatch)


@pytest.fixture
def mapping_file(tmp_path):
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(MAPPING))
    return str(path)


def path_of(made):
    return made["webhook_url"].removeprefix("https://api.example")


def test_a_webhook_with_a_mapping_reads_its_own_format(app, eventctl, mapping_file):
    made = eventctl.json(*WEBHOOK, "--mapping", mapping_file)
    assert (made["format"], made["mapping"]) == (None, MAPPING)
    assert app.gateway.post(path_of(made), ITEMS).status == 200
    assert [(event["title"], event["severity"]) for event in app.events()] == [
        ("Disk is full", "ERROR"),
        ("Disk is fine", "NONE"),
    ]
    assert " mapping " in eventctl.run("webhook", "list", "--domain", DOMAIN).stdout


def test_the_format_is_changed_and_a_replay_uses_it(app, eventctl, mapping_file):
    made = eventctl.json(*WEBHOOK, "--format", "prometheus-alertmanager")
    delivery_id = app.gateway.post(path_of(made), ITEMS).headers["x-delivery-id"]
    assert eventctl.json("delivery", "list", "--unreadable", "--domain", DOMAIN)["total_count"] == 1
    told = eventctl.json("webhook", "format", made["webhook_id"], "--mapping", mapping_file)
    assert told == {"webhook_id": made["webhook_id"], "format": None, "mapping": MAPPING}
    eventctl.json("delivery", "replay", delivery_id, "--domain", DOMAIN)
    app.redrive()
    assert {event["title"] for event in app.events()} >= {"Disk is full", "Disk is fine"}
    assert eventctl.json("delivery", "list", "--unreadable", "--domain", DOMAIN)["total_count"] == 0
    assert eventctl.json("webhook", "format", made["webhook_id"], "grafana")["format"] == "grafana"
    assert app.stores.webhooks.get(made["webhook_id"]).mapping is None
    shown = eventctl.run("webhook", "format", made["webhook_id"], "detect").stdout
    assert shown == f"{made['webhook_id']} has the format: detected.\n"
    assert app.stores.webhooks.get(made["webhook_id"]).format is None


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"fields": {"titel": "x"}}', "'titel' is not a field"),
        ('{"fields": {"title": "a["}}', "not JMESPath"),
        (json.dumps({"fields": {"title": {"constant": "x" * 20_000}}}), "larger than"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(app, eventctl, written, reason):
    result = eventctl.run(*WEBHOOK, "--mapping", "-", stdin=written)
    assert result.exit_code == 2
    assert reason in result.stderr
    made = eventctl.json(*WEBHOOK)
    for command in (("format", made["webhook_id"]), ("try", made["webhook_id"], "/dev/null")):
        assert reason in eventctl.run("webhook", *command, "--mapping", "-", stdin=written).stderr
    assert app.stores.webhooks.get(made["webhook_id"]).mapping is None


def test_a_webhook_has_a_format_or_a_mapping(eventctl, mapping_file):
    made = eventctl.json(*WEBHOOK)
    for arguments in (
        (*WEBHOOK, "--format", "grafana", "--mapping", mapping_file),
        ("webhook", "format", made["webhook_id"]),
        ("webhook", "format", made["webhook_id"], "grafana", "--mapping", mapping_file),
        ("webhook", "format", made["webhook_id"], "no-such-format"),
        ("webhook", "try", made["webhook_id"], mapping_file, "--format", "grafana", "--mapping", mapping_file),
    ):
        assert eventctl.run(*arguments).exit_code == 2, arguments
    assert eventctl.run("webhook", "format", "webhook-0", "grafana").exit_code == 1


def test_trying_a_body_prints_its_events_and_stores_nothing(app, eventctl, mapping_file, tmp_path):
    made = eventctl.json(*WEBHOOK)
    body = tmp_path / "body.json"
    body.write_text(json.dumps(bodies.alertmanager(bodies.alert(1), bodies.alert(2, "resolved"))))
    told = eventctl.json("webhook", "try", made["webhook_id"], str(body))
    assert told["format"] == "prometheus-alertmanager"
    assert [event["event_type"] for event in told["events"]] == ["ALERT", "RECOVERY"]
    assert told["total_count"] == 2
    assert json.loads(eventctl.run("webhook", "try", made["webhook_id"], str(body)).stdout)["events"]
    app.gateway.post(path_of(made), body.read_bytes())
    (stored, _) = app.events()
    assert {name: stored[name] for name in told["events"][0] if name != "created_at"} == {
        name: value for name, value in told["events"][0].items() if name != "created_at"
    }
    items = app.dynamodb.scan(TableName=settings().tables.deliveries)["Items"]
    assert len(items) == 1, "that of the real one"
    body.write_text(json.dumps(ITEMS))
    told = eventctl.json("webhook", "try", made["webhook_id"], str(body), "--mapping", mapping_file)
    assert (told["format"], told["total_count"]) == ("mapping", 2)
    body.write_text('{"items": [1, 2]}')
    told = eventctl.json("webhook", "try", made["webhook_id"], str(body), "--format", "prometheus-alertmanager")
    assert (told["format"], told["events"][0]["event_type"]) == (None, "ERROR")


def test_trying_takes_headers_and_bodies_of_any_kind(eventctl):
    made = eventctl.json(*WEBHOOK)
    tried = ("webhook", "try", made["webhook_id"], "-")
    told = eventctl.json(*tried, "--header", "X-GitHub-Event: ping", stdin='{"zen": "x", "hook": {}}')
    assert (told["format"], told["events"]) == ("github", [])
    told = eventctl.json(*tried, stdin="{not JSON")
    assert (told["format"], told["events"][0]["event_type"]) == (None, "ERROR")
    assert eventctl.run(*tried, "--header", "no colon", stdin="{}").exit_code == 2
    assert eventctl.run("webhook", "try", "webhook-0", "-", stdin="{}").exit_code == 1


def test_signatures_are_set_shown_and_forgotten(app, eventctl, tmp_path):
    made = eventctl.json(*WEBHOOK)
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    sign = ("webhook", "sign", made["webhook_id"], "--scheme")
    told = eventctl.json(*sign, "github", "--secret-file", str(tmp_path / "secret"))
    assert told["signing"] == {
        "scheme": "github",
        "required": True,
        "secrets": 1,
        "topics": [],
        "header": None,
        "timestamp_header": None,
        "window": None,
    }
    assert app.stores.webhooks.get(made["webhook_id"]).signing.secrets == (SECRET,)
    assert "github, required" in eventctl.run("webhook", "list", "--domain", DOMAIN).stdout
    assert eventctl.json("webhook", "list", "--domain", DOMAIN)["webhooks"][0]["signing"]["secrets"] == 1
    told = eventctl.json(*sign, "github", "--secret-file", "-", "--keep", "--report-only", stdin="new")
    assert (told["signing"]["secrets"], told["signing"]["required"]) == (2, False)
    unattended = eventctl.run(*sign, "gitlab", stdin="asked-for\n")
    assert (unattended.exit_code, "use --secret-file" in unattended.stderr) == (2, True)
    shown = eventctl.run(*sign, "gitlab", "--secret-file", "-", stdin="asked-for\n")
    assert shown.stdout == f"{made['webhook_id']} checks signatures: gitlab, required.\n"
    assert "asked-for" not in shown.output
    assert app.stores.webhooks.get(made["webhook_id"]).signing.secrets == ("asked-for",)
    assert "any topic" in eventctl.run(*sign, "sns").stderr
    topic = "arn:aws:sns:eu-west-1:123456789012:alarms"
    assert eventctl.json(*sign, "sns", "--topic", topic, "--window", "60")["signing"]["topics"] == [topic]
    told = eventctl.json(*sign, "grafana", "--timestamp-header", "X-Time", "--secret-file", "-", stdin="s")
    assert told["signing"]["timestamp_header"] == "X-Time"
    shown = eventctl.run("webhook", "unsign", made["webhook_id"]).stdout
    assert shown == f"{made['webhook_id']} checks no signatures.\n"
    assert app.stores.webhooks.get(made["webhook_id"]).signing is None


@pytest.mark.parametrize(
    "arguments",
    [
        ("--scheme", "none"),
        ("--scheme", "github", "--secret-file", "/dev/null"),
        ("--scheme", "github", "--secret-file", "-", "--topic", "arn:x"),
        ("--scheme", "github", "--secret-file", "-", "--header", "X-Mine"),
        ("--scheme", "sns", "--window", "0"),
        ("--scheme", "sns", "--secret-file", "-"),
    ],
)
def test_what_cannot_be_checked_is_refused(app, eventctl, arguments):
    made = eventctl.json(*WEBHOOK)
    result = eventctl.run("webhook", "sign", made["webhook_id"], *arguments, stdin=SECRET)
    assert result.exit_code == 2
    assert SECRET not in result.output
    assert app.stores.webhooks.get(made["webhook_id"]).signing is None
    assert eventctl.run("webhook", "unsign", "webhook-0").exit_code == 1


def test_a_secret_that_is_not_a_text_is_reported_without_it(app, eventctl, tmp_path):
    webhook, _ = app.webhook()
    (tmp_path / "secret").write_bytes(b"\xffhunter2")
    result = eventctl.run(
        "webhook", "sign", webhook.webhook_id, "--scheme", "github", "--secret-file", str(tmp_path / "secret")
    )
    assert result.exit_code == 2
    assert "secret" in result.stderr
    assert "hunter2" not in result.output


def test_options_are_kept_when_others_change(app, eventctl):
    """Format, signature, keys and limit are changed one at a time; none takes another with it."""
    made = eventctl.json(*WEBHOOK, "--rate-limit", "9")
    eventctl.json("webhook", "sign", made["webhook_id"], "--scheme", "sns")
    eventctl.json("webhook", "format", made["webhook_id"], "aws-sns")
    eventctl.json("webhook", "rotate", made["webhook_id"], "--overlap", "1h")
    administration.set_rate_limit(app.stores, made["webhook_id"], 8)
    found = app.stores.webhooks.get(made["webhook_id"])
    assert (found.signing.scheme, found.format, found.rate_limit, len(found.old_keys)) == ("sns", "aws-sns", 8, 1)
