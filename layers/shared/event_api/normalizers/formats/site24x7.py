"""Site24x7's webhook with its incident parameters, posted as JSON or as a form.

Make one event of the monitor's change of state; none if it is in maintenance or suspended.

Source: https://www.site24x7.com/help/admin/configuration-profiles/incident-parameters.html and
https://www.site24x7.com/help/admin/third-party-integration/webhooks.html
"""

from __future__ import annotations

import re
from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "site24x7"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("MONITORNAME", "STATUS")),)

_NAME: Final = ("monitorname", "displayname", "monitorurl", "monitorid")
_REASONS: Final = ("incidentreason", "incidentdetails", "rcacontent", "reason")

FORMAT: Final = Declared(
    plain=True,
    unset=re.compile(r"\s*\$"),  # ``$MONITOR_ID``
    key=("site24x7:{monitorid}",),
    hashed_as="site24x7:",
    hashed=((*_NAME, *_REASONS), ("monitorurl",), ("monitortype",)),
    title=(*_NAME, *_REASONS),
    state=("status",),
    states={"up": RECOVERY} | dict.fromkeys(("maintenance", "suspended", "discovery", "discovery in progress")),
    severity=("status",),
    # A monitor that is up with a threshold exceeded is in trouble or critical.
    severities={"critical": Severity.CRITICAL, "down": Severity.ERROR, "trouble": Severity.WARNING},
    description=_REASONS,
    rule=_NAME,
    resource_id=("monitorurl", "monitorid"),
    resource_name=_NAME,
    resource_type=("monitortype",),
    strict_resource=True,
    # The outage's time is its start, in both messages; the incident's is that of this change.
    occurred_at=("incidenttimeiso", "outagetimeunixformat"),
    ended_at=("incidenttimeiso",),
    strict_end=True,
    info={
        "monitor_id": "monitorid",
        "status": "status",
        "dashboard": "monitordashboardlink",
        "rca": "rcalink",
        "group": ("groupname", "monitorgroupname"),
        "failed_locations": "failedlocations",
        "tags": "tags",
        "duration": "downtimeduration",
        "reason": "reason",
        "incident_time": "incidenttime",
        "customer": "mspcustomername",
    },
)
normalize = FORMAT.normalize
