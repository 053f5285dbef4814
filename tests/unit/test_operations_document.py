"""docs/operations.md, the metrics that the code counts, and the alarms of template.yaml say the same."""

from __future__ import annotations

import json
import re
from typing import Any

import click
import pytest

from eventctl.cli import cli
from testkit import stack
from testkit.world import ROOT

TEXT = (ROOT / "docs/operations.md").read_text()
ALARMS = {
    name: resource["Properties"]
    for name, resource in stack.template()["Resources"].items()
    if resource["Type"] == "AWS::CloudWatch::Alarm"
}
THRESHOLDS = {name for name in stack.template()["Parameters"] if name.endswith("Threshold")}
FUNCTIONS = {
    name.removesuffix("Function")
    for name, resource in stack.template()["Resources"].items()
    if resource["Type"] == "AWS::Serverless::Function"
}


SHARED = ("ManageErrorsAlarm", "ManageThrottlesAlarm")
"""Alarms of all functions together that are called seldom."""


def sharing() -> set[str]:
    """The functions that have no alarms of their own."""
    found = [set(re.findall(r"\$\{(\w+)Function\}", str(ALARMS[name]["Metrics"]))) for name in SHARED]
    assert found[0] == found[1]
    return found[0]


def counted() -> set[str]:
    """The metrics that the code counts or measures."""
    code = "".join(
        path.read_text() for folder in ("layers/shared", "functions") for path in (ROOT / folder).rglob("*.py")
    )
    return set(re.findall(r'\b(?:count|measure)\(\s*"([A-Z]\w+)"', code))


def rows() -> dict[str, str]:
    """The page's metrics, each with its alarm or a hyphen."""
    return dict(re.findall(r"^\| `([A-Z]\w+)` \|.*\| `?([\w-]+)`? \|$", TEXT, re.MULTILINE))


def section(anchor: str) -> str:
    """The part of the page under a heading."""
    for part in re.split(r"^#{2,3} ", TEXT, flags=re.MULTILINE)[1:]:
        title, _, content = part.partition("\n")
        if re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") == anchor:
            return content
    raise AssertionError(anchor)


def used(properties: Any) -> set[str]:
    """Our own metrics that an alarm or a dashboard uses."""
    return set(re.findall(r"\w+", json.dumps(properties, default=str))) & (counted() | set(rows()))


def test_the_page_lists_the_metrics_of_the_code():
    assert set(rows()) == counted()
    assert len(counted()) > 15


def test_the_page_names_each_metrics_alarm():
    alarm_of = {metric: name for name, properties in ALARMS.items() for metric in used(properties)}
    assert {metric: alarm for metric, alarm in rows().items() if alarm != "-"} == alarm_of


def test_the_dashboard_shows_every_metric():
    dashboard = stack.template()["Resources"]["Dashboard"]["Properties"]
    assert used(dashboard) == counted()
    body = re.sub(r"\$\{[\w.:]+\}", "x", dashboard["DashboardBody"]["Fn::Sub"])
    widgets = json.loads(body)["widgets"]
    assert all(widget["properties"]["metrics"] for widget in widgets)
    placed = {(widget["x"], widget["y"]) for widget in widgets}
    assert len(placed) == len(widgets)


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_names_its_section_and_the_section_the_alarm_and_its_threshold(name):
    properties = ALARMS[name]
    page, _, anchor = properties["AlarmDescription"].rpartition(" ")[2].partition("#")
    assert page == "docs/operations.md"
    content = section(anchor)
    assert f"`{name}`" in content
    assert f"`{properties['Threshold']['Ref']}`" in content
    assert "\n1. " in content


def test_every_alarm_that_the_page_names_exists():
    assert set(re.findall(r"`(\w+Alarm)`", TEXT)) == set(ALARMS)


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_notifies_the_topic_and_is_turned_off_by_its_threshold(name):
    resource = stack.template()["Resources"][name]
    threshold = resource["Properties"]["Threshold"]["Ref"]
    off = {"Fn::Not": [{"Fn::Equals": [{"Ref": threshold}, "0"]}]}
    assert stack.template()["Conditions"][resource["Condition"]] == {"Fn::And": [{"Condition": "Monitors"}, off]}
    topic = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    assert (resource["Properties"]["AlarmActions"], resource["Properties"]["OKActions"]) == (topic, topic)


def test_the_page_has_every_threshold_with_its_default():
    defaults = dict(re.findall(r"^\| `(\w+Threshold)` \| (\d+) \|", TEXT, re.MULTILINE))
    assert defaults == {name: stack.parameter(name) for name in THRESHOLDS}
    assert {properties["Threshold"]["Ref"] for properties in ALARMS.values()} == THRESHOLDS


@pytest.mark.parametrize("kind", ["Errors", "Throttles", "Duration"])
def test_every_function_has_its_alarms(kind):
    assert {f"{name}{kind}Alarm" for name in FUNCTIONS - sharing()} <= set(ALARMS)


def test_a_function_that_shares_its_alarms_has_none_of_its_own():
    assert sharing() < FUNCTIONS
    assert not {f"{name}{kind}Alarm" for name in sharing() for kind in ("Errors", "Throttles", "Duration")} & set(
        ALARMS
    )


@pytest.mark.parametrize("name", sorted(FUNCTIONS - sharing()))
def test_the_share_of_its_timeout_is_computed_with_the_functions_own(name):
    template = stack.template()
    own = template["Resources"][f"{name}Function"]["Properties"]
    timeout = own.get("Timeout", template["Globals"]["Function"]["Timeout"])
    share, longest = ALARMS[f"{name}DurationAlarm"]["Metrics"]
    assert share["Expression"] == f"longest / {timeout * 10}"  # percent of milliseconds
    assert longest["MetricStat"]["Metric"]["Dimensions"] == [
        {"Name": "FunctionName", "Value": {"Ref": f"{name}Function"}}
    ]


def test_every_table_is_watched():
    tables = {name for name, one in stack.template()["Resources"].items() if one["Type"] == "AWS::DynamoDB::Table"}
    for name in ("TableThrottlesAlarm", "TableSystemErrorsAlarm"):
        query = ALARMS[name]["Metrics"][0]["Expression"]["Fn::Sub"]
        assert set(re.findall(r"\$\{(\w+)\}", query)) == tables


def test_every_command_of_the_page_exists():
    for line in set(re.findall(r"(?:`|\$ )eventctl ([^`\n]*)", TEXT)):
        context = click.Context(cli)
        words = [word for word in line.split() if not word.isupper()]
        command = cli.get_command(context, words[0])
        assert command is not None, line
        if isinstance(command, click.Group):
            command = command.get_command(context, words[1])
            assert command is not None, line
        options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_links_within_the_page_lead_somewhere():
    for anchor in re.findall(r"\]\(#([\w-]+)\)", TEXT):
        assert section(anchor)
