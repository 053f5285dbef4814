"""``eventctl doctor``: its findings in a healthy deployment, and in each that is not."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from importlib.metadata import version

import pytest
from botocore.exceptions import ClientError

from event_api.domain import times
from eventctl import canary, health
from eventctl.canary import Answer, CanaryError
from testkit import stack
from testkit.world import ROOT
from tests.api.eventctl_runner import API_URL, Eventctl
from tests.samples import bodies
from tests.service import DOMAIN, metadata

PAGE = (ROOT / "docs/operations.md").read_text()
HEADINGS = {
    title.lower().replace(" ", "-").replace("'", "") for title in re.findall(r"^#{2,3} (.*)$", PAGE, re.MULTILINE)
}


@pytest.fixture
def engine():
    return "moto"


class Aws:
    """The parts of AWS that the checks look at, healthy until a test changes them."""

    def __init__(self):
        resources = stack.template()["Resources"]
        kinds = {"AWS::Serverless::Function": "AWS::Lambda::Function"}
        self.resources = [
            {"LogicalResourceId": name, "PhysicalResourceId": f"the-{name}", "ResourceType": kinds.get(kind, kind)}
            for name, kind in ((name, one["Type"]) for name, one in resources.items())
        ]
        self.stack = {"StackStatus": "UPDATE_COMPLETE", "Outputs": [{"OutputKey": "Version", "OutputValue": "0.1.0"}]}
        self.table = {"TableStatus": "ACTIVE", "DeletionProtectionEnabled": True}
        self.recovery = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED"}}
        self.expiry = "ENABLED"
        self.versioning = {"Status": "Enabled"}
        self.rules = [{"Status": "Enabled", "ID": "leftovers"}]
        self.retention = {"retentionInDays": 30}
        self.function = {"State": "Active", "LastUpdateStatus": "Successful"}
        self.messages = dict.fromkeys(("RedriveQueue", "RedriveDeadLetterQueue"), 0)
        self.begun: set[str] = set()

    def client(self, service):
        assert service in {"cloudformation", "dynamodb", "s3", "logs", "lambda", "sqs", "cloudwatch"}
        return self

    def get_paginator(self, operation):
        assert operation == "list_stack_resources"
        return self

    def paginate(self, **_):
        half = len(self.resources) // 2
        return [{"StackResourceSummaries": part} for part in (self.resources[:half], self.resources[half:])]

    def describe_stacks(self, **_):
        return {"Stacks": [self.stack]}

    def describe_table(self, **_):
        return {"Table": self.table}

    def describe_continuous_backups(self, **_):
        return {"ContinuousBackupsDescription": self.recovery}

    def describe_time_to_live(self, **_):
        return {"TimeToLiveDescription": {"TimeToLiveStatus": self.expiry}}

    def get_bucket_versioning(self, **_):
        return self.versioning

    def get_bucket_lifecycle_configuration(self, **_):
        if not self.rules:
            code = "NoSuchLifecycleConfiguration"
            raise ClientError({"Error": {"Code": code}, "ResponseMetadata": metadata(404)}, "GetBucketLifecycle")
        return {"Rules": self.rules}

    def describe_log_groups(self, *, logGroupNamePrefix):  # noqa: N803  # boto's names
        return {"logGroups": [{"logGroupName": logGroupNamePrefix, **self.retention}]}

    def get_function_configuration(self, **_):
        return self.function

    def get_queue_attributes(self, *, QueueUrl, AttributeNames):  # noqa: N803  # boto's names
        number = str(self.messages[QueueUrl.removeprefix("the-")])
        return {"Attributes": dict.fromkeys(AttributeNames, number)}

    def describe_alarms(self, *, AlarmNames):  # noqa: N803  # boto's names
        assert len(AlarmNames) <= 100
        return {"MetricAlarms": [self.alarm(name) for name in AlarmNames]}

    def alarm(self, name):
        resource = stack.template()["Resources"][name.removeprefix("the-")]
        state = "ALARM" if name.removeprefix("the-") in self.begun else "OK"
        return {
            "AlarmName": name,
            "StateValue": state,
            "AlarmDescription": resource["Properties"]["AlarmDescription"],
        }


@pytest.fixture
def aws():
    return Aws()


@pytest.fixture
def eventctl(app, aws, monkeypatch):
    monkeypatch.setattr(canary, "_PAUSE_SECONDS", 0)
    command = Eventctl.on(app, monkeypatch)
    monkeypatch.setattr(command, "clients", aws.client)
    return command


@pytest.fixture
def gateway(app, monkeypatch):
    """The canary's requests, sent to the service under test."""

    def send(method, url, headers, body):
        path, _, query = url.removeprefix(API_URL).partition("?")
        token = headers.get("authorization", "").removeprefix("Bearer ") or None
        parameters = dict(part.split("=") for part in query.split("&")) if query else None
        answer = app.gateway.request(
            method, path, None if body is None else body.decode(), headers=dict(headers), token=token, query=parameters
        )
        return Answer(answer.status, answer.headers, answer.text.encode())

    monkeypatch.setattr("eventctl.canary.fly.__defaults__", (send,))
    return send


def findings(eventctl, *options, exit_code=0):
    result = eventctl.run("--json", "doctor", *options)
    assert result.exit_code == exit_code, result.output
    # The service writes its metrics to the same output, in this process.
    answer = json.loads(result.stdout.splitlines()[-1])
    assert answer["healthy"] is (exit_code == 0)
    for finding in answer["findings"]:
        page, _, section = finding["section"].partition("#")
        assert page == "docs/operations.md"
        assert section in HEADINGS, section
    return {finding["check"]: (finding["state"], finding["detail"]) for finding in answer["findings"]}


def test_a_healthy_deployment_has_no_finding_that_is_not_ok(eventctl, gateway, app):
    found = findings(eventctl)
    assert {state for state, _ in found.values()} == {"OK"}
    assert found.keys() >= {
        "canary",
        "stack",
        "version",
        "functions",
        "table EventsTable",
        "bucket BodiesBucket",
        "logs",
    }
    assert found["alarms"][1].startswith("none of ")


def test_the_canary_leaves_nothing(eventctl, gateway, app):
    _, path = app.webhook()
    app.gateway.post(path, bodies.direct())
    before = everything(app)
    findings(eventctl)
    assert everything(app) == before


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_canarys_secrets_are_shown_nowhere(eventctl, gateway, monkeypatch, form):
    sent = []

    def send(method, url, headers, body):
        sent.append((url, headers.get("authorization", "")))
        return gateway(method, url, headers, body)

    monkeypatch.setattr("eventctl.canary.fly.__defaults__", (send,))
    output = eventctl.run(*form, "doctor").output
    keys = {url.split("/")[-2] for url, _ in sent if "/webhook/" in url}
    tokens = {authorization.rpartition(".")[2] for _, authorization in sent if authorization}
    assert (len(keys), len(tokens)) == (1, 1)
    assert not [secret for secret in keys | tokens if secret in output]


def everything(app):
    tables = app.dynamodb.list_tables()["TableNames"]
    return {name: sorted(map(repr, app.dynamodb.scan(TableName=name)["Items"])) for name in tables}


def failing(status=None, reason=None, on=""):
    def send(method, url, headers, body):
        if on and on not in url:
            return Answer(200, {"x-delivery-id": f"delivery-{len(body)}"}, b"{}")
        if reason:
            raise CanaryError(reason)
        return Answer(status, {}, b"{}")

    return send


@pytest.mark.parametrize(
    ("send", "detail"),
    [
        (failing(503), "the delivery was answered 503"),
        (failing(200), "the delivery's answer has no x-delivery-id: another application answers"),
        (failing(reason="the API does not answer: refused"), "the API does not answer: refused"),
        (failing(404, on="/event/"), "an event cannot be read in time; the last answer was 404"),
        (failing(200, on="/event/"), "an event cannot be read: the answer is not the API's"),
    ],
)
def test_a_lost_canary_is_a_failure_and_leaves_nothing(eventctl, app, monkeypatch, send, detail):
    before = everything(app)
    monkeypatch.setattr("eventctl.canary.fly.__defaults__", (send,))
    assert findings(eventctl, "--within", "0", exit_code=1)["canary"] == ("FAILED", detail)
    assert everything(app) == before


def test_what_the_canary_could_not_delete_is_reported(eventctl, gateway, monkeypatch):
    monkeypatch.setattr("event_api.store.table.Table.delete_all", lambda *_: None)
    state, detail = findings(eventctl)["canary's end"]
    assert state == "WARNING"
    assert re.fullmatch(r"\d+ items are left: eventctl domain delete canary-[0-9a-f]{12}", detail)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"stack": {"StackStatus": "UPDATE_ROLLBACK_FAILED"}},
            ("stack", "FAILED", "event-api is UPDATE_ROLLBACK_FAILED"),
        ),
        ({"stack": {"StackStatus": "UPDATE_IN_PROGRESS"}}, ("stack", "WARNING", "event-api is UPDATE_IN_PROGRESS")),
        (
            {"stack": {"StackStatus": "CREATE_COMPLETE"}},
            ("version", "WARNING", "deployed is an earlier version, this command is 0.1.0"),
        ),
        (
            {"function": {"State": "Failed"}},
            ("functions", "FAILED", "AddAlertProjectDependencyFunction: Failed, Successful"),
        ),
        ({"table": {"TableStatus": "ACTIVE"}}, ("table EventsTable", "WARNING", "it can be deleted")),
        ({"table": {"TableStatus": "DELETING"}}, ("table RatesTable", "WARNING", "it is DELETING")),
        ({"recovery": {}}, ("table AlertsTable", "WARNING", "it cannot be restored to a point in time")),
        ({"expiry": "DISABLED"}, ("table TokensTable", "WARNING", "its items do not expire")),
        ({"versioning": {}}, ("bucket BodiesBucket", "WARNING", "it keeps no versions")),
        ({"rules": []}, ("bucket BodiesBucket", "WARNING", "nothing in it expires")),
        ({"retention": {}}, ("logs", "WARNING", "kept for ever: AccessLogGroup")),
        (
            {"messages": {"RedriveQueue": 1000, "RedriveDeadLetterQueue": 0}},
            ("queue", "WARNING", "1000 messages wait"),
        ),
        (
            {"messages": {"RedriveQueue": 0, "RedriveDeadLetterQueue": 1}},
            ("dead letters", "FAILED", "1 deliveries were given up"),
        ),
        ({"begun": {"CreateEventErrorsAlarm"}}, ("alarm CreateEventErrorsAlarm", "FAILED", "CreateEvent fails.")),
    ],
)
def test_each_fault_is_found(eventctl, aws, change, expected):
    for name, value in change.items():
        setattr(aws, name, value)
    check, state, detail = expected
    found = findings(eventctl, "--no-canary", exit_code=int(state == "FAILED"))
    assert found[check][0] == state
    assert found[check][1].startswith(detail)


def test_a_delivery_that_stays_unfinished_is_a_failure(eventctl, app, monkeypatch):
    _, path = app.webhook()
    with monkeypatch.context() as patch:
        patch.setattr("event_api.store.events.EventStore.add", lambda *_, **__: 1 / 0)
        app.gateway.post(path, bodies.direct())
    assert findings(eventctl, "--no-canary")["unfinished"] == (
        "OK",
        "1 deliveries have events missing, the oldest for 0 s",
    )
    now = times.now() + health.WORTH_A_LOOK + timedelta(seconds=1)
    with monkeypatch.context() as patch:
        patch.setattr(times, "now", lambda: now)
        assert findings(eventctl, "--no-canary")["unfinished"][0] == "WARNING"
    now = times.now() + health.UNFINISHED_FOR + timedelta(seconds=1)
    monkeypatch.setattr(times, "now", lambda: now)
    assert findings(eventctl, "--no-canary", exit_code=1)["unfinished"][0] == "FAILED"
    assert DOMAIN not in str(findings(eventctl, "--no-canary", exit_code=1))


def test_a_check_that_aws_refuses_is_a_failure_and_the_others_go_on(eventctl, aws, monkeypatch):
    def refuse(**_):
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}, "ResponseMetadata": metadata(403)}, "X")

    monkeypatch.setattr(aws, "describe_log_groups", refuse)
    found = findings(eventctl, "--no-canary", exit_code=1)
    assert found["logs"][1].startswith("cannot be checked: An error occurred (AccessDenied)")
    assert found["alarms"][0] == "OK"


def test_settings_that_the_local_aws_ignores_are_not_checked_there(eventctl):
    found = findings(eventctl, "--local", "--no-canary")
    assert not [check for check in found if check.startswith(("table", "bucket"))]


def test_the_table_names_the_section(eventctl, aws):
    aws.begun = {"RedriveAgeAlarm"}
    result = eventctl.run("doctor", "--no-canary")
    assert result.exit_code == 1
    (line,) = [line for line in result.stdout.splitlines() if "RedriveAgeAlarm" in line]
    assert "docs/operations.md#waiting-deliveries" in line


def test_an_address_that_does_not_answer_is_reported_without_its_key():
    with pytest.raises(CanaryError) as lost:
        canary.send("GET", "http://127.0.0.1:9/webhook/the-key", {}, None)
    assert "the-key" not in str(lost.value)
    assert lost.value.__cause__ is None


def test_the_deployed_version_is_this_one():
    outputs = stack.template()["Outputs"]
    assert outputs["Version"]["Value"] == version("event-api")
