"""NetBox's event rules: an object was changed, or a job ended.

Source: https://netboxlabs.com/docs/netbox/integrations/webhooks/ and, for the names of the events,
https://github.com/netbox-community/netbox/blob/main/netbox/extras/constants.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.identity import identity
from event_api.normalizers.lenient import at, digest, first_text, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

NAME: Final = "netbox"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
CHANGES: Final = ("created", "updated", "deleted")
_JOBS = ("job_started", "job_ended")
RULES: Final = (
    Rule(keys=("timestamp", "username", "request_id", "data"), values={"event": CHANGES}),
    # A job may have neither a user nor data.
    Rule(keys=("timestamp", "model"), values={"event": _JOBS}),
    Rule(keys=("timestamp", "object_type"), values={"event": _JOBS}),
)


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a change, or of a job that ended: facts, for NetBox does not report whether the job failed."""
    body = payload.body
    event = (text(body.get("event")) or "changed").lower()
    if event == "job_started":
        return []
    data = mapping(body.get("data"))
    # Since version 4.3 it is "dcim.site" what was "site".
    model = (first_text(body.get("model"), body.get("object_type")) or "").rpartition(".")[2].lower()
    name = first_text(data.get("display"), data.get("name"), data.get("id"))
    if name is None and not model:
        raise NormalizeError("neither the object's name nor its model is told")
    is_job = event == "job_ended"
    user = text(body.get("username"))
    said = (f"{model} job".strip() if is_job else model, name, "ended" if is_job else f"was {event}")
    title = " ".join(filter(None, (*said, f"by {user}" if user and not is_job else None)))
    found = first_text(data.get("id"), data.get("url")) or (name and digest(name))
    place = tuple(filter(None, ("netbox", model, "job" if is_job else None)))
    # A job may be told without its name: only its output is its own.
    key = ":".join((*place, found or identity(body, title)))
    former_key = ":".join((*place, found or digest(name)))
    return [
        NormalizedEvent(
            event_key=key,
            former_keys=() if key == former_key else (former_key,),
            event_type=EventType.ALERT,
            title=title,
            severity=Severity.INFO,
            description=first_text(data.get("description"), data.get("output"), data.get("comments")),
            resource=Resource(resource_id=text(data.get("id")), resource_type=model or None, name=name),
            additional_info=texts(
                {
                    "event": body.get("event"),
                    "username": user,
                    "request_id": body.get("request_id"),
                    "url": first_text(data.get("display_url"), data.get("url")),
                    "status": first_text(at(data, "status.value"), data.get("status")),
                    "site": first_text(at(data, "site.display"), at(data, "site.name")),
                    "tenant": first_text(at(data, "tenant.display"), at(data, "tenant.name")),
                }
            ),
            occurred_at=parse_time(body.get("timestamp")),
        )
    ]
