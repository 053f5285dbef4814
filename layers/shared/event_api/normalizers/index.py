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
    "aws-budgets": "aws_budgets",
    "aws-cloudwatch": "aws_cloudwatch",
    "aws-cloudwatch-lambda-action": "aws_cloudwatch",
    "aws-cloudwatch-raw": "aws_cloudwatch",
    "aws-cloudwatch-sns": "aws_cloudwatch",
    "aws-cost-anomaly": "aws_budgets",
    "aws-eventbridge": "aws_eventbridge",
    "aws-health": "aws_health",
    "aws-lambda-sns-records": "aws_lambda_sns_records",
    "aws-phd": "aws_health",
    "aws-sns": "aws_sns",
    "azure-activity-log": "azure_monitor",
    "azure-budget": "azure_monitor",
    "azure-devops": "azure_devops",
    "azure-monitor": "azure_monitor",
    "azure-monitor-classic": "azure_monitor",
    "azure-monitor-metric-v2": "azure_monitor",
    "cloudevents": "cloudevents",
    "cloudevents-dynatrace": "cloudevents",
    "direct": "direct",
    "dynatrace": "dynatrace",
    "generic": "generic",
    "google-cloud-monitoring": "google_cloud_monitoring",
    "google-monitoring": "google_cloud_monitoring",
    "grafana": "grafana",
    "grafana-alerting": "grafana",
    "grafana-legacy": "grafana_legacy",
    "grafana-rule": "grafana_rule",
    "kapacitor": "kapacitor",
    "naver-cloud-cloudinsight": "naver_cloudinsight",
    "naver-cloudinsight": "naver_cloudinsight",
    "oci-monitoring": "oci_monitoring",
    "otlp": "otlp_json",
    "otlp-json": "otlp_json",
    "prometheus-alertmanager": "prometheus_alertmanager",
    "stackdriver": "google_cloud_monitoring",
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
    (
        "aws-eventbridge",
        Rule(
            keys=("source", "detail-type", "detail"),
            values={"version": ("0",)},
            unless={"source": ("aws.cloudwatch", "aws.health", "aws.ce")},
        ),
    ),
    ("grafana-rule", Rule(keys=("condition", "data", "execErrState", "noDataState", "title"))),
    ("cloudevents", Rule(keys=("specversion", "id", "source", "type"))),
    ("cloudevents", Rule(keys=("specversion", "id", "source", "type"), of_array=True)),
    ("cloudevents", Rule(keys=("cloudEventsVersion", "eventType", "source", "eventID"))),
    ("naver-cloudinsight", Rule(keys=("eventLevel", "prodKey", "ruleId", "ruleName"))),
    ("aliyun-cms", Rule(keys=("alertName", "alertState", "metricName"))),
    ("aliyun-cms", Rule(keys=("alertName", "alertState", "triggerLevel"))),
    ("aws-budgets", Rule(keys=("anomalyId", "monitorArn", "impact"))),
    ("aws-budgets", Rule(keys=("detail-type", "detail"), values={"source": ("aws.ce",)})),
    (
        "aws-cloudwatch",
        Rule(keys=("detail",), values={"source": ("aws.cloudwatch",)}, starts={"detail-type": ("CloudWatch Alarm",)}),
    ),
    ("aws-health", Rule(keys=("detail-type", "detail"), values={"source": ("aws.health",)})),
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
    ("dynatrace", Rule(keys=("PID", "State", "ProblemTitle"))),
    ("dynatrace", Rule(keys=("ProblemID", "State", "ProblemTitle"))),
    ("grafana", Rule(keys=("receiver", "orgId"), each={"alerts": ("labels",)})),
    ("grafana-legacy", Rule(keys=("ruleId", "ruleName", "state"))),
    ("grafana-rule", Rule(keys=("grafana_alert.condition", "grafana_alert.data", "grafana_alert.title"))),
    ("naver-cloudinsight", Rule(keys=("events.eventLevel", "events.prodKey", "events.ruleId"))),
    ("prometheus-alertmanager", Rule(keys=("receiver",), absent=("orgId",), each={"alerts": ("labels",)})),
    ("aws-budgets", Rule(lines=("Budget Name:", "Alert Type:"))),
    ("aws-cloudwatch", Rule(keys=("AlarmName", "NewStateValue"))),
    ("aws-cloudwatch", Rule(keys=("alarmArn", "alarmData"))),
    ("aws-lambda-sns-records", Rule(each={"Records": ("EventSource", "Sns")})),
    ("azure-monitor", Rule(keys=("status", "context.activityLog.eventSource"))),
    ("google-cloud-monitoring", Rule(keys=("incident.incident_id", "incident.policy_name"))),
    ("google-cloud-monitoring", Rule(keys=("message.data",), starts={"subscription": ("projects/",)})),
    ("oci-monitoring", Rule(keys=("dedupeKey", "alarmMetaData"))),
    ("oci-monitoring", Rule(keys=("dedupekey", "alarmMetaData"))),
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
    ("cloudevents", Rule(headers=("ce-specversion",))),
    ("cloudevents", Rule(content_types=("application/cloudevents+json", "application/cloudevents-batch+json"))),
    ("oci-monitoring", Rule(headers=("x-oci-ns-confirmationurl",))),
)

HEADERS_OF_FORMATS: Final = frozenset(
    {
        "ce-dataschema",
        "ce-id",
        "ce-severitytext",
        "ce-source",
        "ce-specversion",
        "ce-subject",
        "ce-time",
        "ce-type",
        "x-amz-sns-message-type",
        "x-amz-sns-topic-arn",
    }
)
