"""Bitbucket Cloud's build statuses; its other webhooks, and Data Center's, make no events.

Source: https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, first_text, mapping, text, texts
from event_api.normalizers.rules import Rule
from event_api.normalizers.run_outcomes import outcome

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

NAME: Final = "bitbucket"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(headers=("x-event-key",)), Rule(keys=("actor", "repository.full_name", "commit_status.state")))

STATES: Final = {
    "failed": (EventType.ALERT, Severity.ERROR, "failed"),
    "successful": (EventType.RECOVERY, Severity.INFO, "succeeded"),
}
SILENT: Final = frozenset({"inprogress", "stopped"})

_ALWAYS_THERE: Final = frozenset({"actor", "repository", "eventKey", "test"})
"""Fields of Bitbucket's bodies that do not belong to a build."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a build that failed or succeeded; none of all else."""
    body = payload.body
    status = mapping(body.get("commit_status"))
    result = outcome(status.get("state"), STATES, SILENT) if status else None
    if result is None and not status and not (body.keys() & _ALWAYS_THERE):
        raise NormalizeError("the body has neither a commit_status nor anything else of Bitbucket's")
    if result is None:
        return []
    event_type, severity, verb = result
    repository = first_text(at(body, "repository.full_name"), at(body, "repository.name"))
    name, branch = first_text(status.get("name"), status.get("key")), text(status.get("refname"))
    if name is None and repository is None:
        raise NormalizeError("neither the build nor its repository has a name")
    place = (f"on {branch}" if branch else None, f"({repository})" if repository else None)
    scope = first_text(at(body, "repository.uuid"), repository)
    return [
        NormalizedEvent(
            event_key=":".join(filter(None, ("bitbucket", scope, first_text(status.get("key"), name), branch))),
            event_type=event_type,
            title=" ".join(filter(None, (name or "Build", verb, *place))),
            severity=severity,
            description=text(status.get("description")),
            rule=name,
            resource=Resource(
                resource_id=repository, resource_type="repository" if repository else None, name=repository
            ),
            account=first_text(at(body, "repository.workspace.slug"), at(body, "repository.owner.username")) or "",
            additional_info=texts(
                {
                    "state": status.get("state"),
                    "url": status.get("url"),
                    "branch": branch,
                    "commit": first_text(at(status, "commit.hash"), at(status, "links.commit.href")),
                    "repository_url": at(body, "repository.links.html.href"),
                    "user": at(body, "actor.display_name"),
                }
            ),
            occurred_at=parse_time(first_text(status.get("updated_on"), status.get("created_on"))),
        )
    ]
