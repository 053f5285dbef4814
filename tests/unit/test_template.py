"""The parts of template.yaml, samconfig.toml and .checkov.yaml that make a deployment safe by default."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
import yaml

from testkit import stack
from testkit.world import ROOT

TABLE = "AWS::DynamoDB::Table"
EPHEMERAL = {"RatesTable"}


def resources(kind: str) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in stack.template()["Resources"].items() if one["Type"] == kind}


def test_tables_are_protected_recoverable_and_encrypted():
    for name, table in resources(TABLE).items():
        properties = table["Properties"]
        assert properties["SSESpecification"]["SSEEnabled"] is True
        if name in EPHEMERAL:
            continue
        assert properties["DeletionProtectionEnabled"] == {"Fn::If": ["ProtectsTables", True, False]}
        assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert stack.parameter("DeletionProtection") == "true"


def test_the_bucket_keeps_versions_for_a_while_and_no_leftovers():
    (bucket,) = resources("AWS::S3::Bucket").values()
    assert bucket["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    rules = {rule["Id"]: rule for rule in bucket["Properties"]["LifecycleConfiguration"]["Rules"]}
    assert rules["old-versions"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 14}
    assert rules["leftovers"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert rules["retention"]["ExpirationInDays"]["Fn::If"][:2] == ["BodiesExpire", {"Ref": "RetentionDays"}]


def test_every_resource_that_costs_something_has_the_tags():
    kinds = (TABLE, "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::Logs::LogGroup")
    for kind in kinds:
        for name, resource in resources(kind).items():
            assert {"Application", "Environment"} == {tag["Key"] for tag in resource["Properties"]["Tags"]}, name
    of_functions = stack.template()["Globals"]["Function"]["Tags"]
    assert of_functions == {"Application": "event-api", "Environment": {"Ref": "EnvironmentName"}}
    assert resources("AWS::Serverless::HttpApi")["HttpApi"]["Properties"]["Tags"] == of_functions


def test_a_key_of_the_customers_is_for_every_role():
    policy = stack.template()["Resources"]["KmsKeyPolicy"]["Properties"]
    assert {role["Ref"] for role in policy["Roles"]} == {
        f"{name}Role" for name in resources("AWS::Serverless::Function")
    }


def test_every_route_but_the_webhooks_is_throttled():
    throttled = resources("AWS::Serverless::HttpApi")["HttpApi"]["Properties"]["RouteSettings"]
    assert set(throttled) == {
        route.key for route in stack.routes() if not route.path.endswith("/events") or not route.open
    }


@pytest.fixture(scope="module")
def samconfig() -> dict[str, Any]:
    return tomllib.loads((ROOT / "samconfig.toml").read_text())


def test_samconfig_gives_parameters_that_exist_and_are_allowed(samconfig):
    assert {"default", "prod", "dev"} <= samconfig.keys()
    parameters = stack.template()["Parameters"]
    for environment in ("default", "prod", "dev"):
        given = dict(one.split("=", 1) for one in samconfig[environment]["deploy"]["parameters"]["parameter_overrides"])
        for name, value in given.items():
            allowed = [str(one) for one in parameters[name].get("AllowedValues", [value])]
            assert value in allowed
            assert re.fullmatch(parameters[name].get("AllowedPattern", ".*"), value)


def test_dev_is_another_stack_than_prod(samconfig):
    names = {name: samconfig[name]["global"]["parameters"]["stack_name"] for name in ("default", "prod", "dev")}
    assert names == {"default": "event-api", "prod": "event-api", "dev": "event-api-dev"}


def test_every_exception_of_the_guard_has_its_reason():
    text = (ROOT / ".checkov.yaml").read_text()
    skipped = yaml.safe_load(text)["skip-check"]
    lines = text.splitlines()
    for rule in skipped:
        assert lines[lines.index(f"  - {rule}") - 1].lstrip().startswith("# ")
    for name, resource in stack.template()["Resources"].items():
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            assert len(skip["comment"].split()) > 5, name
