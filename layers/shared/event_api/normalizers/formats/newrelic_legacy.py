"""New Relic's alerts before workflows: the default payload of a notification channel's webhook.

Source: https://docs.newrelic.com/docs/alerts-applied-intelligence/new-relic-alerts/alert-notifications/customize-your-webhook-payload/
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.lenient import items, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.domain.normalized import NormalizedEvent
    from event_api.normalizers.payload import Payload

NAME: Final = "newrelic-legacy"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("incident_id", "current_state", "condition_name")),
    Rule(keys=("incident_id", "condition_name", "policy_name", "details")),
)

_INFO: Final = ("incident_url", "policy_url", "runbook_url", "account_name", "owner", "event_type")

FORMAT: Final = Declared(
    key=("newrelic-incident:{incident_id}",),
    hashed=(("=newrelic",), ("condition_name",), ("policy_name",), ("details",)),
    title=("condition_name", "details", "policy_name", "Incident {incident_id}", "Incident {current_state}"),
    state=("current_state",),
    states=dict.fromkeys(("closed", "close", "resolved"), RECOVERY)
    | dict.fromkeys(("acknowledged", "acknowledge", "test")),
    severity=("severity",),
    severities={
        "critical": Severity.CRITICAL,
        "warning": Severity.WARNING,
        "warn": Severity.WARNING,
        "info": Severity.INFO,
    },
    fault=Severity.NONE,
    description=("details",),
    rule=("condition_name",),
    resource_id=("targets.0.id",),
    resource_name=("targets.0.name",),
    resource_type=("targets.0.type", "targets.0.product"),
    strict_resource=True,
    account=("account_id",),
    image_url=("violation_chart_url",),
    occurred_at=("timestamp",),
    info={name: name for name in _INFO}
    | {"state": "current_state", "policy": "policy_name", "violation_url": "violation_callback_url"},
)


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an incident's state; none of its acknowledgement, nor of a test."""
    targets = [target.get("name") for target in items(payload.body.get("targets"))]
    named = texts({"targets": targets}) if len(targets) > 1 else {}
    return [replace(event, additional_info=event.additional_info | named) for event in FORMAT.normalize(payload)]
