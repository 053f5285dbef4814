"""Nagios, Naemon and Icinga: notification commands and scripts that post the macros by their names.

Make one event of a problem, a recovery or flapping; none of an acknowledgement or a downtime.

Source: https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/macrolist.html and
https://icinga.com/docs/icinga-2/latest/doc/03-monitoring-basics/#notification-commands
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, Declared
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject

NAME: Final = "nagios"
ALIASES: Final = ("icinga", "icinga2", "naemon")
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("notificationtype", "hostname", "servicestate")),
    Rule(keys=("notificationtype", "hostname", "hoststate")),
    Rule(keys=("NOTIFICATIONTYPE", "HOSTNAME", "SERVICESTATE"), absent=("WHAT",)),
    Rule(keys=("NOTIFICATIONTYPE", "HOSTNAME", "HOSTSTATE"), absent=("WHAT",)),
    Rule(keys=("NAGIOS_NOTIFICATIONTYPE", "NAGIOS_HOSTNAME")),
    Rule(keys=("ICINGA_NOTIFICATIONTYPE", "ICINGA_HOSTNAME")),
    Rule(keys=("notification_type", "host_name", "service_state")),
    Rule(keys=("notification_type", "host_name", "host_state")),
)


def _without_prefix(body: JsonObject) -> JsonObject:
    """Return macros that are environment variables under their own names."""
    return {name.removeprefix("nagios").removeprefix("icinga"): value for name, value in body.items()}


FORMAT: Final = Declared(
    plain=True,
    prepare=_without_prefix,
    key=("nagios:{hostname}:{servicedesc}", "nagios:{hostname}:{servicename}", "nagios:{hostname}"),
    title=(
        "{servicedesc} on {hostname}: {serviceoutput}",
        "{servicename} on {hostname}: {serviceoutput}",
        "{servicedesc} on {hostname}",
        "{hostname}: {hostoutput}",
        "{hostname} is {hoststate}",
        "hostname",
    ),
    state=("notificationtype", "servicestate", "hoststate"),
    states={
        "problem": ALERT,
        "recovery": RECOVERY,
        "acknowledgement": None,
        "flappingstop": RECOVERY,
        "downtimestart": None,
        "downtimeend": None,
        "downtimecancelled": None,
        "custom": None,
        "ok": RECOVERY,
        "up": RECOVERY,
    },
    parts={
        "flappingstart": ":flapping",
        "flappingstop": ":flapping",
        "flappingdisabled": ":flapping",
    },
    severity=("servicestate", "hoststate"),
    severities={
        "critical": Severity.CRITICAL,
        "down": Severity.CRITICAL,
        "unreachable": Severity.ERROR,
        "warning": Severity.WARNING,
        "unknown": Severity.WARNING,
    },
    description=("serviceoutput", "hostoutput", "longserviceoutput"),
    rule=("servicedesc", "servicename", "=host check"),
    resource_name=("hostname",),
    resource_type=("=host",),
    occurred_at=("timet", "longdatetime", "isotime"),
    info={
        "notification_type": "notificationtype",
        "service_state": "servicestate",
        "host_state": "hoststate",
        "attempt": "serviceattempt",
        "duration": "serviceduration",
        "long_output": "longserviceoutput",
        "address": "hostaddress",
        "contact": "contactname",
    },
)
normalize = FORMAT.normalize
