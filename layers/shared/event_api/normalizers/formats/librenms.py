"""LibreNMS' API alert transport, with its template's fields under their own names.

Make one event of a device's alert or its recovery; none of an acknowledgement, nor of the transport's test.

Source: https://docs.librenms.org/Alerting/Transports/ and https://docs.librenms.org/Alerting/Templates/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "librenms"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (Rule(keys=("alert_id", "device_id", "rule_id", "state")),)

_INFO: Final = ("alert_id", "rule_id", "device_id", "sysName", "ip", "os", "hardware", "location", "elapsed", "proc")

FORMAT: Final = Declared(
    key=(
        "librenms:{alert_id}",
        "librenms:{device_id}:{rule_id}",
        "librenms:{device_id}:{name}",
        "librenms:{hostname}:{rule_id}",
        "librenms:{hostname}:{name}",
        "librenms:{device_id}",
        "librenms:{hostname}",
        "librenms:{title}",
        "librenms:{name}",
    ),
    title=("title", "name", "hostname"),
    state=("state",),
    states={"0": RECOVERY, "2": None},  # the others are an alert, and one that got worse, better or changed
    silent={"uid": ("000",)},
    severity=("severity",),
    severities={"critical": Severity.CRITICAL, "warning": Severity.WARNING, "ok": Severity.INFO},
    description=("msg",),
    rule=("name",),
    resource_id=("hostname", "ip", "device_id"),
    resource_name=("display", "sysName", "hostname"),
    resource_type=("type",),
    occurred_at=("timestamp",),
    info={name: name for name in _INFO} | {"notes": "alert_notes"},
)
normalize = FORMAT.normalize
