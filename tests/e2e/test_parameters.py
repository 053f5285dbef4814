"""template.yaml, deployed to the local AWS with each parameter at its default, and with each set to another value."""

from __future__ import annotations

import json
import time

import boto3
import pytest

from localrun import template as templates
from localrun.build import build
from testkit import stack
from testkit.engines import SERVERS
from testkit.world import REGION, ROOT

KEY = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-4000-8000-000000000001"
SET = {
    "AlarmTopicArn": "arn:aws:sns:us-east-1:000000000000:alarms",
    "CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-4000-8000-000000000001",
    "CreateReservedConcurrency": "5",
    "DeletionProtection": "false",
    "DeploymentSteps": "Linear10PercentEvery1Minute",
    "DomainName": "events.example.com",
    "EnvironmentName": "test",
    "GradualDeployment": "true",
    "HostedZoneId": "the test's own",
    "IndexDelaySeconds": "60",
    "KmsKeyArn": KEY,
    "LogLevel": "DEBUG",
    "LogRetentionDays": "7",
    "MaxBodyBytes": "4096",
    "MaxBytesWithEvent": "0",
    "OidcAudience": "event-api",
    "OidcIssuer": "https://issuer.example.com",
    "OidcMapping": "domain=tenant,projects=projects,role=groups,reader=staff,responder=sre&ops,admin=platform",
    "ReadCapacityLimit": "1000",
    "ReadReservedConcurrency": "3",
    "RedriveMaximumConcurrency": "10",
    "RetentionDays": "0",
    "SnapStart": "PublishedVersions",
    "AuditRetentionDays": "30",
    "Tracing": "Active",
    "WebhookRateLimit": "60",
}
THRESHOLDS = {name for name in stack.template()["Parameters"] if name.endswith("Threshold")}
SET |= {"Monitoring": "false"} | dict.fromkeys(THRESHOLDS, "0")
ALARM = "AWS::CloudWatch::Alarm"


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    with SERVERS["ministack"](tmp_path_factory.mktemp("aws")) as url:
        session = boto3.Session("local", "local", region_name=REGION)
        yield lambda service: session.client(service, endpoint_url=url)


@pytest.fixture(scope="module")
def template(aws):
    """The expanded template; it and its code are in the local AWS."""
    source = templates.load(ROOT / "template.yaml")
    s3 = aws("s3")
    s3.create_bucket(Bucket="code")
    locations = {}
    for package in build(source, ROOT):
        s3.put_object(Bucket="code", Key=package.key, Body=package.content)
        locations[package.logical_id] = f"s3://code/{package.key}"
    expanded = templates.expand(templates.point_code(source, locations), REGION)
    s3.put_object(Bucket="code", Key="template.json", Body=json.dumps(expanded, default=str).encode())
    return expanded


def deploy(aws, name, parameters, *, update=False):
    cloudformation = aws("cloudformation")
    apply = cloudformation.update_stack if update else cloudformation.create_stack
    apply(
        StackName=name,
        TemplateURL=f"{cloudformation.meta.endpoint_url}/code/template.json",
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            break
        time.sleep(0.2)
    failures = [
        (event["LogicalResourceId"], event.get("ResourceStatusReason"))
        for event in cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        if event["ResourceStatus"].endswith("_FAILED")
    ]
    assert (stack["StackStatus"], failures) == ("UPDATE_COMPLETE" if update else "CREATE_COMPLETE", [])
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    resources = [one for page in pages for one in page["StackResourceSummaries"]]
    return (
        {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources},
        {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]},
    )


def alarms():
    """The alarms that can be deployed to the local AWS."""
    resources = templates.without_metric_math(stack.template())["Resources"]
    return {name for name, resource in resources.items() if resource["Type"] == ALARM}


def test_every_parameter_is_tried(template):
    assert SET.keys() == template["Parameters"].keys()
    for name, definition in template["Parameters"].items():
        assert SET[name] != str(definition["Default"]), name


@pytest.mark.usefixtures("template")
def test_the_defaults(aws):
    resources, outputs = deploy(aws, "defaults", {})
    table = aws("dynamodb").describe_table(TableName=resources["EventsTable"])["Table"]
    assert table["DeletionProtectionEnabled"] is True
    assert aws("s3").get_bucket_versioning(Bucket=resources["BodiesBucket"])["Status"] == "Enabled"
    assert "execute-api" in outputs["ApiUrl"]
    assert not {"Domain", "DomainMapping", "DomainRecord", "KmsKeyPolicy"} & resources.keys()
    assert alarms() <= resources.keys()
    body = json.loads(aws("cloudwatch").get_dashboard(DashboardName="defaults-prod")["DashboardBody"])
    assert len(body["widgets"]) == 12


@pytest.mark.usefixtures("template")
def test_every_parameter_set(aws):
    zone = aws("route53").create_hosted_zone(Name="example.com", CallerReference="test")["HostedZone"]["Id"]
    resources, outputs = deploy(aws, "everything-set", SET | {"HostedZoneId": zone.rpartition("/")[2]})
    table = aws("dynamodb").describe_table(TableName=resources["EventsTable"])["Table"]
    assert table["DeletionProtectionEnabled"] is False
    function = aws("lambda").get_function(FunctionName=resources["CreateEventFunction"])
    assert function["Configuration"]["TracingConfig"] == {"Mode": "Active"}
    assert function["Tags"]["Environment"] == "test"
    assert {"Domain", "DomainMapping", "DomainRecord", "KmsKeyPolicy"} <= resources.keys()
    assert not (alarms() | {"Dashboard"}) & resources.keys()
    assert outputs["ListUrl"] == "https://events.example.com/monitoring/v1/events"


@pytest.mark.usefixtures("template")
def test_every_alarm_notifies_the_topic_when_it_begins_and_when_it_ends(aws):
    topic = SET["AlarmTopicArn"]
    resources, _ = deploy(
        aws, "notified", {"AlarmTopicArn": topic, "QueueAgeThreshold": "0", "EnvironmentName": "other"}
    )
    described = {
        alarm["AlarmName"]: (alarm["AlarmActions"], alarm["OKActions"])
        for page in aws("cloudwatch").get_paginator("describe_alarms").paginate()
        for alarm in page["MetricAlarms"]
    }
    deployed = alarms() & resources.keys()
    assert alarms() - deployed == {"RedriveAgeAlarm"}
    for name in deployed:
        assert described[resources[name]] == ([topic], [topic])


@pytest.mark.usefixtures("template")
def test_a_changed_value_reaches_the_version_that_answers(aws):
    resources, _ = deploy(aws, "changed", {})
    function = resources["GetEventFunction"]
    client = aws("lambda")
    before = client.get_alias(FunctionName=function, Name="live")["FunctionVersion"]
    deploy(aws, "changed", {"ReadCapacityLimit": "777"}, update=True)
    after = client.get_alias(FunctionName=function, Name="live")["FunctionVersion"]
    assert after != before
    configuration = client.get_function_configuration(FunctionName=function, Qualifier="live")
    assert configuration["Environment"]["Variables"]["READ_CAPACITY_LIMIT"] == "777"
