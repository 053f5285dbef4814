"""All formats' names, rules and headers; written by `make formats` from the modules in `formats`.

Detection reads it instead of them, so that a delivery imports no other format than its own.
"""

from __future__ import annotations

from typing import Final

from event_api.normalizers.rules import Rule

MODULES: Final = {
    "alertmanager": "prometheus_alertmanager",
    "aliyun": "aliyun_cms",
    "aliyun-cms": "aliyun_cms",
    "amorepacific": "amorepacific",
    "api-direct": "direct",
    "aws-cloudwatch": "aws_cloudwatch",
    "aws-cloudwatch-lambda-action": "aws_cloudwatch",
    "aws-cloudwatch-raw": "aws_cloudwatch",
    "aws-cloudwatch-sns": "aws_cloudwatch",
    "aws-sns": "aws_sns",
    "azure-activity-log": "azure_monitor",
    "azure-budget": "azure_monitor",
    "azure-devops": "azure_devops",
    "azure-monitor": "azure_monitor",
    "azure-monitor-classic": "azure_monitor",
    "azure-monitor-metric-v2": "azure_monitor",
    "direct": "direct",
    "generic": "generic",
    "grafana": "grafana",
    "grafana-alerting": "grafana",
    "grafana-legacy": "grafana_legacy",
    "grafana-rule": "grafana_rule",
    "kapacitor": "kapacitor",
    "naver-cloud-cloudinsight": "naver_cloudinsight",
    "naver-cloudinsight": "naver_cloudinsight",
    "otlp": "otlp_json",
    "otlp-json": "otlp_json",
    "prometheus-alertmanager": "prometheus_alertmanager",
    "tencent-cloud-monitor": "tencent_cloud_monitor",
    "vsts": "azure_devops",
}

RULES: Final = (
    ("direct", Rule(keys=("event_key", "title", "event_type"))),
    (
        "amorepacific",
        Rule(
            keys=(
                "event_id",
                "event_time",
                "metric_name",
                "metric_value",
                "severity",
                "summary",
                "threshold",
                "urgency",
            )
        ),
    ),
    ("aliyun-cms", Rule(keys=("eventTime", "level", "name", "product", "regionId", "resourceId", "ver"))),
    (
        "kapacitor",
        Rule(keys=("id", "message", "time", "level", "data"), values={"level": ("OK", "INFO", "WARNING", "CRITICAL")}),
    ),
    ("aliyun-cms", Rule(keys=("alert", "batchId", "strategyName", "subscription", "userId"))),
    ("grafana-rule", Rule(keys=("condition", "data", "execErrState", "noDataState", "title"))),
    ("naver-cloudinsight", Rule(keys=("eventLevel", "prodKey", "ruleId", "ruleName"))),
    ("aliyun-cms", Rule(keys=("alertName", "alertState", "metricName"))),
    ("aliyun-cms", Rule(keys=("alertName", "alertState", "triggerLevel"))),
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
    ("azure-devops", Rule(keys=("publisherId", "eventType", "resource"))),
    ("azure-monitor", Rule(keys=("status", "context.resourceId", "context.condition"))),
    ("azure-monitor", Rule(keys=("AlertRuleName", "SearchQuery", "LinkToSearchResults"))),
    ("azure-monitor", Rule(keys=("operation", "context.resourceId", "context.oldCapacity"))),
    ("grafana", Rule(keys=("receiver", "orgId"), each={"alerts": ("labels",)})),
    ("grafana-legacy", Rule(keys=("ruleId", "ruleName", "state"))),
    ("grafana-rule", Rule(keys=("grafana_alert.condition", "grafana_alert.data", "grafana_alert.title"))),
    ("naver-cloudinsight", Rule(keys=("events.eventLevel", "events.prodKey", "events.ruleId"))),
    ("prometheus-alertmanager", Rule(keys=("receiver",), absent=("orgId",), each={"alerts": ("labels",)})),
    ("aws-cloudwatch", Rule(keys=("AlarmName", "NewStateValue"))),
    ("aws-cloudwatch", Rule(keys=("alarmArn", "alarmData"))),
    ("azure-monitor", Rule(keys=("status", "context.activityLog.eventSource"))),
    ("tencent-cloud-monitor", Rule(keys=("sessionId", "alarmStatus"))),
    (
        "azure-monitor",
        Rule(
            values={
                "schemaId": (
                    "azureMonitorCommonAlertSchema",
                    "AzureMonitorMetricAlert",
                    "Microsoft.Insights/activityLogs",
                    "Microsoft.Insights/LogAlert",
                    "AIP Budget Notification",
                )
            }
        ),
    ),
    ("otlp-json", Rule(keys=("resourceLogs",))),
    ("otlp-json", Rule(keys=("resourceMetrics",))),
    ("otlp-json", Rule(keys=("resourceSpans",))),
    ("otlp-json", Rule(keys=("resourceProfiles",))),
    ("aws-sns", Rule(headers=("x-amz-sns-message-type",))),
)

HEADERS_OF_FORMATS: Final = frozenset({"x-amz-sns-message-type", "x-amz-sns-topic-arn"})
