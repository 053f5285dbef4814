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
    "checkly": "checkly",
    "direct": "direct",
    "generic": "generic",
    "pingdom": "pingdom",
    "prometheus-alertmanager": "prometheus_alertmanager",
    "site24x7": "site24x7",
    "statuspage": "statuspage",
    "updown": "updown",
    "updown-io": "updown",
    "uptime-kuma": "uptime_kuma",
    "uptimerobot": "uptimerobot",
}

RULES: Final = (
    ("direct", Rule(keys=("event_key", "title", "event_type"))),
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
    ("pingdom", Rule(keys=("check_id", "current_state", "previous_state"))),
    ("prometheus-alertmanager", Rule(keys=("receiver",), absent=("orgId",), each={"alerts": ("labels",)})),
    ("statuspage", Rule(keys=("meta", "page", "incident"))),
    ("statuspage", Rule(keys=("meta", "page", "component"))),
    ("uptime-kuma", Rule(keys=("msg",), nulls=("monitor", "heartbeat"))),
    ("uptime-kuma", Rule(keys=("msg", "monitor.id"), nulls=("heartbeat",))),
    ("uptimerobot", Rule(keys=("alertType", "monitorURL", "monitorFriendlyName"))),
    ("aws-cloudwatch", Rule(keys=("AlarmName", "NewStateValue"))),
    ("aws-cloudwatch", Rule(keys=("alarmArn", "alarmData"))),
    ("checkly", Rule(keys=("check_id",), starts={"alert_type": ("ALERT_", "NO_ALERT")})),
    ("checkly", Rule(keys=("CHECK_ID",), starts={"ALERT_TYPE": ("ALERT_",)})),
    ("site24x7", Rule(keys=("MONITORNAME", "STATUS"))),
    ("updown", Rule(keys=("check",), starts={"event": ("check.",)}, of_array=True)),
    ("updown", Rule(keys=("check.token",), starts={"event": ("check.",)})),
    ("uptime-kuma", Rule(keys=("monitor", "heartbeat"))),
    ("uptimerobot", Rule(keys=("alertType", "monitorID"))),
    ("uptimerobot", Rule(keys=("alert_type", "monitor_url"))),
    ("aws-sns", Rule(headers=("x-amz-sns-message-type",))),
)

HEADERS_OF_FORMATS: Final = frozenset({"x-amz-sns-message-type", "x-amz-sns-topic-arn"})
