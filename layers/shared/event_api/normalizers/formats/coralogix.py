"""Coralogix's generic outbound webhook, with the body that it offers.

Make one event of an alert that is triggered or resolved.

Source: https://coralogix.com/docs/user-guides/alerting/outbound-webhooks/generic-outbound-webhooks-alert-webhooks/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, SEVERITIES, Declared
from event_api.normalizers.lenient import items, text
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject

NAME: Final = "coralogix"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("uuid", "alert_action")),
    Rule(keys=("alert_id", "alert_action", "alert_url")),
)

_UNSET: Final = re.compile(r"\s*(\$|\*insert |null\s*$)")
"""A variable that Coralogix did not replace, as ``$SERVICE``, and its own words for nothing."""


def _with_fields(body: JsonObject) -> JsonObject:
    """Return the ``fields`` by their keys: a list of keys and values, which a user may have made an object."""
    found = body.get("fields")
    if not isinstance(found, dict):
        found = {text(one.get("key")) or "": one.get("value") for one in items(found)}
    known = {name: value for name, value in found.items() if not isinstance(value, str) or not _UNSET.match(value)}
    return {**body, "fields": known}


_NAME: Final = ("name", "fields.alertName", "alert_id")
_RESOURCE: Final = (
    "fields.computer",
    "{fields.application}/{fields.subsystem}",
    "fields.application",
    "fields.subsystem",
)
_FIELDS: Final = ("team", "application", "subsystem", "priority", "hitCount", "category", "metaLabels")

FORMAT: Final = Declared(
    unset=_UNSET,
    prepare=_with_fields,
    # An alert's own id is the same for all of its groups.
    key=("coralogix:{fields.dedupKey}", "coralogix:{fields.alertUniqueIdentifier}", "coralogix:{alert_id}"),
    hashed_as="coralogix:",
    hashed=(_NAME, _RESOURCE),
    title=_NAME,
    state=("alert_action",),
    states={"resolve": RECOVERY, "resolved": RECOVERY},
    severity=("fields.severity", "fields.severityLowercase", "fields.priority"),
    severities=SEVERITIES
    | {
        "warn": Severity.WARNING,
        "verbose": Severity.INFO,
        "debug": Severity.INFO,
        "p1": Severity.CRITICAL,
        "p2": Severity.ERROR,
        "p3": Severity.WARNING,
        "p4": Severity.INFO,
        "p5": Severity.INFO,
    },
    description=("description", "fields.text"),
    rule=_NAME,
    resource_id=_RESOURCE,
    account=("fields.companyId",),
    occurred_at=("fields.timestampISO", "fields.timestampMs"),
    info={name: name for name in ("alert_id", "alert_url", "log_url", "threshold", "timewindow")}
    | {name: f"fields.{name}" for name in _FIELDS},
)
normalize = FORMAT.normalize
