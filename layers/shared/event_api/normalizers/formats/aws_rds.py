"""Amazon RDS's event notifications, which come through an SNS topic; those through EventBridge are *aws-eventbridge*'s.

Make one ALERT of each: RDS does not say that something is over, nor how grave it is.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import Declared
from event_api.normalizers.lenient import text
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject

NAME: Final = "aws-rds"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("Event Source", "Source ID", "Event ID", "Event Message")),)


def _with_kind(body: JsonObject) -> JsonObject:
    """Add the id of the kind of event, such as RDS-EVENT-0089, with which its page's address ends."""
    return body | {"kind": (text(body.get("Event ID")) or "").rpartition("#")[2]}


FORMAT: Final = Declared(
    prepare=_with_kind,
    key=("rds:{Source ARN}:{kind}", "rds:{Source ID}:{kind}"),
    title=("Event Message",),
    fault=Severity.NONE,
    rule=("kind",),
    resource_id=("Source ARN", "Source ID"),
    resource_name=("Source ID",),
    resource_type=("Event Source",),
    provider=("=aws",),
    occurred_at=("Event Time",),
    info={"link": "Identifier Link", "tags": "Tags"},
)
normalize = FORMAT.normalize
