"""Azure DevOps service hooks (and Team Foundation Server's): builds, pipeline runs, releases, code, work items.

Source: https://learn.microsoft.com/azure/devops/service-hooks/events
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, first_text, mapping, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "azure-devops"
ALIASES: Final = ("vsts",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (Rule(keys=("publisherId", "eventType", "resource")),)

RESULTS: Final = {
    "succeeded": (EventType.RECOVERY, Severity.INFO),
    "partiallysucceeded": (EventType.ALERT, Severity.WARNING),
    "failed": (EventType.ALERT, Severity.ERROR),
    "rejected": (EventType.ALERT, Severity.ERROR),
}
_NO_RESULT = (EventType.ALERT, Severity.ERROR)
_OTHER_RESULT = (EventType.ALERT, Severity.NONE)
_GOING_ON: Final = frozenset(
    {"canceling", "inprogress", "notstarted", "pending", "queued", "running", "skipped", "waiting"}
)
_STOPPED: Final = frozenset({"canceled", "cancelled", "stopped", "skipped", "abandoned", "none"})
"""The work of a person, and not a result."""

RUNS: Final = {
    "build.complete": "build",
    "deployment-completed-event": "deployment",
    "run-state-changed-event": "run",
    "stage-state-changed-event": "stage",
    "job-state-changed-event": "job",
}
"""Suffixes of an event's type (its prefix was renamed), and the kind of run."""

_SILENT: Final = (
    "commented",
    "comment-event",
    "approval-pending",
    "approval-completed",
    "approval-pending-event",
    "approval-completed-event",
    "check-updated-event",
    "deployment-started-event",
    "release-created-event",
    "release-abandoned-event",
)
"""Comments, and steps on the way to an end that is reported."""

_ALERTS: Final = "ms.vss-alerts."
ALERT_SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "high": Severity.ERROR,
    "error": Severity.ERROR,
    "medium": Severity.WARNING,
    "warning": Severity.WARNING,
    "low": Severity.INFO,
    "note": Severity.INFO,
}
_ALERT_OVER: Final = frozenset({"fixed", "dismissed", "autodismissed", "closed"})


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an end or a fact; none of running work, a stop, or a comment."""
    body = payload.body
    event_type = text(body.get("eventType")) or ""
    title = first_text(
        *(at(body, path) for path in ("message.text", "detailedMessage.text")), event_type.rpartition(".")[2]
    )
    if title is None:
        raise NormalizeError("the event has neither a message nor an eventType")
    if event_type.endswith(_SILENT):
        return []
    run = next((kind for ending, kind in RUNS.items() if event_type.endswith(ending)), None)
    if run is not None:
        return _run(body, run, title)
    return [_alert(body, title) if event_type.startswith(_ALERTS) else _fact(body, event_type, title)]


def _run(body: JsonObject, kind: str, title: str) -> list[NormalizedEvent]:
    resource = mapping(body.get("resource"))
    # A build is the resource itself; all others lie in it under their name, a release's stage as "environment".
    ran = mapping(resource.get(kind))
    stage = mapping(ran.get("environment")) or mapping(resource.get("environment"))
    one = resource if kind == "build" else ran or stage
    result = first_text(one.get("result"), one.get("deploymentStatus"), stage.get("status"), one.get("status"))
    state = (text(one.get("state")) or "completed").lower()
    if state in _GOING_ON or (result or "").lower() in _STOPPED:
        return []
    event_type, severity = RESULTS.get(result.lower(), _OTHER_RESULT) if result else _NO_RESULT
    definition = _definition(resource, ran)
    name = first_text(definition.get("name"), definition.get("id"))
    part = _part(kind, resource, stage)
    branch = text(resource.get("sourceBranch"))
    project = _project(body, ran)
    return [
        NormalizedEvent(
            # Repeated runs: a later success ends the alert of an earlier failure.
            event_key=":".join(
                filter(
                    None,
                    (NAME, kind, project, first_text(definition.get("id"), name, resource.get("url")), part, branch),
                )
            ),
            event_type=event_type,
            title=title,
            severity=severity,
            description=_details(body, title),
            rule=name,
            resource=Resource(
                resource_id=first_text(definition.get("id"), name),
                resource_type=kind,
                name=" / ".join(filter(None, (name, part))) or None,
            ),
            additional_info=_info(body)
            | texts(
                {
                    "result": result,
                    "branch": branch,
                    "build_number": first_text(resource.get("buildNumber"), at(resource, "run.name")),
                    "reason": resource.get("reason"),
                    "requested_for": at(resource, "requestedFor.displayName"),
                    "link": first_text(
                        at(one, "_links.web.href"), at(resource, "run._links.web.href"), resource.get("url")
                    ),
                }
            ),
            occurred_at=parse_time(first_text(one.get("finishTime"), one.get("finishedDate"), one.get("completedOn")))
            or parse_time(body.get("createdDate")),
        )
    ]


def _details(body: JsonObject, title: str) -> str | None:
    details = text(at(body, "detailedMessage.text"))
    return details if details != title else None


def _definition(resource: JsonObject, ran: JsonObject) -> JsonObject:
    for path in ("definition", "pipeline", "run.pipeline", "deployment.releaseDefinition"):
        if found := mapping(at(resource, path)):
            return found
    places = (
        at(ran, "release.releaseDefinition"),
        at(resource, "environment.releaseDefinition"),
        at(resource, "release.releaseDefinition"),
    )
    return next(filter(None, map(mapping, places)), {})


def _part(kind: str, resource: JsonObject, stage: JsonObject) -> str | None:
    """Name the part of a pipeline or release that ran."""
    parts = (text(stage.get("name")),) if kind == "deployment" else ()
    if kind in {"stage", "job"}:
        parts = (text(at(resource, "stage.name")),)
    if kind == "job":
        parts = (*parts, text(at(resource, "job.name")))
    return "/".join(filter(None, parts)) or None


def _project(body: JsonObject, ran: JsonObject) -> str | None:
    return first_text(
        at(body, "resourceContainers.project.id"),
        at(body, "resource.project.id"),
        at(ran, "release.project.id"),
        at(body, "resource.projectId"),
    )


def _alert(body: JsonObject, title: str) -> NormalizedEvent:
    """Read an alert of GitHub Advanced Security for Azure DevOps."""
    alert = mapping(body.get("resource"))
    repository = first_text(at(alert, "repository.name"), alert.get("repositoryUrl"))
    over = (text(alert.get("state")) or "").lower() in _ALERT_OVER
    rule = first_text(alert.get("title"), alert.get("alertType"))
    return NormalizedEvent(
        event_key=":".join(filter(None, (NAME, "alert", _project(body, {}), repository, text(alert.get("alertId"))))),
        event_type=EventType.RECOVERY if over else EventType.ALERT,
        title=first_text(alert.get("title")) or title,
        severity=Severity.INFO if over else severity(alert.get("severity"), ALERT_SEVERITIES, Severity.NONE),
        description=_details(body, title),
        rule=rule,
        resource=Resource(resource_id=repository, resource_type="repository", name=repository),
        additional_info=_info(body)
        | texts({"alert_type": alert.get("alertType"), "state": alert.get("state"), "link": alert.get("link")}),
        occurred_at=parse_time(body.get("createdDate")),
    )


def _fact(body: JsonObject, event_type: str, title: str) -> NormalizedEvent:
    resource = mapping(body.get("resource"))
    subject = first_text(
        *(resource.get(key) for key in ("url", "workItemId", "pullRequestId", "pushId", "changesetId", "id"))
    )
    name = first_text(
        at(resource, "repository.name"),
        *(mapping(at(resource, path)).get("System.Title") for path in ("fields", "revision.fields")),
        resource.get("title"),
        subject,
    )
    return NormalizedEvent(
        event_key=":".join(
            filter(None, (NAME, event_type, _project(body, {}), subject or text(body.get("id")) or title))
        ),
        event_type=EventType.ALERT,
        title=title,
        severity=Severity.INFO,
        description=_details(body, title),
        rule=event_type or None,
        resource=Resource(resource_id=subject, name=name),
        additional_info=_info(body) | texts({"link": first_text(at(resource, "_links.web.href"), resource.get("url"))}),
        occurred_at=parse_time(body.get("createdDate")),
    )


def _info(body: JsonObject) -> dict[str, str]:
    return texts(
        {
            "event_type": body.get("eventType"),
            "publisher": body.get("publisherId"),
            "project": first_text(
                at(body, "resource.project.name"), at(body, "resourceContainers.project.name"), _project(body, {})
            ),
        }
    )
