"""All formats' names, rules and headers; written by `make formats` from the modules in `formats`.

Detection reads it instead of them, so that a delivery imports no other format than its own.
"""

from __future__ import annotations

from typing import Final

from event_api.normalizers.rules import Rule

MODULES: Final = {
    "alerta": "alerta_native",
    "alerta-native": "alerta_native",
    "alertmanager": "prometheus_alertmanager",
    "api-direct": "direct",
    "aws-cloudwatch": "aws_cloudwatch",
    "aws-cloudwatch-lambda-action": "aws_cloudwatch",
    "aws-cloudwatch-raw": "aws_cloudwatch",
    "aws-cloudwatch-sns": "aws_cloudwatch",
    "aws-sns": "aws_sns",
    "bitbucket": "bitbucket",
    "circleci": "circleci",
    "cloudflare": "cloudflare",
    "direct": "direct",
    "docker-hub": "dockerhub",
    "dockerhub": "dockerhub",
    "generic": "generic",
    "github": "github",
    "gitlab": "gitlab",
    "hcp-terraform": "terraform_cloud",
    "jenkins": "jenkins",
    "jira": "jira",
    "mongodb-atlas": "mongodb_atlas",
    "mongodb-cloud-manager": "mongodb_atlas",
    "netbox": "netbox",
    "prometheus-alertmanager": "prometheus_alertmanager",
    "statuscake": "statuscake",
    "telegram": "telegram",
    "terraform": "terraform_cloud",
    "terraform-cloud": "terraform_cloud",
    "zabbix": "zabbix",
    "zabbix-zulip-template": "zabbix",
}

RULES: Final = (
    ("direct", Rule(keys=("event_key", "title", "event_type"))),
    (
        "zabbix",
        Rule(
            keys=("hostname", "item", "trigger", "link"),
            values={
                "severity": ("Not classified", "Information", "Warning", "Average", "High", "Disaster"),
                "status": ("PROBLEM", "RESOLVED", "OK"),
            },
        ),
    ),
    (
        "circleci",
        Rule(
            keys=("happened_at", "webhook", "project", "pipeline"),
            values={"type": ("workflow-completed", "job-completed")},
        ),
    ),
    (
        "netbox",
        Rule(keys=("timestamp", "username", "request_id", "data"), values={"event": ("created", "updated", "deleted")}),
    ),
    ("zabbix", Rule(keys=("event.id", "trigger.id", "item.key", "host.connection_info", "host.visible_name"))),
    ("alerta-native", Rule(keys=("environment", "event", "resource", "severity"))),
    ("cloudflare", Rule(keys=("alert_type", "account_id", "policy_id", "data"))),
    ("jenkins", Rule(keys=("name", "url", "build.phase", "build.number"))),
    ("statuscake", Rule(keys=("Name", "Status", "StatusCode", "URL"))),
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
    ("bitbucket", Rule(keys=("actor", "repository.full_name", "commit_status.state"))),
    ("mongodb-atlas", Rule(keys=("alertConfigId", "eventTypeName", "status"))),
    ("netbox", Rule(keys=("timestamp", "model"), values={"event": ("job_started", "job_ended")})),
    ("netbox", Rule(keys=("timestamp", "object_type"), values={"event": ("job_started", "job_ended")})),
    ("prometheus-alertmanager", Rule(keys=("receiver",), absent=("orgId",), each={"alerts": ("labels",)})),
    ("telegram", Rule(keys=("update_id", "message.message_id", "message.chat"))),
    ("telegram", Rule(keys=("update_id", "edited_message.message_id", "edited_message.chat"))),
    ("telegram", Rule(keys=("update_id", "channel_post.message_id", "channel_post.chat"))),
    ("telegram", Rule(keys=("update_id", "edited_channel_post.message_id", "edited_channel_post.chat"))),
    ("telegram", Rule(keys=("update_id", "callback_query.id", "callback_query.from"))),
    ("telegram", Rule(keys=("update_id", "inline_query.id", "inline_query.from"))),
    ("telegram", Rule(keys=("update_id", "my_chat_member.chat", "my_chat_member.new_chat_member"))),
    ("telegram", Rule(keys=("update_id", "chat_member.chat", "chat_member.new_chat_member"))),
    ("zabbix", Rule(keys=("event_id", "event_value", "event_nseverity"))),
    ("aws-cloudwatch", Rule(keys=("AlarmName", "NewStateValue"))),
    ("aws-cloudwatch", Rule(keys=("alarmArn", "alarmData"))),
    ("dockerhub", Rule(keys=("push_data", "repository"))),
    ("gitlab", Rule(keys=("object_kind", "project"))),
    (
        "jira",
        Rule(
            keys=("timestamp",),
            starts={
                "webhookEvent": (
                    "jira:",
                    "attachment_",
                    "board_",
                    "comment_",
                    "issuelink_",
                    "project_",
                    "sprint_",
                    "user_",
                    "worklog_",
                )
            },
        ),
    ),
    ("jira", Rule(keys=("issue",), starts={"webhookEvent": ("jira:",)})),
    (
        "statuscake",
        Rule(content_types=("application/x-www-form-urlencoded", "multipart/form-data"), keys=("Token", "Status")),
    ),
    ("terraform-cloud", Rule(keys=("payload_version", "notification_configuration_id"))),
    ("aws-sns", Rule(headers=("x-amz-sns-message-type",))),
    ("bitbucket", Rule(headers=("x-event-key",))),
    ("circleci", Rule(headers=("circleci-event-type",))),
    ("cloudflare", Rule(headers=("cf-webhook-auth",))),
    ("github", Rule(headers=("x-github-event",))),
    ("gitlab", Rule(headers=("x-gitlab-event",))),
    ("mongodb-atlas", Rule(headers=("x-mms-event",))),
    ("terraform-cloud", Rule(headers=("x-tfe-notification-signature",))),
)

HEADERS_OF_FORMATS: Final = frozenset(
    {
        "x-amz-sns-message-type",
        "x-amz-sns-topic-arn",
        "x-github-event",
        "x-gitlab-event",
        "x-gitlab-instance",
        "x-mms-event",
    }
)
