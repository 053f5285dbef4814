"""An Amazon CloudWatch alarm in its four shapes: SNS (wrapped or raw), EventBridge, Lambda action.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, first_text, items, mapping, text, texts
from event_api.normalizers.rules import Rule
from event_api.normalizers.vendors import sns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "aws-cloudwatch"
ALIASES: Final = ("aws-cloudwatch-lambda-action", "aws-cloudwatch-raw", "aws-cloudwatch-sns")
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("AlarmName", "NewStateValue")),
    Rule(keys=("alarmArn", "alarmData")),
    Rule(values={"source": ("aws.cloudwatch",)}, starts={"detail-type": ("CloudWatch Alarm",)}, keys=("detail",)),
)

STATES: Final = {
    "ALARM": (EventType.ALERT, Severity.ERROR),
    "OK": (EventType.RECOVERY, Severity.INFO),
    "INSUFFICIENT_DATA": (EventType.ALERT, Severity.NONE),
}
"""CloudWatch has no severity: it follows from the state."""
_NO_STATE = (EventType.ALERT, Severity.ERROR)  # an alarm without a state has probably fired
_UNKNOWN_STATE = (EventType.ALERT, Severity.NONE)

_NO_EVENT = "CloudWatch Alarm Configuration Change"


@dataclass(frozen=True, slots=True)
class _Metric:
    namespace: str | None
    name: str | None
    dimensions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Alarm:
    """The fields that the four shapes share."""

    arn: str | None
    name: str | None
    account: str | None
    region: str | None
    state: str | None
    previous_state: str | None
    reason: str | None
    description: str | None
    threshold: str | None
    changed_at: Json
    metrics: tuple[_Metric, ...]
    suppressed_by: str | None = None


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the alarm's change of state; none of a change of its configuration."""
    if sns.is_handshake(payload):
        return []
    body = sns.message(payload)
    if body is not None and body.get("detail-type") == _NO_EVENT:
        return []
    alarm = None if body is None else _read(body)
    if alarm is not None and first_text(alarm.name, alarm.arn, *(metric.name for metric in alarm.metrics)):
        return [_event(alarm)]
    if sns.is_envelope(payload.body) or isinstance(payload.content, str):
        return [sns.text_event(payload)]
    raise NormalizeError("the alarm has neither a name nor an ARN nor a metric")


def _read(body: JsonObject) -> _Alarm:
    if "alarmData" in body or "alarmArn" in body:
        return _from_lambda_action(body)
    if "detail" in body or "detail-type" in body:
        return _from_eventbridge(body)
    return _from_sns(body)


def _from_sns(body: JsonObject) -> _Alarm:
    trigger = mapping(body.get("Trigger"))
    # A simple alarm's one metric lies in the trigger itself; a bare message has it at its top.
    metrics = [
        trigger or body,
        *(mapping(at(entry, "MetricStat.Metric")) for entry in items(trigger.get("Metrics"))),
    ]
    return _Alarm(
        arn=text(body.get("AlarmArn")),
        name=text(body.get("AlarmName")),
        account=text(body.get("AWSAccountId")),
        region=text(body.get("Region")),
        state=text(body.get("NewStateValue")),
        previous_state=text(body.get("OldStateValue")),
        reason=text(body.get("NewStateReason")),
        description=text(body.get("AlarmDescription")),
        threshold=first_text(trigger.get("Threshold"), body.get("Threshold")),
        changed_at=body.get("StateChangeTime"),
        metrics=tuple(
            _Metric(
                namespace=text(metric.get("Namespace")),
                name=text(metric.get("MetricName")),
                dimensions=_pairs(
                    {text(d.get("name")): d.get("value") for d in items(metric.get("Dimensions"))}.items()
                ),
            )
            for metric in metrics
        ),
    )


def _from_lambda_action(body: JsonObject) -> _Alarm:
    return _from_alarm_data(
        mapping(body.get("alarmData")), text(body.get("alarmArn")), text(body.get("accountId")), body
    )


def _from_eventbridge(body: JsonObject) -> _Alarm:
    resources = body.get("resources")
    arn = text(resources[0]) if isinstance(resources, list) and resources else None
    return _from_alarm_data(mapping(body.get("detail")), arn, text(body.get("account")), body)


def _from_alarm_data(data: JsonObject, arn: str | None, account: str | None, body: JsonObject) -> _Alarm:
    metrics = [mapping(at(entry, "metricStat.metric")) for entry in items(at(data, "configuration.metrics"))]
    return _Alarm(
        arn=arn,
        name=text(data.get("alarmName")),
        account=account,
        region=text(body.get("region")),
        state=text(at(data, "state.value")),
        previous_state=text(at(data, "previousState.value")),
        reason=text(at(data, "state.reason")),
        description=text(at(data, "configuration.description")),
        threshold=text(at(data, "configuration.threshold")),
        changed_at=first_text(at(data, "state.timestamp"), body.get("time")),
        metrics=tuple(
            _Metric(
                namespace=text(metric.get("namespace")),
                name=text(metric.get("name")),
                dimensions=_pairs(mapping(metric.get("dimensions")).items()),
            )
            for metric in metrics
        ),
        suppressed_by=text(at(data, "state.actionsSuppressedBy")),
    )


def _pairs(dimensions: Iterable[tuple[str | None, Json]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, found) for name, value in dimensions if name and (found := text(value)))


def _event(alarm: _Alarm) -> NormalizedEvent:
    event_type, severity = STATES.get(alarm.state, _UNKNOWN_STATE) if alarm.state else _NO_STATE
    measured = (metric.name for metric in alarm.metrics)
    name = first_text(alarm.name, (alarm.arn or "").rpartition(":alarm:")[2], *measured) or ""
    account = first_text(alarm.account, sns.arn_part(alarm.arn, sns.ARN_ACCOUNT)) or ""
    # The display name "EU (Ireland)" that SNS brings is not a region code; the ARN has the code.
    region = first_text(sns.arn_part(alarm.arn, sns.ARN_REGION), alarm.region)
    return NormalizedEvent(
        # Alarm names are unique within an account and region, so without an ARN these three identify the alarm.
        event_key=alarm.arn or ":".join(("cloudwatch", account, region or "", name)),
        event_type=event_type,
        title=name,
        severity=severity,
        description="\n\n".join(filter(None, (alarm.reason, alarm.description))) or None,
        rule=name,
        resource=_resource(alarm, name),
        provider="aws",
        account=account,
        additional_info=texts(
            {
                "AlarmName": alarm.name,
                "AlarmArn": alarm.arn,
                "AWSAccountId": account,
                "Region": region,
                "OldStateValue": alarm.previous_state,
                "Namespace": next((metric.namespace for metric in alarm.metrics if metric.namespace), None),
                "MetricName": next((metric.name for metric in alarm.metrics if metric.name), None),
                "Threshold": alarm.threshold,
                "ActionsSuppressedBy": alarm.suppressed_by,
            }
        ),
        occurred_at=parse_time(alarm.changed_at),
    )


def _resource(alarm: _Alarm, name: str) -> Resource:
    """Name what the metrics measure. Composite and log alarms measure nothing: they stand for themselves."""
    dimensions = dict.fromkeys(pair for metric in alarm.metrics for pair in metric.dimensions)
    if not dimensions:
        return Resource(resource_id=name, resource_type="AWS::CloudWatch::Alarm", name=name)
    namespace = next((metric.namespace for metric in alarm.metrics if metric.dimensions), None)
    described = ",".join(f"{key}={value}" for key, value in dimensions)
    return Resource(
        resource_id=",".join(value for _, value in dimensions),
        resource_type=namespace,
        name=f"[{namespace}] {described}" if namespace else described,
    )
