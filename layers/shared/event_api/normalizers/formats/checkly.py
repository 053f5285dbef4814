"""Checkly's webhook alert channel, with the template that it offers or one of the same names.

Source: https://www.checklyhq.com/docs/integrations/alerts/webhooks/ and
https://www.checklyhq.com/docs/communicate/alerts/overview/ for the alert types
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.lenient import plain_names, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.domain.normalized import NormalizedEvent
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "checkly"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("check_id",), starts={"alert_type": ("ALERT_", "NO_ALERT")}),
    Rule(keys=("CHECK_ID",), starts={"ALERT_TYPE": ("ALERT_",)}),
)

_UNSET: Final = re.compile(r"\s*\{\{")
"""The beginning of a variable that Checkly did not replace, as ``{{GROUP_NAME}}``."""
_TITLES: Final = ("event", "alerttitle", "title")
_FAILURES: Final = ("alert_fail", "alert_failure", "alert_failure_remain", "alert_degraded_failure")
_DEGRADED: Final = ("alert_degraded", "alert_degraded_remain", "alert_failure_degraded", "alert_ssl")

FORMAT: Final = Declared(
    plain=True,
    unset=_UNSET,
    key=("checkly:{checkid}",),
    hashed_as="checkly:",
    hashed=(("checkname", *_TITLES), ("groupname",)),
    title=(*_TITLES, "checkname", "checkid"),
    state=("alerttype",),
    states={"alert_recovery": RECOVERY, "alert_degraded_recovery": RECOVERY, "no_alert": None},
    # A certificate's alert is another than that of the check, which its recovery would end.
    parts={"alert_ssl": ":ssl"},
    severity=("alerttype",),
    severities=dict.fromkeys(_FAILURES, Severity.ERROR) | dict.fromkeys(_DEGRADED, Severity.WARNING),
    description=("checkerrormessage", "The SSL certificate expires in {ssldaysremaining} days"),
    rule=("checkname", *_TITLES, "checkid"),
    resource_id=("sslcheckdomain", "checkid"),
    resource_name=("sslcheckdomain", "checkname", *_TITLES, "checkid"),
    resource_type=("checktype",),
    strict_resource=True,
    occurred_at=("startedat",),
)
_TOLD: Final = frozenset({*_TITLES, "checkname", "checkerrormessage", "uuid"})


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the check's change of state, or of an expiring certificate; none without an alert."""
    info = _additional_info(payload.body)
    return [replace(event, additional_info=info) for event in FORMAT.normalize(payload)]


def _additional_info(body: JsonObject) -> dict[str, str]:
    told = texts({key.lower(): value for key, value in body.items() if not plain_names({key: None}).keys() & _TOLD})
    return {key: value for key, value in told.items() if not _UNSET.match(value)}
