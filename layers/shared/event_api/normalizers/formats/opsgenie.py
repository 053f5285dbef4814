"""Opsgenie's, and Jira Service Management's, outgoing webhooks: actions on an alert.

Make one event of an alert that is created or closed.

Source: https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/ and
https://support.atlassian.com/jira-service-management-cloud/docs/alert-action-data-for-jira-edge-connector/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "opsgenie"
ALIASES: Final = ("jira-service-management",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (Rule(keys=("action", "alert.alertId")),)

_TITLE: Final = ("alert.message", "alert.alias", "alert.alertId")
_PRIORITIES: Final = (Severity.CRITICAL, Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.INFO)

FORMAT: Final = Declared(
    key=("alert.alias", "alert.alertId"),
    hashed=(("=opsgenie",), _TITLE, ("alert.entity",), ("alert.source",)),
    title=_TITLE,
    state=("action",),
    states={"create": ALERT, "close": RECOVERY},
    unknown_state=None,  # a person's work on an alert, a custom action included
    severity=("alert.priority",),
    severities={
        f"{prefix}{number}": level for prefix in ("p", "") for number, level in enumerate(_PRIORITIES, start=1)
    },
    fault=Severity.NONE,
    description=("alert.description",),
    resource_id=("alert.entity",),
    resource_name=("alert.entity",),
    occurred_at=("alert.createdAt",),
    ended_at=("alert.updatedAt",),
    strict_end=True,
    info={name: f"alert.{name}" for name in ("alias", "priority", "tags", "teams", "source")}
    | {
        "alert_id": "alert.alertId",
        "tiny_id": "alert.tinyId",
        "user": "alert.username",
        "integration": "integrationName",
        "action_source": ("source.name", "source.type"),
    },
    info_of=("alert.details",),
)
normalize = FORMAT.normalize
