"""Events that a server's management controller posts by Redfish: HPE iLO, Dell iDRAC, Lenovo XCC, Supermicro.

Make one event of each element. A problem and its end have different messages and ids, and the same origin: the part of
the server that they are about. A controller sends no host name of its own; HPE's and Dell's additions have one, and an
administrator may write one in the subscription's context.

Source: https://www.dmtf.org/sites/default/files/standards/documents/DSP0266_1.20.1.html#event-format
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.elements import each
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import fault_severity, first_text, items, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "redfish"
ALIASES: Final = ("ilo", "idrac")
KEY_SCOPE: Final = KeyScope.PROJECT
# No path leads to "@odata.type", for its dot.
RULES: Final = (Rule(some={"Events": ("MessageId", "EventType", "OriginOfCondition")}),)

SEVERITIES: Final = {"critical": Severity.CRITICAL, "warning": Severity.WARNING}
_RECOVERED: Final = "ok"


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of each."""
    body = payload.body
    oem = next(iter(items([*mapping(body.get("Oem")).values()])), {})
    server = first_text(*(oem.get(name) for name in ("ServerHostname", "ServiceTag", "SerialNumber")))
    host = first_text(server, body.get("Context"))
    return each(_listed(body.get("Events")), lambda element: _event(element, host))


def _listed(events: Json) -> list[Json]:
    if not isinstance(events, list) or not events:
        raise NormalizeError("there are no events in 'Events'")
    return events


def _event(element: JsonObject, host: str | None) -> NormalizedEvent:
    title, message_id = first_text(element.get("Message"), element.get("MessageId")), text(element.get("MessageId"))
    if title is None:
        raise NormalizeError("the event has neither a message nor the id of one")
    condition = element.get("OriginOfCondition")
    origin = first_text(mapping(condition).get("@odata.id"), condition if isinstance(condition, str) else None)
    stated = first_text(element.get("MessageSeverity"), element.get("Severity"))
    is_over = (stated or "").lower() == _RECOVERED
    known = ("Message", "OriginOfCondition", "EventTimestamp", "Oem")
    return NormalizedEvent(
        event_key=f"{NAME}:{host or ''}:{origin or message_id or title}",
        event_type=EventType.RECOVERY if is_over else EventType.ALERT,
        title=title,
        severity=Severity.INFO if is_over else fault_severity(stated, SEVERITIES),
        rule=message_id,
        resource=Resource(resource_id=origin, resource_type="server" if host else None, name=host),
        additional_info=texts({name: value for name, value in element.items() if name not in known}),
        occurred_at=parse_time(element.get("EventTimestamp")),
    )
