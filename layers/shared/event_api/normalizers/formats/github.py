"""GitHub's webhooks: workflows, checks, deployments and security alerts; other events make no events.

Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from __future__ import annotations

from dataclasses import dataclass, field
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

NAME: Final = "github"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
EVENT_HEADER: Final = "x-github-event"
HEADERS: Final = (EVENT_HEADER,)
RULES: Final = (Rule(headers=(EVENT_HEADER,)),)

RESULTS: Final = {
    "failure": (EventType.ALERT, Severity.ERROR, "failed"),
    "error": (EventType.ALERT, Severity.ERROR, "failed"),
    "errored": (EventType.ALERT, Severity.ERROR, "failed"),
    "timed_out": (EventType.ALERT, Severity.ERROR, "timed out"),
    "startup_failure": (EventType.ALERT, Severity.ERROR, "could not start"),
    "success": (EventType.RECOVERY, Severity.INFO, "succeeded"),
    "built": (EventType.RECOVERY, Severity.INFO, "succeeded"),
}
"""By conclusion or state."""
SILENT: Final = frozenset(
    {
        "action_required",
        "building",
        "cancelled",
        "expected",
        "in_progress",
        "inactive",
        "neutral",
        "pending",
        "queued",
        "requested",
        "skipped",
        "stale",
        "waiting",
    }
)
"""Those that say neither that it failed nor that it succeeded."""

OPENED: Final = frozenset(
    {
        "open",
        "created",
        "create",
        "reopened",
        "reopen",
        "reopened_by_user",
        "auto_reopened",
        "reintroduced",
        "appeared_in_branch",
        "publicly_leaked",
        "published",
        "reported",
        "updated",
        "performed",
    }
)
CLOSED: Final = frozenset(
    {
        "fixed",
        "closed",
        "closed_by_user",
        "dismissed",
        "dismiss",
        "auto_dismissed",
        "resolved",
        "resolve",
        "withdrawn",
    }
)
"""Actions on security alerts, and their states. Any other action (assignments, validity checks) makes no event."""

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "high": Severity.ERROR,
    "error": Severity.ERROR,
    "medium": Severity.WARNING,
    "moderate": Severity.WARNING,
    "warning": Severity.WARNING,
    "low": Severity.INFO,
    "note": Severity.INFO,
}
"""Of advisories, Dependabot and code scanning. A secret that leaked has none, and is an ERROR."""

_ALWAYS_THERE: Final = frozenset(
    {"action", "enterprise", "hook", "installation", "organization", "repository", "sender"}
)
"""Of these, every body of GitHub's has one."""


@dataclass(frozen=True, slots=True)
class _Finding:
    """The facts of one kind of event, without the shared ones."""

    key: tuple[Json, ...]
    event_type: EventType
    severity: Severity
    title: str
    occurred_at: Json
    rule: Json = None
    description: Json = None
    info: JsonObject = field(default_factory=dict)


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a failure, success, finding or fix; none of any other event."""
    body = payload.body
    kind = (payload.headers.get(EVENT_HEADER) or _kind(body) or "").strip().lower()
    if not kind:
        raise NormalizeError("neither the header X-GitHub-Event nor the body says what happened")
    read = _READERS.get(kind)
    finding = read(body, kind) if read else None
    if finding is None and not body.keys() & _ALWAYS_THERE:
        raise NormalizeError(f"the body has nothing of GitHub's, though it is to be a '{kind}'")
    if finding is None:
        return []
    repository = _repository(body)
    scope = first_text(at(body, "repository.html_url"), repository)
    return [
        NormalizedEvent(
            event_key=":".join(filter(None, (scope or "github", kind, *map(text, finding.key)))),
            event_type=finding.event_type,
            title=finding.title,
            severity=finding.severity,
            description=text(finding.description),
            rule=text(finding.rule),
            resource=Resource(
                resource_id=repository, resource_type="repository" if repository else None, name=repository
            ),
            account=first_text(at(body, "organization.login"), at(body, "repository.owner.login")) or "",
            additional_info=texts(
                {
                    "event": kind,
                    "action": body.get("action"),
                    "repository_url": at(body, "repository.html_url"),
                    "sender": at(body, "sender.login"),
                    **finding.info,
                }
            ),
            occurred_at=parse_time(finding.occurred_at),
        )
    ]


def _repository(body: JsonObject) -> str | None:
    return first_text(at(body, "repository.full_name"), at(body, "repository.name"))


def _kind(body: JsonObject) -> str | None:
    """Detect the event by its body, for a proxy may drop the header."""
    if "alert" in body:
        marks = {
            "alert.rule": "code_scanning_alert",
            "alert.secret_type": "secret_scanning_alert",
            "alert.security_advisory": "dependabot_alert",
            "alert.affected_package_name": "repository_vulnerability_alert",
        }
        if "location" in body:
            return "secret_scanning_alert_location"
        return next((kind for path, kind in marks.items() if at(body, path) is not None), None)
    if "zen" in body:
        return "ping"
    if "context" in body and "state" in body:
        return "status"
    if at(body, "build.pusher") is not None:
        return "page_build"
    return next((kind for kind in _READERS if isinstance(body.get(kind), dict)), None)


def _run(body: JsonObject, kind: str) -> _Finding | None:
    """Read a workflow's or a check's run, its job or its suite."""
    run = mapping(body.get(kind))
    action, conclusion = text(body.get("action")), text(run.get("conclusion"))
    is_over = (action or "completed") == "completed" and bool(action or conclusion)
    result = outcome(conclusion, RESULTS, SILENT) if is_over else None
    if result is None:
        return None
    event_type, level, verb = result
    app = first_text(at(run, "app.slug"), at(run, "app.name"))
    name = first_text(run.get("name"), at(body, "workflow.name"), at(run, "app.name"), app) or kind.replace("_", " ")
    workflow = first_text(run.get("workflow_name"), app if run.get("name") else None)
    branch = first_text(run.get("head_branch"), at(run, "check_suite.head_branch"))
    fork = text(at(run, "head_repository.full_name"))
    return _Finding(
        # A workflow keeps its id when it is renamed; jobs and checks are known by their names.
        key=(
            *((run.get("workflow_id"),) if text(run.get("workflow_id")) else (workflow, name)),
            fork if fork != _repository(body) else None,
            branch,
        ),
        event_type=event_type,
        severity=level,
        title=_title(name, verb, branch, body),
        rule=f"{workflow} / {name}" if workflow and workflow != name else name,
        description=first_text(
            at(run, "output.summary"), at(run, "output.title"), run.get("display_title"), _steps(run)
        ),
        occurred_at=first_text(run.get("completed_at"), run.get("updated_at")),
        info={
            "conclusion": run.get("conclusion"),
            "url": run.get("html_url"),
            "branch": branch,
            "commit": run.get("head_sha"),
            "run_number": run.get("run_number"),
            "run_attempt": run.get("run_attempt"),
            "actor": at(run, "actor.login"),
            "runner": run.get("runner_name"),
        },
    )


def _title(name: str, verb: str, branch: str | None, body: JsonObject) -> str:
    place = f" on {branch}" if branch else ""
    repository = _repository(body)
    return f"{name} {verb}{place}" + (f" ({repository})" if repository else "")


def _steps(run: JsonObject) -> str | None:
    failed = (text(step.get("name")) for step in items(run.get("steps")) if step.get("conclusion") == "failure")
    names = ", ".join(filter(None, failed))
    return f"Failed steps: {names}" if names else None


def _status(body: JsonObject, _kind: str) -> _Finding | None:
    """Read a commit's status, as set by tools that are not GitHub apps."""
    result = outcome(body.get("state"), RESULTS, SILENT)
    if result is None:
        return None
    event_type, level, verb = result
    branches = body.get("branches")
    branch = text(at(branches[0], "name")) if isinstance(branches, list) and branches else None
    context = text(body.get("context")) or "status"
    return _Finding(
        key=(context, branch or body.get("sha")),
        event_type=event_type,
        severity=level,
        title=_title(context, verb, branch, body),
        rule=context,
        description=body.get("description"),
        occurred_at=first_text(body.get("updated_at"), body.get("created_at")),
        info={"state": body.get("state"), "url": body.get("target_url"), "branch": branch, "commit": body.get("sha")},
    )


def _deployment(body: JsonObject, _kind: str) -> _Finding | None:
    status = mapping(body.get("deployment_status"))
    deployment = mapping(body.get("deployment"))
    result = outcome(status.get("state"), RESULTS, SILENT)
    if result is None:
        return None
    event_type, level, verb = result
    environment = first_text(status.get("environment"), deployment.get("environment")) or "an unnamed environment"
    return _Finding(
        key=(environment, deployment.get("task")),
        event_type=event_type,
        severity=level,
        title=_title(f"Deployment to {environment}", verb, None, body),
        rule=environment,
        description=first_text(status.get("description"), deployment.get("description")),
        occurred_at=first_text(status.get("updated_at"), status.get("created_at")),
        info={
            "state": status.get("state"),
            "url": first_text(status.get("log_url"), status.get("target_url"), status.get("environment_url")),
            "ref": deployment.get("ref"),
            "commit": deployment.get("sha"),
            "task": deployment.get("task"),
        },
    )


def _page_build(body: JsonObject, _kind: str) -> _Finding | None:
    build = mapping(body.get("build"))
    # It is null until the build begins.
    result = outcome(build.get("status"), RESULTS, SILENT) if text(build.get("status")) else None
    if result is None:
        return None
    event_type, level, verb = result
    return _Finding(
        key=(),
        event_type=event_type,
        severity=level,
        title=_title("GitHub Pages build", verb, None, body),
        rule="GitHub Pages",
        description=at(build, "error.message"),
        occurred_at=first_text(build.get("updated_at"), build.get("created_at")),
        info={"commit": build.get("commit"), "duration": build.get("duration")},
    )


def _security(body: JsonObject, kind: str) -> _Finding | None:
    """Read a security alert of any kind, or an advisory."""
    alert = _first_mapping(body.get("alert"), body.get("security_advisory"), body.get("repository_advisory"))
    word = (first_text(body.get("action"), alert.get("state")) or "open").lower()
    if word not in OPENED | CLOSED:
        return None
    recovered = word in CLOSED
    advisory = _first_mapping(alert.get("security_advisory"), alert)
    rule = mapping(alert.get("rule"))
    package = first_text(at(alert, "dependency.package.name"), alert.get("affected_package_name"))
    secret = first_text(alert.get("secret_type_display_name"), alert.get("secret_type"))
    identifier = first_text(rule.get("id"), advisory.get("ghsa_id"), alert.get("external_identifier"), secret)
    title = first_text(
        rule.get("description"),
        rule.get("name"),
        advisory.get("summary"),
        f"Secret leaked: {secret}" if secret else None,
        f"Vulnerable dependency: {package}" if package else None,
        identifier,
    )
    title = title or kind.replace("_", " ").capitalize()
    number = first_text(alert.get("number"), alert.get("id"))
    repository = _repository(body)
    closed_at = (alert.get(name) for name in ("fixed_at", "resolved_at", "dismissed_at", "auto_dismissed_at"))
    return _Finding(
        key=(number or identifier or title,),
        event_type=EventType.RECOVERY if recovered else EventType.ALERT,
        severity=Severity.INFO if recovered else _level(rule, advisory, alert),
        title=f"{title} ({repository})" if repository else title,
        rule=identifier,
        description=first_text(
            rule.get("full_description"), advisory.get("description"), at(alert, "most_recent_instance.message.text")
        ),
        occurred_at=first_text(*closed_at, alert.get("withdrawn_at"), alert.get("updated_at"))
        if recovered
        else first_text(
            alert.get("created_at") if word in {"created", "create", "published"} else None,
            alert.get("updated_at"),
            alert.get("published_at"),
            alert.get("created_at"),
        ),
        info={
            "state": alert.get("state"),
            "url": alert.get("html_url"),
            "package": package,
            "ecosystem": at(alert, "dependency.package.ecosystem"),
            "manifest": at(alert, "dependency.manifest_path"),
            "cve": advisory.get("cve_id"),
            "cvss": at(advisory, "cvss.score"),
            "vulnerable_versions": first_text(
                at(alert, "security_vulnerability.vulnerable_version_range"), alert.get("affected_range")
            ),
            "fixed_in": first_text(
                at(alert, "security_vulnerability.first_patched_version.identifier"), alert.get("fixed_in")
            ),
            "tool": at(alert, "tool.name"),
            "ref": body.get("ref"),
            "path": at(alert, "most_recent_instance.location.path"),
            "reason": first_text(*map(alert.get, ("dismissed_reason", "dismiss_reason", "resolution"))),
            "validity": alert.get("validity"),
            "kind": kind.replace("_", " "),
        },
    )


def _level(rule: JsonObject, advisory: JsonObject, alert: JsonObject) -> Severity:
    word = first_text(
        rule.get("security_severity_level"),
        rule.get("severity"),
        at(alert, "security_vulnerability.severity"),
        advisory.get("severity"),
    )
    return severity(word, SEVERITIES, Severity.ERROR if word is None else Severity.NONE)


def _first_mapping(*values: Json) -> JsonObject:
    return next(filter(None, map(mapping, values)), {})


def _published(body: JsonObject, kind: str) -> _Finding | None:
    """Read that a release or a package came out: a fact, and no fault."""
    if body.get("action") != "published":
        return None
    what = mapping(body.get(kind))
    version = first_text(what.get("tag_name"), at(what, "package_version.version"))
    name = first_text(what.get("name"), version, kind) or kind
    label = f"{name} {version}" if version and version != name else name
    return _Finding(
        key=(name, version),
        event_type=EventType.ALERT,
        severity=Severity.INFO,
        title=_title(label, "was published", None, body),
        description=first_text(what.get("body"), what.get("description")),
        occurred_at=first_text(what.get("published_at"), what.get("updated_at"), what.get("created_at")),
        info={"url": what.get("html_url"), "version": version, "ecosystem": what.get("ecosystem")},
    )


_READERS: Final[dict[str, Callable[[JsonObject, str], _Finding | None]]] = {
    "workflow_run": _run,
    "workflow_job": _run,
    "check_run": _run,
    "check_suite": _run,
    "deployment_status": _deployment,
    "status": _status,
    "page_build": _page_build,
    "dependabot_alert": _security,
    "code_scanning_alert": _security,
    "secret_scanning_alert": _security,
    "repository_vulnerability_alert": _security,
    "security_advisory": _security,
    "repository_advisory": _security,
    "release": _published,
    "package": _published,
    "registry_package": _published,
}
