"""Healthchecks.io's webhook, with a body of its placeholders by their names.

Make one event of a check that went down or up; none of one that is late, new or paused.

Source: https://healthchecks.io/docs/configuring_notifications/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "healthchecks"
ALIASES: Final = ("healthchecks-io",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("code", "name", "status", "tags"), values={"status": ("up", "down", "UP", "DOWN")}),)

FORMAT: Final = Declared(
    key=("healthchecks:{code}",),
    title=("name", "code"),
    state=("status",),
    states={"down": ALERT, "up": RECOVERY, "grace": None, "new": None, "paused": None, "started": None},
    description=("desc", "body"),
    rule=("name",),
    resource_id=("code",),
    resource_name=("name",),
    resource_type=("=check",),
    occurred_at=("now", "last_ping"),
    info={
        "status": "status",
        "tags": "tags",
        "last_ping": "last_ping",
        "exit_status": "exitstatus",
        "project": "project",
    },
)
normalize = FORMAT.normalize
