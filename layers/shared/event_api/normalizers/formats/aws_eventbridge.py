"""Amazon EventBridge: events of ECS, CodeBuild, CodePipeline, CodeDeploy, GuardDuty and other AWS services.

CloudWatch alarms, AWS Health events and cost anomalies have formats of their own, which also read them at a webhook of
this format.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html and, for the details,
https://docs.aws.amazon.com/eventbridge/latest/ref/events.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers import envelopes
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.formats import generic
from event_api.normalizers.identity import identity
from event_api.normalizers.lenient import at, first_text, items, mapping, one_text, severity, text, texts
from event_api.normalizers.rules import Rule
from event_api.normalizers.vendors import aws_findings, sns

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "aws-eventbridge"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(
        keys=("source", "detail-type", "detail"),
        values={"version": ("0",)},
        # Each of these has a format of its own.
        unless={"source": ("aws.cloudwatch", "aws.health", "aws.ce")},
    ),
)

OUTCOMES: Final = (
    dict.fromkeys(
        ("failed", "failure", "fault", "error", "errors", "timed_out", "timeout", "expired", "non_compliant"),
        (EventType.ALERT, Severity.ERROR),
    )
    | dict.fromkeys(("warn", "warning"), (EventType.ALERT, Severity.WARNING))
    | dict.fromkeys(
        ("succeeded", "succeed", "success", "successful", "completed", "complete", "ok", "compliant"),
        (EventType.RECOVERY, Severity.INFO),
    )
)
"""Final states. Repeated work (`RUNS`) in any other state, such as begun or cancelled by a person, makes no event."""

RUNS: Final = {
    "aws.amplify": ("appId", "branchName"),
    "aws.backup": ("backupVaultArn", "resourceArn"),
    "aws.batch": ("jobQueue", "jobName"),
    "aws.cloudformation": ("stack-id", "logical-resource-id"),
    "aws.codebuild": ("project-name",),
    "aws.codedeploy": ("application", "deploymentGroup", "instanceId"),
    "aws.codepipeline": ("pipeline", "stage", "action"),
    "aws.config": ("configRuleName", "resourceId"),
    "aws.glue": ("jobName", "crawlerName"),
    "aws.states": ("stateMachineArn",),
    "aws.trustedadvisor": ("check-name", "resource_id"),
}
"""Sources that report the result of repeated work, and the fields that name it.

A success ends the alert of an earlier failure.
"""

SUBJECTS: Final = RUNS | {
    "aws.acm": ("CommonName",),
    "aws.autoscaling": ("AutoScalingGroupName",),
    "aws.ec2": ("instance-id",),
    "aws.ecr": ("repository-name", "image-tags", "image-tag"),
    "aws.emr": ("name", "clusterId"),
    "aws.rds": ("SourceIdentifier",),
}

STATES: Final = (
    "state",
    "status",
    "currentStatus",
    "build-status",
    "completed-phase-status",
    "scan-status",
    "result",
    "status-details.status",
    "newEvaluationResult.complianceType",
)
"""Fields of the details that hold a state or a result; the first one that is present counts."""
STATE_ENDINGS: Final = ("state", "status", "eventtype")
"""Endings of other fields' names, used if none of STATES is present: DataSync's ``State``, ``TrainingJobStatus``."""

DESCRIPTIONS: Final = (
    "description",
    "reason",
    "statusReason",
    "statusMessage",
    "message",
    "Message",
    "StatusMessage",
    "Description",
    "Cause",
    "cause",
    "FailureReason",
    "detailMessage",
    "errorMessage",
    "error",
    "status-details.status-reason",
    "execution-result.external-execution-summary",
    "newEvaluationResult.annotation",
    "additional-information.logs.deep-link",
)

KINDS: Final = {
    "ACM Certificate Approaching Expiration": Severity.WARNING,
    "ACM Certificate Expired": Severity.ERROR,
    "ACM Certificate Renewal Action Required": Severity.WARNING,
    "EC2 Instance Rebalance Recommendation": Severity.WARNING,
    "EC2 Spot Instance Interruption Warning": Severity.WARNING,
}
"""Events that require an action although none of their fields says so."""

SEVERITIES: Final = {"critical": Severity.CRITICAL, "error": Severity.ERROR, "warn": Severity.WARNING}
"""EMR's words for severity."""

_CALL: Final = "via CloudTrail"
_STACK_ID: Final = re.compile(r"(:stack/[^/]+)/[^/]+$")

ECS_LEVELS: Final = {"error": Severity.ERROR, "warn": Severity.WARNING, "info": Severity.INFO}
ECS_GOOD: Final = ("_STEADY_STATE", "_COMPLETED")
ECS_PASSING: Final = frozenset({"ECS Container Instance State Change"})
"""Sent for every change of an instance; the ECS service's own events report failures."""
ECS_TASK: Final = "ECS Task State Change"
"""Sent for every start and stop of a task, of which only a crash is a fault."""
ECS_CRASHES: Final = frozenset({"taskfailedtostart"})
ECS_EXITS: Final = frozenset({"essentialcontainerexited"})
"""Codes of a stop. The second is a crash if a container failed; all others are deployments, scaling and people."""
ECS_OUT_OF_MEMORY: Final = "OutOfMemory"

EC2_PASSING: Final = frozenset({"pending", "stopping", "shutting-down"})
"""Transitional states of an instance, which are soon followed by another."""

RDS_FAULTS: Final = frozenset({"failure", "low storage"})

_STATE = "state"  # CodeBuild Build State Change, CodeDeploy Deployment State-change Notification
_TICK = "Scheduled Event"
_MOST_RESOURCES = 20


@dataclass(frozen=True, slots=True)
class _Message:
    """One event on the bus."""

    body: JsonObject
    detail: JsonObject
    source: str
    kind: str

    @property
    def state(self) -> str | None:
        """The current state or the result."""
        if self.kind.endswith(_CALL):
            return None
        told = next((value for path in STATES if isinstance(value := at(self.detail, path), str) and value), None)
        return text(told) or next(
            (
                text(value)
                for name, value in self.detail.items()
                if name.lower().endswith(STATE_ENDINGS) and isinstance(value, str)
            ),
            None,
        )

    @property
    def outcome(self) -> tuple[EventType, Severity] | None:
        """The meaning of a final state, or None. ``ROLLBACK_COMPLETE`` means that the work before it failed."""
        state = (self.state or "").lower()
        if state.endswith("rollback_complete"):
            return OUTCOMES["failed"]
        return OUTCOMES.get(state) or OUTCOMES.get(state.rpartition("_")[2])

    @property
    def place(self) -> tuple[str | None, str | None]:
        """The account and the region."""
        return text(self.body.get("account")), text(self.body.get("region"))

    @property
    def arn(self) -> str | None:
        """The first of the message's resources."""
        return next(iter(self.arns), None)

    @property
    def arns(self) -> list[str]:
        """The message's resources, at most _MOST_RESOURCES."""
        resources = self.body.get("resources")
        listed = resources[:_MOST_RESOURCES] if isinstance(resources, list) else []
        return [found for one in listed if (found := text(one))]

    @property
    def subject(self) -> str | None:
        """The object of the event, by the names that people gave it."""
        return "/".join(self._subjects) or None

    @property
    def name(self) -> str | None:
        """The object of the event, as it is shown to people."""
        return "/".join(filter(None, map(_last_part, self._subjects))) or _last_part(self.arn)

    @property
    def _subjects(self) -> list[str]:
        names = ("eventName",) if self.kind.endswith(_CALL) else SUBJECTS.get(self.source, ())
        return [found for name in names if (found := one_text(self.detail.get(name)))]


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make the events of an AWS service's message; read any other message on the bus by its own format."""
    if sns.is_handshake(payload):
        return []
    body = sns.message(payload)
    if body is None:
        return [sns.text_event(payload)]
    events = envelopes.claimed(payload, body, besides=NAME)
    if events is not None:
        return events
    source, kind = text(body.get("source")), text(body.get("detail-type"))
    if source is None and kind is None:
        raise NormalizeError("the event has neither a source nor a detail-type")
    detail = mapping(body.get("detail"))
    if not (source or "").startswith("aws."):
        events = envelopes.claimed(payload, detail, at=parse_time(body.get("time")))
        if events is not None:
            return events
    return _read(_Message(body, detail, source or "", kind or source or ""))


def _read(message: _Message) -> list[NormalizedEvent]:
    match message.source:
        case "aws.guardduty":
            events = [aws_findings.guardduty(message.detail)]
        case "aws.inspector2" | "aws.macie":
            events = [aws_findings.inspected(message.detail)]
        case "aws.securityhub":
            events = list(aws_findings.security_hub(message.detail))
        case "aws.devops-guru":
            events = [aws_findings.insight(message.detail, message.kind, text(message.body.get("time")))]
        case "aws.ecs":
            return _ecs(message)
        case source if source in RUNS:
            return _run(message)
        case _:
            return _fact(message)
    return [event for event in events if event is not None] or _fact(message)


def _run(message: _Message) -> list[NormalizedEvent]:
    outcome = message.outcome
    if outcome is None and message.state is None and _STATE in message.kind.lower():
        outcome = OUTCOMES["failed"]  # a change of state without a state is reported
    if outcome is None:
        return []
    if "Phase" in message.kind and outcome[0] is EventType.RECOVERY:
        return []  # a failing build has successful phases, too
    return [_event(message, *outcome)]


def _ecs(message: _Message) -> list[NormalizedEvent]:
    name = (text(message.detail.get("eventName")) or "").upper()
    if message.kind == ECS_TASK:
        return _ecs_task(message)
    if message.kind in ECS_PASSING or name.endswith("_IN_PROGRESS"):
        return []
    if name.endswith(ECS_GOOD):
        return [_event(message, EventType.RECOVERY, Severity.INFO, name)]
    level = severity(message.detail.get("eventType"), ECS_LEVELS, Severity.NONE)
    return [_event(message, EventType.ALERT, level, name)]


def _ecs_task(message: _Message) -> list[NormalizedEvent]:
    """Make an event of a task that crashed. Nothing reports its end: the service starts another task."""
    detail = message.detail
    if (text(detail.get("lastStatus")) or "").upper() != "STOPPED":
        return []
    code = (text(detail.get("stopCode")) or "").lower()
    containers = items(detail.get("containers"))
    failed = [one for one in containers if (text(one.get("exitCode")) or "0") != "0" or _is_out_of_memory(one)]
    reason = text(detail.get("stoppedReason"))
    is_crash = code in ECS_CRASHES or (code in ECS_EXITS and failed) or any(map(_is_out_of_memory, (detail, *failed)))
    if not is_crash:
        return []
    event = _event(message, EventType.ALERT, Severity.ERROR, text(detail.get("stopCode")))
    group = text(detail.get("group")) or text(detail.get("taskDefinitionArn"))
    name = _last_part(group) if (group or "").startswith("arn:") else (group or "").partition(":")[2] or group
    cluster = _last_part(text(detail.get("clusterArn")))
    causes = [_exit(one) for one in failed] or [reason or text(detail.get("stopCode")) or "it stopped"]
    return [
        replace(
            event,
            # The task is new each time; its service, or its definition, is what keeps crashing.
            event_key=":".join(filter(None, ("ecs-task", *message.place, cluster, group))),
            former_keys=(),
            title=f"ECS task of {name or 'an unknown service'} stopped: {causes[0]}",
            description="\n".join(filter(None, (reason, *causes))),
            resource=Resource(text(detail.get("taskArn")), "aws.ecs", name),
            additional_info=event.additional_info
            | texts({"cluster": cluster, "task": detail.get("taskArn"), "stop_code": detail.get("stopCode")}),
        )
    ]


def _is_out_of_memory(one: JsonObject) -> bool:
    return any(ECS_OUT_OF_MEMORY in (text(one.get(name)) or "") for name in ("reason", "stoppedReason", "stopCode"))


def _exit(container: JsonObject) -> str:
    """Return how a container ended, in words."""
    code, reason = text(container.get("exitCode")), text(container.get("reason"))
    told = ", ".join(filter(None, (f"exit code {code}" if code else None, reason)))
    return f"{text(container.get('name')) or 'a container'}: {told or 'failed'}"


def _fact(message: _Message) -> list[NormalizedEvent]:
    state = (message.state or "").lower()
    if message.kind == _TICK or (message.source == "aws.ec2" and state in EC2_PASSING):
        return []
    outcome = message.outcome
    failed = "Unsuccessful" in message.kind or (outcome is not None and outcome[0] is EventType.ALERT)
    level = Severity.ERROR if failed else KINDS.get(message.kind, Severity.INFO)
    level = severity(message.detail.get("severity"), SEVERITIES, level)
    return [_event(message, EventType.ALERT, _found(message.detail) or level)]


def _found(detail: JsonObject) -> Severity | None:
    """Return the worst severity of ECR's scan, or RDS's severity; None for neither."""
    counts = {level.lower() for level, count in mapping(detail.get("finding-severity-counts")).items() if count}
    categories = detail.get("EventCategories")
    if isinstance(categories, list) and any(text(one) in RDS_FAULTS for one in categories):
        return Severity.ERROR
    return next((grade for word, grade in aws_findings.GRADES.items() if word in counts), None)


def _event(message: _Message, event_type: EventType, level: Severity, state: str | None = None) -> NormalizedEvent:
    state = state or message.state
    subject, name = message.subject, message.name
    described = (f"{message.kind}:", name, state) if name else (message.kind, state)
    # A run's own ARN names only that run.
    affected = first_text(*((subject, message.arn) if message.source in RUNS else (message.arn, subject)))
    key, former_key = _keys(message)
    event = NormalizedEvent(
        event_key=key,
        former_keys=() if key == former_key else (former_key,),
        event_type=event_type,
        title=_sentence(message) or " ".join(filter(None, described)),
        severity=level,
        description=first_text(*(at(message.detail, path) for path in DESCRIPTIONS)),
        rule=message.kind,
        resource=Resource(resource_id=affected, resource_type=message.source or None if affected else None, name=name),
        provider="aws" if message.source.startswith("aws.") else "",
        account=text(message.body.get("account")) or "",
        additional_info=texts(
            {
                "source": message.source,
                "detail-type": message.kind,
                "region": message.body.get("region"),
                "state": state,
                "resources": ", ".join(message.arns),
            }
        ),
        occurred_at=parse_time(message.body.get("time")),
    )
    return event if message.source.startswith("aws.") else generic.read_over(event, message.detail)


def _sentence(message: _Message) -> str | None:
    """Return the service's own sentence; RDS has the name of the database in another field."""
    detail = message.detail
    told = text(detail.get("title"))
    if told is None and message.source == "aws.rds" and (said := text(detail.get("Message"))):
        return f"{message.name}: {said}" if message.name else said
    return told


def _keys(message: _Message) -> tuple[str, str]:
    """Return the event's key and the key that version 0.1 made.

    All kinds of events of repeated work share a key, because an event of another kind may end the alert. Elsewhere the
    kind is part of the key: a failed launch must not join the alert of a successful one.
    """
    kind = None if (message.source in RUNS and message.subject) or message.source == "aws.ecs" else message.kind
    place: tuple[Json, ...] = (message.source, message.body.get("account"), message.body.get("region"))
    named: tuple[Json, ...] = (*place, message.subject) if message.subject or message.arn is None else (message.arn,)
    # The resource may be a parent, such as a cluster; then only the details identify the part that the event is about.
    # The details of repeated work identify a single run, whereas its resource is the work itself.
    is_work = message.arn is not None and (message.source in RUNS or message.source == "aws.ecs")
    is_named = message.subject or is_work or not message.detail
    former = ":".join(filter(None, map(text, (*named, kind))))
    if message.kind.endswith(_CALL):
        return f"{former}:{identity(_called(message.detail), None)}", former
    return former if is_named else f"{former}:{identity(message.detail, None)}", former


def _called(detail: JsonObject) -> JsonObject:
    """Return the objects of an API call, whose name identifies only the action; without objects, its caller."""
    objects: JsonObject = {name: detail.get(name) for name in ("requestParameters", "resources")}
    caller = mapping(detail.get("userIdentity"))
    return objects if any(objects.values()) else {"caller": first_text(caller.get("arn"), caller.get("userName"))}


def _last_part(arn: str | None) -> str | None:
    """Return the name in an ARN, without the id at the end of a stack's ARN; return other text unchanged."""
    if arn is None or not arn.startswith("arn:"):
        return arn
    return _STACK_ID.sub(r"\1", arn).rpartition("/")[2].rpartition(":")[2] or None
