"""The promises of `make run`, seen from outside. The tests share one local run; each leaves it running."""

import json
import re
import shutil
import signal
import stat
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest

from event_api.admin import administration
from event_api.domain.webhook import WebhookState
from testkit.engines import free_port
from tests.e2e.driver import ask, wait_for

EXAMPLE = json.loads((Path(__file__).parents[2] / "localrun" / "alertmanager.json").read_text())


def direct(**fields):
    """A delivery in the direct format, of an event that no other test has."""
    return {"event_key": uuid4().hex, "event_type": "ALERT", "title": "disk full", "severity": "ERROR"} | fields


def find(local_run, event_key):
    return [event for event in local_run.list().json()["results"] if event["event_key"] == event_key]


def test_what_is_posted_is_listed_and_got(local_run):
    body = direct()
    answer = local_run.post(body)
    assert (answer.status, answer.json()) == (200, {})
    (event,) = find(local_run, body["event_key"])
    assert event["raw_data"] == body
    assert event["domain_id"] == local_run.demo["domain_id"]
    assert event["project_id"] == local_run.demo["project_id"]
    assert local_run.get(event["event_id"]).json() == event


def test_the_example_is_alertmanagers_and_makes_an_alert(local_run):
    assert local_run.post(EXAMPLE).status == 200
    event = local_run.list().json()["results"][0]
    assert (event["event_type"], event["title"]) == ("ALERT", EXAMPLE["commonAnnotations"]["summary"])


def test_a_start_makes_no_event_of_its_own(local_run):
    assert all(event["raw_data"].get("alerts") != [] for event in local_run.list().json()["results"])


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_what_it_prints_works_when_pasted(local_run):
    commands = re.findall(r"^  (curl .*?[^\\])$", local_run.output.read_text(), re.MULTILINE | re.DOTALL)
    assert len(commands) == 2
    posted, listed = (
        subprocess.run(["bash", "-c", command], cwd=local_run.root, capture_output=True, text=True, check=True).stdout
        for command in commands
    )
    assert posted.startswith("HTTP/1.1 200")
    assert json.loads(listed)["results"][0]["title"] == EXAMPLE["commonAnnotations"]["summary"]


def test_the_demo_file_is_its_owners_and_complete(local_run):
    assert stat.S_IMODE(local_run.demo_file.stat().st_mode) == 0o600
    assert set(local_run.demo) == {"api_url", "webhook_url", "token", "domain_id", "project_id"}
    assert re.fullmatch(r"domain-[0-9a-f]{12}", local_run.demo["domain_id"])
    assert re.fullmatch(r"project-[0-9a-f]{12}", local_run.demo["project_id"])


def test_api_gateways_own_answers_are_as_on_aws(local_run):
    api = local_run.demo["api_url"]
    assert (ask(f"{api}/monitoring/v1/events").status, ask(f"{api}/nothing").status) == (401, 404)
    refused = ask(f"{api}/monitoring/v1/events", token="token-000000000000.wrong")
    assert (refused.status, refused.json()) == (403, {"message": "Forbidden"})


def test_it_listens_on_its_port_of_the_loopback_interface_only(local_run):
    own = {link.readlink().name for link in Path(f"/proc/{local_run.process.pid}/fd").iterdir() if link.is_symlink()}
    listening = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in own:
                listening.add(fields[1])
    assert listening == {f"0100007F:{local_run.port:04X}"}


def test_a_second_one_says_where_the_first_is(local_run):
    second = local_run.run(PORT=str(free_port()))
    assert (second.returncode, second.stdout) == (1, "")
    assert re.fullmatch(rf"local run: it is running already, at {local_run.demo['api_url']} .*\n", second.stderr)


def test_what_has_not_changed_is_not_deployed(local_run):
    assert local_run.run("reload").stdout == "nothing has changed\n"


@pytest.fixture
def get_event(local_run):
    """The code of a handler; whatever a test makes of it, it is put back."""
    path = local_run.root / "functions" / "get_event" / "app.py"
    before = path.read_text()
    yield path
    path.write_text(before)
    reloaded = local_run.run("reload")
    assert reloaded.returncode == 0, reloaded.stderr


def test_a_reload_serves_changed_code(local_run, get_event):
    get_event.write_text("def handler(event, context):\n    return {'statusCode': 200, 'body': 'changed'}\n")
    reloaded = local_run.run("reload")
    assert (reloaded.returncode, reloaded.stdout) == (0, "reloaded\n"), reloaded.stderr
    assert local_run.get("event-000000000000").body == b"changed"


def test_a_reload_serves_a_changed_layer(local_run):
    module = local_run.root / "layers" / "shared" / "event_api" / "auth" / "webhooks.py"
    before = module.read_text()
    try:
        module.write_text(before + "\ndef authenticate_webhook(*_): raise RuntimeError('changed')\n")
        assert local_run.run("reload").returncode == 0
        assert local_run.post(direct()).status == 500
    finally:
        module.write_text(before)
        assert local_run.run("reload").returncode == 0
    assert local_run.post(direct()).status == 200


def test_a_handler_that_raises_is_an_answer_without_its_text_and_a_log_with_it(local_run, get_event):
    get_event.write_text("def handler(event, context):\n    raise RuntimeError('the-reason')\n")
    assert local_run.run("reload").returncode == 0
    answer = local_run.get("event-000000000000")
    assert (answer.status, answer.json()) == (500, {"message": "Internal Server Error"})
    assert "the-reason" in (local_run.local_dir / "logs" / "GetEventFunction.log").read_text()


def test_code_that_cannot_be_imported_is_refused_and_the_old_goes_on(local_run, get_event):
    get_event.write_text("import nothing_of_that_name\n")
    reloaded = local_run.run("reload")
    assert (reloaded.returncode, reloaded.stdout) == (1, "")
    assert re.fullmatch(r"local run: functions/get_event/app\.py cannot be imported: .*\n", reloaded.stderr)
    assert local_run.get("event-000000000000").status == 404


def test_code_that_does_not_compile_is_refused_and_the_old_goes_on(local_run, get_event):
    get_event.write_text("def handler(:\n")
    reloaded = local_run.run("reload")
    assert (reloaded.returncode, reloaded.stdout) == (1, "")
    assert re.fullmatch(r"local run: GetEventFunction: app\.py does not compile: .*\n", reloaded.stderr)
    assert local_run.get("event-000000000000").status == 404


def test_a_deployment_that_fails_is_one_line_and_the_old_goes_on(local_run):
    template = local_run.root / "template.yaml"
    before = template.read_text()
    queue = "\n  Impossible:\n    Type: AWS::SQS::Queue\n    Properties: {VisibilityTimeout: 999999}\n\nOutputs:"
    try:
        template.write_text(before.replace("\nOutputs:", queue))
        reloaded = local_run.run("reload")
    finally:
        template.write_text(before)
    assert (reloaded.returncode, reloaded.stdout) == (1, "")
    assert re.fullmatch(r"local run: the deployment failed: Impossible: .*\n", reloaded.stderr)
    assert local_run.list().status == 200
    assert local_run.run("reload").returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_is_stored_survives_a_stop(local_run, number):
    body = direct()
    local_run.post(body)
    (event,) = find(local_run, body["event_key"])
    before = local_run.demo
    assert local_run.stop(number) == 0
    assert local_run.processes() == []
    assert not (local_run.local_dir / "state.json").exists()
    local_run.start()
    assert local_run.demo == before
    assert local_run.get(event["event_id"]).json() == event


def test_what_is_stored_soon_survives_a_kill(local_run):
    body = direct()
    local_run.post(body)
    saved = local_run.local_dir / "aws" / "dynamodb.json"
    wait_for("the event on disk", lambda: body["event_key"] in saved.read_text())
    before = local_run.demo
    local_run.stop(signal.SIGKILL)
    wait_for("the end of its processes", lambda: not local_run.processes())
    local_run.start()
    assert local_run.demo == before
    assert len(find(local_run, body["event_key"])) == 1


def test_a_broken_state_is_one_line_and_stays_as_it_is(local_run):
    local_run.stop()
    saved = local_run.local_dir / "aws" / "dynamodb.json"
    before = saved.read_bytes()
    try:
        saved.write_bytes(before[: len(before) // 2])
        failed = local_run.run()
        assert saved.read_bytes() == before[: len(before) // 2]
    finally:
        saved.write_bytes(before)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert re.fullmatch(
        r"local run: the saved state cannot be read .*; delete .*/\.local to start anew\n", failed.stderr
    )
    local_run.start()


def test_a_demo_that_no_longer_works_is_made_anew(local_run):
    before = local_run.demo
    stores = local_run.endpoint().open_stores()
    webhook_id = before["webhook_url"].split("/")[-3]
    administration.set_webhook_state(stores, webhook_id, WebhookState.DISABLED)
    assert stores.tokens.revoke(before["token"].partition(".")[0])
    local_run.stop()
    local_run.start()
    assert local_run.demo["webhook_url"] != before["webhook_url"]
    assert local_run.demo["token"] != before["token"]
    assert local_run.post(direct()).status == local_run.list().status == 200
