"""CircleCI's outbound webhooks: workflows and jobs that completed.

Source: https://circleci.com/docs/reference/outbound-webhooks-reference/
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

NAME: Final = "circleci"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
KINDS: Final = {"workflow-completed": "workflow", "job-completed": "job"}
RULES: Final = (
    Rule(headers=("circleci-event-type",)),
    Rule(keys=("happened_at", "webhook", "project", "pipeline"), values={"type": tuple(KINDS)}),
)

STATUSES: Final = {
    "failed": (EventType.ALERT, Severity.ERROR, "failed"),
    "error": (EventType.ALERT, Severity.ERROR, "could not run"),
    "unauthorized": (EventType.ALERT, Severity.ERROR, "was not authorized"),
    "success": (EventType.RECOVERY, Severity.INFO, "succeeded"),
}
SILENT: Final = frozenset({"canceled", "cancelled", "not_run", "on_hold", "running"})


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a failure or success; none of a test's ping or a cancelled run."""
    body = payload.body
    told = text(body.get("type"))
    kind = KINDS.get(told) if told else next((kind for kind in ("job", "workflow") if kind in body), None)
    if kind is None and told is None and "webhook" not in body:
        raise NormalizeError("the body says neither a type nor has it a job or a workflow")
    if kind is None:
        return []
    done = mapping(body.get(kind))
    result = outcome(done.get("status"), STATUSES, SILENT)
    if result is None:
        return []
    event_type, severity, verb = result
    workflow, name = text(at(body, "workflow.name")), text(done.get("name"))
    project = first_text(at(body, "project.slug"), at(body, "project.name"), at(body, "project.id"))
    if name is None and project is None:
        raise NormalizeError(f"neither the {kind} nor its project has a name")
    branch = first_text(
        at(body, "pipeline.vcs.branch"),
        at(body, "pipeline.vcs.tag"),
        at(body, "pipeline.trigger_parameters.git.branch"),
        at(body, "pipeline.trigger_parameters.gitlab.branch"),
    )
    place = (f"on {branch}" if branch else None, f"({project})" if project else None)
    key = (
        "circleci",
        first_text(at(body, "project.id"), project),
        kind,
        workflow,
        name if kind == "job" else None,
        branch,
    )
    return [
        NormalizedEvent(
            event_key=":".join(filter(None, key)),
            event_type=event_type,
            title=" ".join(filter(None, (kind.capitalize(), name, verb, *place))),
            severity=severity,
            rule=" / ".join(dict.fromkeys(filter(None, (workflow, name)))) or None,
            resource=Resource(
                resource_id=first_text(at(body, "project.id"), project),
                resource_type="project" if project else None,
                name=project,
            ),
            account=first_text(at(body, "organization.name"), at(body, "organization.id")) or "",
            additional_info=texts(
                {
                    "status": done.get("status"),
                    "url": first_text(at(body, "workflow.url"), done.get("url")),
                    "branch": branch,
                    "commit": first_text(
                        at(body, "pipeline.vcs.revision"), at(body, "pipeline.trigger_parameters.git.checkout_sha")
                    ),
                    "commit_subject": at(body, "pipeline.vcs.commit.subject"),
                    "pipeline": at(body, "pipeline.number"),
                    "job_number": at(body, "job.number"),
                }
            ),
            occurred_at=parse_time(first_text(done.get("stopped_at"), body.get("happened_at"))),
        )
    ]
