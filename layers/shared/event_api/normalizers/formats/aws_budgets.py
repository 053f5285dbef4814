"""AWS Budgets' notifications, and those of AWS Cost Anomaly Detection, through Amazon SNS or as they are.

A budget's is text, of which only a few lines are meant for machines; it never reports a recovery. An
anomaly's is JSON, and comes through EventBridge too.

Source: https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html and
https://docs.aws.amazon.com/cost-management/latest/userguide/cad-user-notifications.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, first_text, items, mapping, severity, text, texts
from event_api.normalizers.rules import Rule
from event_api.normalizers.vendors import sns

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "aws-budgets"
ALIASES: Final = ("aws-cost-anomaly",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(lines=("Budget Name:", "Alert Type:")),
    Rule(keys=("anomalyId", "monitorArn", "impact")),
    Rule(keys=("detail-type", "detail"), values={"source": ("aws.ce",)}),
)

SEVERITIES: Final = {"actual": Severity.ERROR, "forecasted": Severity.WARNING}
"""By the alert's type; an alert without one has been exceeded."""

_LINE = re.compile(r"^([A-Za-z][\w /&-]{0,60}):(.*)$", re.MULTILINE)
_ACCOUNT = re.compile(r"\bAWS Account:?\s+(\d{12})\b")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one ALERT of the budget or of the anomaly."""
    if sns.is_handshake(payload):
        return []
    message = sns.message(payload)
    if message is None:
        return [_budget(payload)]
    anomaly = mapping(message.get("detail")) or message
    names = ("anomalyId", "dimensionalValue", "monitorName", "monitorArn", "detail-type")
    if first_text(*map(anomaly.get, names)) is None:
        if sns.is_envelope(payload.body):
            return [sns.text_event(payload)]
        raise NormalizeError("the message is not a budget's, and has no anomalyId")
    return [_anomaly(anomaly, message)]


def _budget(payload: Payload) -> NormalizedEvent:
    told = sns.text_of(payload) or ""
    fields = {name.lower(): value.strip() for name, value in _LINE.findall(told)}
    name = text(fields.get("budget name"))
    if name is None:
        return sns.text_event(payload)
    kind = text(fields.get("alert type"))
    amount = fields.get(f"{(kind or '').lower()} amount")
    account = _ACCOUNT.search(told)
    topic = first_text(payload.body.get("TopicArn"), payload.headers.get(sns.TOPIC_HEADER))
    owner = account[1] if account else sns.arn_part(topic, sns.ARN_ACCOUNT) or ""
    numbers = " ".join(filter(None, (kind, amount)))
    limit = fields.get("alert threshold")
    return NormalizedEvent(
        event_key=f"budgets:{owner}:{name}",
        event_type=EventType.ALERT,
        title=f"Budget {name}: {numbers or 'threshold passed'}" + (f" ({limit})" if limit else ""),
        severity=Severity.ERROR if kind is None else severity(kind, SEVERITIES, Severity.NONE),
        description=told,
        rule=name,
        resource=Resource(resource_id=name, resource_type="AWS::Budgets::Budget", name=name),
        provider="aws",
        account=owner,
        additional_info=texts({field: fields[field] for field in fields if field.startswith(("budget", "alert"))})
        | texts({"amount": amount, "TopicArn": topic}),
        occurred_at=parse_time(payload.body.get("Timestamp")),
    )


def _anomaly(anomaly: JsonObject, message: JsonObject) -> NormalizedEvent:
    cause = next(iter(items(anomaly.get("rootCauses"))), {})
    monitor = first_text(anomaly.get("monitorName"), anomaly.get("monitorArn"))
    what = first_text(anomaly.get("dimensionalValue"), cause.get("service"), monitor)
    impact = text(at(anomaly, "impact.totalImpact"))
    share = text(at(anomaly, "impact.totalImpactPercentage"))
    account = first_text(anomaly.get("accountId"), message.get("account")) or ""
    parts = ("anomaly", account, monitor, what, None if what else text(message.get("id")))
    identity = text(anomaly.get("anomalyId")) or ":".join(filter(None, parts))
    named = first_text(what, anomaly.get("anomalyId"), message.get("detail-type"))
    return NormalizedEvent(
        event_key=identity,
        event_type=EventType.ALERT,
        title=f"Cost anomaly: {named or identity}"
        + (f", {impact} USD more than expected" if impact else "")
        + (f" ({share} %)" if impact and share else ""),
        severity=Severity.WARNING,
        description="\n".join(filter(None, map(_cause, items(anomaly.get("rootCauses"))))) or None,
        rule=monitor,
        resource=Resource(resource_id=what, name=what),
        provider="aws",
        account=account,
        additional_info=texts(
            {
                "anomalyId": anomaly.get("anomalyId"),
                "anomalyDetailsLink": anomaly.get("anomalyDetailsLink"),
                "monitorArn": anomaly.get("monitorArn"),
                "subscriptionName": anomaly.get("subscriptionName"),
                "totalImpact": impact,
                "totalActualSpend": at(anomaly, "impact.totalActualSpend"),
                "totalExpectedSpend": at(anomaly, "impact.totalExpectedSpend"),
                "maxScore": at(anomaly, "anomalyScore.maxScore"),
                "anomalyEndDate": anomaly.get("anomalyEndDate"),
            }
        ),
        occurred_at=parse_time(anomaly.get("anomalyStartDate")) or parse_time(message.get("time")),
    )


def _cause(cause: JsonObject) -> str:
    named = ("service", "region", "linkedAccountName", "linkedAccount", "usageType")
    return ", ".join(filter(None, (text(cause.get(name)) for name in named)))
