"""Flux's notification controller, with its generic provider.

Make one event of a reconciliation that failed or succeeded; none of one that is in progress.

Source: https://fluxcd.io/flux/components/notification/providers/#generic-webhook and
https://fluxcd.io/flux/components/notification/events/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "flux"
ALIASES: Final = ("fluxcd",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (Rule(keys=("involvedObject.kind", "involvedObject.name", "severity", "reason", "reportingController")),)

FORMAT: Final = Declared(
    key=("flux:{involvedObject.kind}/{involvedObject.namespace}/{involvedObject.name}",),
    title=("message", "{involvedObject.kind} {involvedObject.name}: {reason}"),
    state=("reason", "severity"),
    states={
        "progressing": None,
        "progressingwithretry": None,
        "dependencynotready": None,
        "error": ALERT,
        "info": RECOVERY,
    },
    severity=("severity",),
    severities={"error": Severity.ERROR, "info": Severity.INFO},
    description=("message",),
    rule=("reason",),
    resource_id=("{involvedObject.namespace}/{involvedObject.name}", "involvedObject.name"),
    resource_name=("involvedObject.name",),
    resource_type=("involvedObject.kind",),
    provider=("=kubernetes",),
    occurred_at=("timestamp",),
    info={
        "controller": "reportingController",
        "reason": "reason",
        "revision": "metadata.revision",
        "cluster": "metadata.cluster",
        "summary": "metadata.summary",
    },
)
normalize = FORMAT.normalize
