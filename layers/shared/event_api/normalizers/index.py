"""All formats' names, rules and headers; written by `make formats` from the modules in `formats`.

Detection reads it instead of them, so that a delivery imports no other format than its own.
"""

from __future__ import annotations

from typing import Final

from event_api.normalizers.rules import Rule

MODULES: Final = {
    "alertmanager": "prometheus_alertmanager",
    "api-direct": "direct",
    "aws-cloudwatch": "aws_cloudwatch",
    "aws-cloudwatch-lambda-action": "aws_cloudwatch",
    "aws-cloudwatch-raw": "aws_cloudwatch",
    "aws-cloudwatch-sns": "aws_cloudwatch",
    "aws-sns": "aws_sns",
    "datadog": "datadog",
    "direct": "direct",
    "generic": "generic",
    "newrelic": "newrelic",
    "newrelic-legacy": "newrelic_legacy",
    "newrelic-workflow": "newrelic",
    "prometheus-alertmanager": "prometheus_alertmanager",
    "sentry": "sentry",
    "sentry-legacy": "sentry",
}

RULES: Final = (
    ("direct", Rule(keys=("event_key", "title", "event_type"))),
    ("datadog", Rule(keys=("body", "last_updated", "event_type", "title", "date", "org.id"), absent=("event_key",))),
    (
        "sentry",
        Rule(keys=("project_name", "project", "level", "event.event_id"), absent=("installation", "project_slug")),
    ),
    ("datadog", Rule(keys=("event_key", "cycle", "transition", "alert_type"), absent=("event_type",))),
    ("datadog", Rule(keys=("monitor_id", "scopes", "query"), absent=("alert_transition", "last_updated"))),
    ("datadog", Rule(keys=("alert_transition", "alert_type"), absent=("event_key", "last_updated"))),
    ("newrelic-legacy", Rule(keys=("incident_id", "condition_name", "policy_name", "details"))),
    ("sentry", Rule(keys=("action", "installation", "data", "actor"))),
    ("sentry", Rule(keys=("project_slug", "url", "event.event_id"), absent=("installation",))),
    (
        "aws-cloudwatch",
        Rule(keys=("detail",), values={"source": ("aws.cloudwatch",)}, starts={"detail-type": ("CloudWatch Alarm",)}),
    ),
    (
        "aws-sns",
        Rule(
            keys=("TopicArn", "MessageId"),
            values={"Type": ("Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation")},
        ),
    ),
    ("newrelic", Rule(keys=("issueUrl", "state", "priority"))),
    ("newrelic", Rule(keys=("issueUrl", "alertPolicyNames", "alertConditionNames"))),
    ("newrelic-legacy", Rule(keys=("incident_id", "current_state", "condition_name"))),
    ("prometheus-alertmanager", Rule(keys=("receiver",), absent=("orgId",), each={"alerts": ("labels",)})),
    ("aws-cloudwatch", Rule(keys=("AlarmName", "NewStateValue"))),
    ("aws-cloudwatch", Rule(keys=("alarmArn", "alarmData"))),
    ("aws-sns", Rule(headers=("x-amz-sns-message-type",))),
    ("sentry", Rule(headers=("sentry-hook-resource",))),
)

HEADERS_OF_FORMATS: Final = frozenset(
    {"sentry-hook-resource", "sentry-hook-timestamp", "x-amz-sns-message-type", "x-amz-sns-topic-arn"}
)
