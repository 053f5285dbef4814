"""All formats' names, rules and headers; written by `make formats` from the modules in `formats`.

Detection reads it instead of them, so that a delivery imports no other format than its own.
"""

from __future__ import annotations

from typing import Final

from event_api.normalizers.rules import Rule

MODULES: Final = {
    "alertmanager": "prometheus_alertmanager",
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
    "cloudevents": "cloudevents",
    "cloudevents-dynatrace": "cloudevents",
    "direct": "direct",
    "dynatrace": "dynatrace",
    "generic": "generic",
    "google-cloud-monitoring": "google_cloud_monitoring",
    "google-monitoring": "google_cloud_monitoring",
    "oci-monitoring": "oci_monitoring",
    "prometheus-alertmanager": "prometheus_alertmanager",
    "stackdriver": "google_cloud_monitoring",
}

RULES: Final = (
    ("direct", Rule(keys=("event_key", "title", "event_type"))),
    (
        "aws-eventbridge",
        Rule(
            keys=("source", "detail-type", "detail"),
            values={"version": ("0",)},
            unless={"source": ("aws.cloudwatch", "aws.health", "aws.ce")},
        ),
    ),
    ("cloudevents", Rule(keys=("specversion", "id", "source", "type"))),
    ("cloudevents", Rule(keys=("specversion", "id", "source", "type"), of_array=True)),
    ("cloudevents", Rule(keys=("cloudEventsVersion", "eventType", "source", "eventID"))),
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
    ("dynatrace", Rule(keys=("PID", "State", "ProblemTitle"))),
    ("dynatrace", Rule(keys=("ProblemID", "State", "ProblemTitle"))),
    ("prometheus-alertmanager", Rule(keys=("receiver",), absent=("orgId",), each={"alerts": ("labels",)})),
    ("aws-budgets", Rule(lines=("Budget Name:", "Alert Type:"))),
    ("aws-cloudwatch", Rule(keys=("AlarmName", "NewStateValue"))),
    ("aws-cloudwatch", Rule(keys=("alarmArn", "alarmData"))),
    ("aws-lambda-sns-records", Rule(each={"Records": ("EventSource", "Sns")})),
    ("google-cloud-monitoring", Rule(keys=("incident.incident_id", "incident.policy_name"))),
    ("google-cloud-monitoring", Rule(keys=("message.data",), starts={"subscription": ("projects/",)})),
    ("oci-monitoring", Rule(keys=("dedupeKey", "alarmMetaData"))),
    ("oci-monitoring", Rule(keys=("dedupekey", "alarmMetaData"))),
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
