"""VMware Aria (vRealize) Operations' REST notification plug-in, in JSON.

Make one event of an alert's state.

Source: https://docs.vmware.com/en/vRealize-Operations-Manager/8.1/com.vmware.vcom.core.doc/GUID-2A26A734-CD91-43E0-BF42-B079D5B0F5D4.html
and https://developer.broadcom.com/xapis/vrealize-operations-cloud-api/latest/data-structures/alert
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "vmware-vrealize"
ALIASES: Final = ("vmware-aria-operations",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("alertId", "criticality", "resourceKind", "adapterKind")),)

_TITLE: Final = ("alertName", "info", "subType", "type", "alertId")
_INFO: Final = "status criticality type subType adapterKind Health Risk Efficiency attributeKeyID"

FORMAT: Final = Declared(
    key=("vrealize:{alertId}",),
    hashed=(("=vrealize",), _TITLE, ("resourceId",), ("resourceName",)),
    title=_TITLE,
    state=("status",),
    states=dict.fromkeys(("canceled", "cancelled", "inactive"), RECOVERY),  # others: new, active, updated
    severity=("criticality",),
    severities={
        f"{prefix}{word}": level
        for prefix in ("alert_criticality_level_", "")
        for word, level in {
            "critical": Severity.CRITICAL,
            "immediate": Severity.ERROR,
            "warning": Severity.WARNING,
            "information": Severity.INFO,
            "info": Severity.INFO,
        }.items()
    },
    fault=Severity.NONE,
    description=("info",),
    rule=("alertName",),
    resource_id=("resourceId",),
    resource_name=("resourceName",),
    resource_type=("resourceKind",),
    strict_resource=True,
    occurred_at=("startDate",),
    ended_at=("cancelDate",),  # an active alert has its start there
    strict_end=True,
    info={name: name for name in _INFO.split()},
)
normalize = FORMAT.normalize
