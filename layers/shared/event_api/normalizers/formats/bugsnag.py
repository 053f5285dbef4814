"""Bugsnag's webhook (SmartBear Insight Hub), for errors and spikes of a project.

Make one event of an error or a spike; none of a comment, a release or an error that was snoozed.

Source: https://docs.bugsnag.com/product/integrations/data-forwarding/webhook/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "bugsnag"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("account.id", "project.id", "trigger.type")),)

FORMAT: Final = Declared(
    key=("bugsnag:{error.errorId}", "bugsnag:{project.id}:{trigger.type}"),
    title=("{error.exceptionClass}: {error.message}", "error.exceptionClass", "error.message", "trigger.message"),
    state=("trigger.type", "error.status"),
    states={
        "comment": None,
        "release": None,
        "projectsamplingstarted": None,
        "projectapproachingratelimit": None,
        "fixed": RECOVERY,
        "ignored": RECOVERY,
        "snoozed": None,
        "open": ALERT,
        "in progress": ALERT,
    },
    severity=("error.severity",),
    description=("error.message", "trigger.message"),
    rule=("error.exceptionClass", "trigger.type"),
    resource_id=("project.id",),
    resource_name=("project.name",),
    resource_type=("=project",),
    occurred_at=("error.receivedAt",),
    info={
        "trigger": "trigger.type",
        "reason": "trigger.message",
        "context": "error.context",
        "stage": "error.releaseStage",
        "status": "error.status",
        "url": "error.url",
        "organization": "account.name",
    },
)
normalize = FORMAT.normalize
