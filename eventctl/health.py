"""The checks of ``eventctl doctor``: each looks at one part of a deployment and reports findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from event_api.domain import times
from event_api.store.table import batches

if TYPE_CHECKING:
    from eventctl.target import Target

PAGE: Final = "docs/operations.md"
MOST_WAITING: Final = 1000
UNFINISHED_FOR: Final = timedelta(minutes=10)
WORTH_A_LOOK: Final = timedelta(minutes=1)
"""For how long the worker has an unfinished delivery, if all goes well."""
_COUNTED: Final = 1000
_WITHOUT_PROTECTION: Final = {"RatesTable"}
_WITHOUT_EXPIRY: Final = {"WebhooksTable"}
_ALARMS_AT_ONCE: Final = 100


class State(StrEnum):
    """The result of a check."""

    OK = "OK"
    WARNING = "WARNING"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Finding:
    """A part of a deployment, its state, and the section of docs/operations.md that says what to do."""

    check: str
    state: State
    detail: str
    section: str


@dataclass(frozen=True)
class Patient:
    """A deployment under examination."""

    target: Target

    def client(self, service: str) -> Any:  # noqa: ANN401  # botocore makes its clients' classes at run time
        """Return a client of a service."""
        return self.target.stack.client(service)

    @cached_property
    def description(self) -> Mapping[str, Any]:
        """The stack as CloudFormation describes it."""
        (stack,) = self.client("cloudformation").describe_stacks(StackName=self.target.stack.name)["Stacks"]
        return dict(stack)

    @cached_property
    def _resources(self) -> list[Mapping[str, str]]:
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        name = self.target.stack.name
        return [one for page in pages.paginate(StackName=name) for one in page["StackResourceSummaries"]]

    def resources(self, kind: str) -> dict[str, str]:
        """Return the physical ids of the stack's resources of a type, by logical id."""
        return {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for one in self._resources
            if one["ResourceType"] == kind and "PhysicalResourceId" in one
        }


Check = Callable[[Patient], Iterator[Finding]]


def stack(patient: Patient) -> Iterator[Finding]:
    """Whether the last deployment succeeded."""
    status = patient.description["StackStatus"]
    good = status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    # After a failed update that was rolled back, the stack is as it was before.
    works = status.endswith("_IN_PROGRESS") or status == "UPDATE_ROLLBACK_COMPLETE"
    state = State.OK if good else State.WARNING if works else State.FAILED
    yield Finding("stack", state, f"{patient.target.stack.name} is {status}", "the-stack")


def versions(patient: Patient) -> Iterator[Finding]:
    """Whether this command and the deployment have one version."""
    outputs = {one["OutputKey"]: one["OutputValue"] for one in patient.description.get("Outputs", ())}
    deployed, ours = outputs.get("Version", "an earlier version"), version("event-api")
    state = State.OK if deployed == ours else State.WARNING
    yield Finding("version", state, f"deployed is {deployed}, this command is {ours}", "the-stack")


def tables(patient: Patient) -> Iterator[Finding]:
    """Whether each table is active, protected, recoverable, and forgets what has expired."""
    client = patient.client("dynamodb")
    for logical_id, name in sorted(patient.resources("AWS::DynamoDB::Table").items()):
        problems = []
        table = client.describe_table(TableName=name)["Table"]
        if table["TableStatus"] not in {"ACTIVE", "UPDATING"}:
            problems.append(f"it is {table['TableStatus']}")
        if logical_id not in _WITHOUT_PROTECTION:
            if not table.get("DeletionProtectionEnabled"):
                problems.append("it can be deleted")
            backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
            if backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") != "ENABLED":
                problems.append("it cannot be restored to a point in time")
        if logical_id not in _WITHOUT_EXPIRY:
            expiry = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
            if expiry not in {"ENABLED", "ENABLING"}:
                problems.append("its items do not expire")
        state = State.WARNING if problems else State.OK
        yield Finding(f"table {logical_id}", state, "; ".join(problems) or "as it should be", "tables-and-bucket")


def bucket(patient: Patient) -> Iterator[Finding]:
    """Whether the bucket keeps versions, and not for ever."""
    client = patient.client("s3")
    for logical_id, name in patient.resources("AWS::S3::Bucket").items():
        problems = []
        if client.get_bucket_versioning(Bucket=name).get("Status") != "Enabled":
            problems.append("it keeps no versions")
        if not _rules(client, name):
            problems.append("nothing in it expires")
        state = State.WARNING if problems else State.OK
        yield Finding(f"bucket {logical_id}", state, "; ".join(problems) or "as it should be", "tables-and-bucket")


def _rules(client: Any, name: str) -> list[Mapping[str, Any]]:  # noqa: ANN401  # as above
    """Return the rules of a bucket's lifecycle that are in force."""
    from botocore.exceptions import ClientError  # noqa: PLC0415  # it is slow to import

    try:
        rules = client.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration":
            return []
        raise
    return [rule for rule in rules if rule["Status"] == "Enabled"]


def logs(patient: Patient) -> Iterator[Finding]:
    """Whether the logs expire."""
    client = patient.client("logs")
    kept = []
    groups = patient.resources("AWS::Logs::LogGroup")
    for logical_id, name in sorted(groups.items()):
        found = client.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        if not any(group["logGroupName"] == name and "retentionInDays" in group for group in found):
            kept.append(logical_id)
    if kept:
        yield Finding("logs", State.WARNING, f"kept for ever: {', '.join(kept)}", "log-groups")
    else:
        yield Finding("logs", State.OK, f"all {len(groups)} groups expire", "log-groups")


def functions(patient: Patient) -> Iterator[Finding]:
    """Whether each function can be invoked and its last update succeeded."""
    client = patient.client("lambda")
    broken = []
    found = patient.resources("AWS::Lambda::Function")
    for logical_id, name in sorted(found.items()):
        configuration = client.get_function_configuration(FunctionName=name)
        states = {configuration.get("State", "Active"), configuration.get("LastUpdateStatus", "Successful")}
        if states - {"Active", "Inactive", "Successful"}:
            broken.append(f"{logical_id}: {', '.join(sorted(states))}")
    state = State.FAILED if broken else State.OK
    yield Finding("functions", state, "; ".join(broken) or f"all {len(found)} are active", "the-stack")


def queues(patient: Patient) -> Iterator[Finding]:
    """Whether deliveries wait in the queue, or were given up."""
    client = patient.client("sqs")
    names = patient.resources("AWS::SQS::Queue")

    def number(logical_id: str, attribute: str = "ApproximateNumberOfMessages") -> int:
        answer = client.get_queue_attributes(QueueUrl=names[logical_id], AttributeNames=[attribute])
        return int(answer["Attributes"][attribute])

    waiting, dead = number("RedriveQueue"), number("RedriveDeadLetterQueue")
    tried = number("RedriveQueue", "ApproximateNumberOfMessagesNotVisible")
    state = State.WARNING if waiting >= MOST_WAITING else State.OK
    detail = f"{waiting} messages wait, {tried} are being tried or wait for their next try"
    yield Finding("queue", state, detail, "waiting-deliveries")
    state = State.FAILED if dead else State.OK
    yield Finding("dead letters", state, f"{dead} deliveries were given up", "dead-letters")


def unfinished(patient: Patient) -> Iterator[Finding]:
    """Whether a delivery has been unfinished for long."""
    oldest = patient.target.stores.deliveries.oldest()
    section = "unfinished-deliveries"
    if oldest is None:
        yield Finding("unfinished", State.OK, "every delivery is finished", section)
        return
    age = times.now() - oldest
    state = State.FAILED if age > UNFINISHED_FOR else State.WARNING if age > WORTH_A_LOOK else State.OK
    found = sum(1 for _ in islice(patient.target.stores.deliveries.unfinished(), _COUNTED))
    number = f"{found} deliveries" if found < _COUNTED else f"{_COUNTED} deliveries or more"
    yield Finding(
        "unfinished", state, f"{number} have events missing, the oldest for {int(age.total_seconds())} s", section
    )


def alarms(patient: Patient) -> Iterator[Finding]:
    """Report each alarm that is in ALARM."""
    client = patient.client("cloudwatch")
    names = patient.resources("AWS::CloudWatch::Alarm")
    described = [
        alarm
        for some in batches(sorted(names.values()), _ALARMS_AT_ONCE)
        for alarm in client.describe_alarms(AlarmNames=some)["MetricAlarms"]
    ]
    logical_ids = {name: logical_id for logical_id, name in names.items()}
    begun = [alarm for alarm in described if alarm["StateValue"] == "ALARM"]
    for alarm in begun:
        detail, _, section = alarm["AlarmDescription"].partition(f" {PAGE}#")
        yield Finding(f"alarm {logical_ids[alarm['AlarmName']]}", State.FAILED, detail, section)
    if not begun:
        state = State.OK if names else State.WARNING
        yield Finding("alarms", state, f"none of {len(names)} has begun" if names else "there are none", "alarms")


LOCAL_CHECKS: Final[tuple[Check, ...]] = (stack, versions, functions, logs, queues, unfinished, alarms)
"""Without those of settings that the local AWS ignores."""
CHECKS: Final[tuple[Check, ...]] = (*LOCAL_CHECKS, tables, bucket)


def examine(patient: Patient, checks: tuple[Check, ...]) -> Iterator[Finding]:
    """Run the checks; one that AWS refuses is a finding of its own."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # it is slow to import

    from event_api.domain.errors import EventApiError  # noqa: PLC0415

    for check in checks:
        try:
            yield from check(patient)
        except (BotoCoreError, ClientError, EventApiError) as error:
            reason = " ".join(str(error).split())
            yield Finding(check.__name__, State.FAILED, f"cannot be checked: {reason}", "checks-that-fail")
