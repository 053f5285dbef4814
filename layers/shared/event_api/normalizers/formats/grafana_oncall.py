"""Grafana OnCall's (IRM's) outgoing webhooks, with their whole data as the body.

Make one event of an alert group that fires or is resolved; none of an acknowledgement or a silence.

Source: https://grafana.com/docs/oncall/latest/configure/outgoing-webhooks/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, SEVERITIES, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "grafana-oncall"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("event.type", "alert_group_id", "alert_group.state")),
    Rule(keys=("event.type", "alert_group.id", "alert_payload")),
)

FORMAT: Final = Declared(
    key=("grafana-oncall:{alert_group.id}", "grafana-oncall:{alert_group_id}"),
    title=("alert_group.title", "alert_payload.title", "alert_payload.labels.alertname", "integration.name"),
    state=("event.type", "alert_group.state"),
    states={
        "alert group created": ALERT,
        "trigger": ALERT,
        "escalation": ALERT,
        "unresolve": ALERT,
        "unsilence": ALERT,
        "unacknowledge": ALERT,
        "resolve": RECOVERY,
        "acknowledge": None,
        "silence": None,
        "user notification": None,
        "firing": ALERT,
        "resolved": RECOVERY,
        "acknowledged": None,
        "silenced": None,
    },
    severity=(
        "alert_payload.labels.severity",
        "alert_payload.commonLabels.severity",
        "alert_group.labels.severity",
        "alert_payload.severity",
        "alert_payload.priority",
    ),
    severities=SEVERITIES | {"page": Severity.CRITICAL, "warn": Severity.WARNING},
    description=("alert_payload.message", "alert_payload.annotations.description", "alert_payload.annotations.summary"),
    rule=("alert_payload.labels.alertname", "alert_payload.commonLabels.alertname"),
    resource_name=("alert_payload.labels.instance", "alert_payload.commonLabels.instance"),
    resource_type=("=instance",),
    image_url=("alert_payload.imageUrl",),
    occurred_at=("alert_group.created_at", "event.time"),
    ended_at=("alert_group.resolved_at", "event.time"),
    info={
        "event": "event.type",
        "state": "alert_group.state",
        "alerts": "alert_group.alerts_count",
        "integration": "integration.name",
        "url": "alert_group.permalinks.web",
    },
)
normalize = FORMAT.normalize
