"""All formats' names, rules and headers; written by `make formats` from the modules in `formats`.

Detection reads it instead of them, so that a delivery imports no other format than its own.
"""

from __future__ import annotations

from typing import Final

from event_api.normalizers.rules import Rule

MODULES: Final = {
    "alertmanager": "prometheus_alertmanager",
    "api-direct": "direct",
    "aqua": "aqua",
    "aquasec": "aqua",
    "aws-cloudwatch": "aws_cloudwatch",
    "aws-cloudwatch-lambda-action": "aws_cloudwatch",
    "aws-cloudwatch-raw": "aws_cloudwatch",
    "aws-cloudwatch-sns": "aws_cloudwatch",
    "aws-sns": "aws_sns",
    "axiom": "axiom",
    "check-mk": "checkmk",
    "checkly": "checkly",
    "checkmk": "checkmk",
    "collectd": "collectd",
    "collectd-write-http": "collectd",
    "coralogix": "coralogix",
    "dash0": "dash0",
    "direct": "direct",
    "falco": "falco",
    "falcosidekick": "falco",
    "generic": "generic",
    "librenms": "librenms",
    "pingdom": "pingdom",
    "prometheus-alertmanager": "prometheus_alertmanager",
    "riemann": "riemann",
    "site24x7": "site24x7",
    "statuspage": "statuspage",
    "thousand-eyes": "thousandeyes",
    "thousandeyes": "thousandeyes",
    "trivy": "trivy_operator",
    "trivy-operator": "trivy_operator",
    "updown": "updown",
    "updown-io": "updown",
    "uptime-kuma": "uptime_kuma",
    "uptimerobot": "uptimerobot",
    "wazuh": "wazuh",
}

RULES: Final = (
    ("direct", Rule(keys=("event_key", "title", "event_type"))),
    ("checkmk", Rule(keys=("what", "notification_type", "host", "check_command"))),
    ("librenms", Rule(keys=("alert_id", "device_id", "rule_id", "state"))),
    (
        "riemann",
        Rule(
            keys=("host", "service", "metric"),
            values={"state": ("ok", "warning", "critical", "error", "unknown", "expired")},
        ),
    ),
    (
        "riemann",
        Rule(
            keys=("host", "service", "ttl"),
            values={"state": ("ok", "warning", "critical", "error", "unknown", "expired")},
        ),
    ),
    ("thousandeyes", Rule(keys=("eventId", "agentAlert", "eventType"), absent=("alert",))),
    ("wazuh", Rule(keys=("message", "severity", "created_at"), starts={"description": ("Rule ID ",)})),
    ("aqua", Rule(keys=("insight.id", "resource", "evidence"))),
    ("aqua", Rule(keys=("image", "registry", "vulnerability_summary"))),
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
    ("checkmk", Rule(keys=("WHAT", "NOTIFICATIONTYPE", "HOSTNAME"))),
    ("checkmk", Rule(keys=("NOTIFY_WHAT", "NOTIFY_NOTIFICATIONTYPE", "NOTIFY_HOSTNAME"))),
    (
        "collectd",
        Rule(keys=("labels.alertname", "annotations"), values={"labels.service": ("collectd",)}, of_array=True),
    ),
    ("coralogix", Rule(keys=("alert_id", "alert_action", "alert_url"))),
    ("dash0", Rule(keys=("data.issue.id", "data.issue.status"), starts={"type": ("alert.",)})),
    ("falco", Rule(keys=("output_fields", "rule", "priority"))),
    ("pingdom", Rule(keys=("check_id", "current_state", "previous_state"))),
    ("prometheus-alertmanager", Rule(keys=("receiver",), absent=("orgId",), each={"alerts": ("labels",)})),
    (
        "prometheus-alertmanager",
        Rule(keys=("labels", "annotations"), unless={"labels.service": ("collectd",)}, of_array=True),
    ),
    (
        "prometheus-alertmanager",
        Rule(keys=("labels.alertname", "startsAt"), unless={"labels.service": ("collectd",)}, of_array=True),
    ),
    ("statuspage", Rule(keys=("meta", "page", "incident"))),
    ("statuspage", Rule(keys=("meta", "page", "component"))),
    ("thousandeyes", Rule(keys=("eventId", "alert", "eventType"))),
    ("trivy-operator", Rule(keys=("kind", "metadata"), starts={"apiVersion": ("aquasecurity.github.io/",)})),
    (
        "trivy-operator",
        Rule(keys=("verb", "operatorObject.kind"), starts={"operatorObject.apiVersion": ("aquasecurity.github.io/",)}),
    ),
    ("uptime-kuma", Rule(keys=("msg",), nulls=("monitor", "heartbeat"))),
    ("uptime-kuma", Rule(keys=("msg", "monitor.id"), nulls=("heartbeat",))),
    ("uptimerobot", Rule(keys=("alertType", "monitorURL", "monitorFriendlyName"))),
    ("wazuh", Rule(keys=("rule.level", "rule.id", "agent.id"))),
    ("wazuh", Rule(keys=("all_fields.rule.level", "all_fields.agent.id", "rule_id"))),
    ("aws-cloudwatch", Rule(keys=("AlarmName", "NewStateValue"))),
    ("aws-cloudwatch", Rule(keys=("alarmArn", "alarmData"))),
    ("axiom", Rule(keys=("action", "event.monitorID"))),
    ("checkly", Rule(keys=("check_id",), starts={"alert_type": ("ALERT_", "NO_ALERT")})),
    ("checkly", Rule(keys=("CHECK_ID",), starts={"ALERT_TYPE": ("ALERT_",)})),
    ("coralogix", Rule(keys=("uuid", "alert_action"))),
    ("site24x7", Rule(keys=("MONITORNAME", "STATUS"))),
    ("thousandeyes", Rule(keys=("eventId",), values={"eventType": ("WEBHOOK_TEST",)})),
    ("updown", Rule(keys=("check",), starts={"event": ("check.",)}, of_array=True)),
    ("updown", Rule(keys=("check.token",), starts={"event": ("check.",)})),
    ("uptime-kuma", Rule(keys=("monitor", "heartbeat"))),
    ("uptimerobot", Rule(keys=("alertType", "monitorID"))),
    ("uptimerobot", Rule(keys=("alert_type", "monitor_url"))),
    ("aws-sns", Rule(headers=("x-amz-sns-message-type",))),
)

HEADERS_OF_FORMATS: Final = frozenset({"x-amz-sns-message-type", "x-amz-sns-topic-arn"})
