"""GitLab's webhooks: pipelines, jobs, deployments, incidents, vulnerabilities and tokens that expire.

Source: https://docs.gitlab.com/user/project/integrations/webhook_events/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, first_text, items, mapping, severity, text, texts
from event_api.normalizers.rules import Rule
from event_api.normalizers.run_outcomes import outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "gitlab"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
EVENT_HEADER: Final = "x-gitlab-event"
INSTANCE_HEADER: Final = "x-gitlab-instance"
HEADERS: Final = (EVENT_HEADER, INSTANCE_HEADER)
RULES: Final = (Rule(headers=(EVENT_HEADER,)), Rule(keys=("object_kind", "project")))

RESULTS: Final = {
    "failed": (EventType.ALERT, Severity.ERROR, "failed"),
    "success": (EventType.RECOVERY, Severity.INFO, "succeeded"),
}
SILENT: Final = frozenset(
    {
        "blocked",
        "canceled",
        "canceling",
        "created",
        "manual",
        "pending",
        "preparing",
        "running",
        "scheduled",
        "skipped",
        "waiting_for_callback",
        "waiting_for_resource",
    }
)
"""Statuses that are neither a fault nor its end."""

CLOSED: Final = frozenset({"close", "resolved", "dismissed"})
"""An incident's actions and a vulnerability's states that say that it is over."""
EDITED: Final = "update"

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "high": Severity.ERROR,
    "medium": Severity.WARNING,
    "low": Severity.INFO,
    "info": Severity.INFO,
}
"""Of incidents and vulnerabilities."""

_PROJECT_IN_URL = re.compile(r"https?://[^/]+/(.+?)/-/")  # vulnerabilities come without their project
_ENDED = ("closed_at", "resolved_at", "dismissed_at", "updated_at")
_REOPENED = ("updated_at", "created_at")
_STARTED = ("created_at", "updated_at")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a failure, success, finding or fix; none of any other event."""
    body = payload.body
    header = (text(payload.headers.get(EVENT_HEADER)) or "").lower().removesuffix(" hook").replace(" ", "_")
    kind = (first_text(body.get("object_kind"), header) or "").lower()
    if not kind:
        raise NormalizeError("neither object_kind nor the header X-Gitlab-Event says what happened")
    read = _READERS.get(kind)
    instance = payload.headers.get(INSTANCE_HEADER)
    return [event for event in (read(body, _Project(body, instance)),) if event] if read else []


class _Project:
    """Whose hook it is: a project, or a group."""

    def __init__(self, body: JsonObject, instance: str | None) -> None:
        project, group = mapping(body.get("project")), mapping(body.get("group"))
        id_ = first_text(body.get("project_id"), project.get("id"), at(body, "object_attributes.project_id"))
        linked = _PROJECT_IN_URL.match(text(at(body, "object_attributes.url")) or "")
        self.path = first_text(
            project.get("path_with_namespace"),
            body.get("project_name"),
            project.get("name"),
            group.get("full_path"),
            group.get("group_name"),
            linked[1] if linked else None,
        )
        self.url = first_text(
            project.get("web_url"), at(body, "repository.homepage"), project.get("homepage"), group.get("web_url")
        )
        self._scope = ("gitlab", text(instance), id_ or first_text(group.get("group_id"), self.path))

    def event(
        self,
        key: tuple[Json, ...],
        result: tuple[EventType, Severity],
        title: str,
        info: JsonObject,
        *,
        rule: Json = None,
        description: Json = None,
        occurred_at: Json = None,
    ) -> NormalizedEvent:
        """Make an event about this project."""
        event_type, level = result
        return NormalizedEvent(
            event_key=":".join(filter(None, (*self._scope, *map(text, key)))),
            event_type=event_type,
            title=f"{title} ({self.path})" if self.path else title,
            severity=level,
            description=text(description),
            rule=text(rule),
            resource=Resource(resource_id=self.path, resource_type="project" if self.path else None, name=self.path),
            additional_info=texts({"project_url": self.url, **info}),
            occurred_at=parse_time(occurred_at),
        )


def _pipeline(body: JsonObject, project: _Project) -> NormalizedEvent | None:
    pipeline = mapping(body.get("object_attributes"))
    result = outcome(pipeline.get("status"), RESULTS, SILENT)
    if result is None:
        return None
    event_type, level, verb = result
    ref = text(pipeline.get("ref"))
    failed = ", ".join(
        name
        for job in items(body.get("builds"))
        if job.get("status") == "failed" and (name := text(job.get("name"))) and job.get("allow_failure") is not True
    )
    name = text(pipeline.get("name"))
    return project.event(
        ("pipeline", ref),
        (event_type, level),
        f"Pipeline {verb}" + (f" on {ref}" if ref else ""),
        {
            "status": first_text(pipeline.get("detailed_status"), pipeline.get("status")),
            "url": pipeline.get("url"),
            "ref": ref,
            "commit": pipeline.get("sha"),
            "commit_title": first_text(at(body, "commit.title"), at(body, "commit.message")),
            "pipeline_id": pipeline.get("id"),
            "source": pipeline.get("source"),
            "duration": pipeline.get("duration"),
            "user": at(body, "user.username"),
        },
        rule=name or "pipeline",
        description=f"Failed jobs: {failed}" if failed else None,
        occurred_at=pipeline.get("finished_at"),
    )


def _job(body: JsonObject, project: _Project) -> NormalizedEvent | None:
    result = outcome(body.get("build_status"), RESULTS, SILENT)
    if result is None:
        return None
    event_type, level, verb = result
    if event_type is EventType.ALERT and body.get("build_allow_failure") is True:
        level = Severity.WARNING
    ref = text(body.get("ref"))
    name = first_text(body.get("build_name"), body.get("build_stage"))
    reason = text(body.get("build_failure_reason"))
    return project.event(
        ("job", ref, body.get("build_stage"), name),
        (event_type, level),
        " ".join(filter(None, ("Job", name, verb))) + (f" on {ref}" if ref else ""),
        {
            "status": body.get("build_status"),
            "stage": body.get("build_stage"),
            "ref": ref,
            "commit": body.get("sha"),
            "job_id": body.get("build_id"),
            "pipeline_id": body.get("pipeline_id"),
            "duration": body.get("build_duration"),
            "environment": at(body, "environment.name"),
            "runner": at(body, "runner.description"),
            "user": at(body, "user.username"),
        },
        rule=name,
        # GitLab has a reason in successes too: "unknown_failure".
        description=f"Reason: {reason}" if event_type is EventType.ALERT and reason else None,
        occurred_at=body.get("build_finished_at"),
    )


def _deployment(body: JsonObject, project: _Project) -> NormalizedEvent | None:
    result = outcome(body.get("status"), RESULTS, SILENT)
    if result is None:
        return None
    event_type, level, verb = result
    environment = text(body.get("environment")) or "an unnamed environment"
    return project.event(
        ("deployment", environment),
        (event_type, level),
        f"Deployment to {environment} {verb}",
        {
            "status": body.get("status"),
            "url": body.get("deployable_url"),
            "environment_url": body.get("environment_external_url"),
            "environment_tier": body.get("environment_tier"),
            "ref": body.get("ref"),
            "commit": first_text(body.get("commit_url"), body.get("short_sha")),
            "commit_title": body.get("commit_title"),
            "deployment_id": body.get("deployment_id"),
            "user": at(body, "user.username"),
        },
        rule=environment,
        occurred_at=body.get("status_changed_at"),
    )


def _incident(body: JsonObject, project: _Project) -> NormalizedEvent | None:
    """Read an incident; any other issue is not an alert."""
    issue = mapping(body.get("object_attributes"))
    if (text(issue.get("type")) or "").lower() != "incident":
        return None
    return _found(project, "incident", first_text(issue.get("iid"), issue.get("id")), issue, issue.get("action"))


def _vulnerability(body: JsonObject, project: _Project) -> NormalizedEvent | None:
    found = mapping(body.get("object_attributes"))
    return _found(project, "vulnerability", text(found.get("url")), found, found.get("state"))


def _found(project: _Project, kind: str, key: str | None, found: JsonObject, word: Json) -> NormalizedEvent | None:
    said = (text(word) or "open").lower()
    if said == EDITED:
        return None
    title = first_text(found.get("title"), found.get("url"))
    if title is None:
        raise NormalizeError(f"the {kind} has no title")
    recovered = said in CLOSED
    level = text(found.get("severity"))
    times = _ENDED if recovered else _REOPENED if said == "reopen" else _STARTED
    return project.event(
        (kind, key or title),
        (EventType.RECOVERY, Severity.INFO)
        if recovered
        else (EventType.ALERT, severity(level, SEVERITIES, Severity.NONE if level else Severity.ERROR)),
        title,
        {
            "state": first_text(found.get("state"), word),
            "severity": level,
            "url": found.get("url"),
            "file": at(found, "location.file"),
            "package": at(found, "location.dependency.package.name"),
            "identifiers": ", ".join(_names(found.get("identifiers"))),
        },
        rule=first_text(found.get("report_type"), kind),
        description=found.get("description"),
        occurred_at=first_text(*map(found.get, times)),
    )


def _names(identifiers: Json) -> list[str]:
    return [name for one in items(identifiers) if (name := text(one.get("name")))]


def _token(body: JsonObject, project: _Project) -> NormalizedEvent:
    """Read that an access or deploy token is about to expire: its name is shown, GitLab sends no more of it."""
    token = mapping(body.get("object_attributes"))
    name = first_text(token.get("name"), token.get("id")) or "unnamed"
    expires = text(token.get("expires_at"))
    return project.event(
        ("token", first_text(token.get("id"), name)),
        (EventType.ALERT, Severity.WARNING),
        f"Token {name} expires" + (f" on {expires}" if expires else ""),
        {"expires_at": expires, "event": body.get("event_name")},
        rule=first_text(body.get("event_name"), body.get("object_kind")),
    )


_READERS: Final[dict[str, Callable[[JsonObject, _Project], NormalizedEvent | None]]] = {
    "pipeline": _pipeline,
    "build": _job,
    "job": _job,
    "deployment": _deployment,
    "issue": _incident,
    "work_item": _incident,
    "vulnerability": _vulnerability,
    "access_token": _token,
    "deploy_token": _token,
}
