"""SolarWinds' Orion Platform and Observability Self-Hosted: an alert's action that posts its variables.

Make one event of an alert that was triggered or reset; none of an acknowledgement.

Source: https://documentation.solarwinds.com/en/success_center/orionplatform/content/core-alert-trigger-actions.htm and
the names of Orion.AlertActive, https://solarwinds.github.io/OrionSDK/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "solarwinds"
ALIASES: Final = ("solarwinds-orion",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("AlertObjectID", "AlertName")),
    Rule(keys=("AlertName", "NodeName", "AlertDetailsUrl")),
    Rule(keys=("AlertObjectID", "NodeName", "Severity")),
)

FORMAT: Final = Declared(
    plain=True,
    key=("solarwinds:{alertobjectid}", "solarwinds:{alertactiveid}", "solarwinds:{nodename}:{alertname}"),
    title=("alertname", "message", "alertmessage"),
    state=("isactive", "alertstatus", "status"),
    states={
        "true": ALERT,
        "false": RECOVERY,
        "1": ALERT,
        "0": RECOVERY,
        "reset": RECOVERY,
        "resolved": RECOVERY,
        "up": RECOVERY,
        "acknowledged": None,
    },
    silent={"acknowledged": ("True", "Yes")},
    severity=("severity", "alertseverity"),
    severities={
        "critical": Severity.CRITICAL,
        "serious": Severity.ERROR,
        "warning": Severity.WARNING,
        "informational": Severity.INFO,
        "notice": Severity.INFO,
        "2": Severity.CRITICAL,
        "3": Severity.ERROR,
        "1": Severity.WARNING,
        "0": Severity.INFO,
        "4": Severity.INFO,
    },
    description=("message", "alertmessage", "alertdescription", "description"),
    rule=("alertname",),
    resource_id=("entitynetobjectid", "nodeid", "ipaddress", "entitycaption", "nodename"),
    resource_name=("entitycaption", "nodename"),
    resource_type=("entitytype", "objecttype", "=node"),
    occurred_at=("triggereddatetime", "alerttriggertime", "timeofalert"),
    ended_at=("resetdatetime", "alertresettime"),
    info={"node": "nodename", "severity": "severity", "url": "alertdetailsurl", "acknowledged": "isacknowledged"},
)
normalize = FORMAT.normalize
