"""Better Stack's (formerly Better Uptime's) outgoing webhook for incidents.

Make one event of an incident that started or was resolved; none of an acknowledgement.

Source: https://betterstack.com/docs/uptime/webhooks/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, Declared
from event_api.normalizers.lenient import mapping
from event_api.normalizers.rules import Rule

NAME: Final = "better-stack"
ALIASES: Final = ("better-uptime",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    # The body looks like a request of this API's own, whose data is taken out before.
    Rule(keys=("id", "attributes.name", "attributes.started_at"), values={"type": ("incident",)}),
    Rule(keys=("data.id", "data.attributes.name", "data.attributes.started_at"), values={"data.type": ("incident",)}),
)

FORMAT: Final = Declared(
    prepare=lambda body: mapping(body.get("data")) or body,
    key=("better-stack:{id}",),
    title=("attributes.name", "attributes.cause", "attributes.url"),
    state=("attributes.status",),
    states={"started": ALERT, "resolved": RECOVERY, "acknowledged": None},
    description=("attributes.cause",),
    rule=("attributes.name",),
    resource_id=("attributes.url",),
    resource_type=("=monitor",),
    image_url=("attributes.screenshot_url",),
    occurred_at=("attributes.started_at",),
    ended_at=("attributes.resolved_at",),
    info={
        "status": "attributes.status",
        "team": "attributes.team_name",
        "regions": "attributes.regions",
        "method": "attributes.http_method",
    },
)
normalize = FORMAT.normalize
