"""Pingdom's state change webhook, of uptime and of transaction checks.

Make one event of the check's change of state.

Source: https://www.pingdom.com/resources/webhooks/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "pingdom"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("check_id", "current_state", "previous_state")),)

_NAME: Final = ("check_name", "check_params.hostname", "check_id")
_HOST: Final = ("check_params.hostname",)
_TARGET: Final = ("check_params.full_url", "check_params.url")

FORMAT: Final = Declared(
    key=("pingdom:{check_id}",),
    hashed_as="pingdom:",
    hashed=(_NAME, _TARGET, _HOST),
    title=_NAME,
    state=("current_state",),
    states={
        "up": RECOVERY,
        "success": RECOVERY,
    },  # an uptime check is UP or DOWN, a transaction check in SUCCESS or FAILING
    severity=("importance_level",),  # older versions, and transaction checks, have none
    severities={"high": Severity.ERROR, "low": Severity.WARNING},
    description=("long_description", "description"),
    rule=_NAME,
    resource_id=("check_params.full_url", "check_params.hostname", "check_params.url", "check_id"),
    resource_name=("check_params.hostname", *_NAME),
    resource_type=("check_type",),
    occurred_at=("state_changed_timestamp", "state_changed_utc_time"),
    info={
        **{name: name for name in ("check_id", "current_state", "previous_state", "importance_level", "tags")},
        "reason": "description",
        "probes": ("{first_probe.location}; {second_probe.location}", "first_probe.location", "second_probe.location"),
    },
)
normalize = FORMAT.normalize
