"""UptimeRobot's webhook, posted as JSON or as a form, with its own names for the fields or the user's.

Make one event of the monitor's change of state, or of its certificate's near end.

Source: https://help.uptimerobot.com/en/articles/14498593-webhook-integration
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.lenient import text
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject

NAME: Final = "uptimerobot"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("alertType", "monitorID")),
    Rule(keys=("alertType", "monitorURL", "monitorFriendlyName")),
    Rule(keys=("alertTypeFriendlyName", "monitorFriendlyName")),
    Rule(keys=("alert_type", "monitor_url")),
)

_UNSET: Final = re.compile(r"\s*\*(.*\*)?\s*\Z", re.DOTALL)
"""A variable that UptimeRobot did not replace, as ``*alertDuration*``."""
_KINDS: Final = {"1": "down", "down": "down", "2": "up", "up": "up", "3": "ssl"}
"""By ``alertType`` or by its friendly name."""


def _with_kind(body: JsonObject) -> JsonObject:
    words = [(text(body.get(name)) or "").lower() for name in ("alerttype", "alerttypefriendlyname")]
    kind = next((_KINDS[word] for word in words if word in _KINDS), "other" if any(words) else "down")
    other = None if kind in {"up", "down"} else text(body.get("alerttypefriendlyname")) or "other alert"
    return {**body, "kind": kind, "other": other}


_NAME: Final = ("monitorfriendlyname", "monitorurl", "monitorid")

FORMAT: Final = Declared(
    plain=True,
    unset=_UNSET,
    prepare=_with_kind,
    key=("uptimerobot:{monitorid}",),
    hashed_as="uptimerobot:",
    hashed=(_NAME, ("monitorurl",)),
    title=(*(f"{{{name}}}: {{other}}" for name in _NAME), *_NAME),
    state=("kind",),
    states={"up": RECOVERY},
    # A certificate that expires is an alert of its own, which nothing ends; so are later additions, such as a domain.
    parts={"ssl": ":ssl", "other": ":other"},
    severity=("kind",),
    severities={"down": Severity.ERROR, "ssl": Severity.WARNING, "other": Severity.WARNING},
    description=("alertdetails", "friendlymessage", "The SSL certificate expires in {sslexpirydaysleft} days"),
    rule=_NAME,
    resource_id=("monitorurl", "monitorid"),
    resource_name=_NAME,
    resource_type=("monitortype",),
    strict_resource=True,
    occurred_at=("alertdatetime",),
    info={
        "monitor_id": "monitorid",
        "alert_type": "alerttypefriendlyname",
        "duration": ("alertfriendlyduration", "alertduration"),
        "ssl_expiry_date": "sslexpirydate",
        "ssl_expiry_days_left": "sslexpirydaysleft",
        "domain_expire_date": "domainexpiredate",
        "dashboard_url": "dashboardurl",
    },
)
normalize = FORMAT.normalize
