"""Rollbar's webhook, for items and their occurrences.

Make one event of an item that is new, repeated, reactivated or resolved; none of a deployment or a test.

Source: https://docs.rollbar.com/docs/webhooks
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, SEVERITIES, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "rollbar"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("event_name", "data.item.id")),
    Rule(keys=("event_name", "data.deploy")),
    Rule(keys=("data",), values={"event_name": ("test",)}),
)

FORMAT: Final = Declared(
    key=("rollbar:{data.item.id}",),
    title=("data.item.title", "data.occurrence.body.message.body"),
    state=("event_name",),
    states={"resolved_item": RECOVERY, "deploy": None, "test": None},
    severity=("data.item.level", "data.occurrence.level", "data.item.last_occurrence.level"),
    severities=SEVERITIES
    | {
        "50": Severity.CRITICAL,
        "40": Severity.ERROR,
        "30": Severity.WARNING,
        "20": Severity.INFO,
        "10": Severity.INFO,
        "debug": Severity.INFO,
    },
    rule=("data.item.title",),
    resource_name=("data.item.environment",),
    resource_type=("=environment",),
    occurred_at=("data.item.last_occurrence_timestamp", "data.occurrence.timestamp"),
    info={
        "event_name": "event_name",
        "counter": "data.item.counter",
        "project_id": "data.item.project_id",
        "occurrences": "data.item.total_occurrences",
        "framework": "data.item.framework",
        "url": "data.url",
    },
)
normalize = FORMAT.normalize
