"""A change of any value or layer publishes a version of each function that has one, and nothing else does.

CloudFormation publishes a version if its description or its logical id changes; Lambda refuses to publish one if the
function's own configuration has not changed (docs/adr/0016).
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from localrun import template as templates
from testkit import stack
from testkit.world import REGION

LIVE = {
    "AuthorizerFunction",
    "CreateEventFunction",
    "GetEventFunction",
    "ListEventsFunction",
    "RedriveDeliveryFunction",
    "StatEventsFunction",
    "SummarizeEventsFunction",
    "SweepDeliveriesFunction",
}
NOT_IN_A_VERSION = {"Code", "ReservedConcurrentExecutions", "Tags", "Role", "LoggingConfig", "Description"}
MAX_DESCRIPTION = 256


def with_code(template: dict[str, Any]) -> dict[str, Any]:
    coded = {name: f"s3://code/{name}" for name, one in template["Resources"].items() if one["Type"] in CODED}
    return templates.point_code(template, coded)


CODED = templates.CODE_PROPERTIES


@cache
def transformed(**parameters: str) -> dict[str, Any]:
    return templates.transform(with_code(stack.template()), REGION, parameters)


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: one["Properties"] for name, one in template["Resources"].items() if one["Type"] == kind}


def versions(template: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """The version of each function: its logical id and its properties."""
    found = of_type(template, "AWS::Lambda::Version")
    return {one["FunctionName"]["Ref"]: (name, one) for name, one in found.items()}


def references(value: Any, template: dict[str, Any]) -> Iterator[str]:
    """The names that a part of a template refers to, those in its conditions included."""
    if isinstance(value, list):
        for one in value:
            yield from references(one, template)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key == "Ref":
                yield one
            elif key == "Fn::If":
                yield from references(template["Conditions"][one[0]], template)
                yield from references(one[1:], template)
            elif key == "Condition":
                yield from references(template["Conditions"][one], template)
            elif key == "Fn::Sub" and isinstance(one, list):
                yield from (name for name in template["Parameters"] if f"${{{name}}}" in one[0])
                yield from references(one[1], template)
            else:
                yield from references(one, template)


def that_vary(value: Any, template: dict[str, Any]) -> set[str]:
    """The parameters and layers among the references."""
    layers = of_type(template, "AWS::Lambda::LayerVersion")
    varying: set[str] = template["Parameters"].keys() | layers.keys()
    return set(references(value, template)) & varying


def test_the_functions_that_take_and_answer_events_have_a_version():
    assert versions(transformed()).keys() == LIVE


@pytest.mark.parametrize("function", sorted(LIVE))
def test_a_versions_description_has_exactly_the_values_of_its_function(function):
    template = transformed()
    properties = template["Resources"][function]["Properties"]
    versioned = {name: value for name, value in properties.items() if name not in NOT_IN_A_VERSION}
    _, version = versions(template)[function]
    assert that_vary(version["Description"], template) == that_vary(versioned, template)


@pytest.mark.parametrize("function", sorted(LIVE))
def test_the_longest_values_fit_into_a_description(function):
    text, _ = versions(transformed())[function][1]["Description"]["Fn::Sub"]
    template = stack.template()
    key = "arn:aws-us-gov:kms:us-gov-east-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef"
    longest = {"KmsKeyArn": key, "ReadCapacityLimit": "1000000000"}
    for name, definition in template["Parameters"].items():
        largest = [str(definition.get("MaxValue", "")), longest.get(name, "")]
        candidates = [*map(str, definition.get("AllowedValues", [])), *largest, str(definition["Default"])]
        text = text.replace(f"${{{name}}}", max(candidates, key=len))
    text = text.replace("${Start}", "PublishedVersions")
    for layer in ("Dependencies", "Shared", "Own"):
        text = text.replace(f"${{{layer}}}", "123456")
    assert "${" not in text
    assert len(text) <= MAX_DESCRIPTION


@pytest.mark.parametrize(("name", "value"), [("MemorySize", 2048), ("Timeout", 7), ("Runtime", "python3.12")])
def test_another_configuration_in_the_template_is_another_version(name, value):
    changed = copy.deepcopy(stack.template())
    changed["Resources"]["GetEventFunction"]["Properties"][name] = value
    before, after = versions(transformed()), versions(templates.transform(with_code(changed), REGION, {}))
    assert {one for one in LIVE if before[one][0] != after[one][0]} == {"GetEventFunction"}


def test_other_code_is_another_version():
    template = with_code(stack.template())
    template["Resources"]["GetEventFunction"]["Properties"]["CodeUri"] = "s3://code/another"
    before, after = versions(transformed()), versions(templates.transform(template, REGION, {}))
    assert {one for one in LIVE if before[one][0] != after[one][0]} == {"GetEventFunction"}


def test_everything_that_invokes_such_a_function_invokes_its_live_version():
    template = transformed()
    permissions = of_type(template, "AWS::Lambda::Permission").values()
    mappings = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    invoked = {
        reference for one in (*permissions, *mappings) for reference in references(one["FunctionName"], template)
    }
    assert invoked & LIVE == set()
    assert {f"{name}Aliaslive" for name in LIVE} <= invoked
    targets = [target["Arn"] for rule in of_type(template, "AWS::Events::Rule").values() for target in rule["Targets"]]
    assert {"SummarizeEventsFunctionAliaslive", "SweepDeliveriesFunctionAliaslive"} == {
        reference for target in targets for reference in references(target, template)
    }
    body = of_type(template, "AWS::ApiGatewayV2::Api")["HttpApi"]["Body"]
    assert not any(f"${{{name}.Arn}}" in str(body["paths"]) for name in LIVE)
    assert "${AuthorizerFunction.Arn}:live" in str(body["components"])
    assert template["Resources"]["HttpApi"]["DependsOn"] == "AuthorizerFunctionAliaslive"


def test_a_deployment_is_at_once_unless_it_is_asked_to_be_gradual():
    assert of_type(transformed(), "AWS::CodeDeploy::DeploymentGroup") == {}
    assert not any("UpdatePolicy" in one for one in transformed()["Resources"].values())


def test_a_gradual_deployment_is_rolled_back_by_each_functions_alarm():
    template = transformed(GradualDeployment="true", DeploymentSteps="Linear10PercentEvery1Minute")
    groups = of_type(template, "AWS::CodeDeploy::DeploymentGroup")
    assert groups.keys() == {f"{name}DeploymentGroup" for name in LIVE}
    for name in LIVE:
        group = groups[f"{name}DeploymentGroup"]
        condition, alarms, _ = group["AlarmConfiguration"]["Fn::If"]
        assert condition == "RollsBack"
        of_function, of_tasks = (template["Resources"][one["Name"]["Ref"]] for one in alarms["Alarms"])
        assert of_tasks["Properties"]["MetricName"] == "TasksFailed"
        conditions = [{"Condition": one["Condition"]} for one in (of_function, of_tasks)]
        assert template["Conditions"]["RollsBack"]["Fn::And"] == conditions
        watched = of_function
        assert watched["Properties"]["MetricName"] == "Errors"
        assert watched["Properties"]["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": name}}]
        assert group["AutoRollbackConfiguration"]["Enabled"] is True
        assert "Linear10PercentEvery1Minute" in str(group["DeploymentConfigName"])
        assert template["Resources"][f"{name}Aliaslive"]["UpdatePolicy"]


def test_the_functions_that_answer_requests_can_start_from_a_snapshot():
    functions = of_type(transformed(), "AWS::Lambda::Function")
    answering = LIVE - {"RedriveDeliveryFunction", "SweepDeliveriesFunction", "SummarizeEventsFunction"}
    assert {name for name, one in functions.items() if "SnapStart" in one} == answering


def test_the_stack_stays_within_cloudformations_limits():
    """500 resources and 1 MB of template; the largest stack is that of a gradual deployment."""
    template = transformed(GradualDeployment="true", DeploymentSteps="Linear10PercentEvery1Minute")
    assert len(template["Resources"]) <= 450
    assert len(json.dumps(template)) < 1_000_000
