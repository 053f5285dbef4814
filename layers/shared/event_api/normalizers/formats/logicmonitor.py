"""LogicMonitor's custom HTTP delivery, with its tokens by their names.

Make one event of an alert that is active or cleared; none of an acknowledgement or a downtime.

Source: https://www.logicmonitor.com/support/custom-http-delivery and
https://www.logicmonitor.com/support/tokens-available-in-datasource-alert-messages
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "logicmonitor"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("alertid", "alertstatus", "level")),
    Rule(keys=("ALERTID", "ALERTSTATUS", "LEVEL")),
    Rule(keys=("alert_id", "alert_status", "level", "datasource")),
)

FORMAT: Final = Declared(
    plain=True,
    key=("logicmonitor:{internalid}", "logicmonitor:{alertid}"),
    title=("{datasource} {datapoint} on {host}", "{datasource} on {host}", "{datasource} on {hostname}", "message"),
    state=("alertstatus", "status"),
    states={
        "active": ALERT,
        "escalate": ALERT,
        "clear": RECOVERY,
        "cleared": RECOVERY,
        "ack": None,
        "acknowledged": None,
        "insdt": None,
        "test": None,
    },
    severity=("level", "severity"),
    severities={
        "critical": Severity.CRITICAL,
        "error": Severity.ERROR,
        "warn": Severity.WARNING,
        "warning": Severity.WARNING,
        "4": Severity.CRITICAL,
        "3": Severity.ERROR,
        "2": Severity.WARNING,
    },
    description=("message", "alertmessage", "dpdescription"),
    rule=("datasource", "rule"),
    resource_id=("hostid", "deviceid", "host", "hostname"),
    resource_name=("host", "hostname"),
    resource_type=("=device",),
    occurred_at=("startepoch", "start"),
    ended_at=("endepoch", "end"),
    info={
        "level": "level",
        "instance": "instance",
        "datapoint": "datapoint",
        "value": "value",
        "threshold": "threshold",
        "url": "alerturl",
        "type": "alerttype",
    },
)
normalize = FORMAT.normalize
