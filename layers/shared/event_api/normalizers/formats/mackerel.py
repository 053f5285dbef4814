"""Mackerel's webhook, for alerts and groups of alerts.

Make one event of an alert's state; none of a sample.

Source: https://mackerel.io/docs/entry/howto/alerts/webhook
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "mackerel"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("orgName", "event", "alert.id", "alert.status")),
    Rule(keys=("orgName", "event", "alertGroup.id")),
    Rule(keys=("orgName", "message"), values={"event": ("sample",)}),
)

FORMAT: Final = Declared(
    key=("mackerel:{alert.id}", "mackerel:group:{alertGroup.id}"),
    title=(
        "{alert.monitorName} on {host.name}",
        "alert.monitorName",
        "alert.metricLabel",
        "alertGroupSetting.name",
        "message",
    ),
    state=("event", "alert.status", "alertGroup.status"),
    states={"ok": RECOVERY, "sample": None},
    severity=("alert.status", "alertGroup.status"),
    severities={"critical": Severity.CRITICAL, "warning": Severity.WARNING, "unknown": Severity.WARNING},
    description=("memo", "alertGroupSetting.memo"),
    rule=("alert.monitorName", "alertGroupSetting.name"),
    resource_id=("host.id", "service.name"),
    resource_name=("host.name", "service.name"),
    resource_type=("type", "=host"),
    account=("orgName",),
    image_url=("imageUrl",),
    occurred_at=("alert.statusChangedAt", "alert.openedAt", "alertGroup.createdAt"),
    ended_at=("alert.closedAt",),
    info={
        "status": "alert.status",
        "metric": "alert.metricLabel",
        "value": "alert.metricValue",
        "operator": "alert.monitorOperator",
        "warning_threshold": "alert.warningThreshold",
        "critical_threshold": "alert.criticalThreshold",
        "url": "alert.url",
    },
)
normalize = FORMAT.normalize
