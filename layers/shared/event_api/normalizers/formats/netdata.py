"""Netdata Cloud's webhook, for alerts and for nodes that cannot be reached.

Make one event of an alert that was raised or cleared, or of a node that was lost or is back.

Source: https://learn.netdata.cloud/docs/alerting/notifications/centralized-cloud-notifications/webhook
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.lenient import first_text
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject

NAME: Final = "netdata"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("alert", "chart", "context", "space", "severity")),
    Rule(keys=("alarm", "chart", "context", "space", "severity")),
    Rule(keys=("message", "host", "severity", "status.reachable")),
)


def _with_link(body: JsonObject) -> JsonObject:
    """Add the alert's address without the transition; no other field names the alert's node."""
    url = first_text(body.get("alert_url"), body.get("alarm_url"))
    return body | {"link": url.partition("?")[0]} if url else body


FORMAT: Final = Declared(
    prepare=_with_link,
    key=(
        "netdata:{space}:{link}",
        "netdata:{space}:{chart}:{alert}",
        "netdata:{space}:{chart}:{alarm}",
        "netdata:reachability:{host}",
    ),
    title=("message", "alert", "alarm"),
    state=("severity", "status.text"),
    states={"clear": RECOVERY, "info": RECOVERY, "reachable": RECOVERY},
    severity=("severity",),
    description=("info", "message"),
    rule=("alert", "alarm", "=reachability"),
    resource_id=("chart", "host"),
    resource_name=("chart", "host"),
    resource_type=("context", "=node"),
    account=("space",),
    occurred_at=("date",),
    info={
        "family": "family",
        "class": "class",
        "duration": "duration",
        "rooms": "rooms",
        "url": "alert_url",
        "other_critical": "additional_active_critical_alerts",
        "other_warning": "additional_active_warning_alerts",
    },
)
normalize = FORMAT.normalize
