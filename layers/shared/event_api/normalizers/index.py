"""All formats' names, rules and headers; written by `make formats` from the modules in `formats`.

Detection reads it instead of them, so that a delivery imports no other format than its own.
"""

from __future__ import annotations

from typing import Final

from event_api.normalizers.rules import Rule

MODULES: Final = {
    "alertmanager": "prometheus_alertmanager",
    "api-direct": "direct",
    "appdynamics": "appdynamics",
    "aws-cloudwatch": "aws_cloudwatch",
    "aws-cloudwatch-lambda-action": "aws_cloudwatch",
    "aws-cloudwatch-raw": "aws_cloudwatch",
    "aws-cloudwatch-sns": "aws_cloudwatch",
    "aws-sns": "aws_sns",
    "datadog": "datadog",
    "direct": "direct",
    "elastic": "kibana",
    "generic": "generic",
    "graylog": "graylog",
    "jira-service-management": "opsgenie",
    "kibana": "kibana",
    "newrelic": "newrelic",
    "newrelic-legacy": "newrelic_legacy",
    "newrelic-workflow": "newrelic",
    "opscruise": "opscruise",
    "opsgenie": "opsgenie",
    "pagerduty-events": "pagerduty_events",
    "pagerduty-events-v1": "pagerduty_events",
    "pagerduty-events-v2": "pagerduty_events",
    "pagerduty-webhook": "pagerduty_webhook",
    "pagerduty-webhook-v1": "pagerduty_webhook",
    "pagerduty-webhook-v2": "pagerduty_webhook",
    "pagerduty-webhook-v3": "pagerduty_webhook",
    "prometheus-alertmanager": "prometheus_alertmanager",
    "sentry": "sentry",
    "sentry-legacy": "sentry",
    "signalfx": "splunk_observability",
    "splunk": "splunk",
    "splunk-observability": "splunk_observability",
    "vmware-aria-operations": "vmware_vrealize",
    "vmware-vrealize": "vmware_vrealize",
    "watcher": "kibana",
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
    (
        "splunk-observability",
        Rule(keys=("sf_schema", "eventType", "messageTitle"), absent=("originatingMetric", "statusExtended")),
    ),
    ("appdynamics", Rule(keys=("event_guid", "event_type", "event_deep_link", "controller_url"))),
    ("datadog", Rule(keys=("alert_transition", "alert_type"), absent=("event_key", "last_updated"))),
    ("newrelic-legacy", Rule(keys=("incident_id", "condition_name", "policy_name", "details"))),
    ("sentry", Rule(keys=("action", "installation", "data", "actor"))),
    ("sentry", Rule(keys=("project_slug", "url", "event.event_id"), absent=("installation",))),
    ("splunk", Rule(keys=("sid", "owner", "app", "result"))),
    ("splunk-observability", Rule(keys=("incidentId", "statusExtended", "severity"), absent=("originatingMetric",))),
    ("vmware-vrealize", Rule(keys=("alertId", "criticality", "resourceKind", "adapterKind"))),
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
    ("kibana", Rule(keys=("rule.id", "alert.id", "alert.actionGroup"))),
    ("kibana", Rule(keys=("alertId", "alertInstanceId", "alertActionGroup"))),
    ("kibana", Rule(keys=("watch_id", "execution_time", "title"))),
    ("newrelic", Rule(keys=("issueUrl", "state", "priority"))),
    ("newrelic", Rule(keys=("issueUrl", "alertPolicyNames", "alertConditionNames"))),
    ("newrelic-legacy", Rule(keys=("incident_id", "current_state", "condition_name"))),
    ("pagerduty-webhook", Rule(keys=("event.event_type", "event.resource_type", "event.data"))),
    ("pagerduty-webhook", Rule(each={"messages": ("id", "event", "incident.id")})),
    ("pagerduty-webhook", Rule(each={"messages": ("id", "type", "data.incident.id")})),
    ("prometheus-alertmanager", Rule(keys=("receiver",), absent=("orgId",), each={"alerts": ("labels",)})),
    ("splunk", Rule(keys=("search_name", "results_link", "result"))),
    ("splunk-observability", Rule(keys=("severity", "originatingMetric", "detectOnCondition"))),
    ("aws-cloudwatch", Rule(keys=("AlarmName", "NewStateValue"))),
    ("aws-cloudwatch", Rule(keys=("alarmArn", "alarmData"))),
    ("graylog", Rule(keys=("event_definition_id", "event.timestamp"))),
    ("graylog", Rule(keys=("check_result.triggered_condition", "stream.id"))),
    ("opsgenie", Rule(keys=("action", "alert.alertId"))),
    ("pagerduty-events", Rule(keys=("routing_key", "event_action"))),
    ("pagerduty-events", Rule(keys=("service_key",), values={"event_type": ("trigger", "acknowledge", "resolve")})),
    ("aws-sns", Rule(headers=("x-amz-sns-message-type",))),
    ("pagerduty-webhook", Rule(headers=("x-pagerduty-signature",))),
    ("sentry", Rule(headers=("sentry-hook-resource",))),
)

HEADERS_OF_FORMATS: Final = frozenset(
    {"sentry-hook-resource", "sentry-hook-timestamp", "x-amz-sns-message-type", "x-amz-sns-topic-arn"}
)
