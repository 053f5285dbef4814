"""The Event's own fields, as a script or an integration of one's own posts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import mapping, text
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json
    from event_api.normalizers.payload import Payload

NAME: Final = "direct"
ALIASES: Final = ("api-direct",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("event_key", "title", "event_type")),)


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Take the fields as they are. Only ``event_key`` is required: without it nothing could correlate."""
    body = payload.body
    event_key = _as_it_is(body.get("event_key"))
    if event_key is None:
        raise NormalizeError("event_key is missing or empty")
    resource = mapping(body.get("resource"))
    return [
        NormalizedEvent(
            event_key=event_key,
            event_type=_EVENT_TYPES.get(_word(body.get("event_type")), EventType.ALERT),
            title=_as_it_is(body.get("title")) or event_key,
            severity=_SEVERITIES.get(_word(body.get("severity")), Severity.NONE),
            description=_as_it_is(body.get("description")),
            rule=_as_it_is(body.get("rule")),
            resource=Resource(
                resource_id=_as_it_is(resource.get("resource_id")),
                resource_type=_as_it_is(resource.get("resource_type")),
                name=_as_it_is(resource.get("name")),
            ),
            provider=_as_it_is(body.get("provider")) or "",
            account=_as_it_is(body.get("account")) or "",
            image_url=_as_it_is(body.get("image_url")),
            additional_info=_python_strings(body.get("additional_info")),
            occurred_at=parse_time(body.get("occurred_at")),
        )
    ]


_EVENT_TYPES = {str(kind): kind for kind in EventType} | dict.fromkeys(
    # Words that people use for it; read as an ALERT, they would leave the alert open forever.
    ("RECOVERED", "RESOLVED", "CLEARED", "OK"),
    EventType.RECOVERY,
)
_SEVERITIES = {str(severity): severity for severity in Severity}


def _word(value: Json) -> str:
    return (text(value) or "").upper()


def _as_it_is(value: Json) -> str | None:
    return value if isinstance(value, str) and value.strip() else text(value)


def _python_strings(info: Json) -> dict[str, str]:
    """Write values as Python's ``str()`` does: the API's documented example has ``"['125.131.104.40']"``."""
    if info is None:
        return {}
    if not isinstance(info, dict):
        info = {"additional_info": info}
    return {key: str(value) for key, value in info.items()}
