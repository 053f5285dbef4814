from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from event_api.settings import TableNames
from eventctl import target
from eventctl.errors import OperationError
from eventctl.target import StackName, default_stack, open_target
from localrun.endpoint import Endpoint
from localrun.errors import NotRunningError
from localrun.settings import ROOT
from testkit import stack

OUTPUTS = {name: name for name in stack.template()["Outputs"]} | {"RetentionDays": "7", "AuditRetentionDays": "7"}


class FakeCloudFormation:
    meta = SimpleNamespace(region_name="eu-west-1")

    def __init__(self, outputs):
        self.outputs = outputs

    def describe_stacks(self, StackName):  # noqa: N803  # boto's name
        if self.outputs is None:
            message = f"Stack with id {StackName} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks")
        return {"Stacks": [{"Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in self.outputs.items()]}]}


def aws_with(monkeypatch, outputs):
    """An AWS account with one stack, or none; returns what clients are made with."""
    made = []

    def client(service, **options):
        made.append((service, options))
        return FakeCloudFormation(outputs) if service == "cloudformation" else None

    monkeypatch.setattr(target, "_client", client)
    return made


def test_the_default_stack_is_what_the_repository_deploys():
    assert default_stack(ROOT / "samconfig.toml") == StackName("event-api")


def test_what_a_guided_deploy_saved_counts_first(tmp_path):
    config = tmp_path / "samconfig.toml"
    config.write_text(
        '[default.global.parameters]\nstack_name = "a"\n'
        '[default.deploy.parameters]\nstack_name = "b"\nregion = "eu-west-1"\n'
    )
    assert default_stack(config) == StackName("b", "eu-west-1")


@pytest.mark.parametrize("content", [None, "", "no toml", "default = 1", "[default.global.parameters]\nstack_name = 1"])
def test_without_a_default_the_error_says_what_to_do(tmp_path, content):
    config = tmp_path / "samconfig.toml"
    if content is not None:
        config.write_text(content)
    with pytest.raises(OperationError, match="--local, or --stack NAME"):
        default_stack(config)


def test_a_stack_is_found_by_its_outputs(monkeypatch):
    made = aws_with(monkeypatch, OUTPUTS)
    opened = open_target(local=False, stack="mine")
    assert opened.webhook_url("w", "key") == "ApiUrl/monitoring/v1/webhook/w/key/events"
    assert [service for service, _ in made] == ["cloudformation", "dynamodb"]


def test_an_unknown_stack_is_reported_with_its_region(monkeypatch):
    aws_with(monkeypatch, None)
    with pytest.raises(OperationError, match="no stack 'mine' in eu-west-1"):
        open_target(local=False, stack="mine")


@pytest.mark.parametrize("missing", ["ApiUrl", "RetentionDays", "EventsTableName"])
def test_another_applications_stack_is_reported(monkeypatch, missing):
    aws_with(monkeypatch, {name: value for name, value in OUTPUTS.items() if name != missing})
    with pytest.raises(OperationError, match=f"no output '{missing}'"):
        open_target(local=False, stack="mine")


def test_without_a_local_run_the_error_says_how_to_start_it(monkeypatch, tmp_path):
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path))
    with pytest.raises(NotRunningError, match="make run"):
        open_target(local=True, stack=None)


def test_the_local_run_is_reached_with_its_own_credentials(monkeypatch):
    names = TableNames("E", "D", "A", "W", "T", "S", "AU")
    found = Endpoint(1, "http://localhost:3000", "http://127.0.0.1:3000", "us-east-1", names, "B", "Q", 400, 400)
    monkeypatch.setattr("localrun.endpoint.find", lambda: found)
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid")
    opened = open_target(local=True, stack=None)
    assert opened.webhook_url("w", "key") == "http://localhost:3000/monitoring/v1/webhook/w/key/events"
    client: Any = opened.stores.webhooks._table._client  # its signer and endpoint are not typed
    assert client.meta.endpoint_url == found.endpoint_url
    assert client._request_signer._credentials.access_key == "local"
    assert client._endpoint.http_session._proxy_config._proxies == {}


def test_help_needs_nothing_heavy():
    code = "import sys; from eventctl.cli import cli; cli.list_commands(None); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "click" in loaded
    assert not {"botocore", "boto3", "pydantic", "rich"} & set(loaded)


def test_the_region_of_the_environment_is_used_unless_the_stack_has_its_own(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    assert target._client("dynamodb", region_name=None).meta.region_name == "eu-west-3"
    assert target._client("dynamodb", region_name="eu-west-1").meta.region_name == "eu-west-1"
