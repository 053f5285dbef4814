"""NetBox's event rules: an object was changed, or a job ended.

Source: https://netboxlabs.com/docs/netbox/integrations/webhooks/ and, for the names of the events,
https://github.com/netbox-community/netbox/blob/main/netbox/extras/constants.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.model import EventType, NormalizedEvent, Resource, Severity
from event_api.normalizers.coerce import at, digest, first_text, mapping, text, texts
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.rules import Rule
from event_api.times import parse_time

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

NAME: Final = "netbox"
ALIASES: Final = ()
_CHANGES = ("created", "updated", "deleted")
RULES: Final = (
    Rule(keys=("timestamp", "username", "request_id", "data"), values={"event": _CHANGES}),
    Rule(keys=("timestamp", "username", "data"), values={"event": ("job_started", "job_ended")}),
)

JOB_STATUSES: Final = {
    "errored": (EventType.ALERT, Severity.ERROR),
    "failed": (EventType.ALERT, Severity.ERROR),
    "completed": (EventType.RECOVERY, Severity.INFO),
}
"""How a job ended, where its data say so; else, like any change, it is a fact."""
_FACT = (EventType.ALERT, Severity.INFO)


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a change; none of a job that starts."""
    body = payload.body
    event = (text(body.get("event")) or "changed").lower()
    if event == "job_started":
        return []
    data = mapping(body.get("data"))
    # Since version 4.3 it is "dcim.site" what was "site".
    model = (first_text(body.get("model"), body.get("object_type")) or "").rpartition(".")[2].lower()
    name = first_text(data.get("display"), data.get("name"), at(data, "object_repr"), data.get("id"))
    if name is None and not model:
        raise NormalizeError("neither the object's name nor its model is told")
    status = first_text(at(data, "status.value"), data.get("status"))
    event_type, severity = JOB_STATUSES.get((status or "").lower(), _FACT) if event == "job_ended" else _FACT
    user = text(body.get("username"))
    verb = f"ended{f': {status}' if status else ''}" if event == "job_ended" else f"was {event}"
    return [
        NormalizedEvent(
            event_key=f"netbox:{model or 'object'}:{first_text(data.get('id'), data.get('url')) or digest(name)}",
            event_type=event_type,
            title=" ".join(filter(None, (model, name, verb, f"by {user}" if user and event in _CHANGES else None))),
            severity=severity,
            description=first_text(data.get("description"), data.get("error"), data.get("comments")),
            resource=Resource(resource_id=text(data.get("id")), resource_type=model or None, name=name),
            additional_info=texts(
                {
                    "event": body.get("event"),
                    "username": user,
                    "request_id": body.get("request_id"),
                    "url": first_text(data.get("display_url"), data.get("url")),
                    "status": status,
                    "site": first_text(at(data, "site.display"), at(data, "site.name")),
                    "tenant": first_text(at(data, "tenant.display"), at(data, "tenant.name")),
                }
            ),
            occurred_at=parse_time(body.get("timestamp")),
        )
    ]
