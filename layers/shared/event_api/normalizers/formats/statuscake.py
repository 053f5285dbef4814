"""StatusCake's uptime alerts, which it posts as a form.

Source: https://www.statuscake.com/kb/knowledge-base/how-to-use-the-web-hook-url/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

NAME: Final = "statuscake"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(
        content_types=("application/x-www-form-urlencoded", "multipart/form-data"),
        keys=("Token", "Status"),
    ),
    Rule(keys=("Name", "Status", "StatusCode", "URL")),
)

_NO_ANSWER = "0"


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a test that is down or up again.

    It has no id: its name and URL identify it. The field ``Token`` is derived from the user's API key, and is dropped.
    """
    fields = {name.lower(): value for name, value in texts(payload.body).items()}
    name = first_text(fields.get("name"), fields.get("url"), fields.get("ip"))
    if name is None:
        raise NormalizeError("the test has neither a name nor a URL")
    status = fields.get("status", "Down")
    recovered = status.lower() == "up"
    code = fields.get("statuscode")
    return [
        NormalizedEvent(
            event_key=f"statuscake:{digest(fields.get('name'), fields.get('url'))}",
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=f"{name} is {status.lower()}",
            severity=Severity.INFO if recovered else Severity.ERROR,
            description="No answer" if code == _NO_ANSWER else f"Answered {code}" if code else None,
            rule=fields.get("name"),
            resource=Resource(resource_id=first_text(fields.get("url"), name), resource_type="uptime test", name=name),
            additional_info=texts(
                {
                    "status": status,
                    "status_code": code,
                    "url": fields.get("url"),
                    "ip": fields.get("ip"),
                    "tags": fields.get("tags"),
                    "check_rate": fields.get("checkrate"),
                    "contact_group": fields.get("contactgroup"),
                }
            ),
        )
    ]
