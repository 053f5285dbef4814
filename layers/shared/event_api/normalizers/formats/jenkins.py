"""Jenkins' Notification plugin, in its JSON format.

Source: https://plugins.jenkins.io/notification/ and, for the phases and states,
https://github.com/jenkinsci/notification-plugin/blob/master/src/main/java/com/tikal/hudson/plugins/notification/Phase.java
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, first_text, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "jenkins"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (Rule(keys=("name", "url", "build.phase", "build.number")),)

STATUSES: Final = {
    "failure": (EventType.ERROR, Severity.ERROR),
    "unstable": (EventType.ALERT, Severity.WARNING),
}
"""A build's result. SpaceONE's plugin, which is followed here, makes an ERROR of a failure and an ALERT of all else, a
success too: so a success does not resolve anything."""
_FACT = (EventType.ALERT, Severity.INFO)


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a build's phase."""
    body = payload.body
    build = mapping(body.get("build"))
    name = first_text(body.get("display_name"), body.get("name"), body.get("url"), build.get("full_url"))
    if name is None:
        raise NormalizeError("the job has neither a name nor a URL")
    status = first_text(build.get("status"), build.get("phase"))
    event_type, severity = STATUSES.get((status or "").lower(), _FACT)
    number = _whole(build.get("number"))
    job = _job_url(body, build)
    return [
        NormalizedEvent(
            event_key=":".join(("jenkins", job or name)),
            event_type=event_type,
            title=f"{name}{f' #{number}' if number else ''}: {status or 'no status'}",
            severity=severity,
            description=first_text(build.get("notes"), build.get("log")),
            rule=text(body.get("name")),
            resource=Resource(resource_id=job or name, resource_type="job", name=name),
            additional_info=texts(
                {
                    "build_url": first_text(build.get("full_url"), build.get("url")),
                    "build_number": number,
                    "phase": build.get("phase"),
                    "status": build.get("status"),
                    "duration_ms": _whole(build.get("duration")),
                    "scm_url": at(build, "scm.url"),
                    "branch": at(build, "scm.branch"),
                    "commit": at(build, "scm.commit"),
                    "tests_failed": _whole(at(build, "test_summary.failed")),
                    "tests_total": _whole(at(build, "test_summary.total")),
                }
            ),
            occurred_at=parse_time(build.get("timestamp")),
        )
    ]


def _job_url(body: JsonObject, build: JsonObject) -> str | None:
    """Complete the job's URL: two servers may have a job of the same name. The build's URL names the server."""
    path = text(body.get("url"))
    build_path, build_url = text(build.get("url")), text(build.get("full_url"))
    if path and build_path and build_url and build_url.endswith(build_path):
        return build_url.removesuffix(build_path) + path
    return path


def _whole(value: Json) -> str | None:
    """Write 12.0, which some forwarders make of 12, as 12."""
    return text(int(value)) if isinstance(value, float) and value.is_integer() else text(value)
