"""VMware Aria (vRealize) Operations' REST notification plug-in, in JSON.

Source: https://docs.vmware.com/en/vRealize-Operations-Manager/8.1/com.vmware.vcom.core.doc/GUID-2A26A734-CD91-43E0-BF42-B079D5B0F5D4.html
and https://developer.broadcom.com/xapis/vrealize-operations-cloud-api/latest/data-structures/alert
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_line, first_text, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

NAME: Final = "vmware-vrealize"
ALIASES: Final = ("vmware-aria-operations",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("alertId", "criticality", "resourceKind", "adapterKind")),)

_LEVEL = "alert_criticality_level_"
SEVERITIES: Final = {
    f"{prefix}{word}": level
    for prefix in (_LEVEL, "")
    for word, level in {
        "critical": Severity.CRITICAL,
        "immediate": Severity.ERROR,
        "warning": Severity.WARNING,
        "information": Severity.INFO,
        "info": Severity.INFO,
    }.items()
}
"""By the criticality; any other (unknown, none, auto) is NONE."""

RECOVERED: Final = frozenset({"canceled", "cancelled", "inactive"})
"""Any other status (new, active, updated) is an ALERT."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an alert's state."""
    body = payload.body
    alert, name, kind = (text(body.get(key)) for key in ("alertId", "alertName", "subType"))
    resource_id, resource_name = text(body.get("resourceId")), text(body.get("resourceName"))
    title = first_text(name, first_line(body.get("info")), kind, body.get("type"), alert)
    if title is None:
        raise NormalizeError("the alert has no name, info, type or id")
    recovered = (text(body.get("status")) or "").lower() in RECOVERED
    return [
        NormalizedEvent(
            event_key=f"vrealize:{alert}" if alert else digest("vrealize", title, resource_id, resource_name),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else severity(body.get("criticality"), SEVERITIES, Severity.NONE),
            description=text(body.get("info")),
            rule=name,
            resource=Resource(
                resource_id=resource_id, resource_type=text(body.get("resourceKind")), name=resource_name
            ),
            additional_info=texts(
                {
                    key: body.get(key)
                    for key in (
                        "status",
                        "criticality",
                        "type",
                        "subType",
                        "adapterKind",
                        "Health",
                        "Risk",
                        "Efficiency",
                        "attributeKeyID",
                    )
                }
            ),
            # An active alert has its start as its cancelDate.
            occurred_at=parse_time(body.get("cancelDate" if recovered else "startDate")),
        )
    ]
