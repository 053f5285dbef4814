"""Sentry's integration platform (issues, issue alerts, metric alerts, errors) and its legacy webhook plugin.

Source: https://docs.sentry.io/organization/integrations/integration-platform/webhooks/ and, for the plugin,
https://github.com/getsentry/sentry/tree/master/src/sentry/plugins/sentry_webhooks
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, digest, first_line, first_text, mapping, one_text, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

_RESOURCE_HEADER = "sentry-hook-resource"
_TIME_HEADER = "sentry-hook-timestamp"

NAME: Final = "sentry"
ALIASES: Final = ("sentry-legacy",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(headers=(_RESOURCE_HEADER,)),
    Rule(keys=("action", "installation", "data", "actor")),
    Rule(keys=("project_slug", "url", "event.event_id"), absent=("installation",)),
    Rule(keys=("project_name", "project", "level", "event.event_id"), absent=("installation", "project_slug")),
)
HEADERS: Final = (_RESOURCE_HEADER, _TIME_HEADER)

LEVELS: Final = {
    "fatal": Severity.CRITICAL,
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
    "debug": Severity.INFO,
    "sample": Severity.INFO,
}
"""By the level of an issue or event; Sentry's own default is ``error``."""

METRIC_SEVERITIES: Final = {"critical": Severity.CRITICAL, "warning": Severity.WARNING}

ISSUE_ACTIONS: Final = {
    "created": EventType.ALERT,
    "unresolved": EventType.ALERT,
    "resolved": EventType.RECOVERY,
    "archived": EventType.RECOVERY,
    "ignored": EventType.RECOVERY,
}
"""Any other action on an issue (an assignment, for example) makes no event. Before 2023 archived was called ignored."""

ACTIVITIES: Final = {
    "set_resolved": EventType.RECOVERY,
    "set_resolved_in_release": EventType.RECOVERY,
    "set_resolved_in_commit": EventType.RECOVERY,
    "set_resolved_by_age": EventType.RECOVERY,
    "set_resolved_in_pull_request": EventType.RECOVERY,
    "set_ignored": EventType.RECOVERY,
}
"""By the activity that an activity alert is about; any other is an ALERT."""

_ISSUE_IN_URL = re.compile(r"/(?:issues|group)/(\d+)")
_PROJECT_IN_URL = re.compile(r"/projects/([^/]+)/([^/]+)/")
_ORGANIZATION_IN_URL = re.compile(r"/organizations/([^/]+)/|//(?!www\.)([^./]+)\.sentry\.io/")
_METRIC_STATE = re.compile(r"(?:Critical|Warning|Resolved):\s*", re.IGNORECASE)


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a failure or recovery; none of an installation, a comment or other work on an issue."""
    body = payload.body
    if "data" not in body and ("event" in body or "message" in body):
        return [_plugin_event(body)]
    data = mapping(body.get("data"))
    resource = text(payload.headers.get(_RESOURCE_HEADER)) or next(filter(data.__contains__, _READERS), "")
    reader = _READERS.get(resource)
    if reader is None and not resource and "installation" not in body:
        raise NormalizeError("neither the header Sentry-Hook-Resource nor the body says what happened")
    if reader is None:
        return []
    event = reader((text(body.get("action")) or "").lower(), data)
    if event is None:
        return []
    # An issue has no time of its resolution: it was when Sentry reported it.
    sent_at = parse_time(payload.headers.get(_TIME_HEADER)) if event.event_type is EventType.RECOVERY else None
    return [replace(event, occurred_at=event.occurred_at or sent_at)]


def _issue_in(*urls: Json) -> str | None:
    return next((found[1] for url in urls if (found := _ISSUE_IN_URL.search(text(url) or ""))), None)


def _level(value: Json) -> Severity:
    return severity(value, LEVELS, Severity.ERROR if text(value) is None else Severity.NONE)


def _issue(action: str, data: JsonObject) -> NormalizedEvent | None:
    event_type = ISSUE_ACTIONS.get(action) if action else EventType.ALERT
    return None if event_type is None else _issue_event(mapping(data.get("issue")), event_type, {})


def _activity_alert(_: str, data: JsonObject) -> NormalizedEvent:
    activity = first_text(at(data, "activity.type"), data.get("activity"))
    event_type = ACTIVITIES.get((activity or "").lower(), EventType.ALERT)
    return _issue_event(mapping(data.get("issue")), event_type, {"activity": activity})


def _issue_event(issue: JsonObject, event_type: EventType, info: JsonObject) -> NormalizedEvent:
    recovered = event_type is EventType.RECOVERY
    project = mapping(issue.get("project"))
    return _event(
        issue,
        issue_id=first_text(issue.get("id"), _issue_in(issue.get("url"), issue.get("web_url"), issue.get("permalink"))),
        event_type=event_type,
        severity_=Severity.INFO if recovered else _level(issue.get("level")),
        resource=Resource(
            resource_id=first_text(project.get("id"), project.get("slug")),
            resource_type="project",
            name=first_text(project.get("name"), project.get("slug")),
        ),
        info={
            "url": first_text(issue.get("web_url"), issue.get("permalink"), issue.get("url")),
            "short_id": issue.get("shortId"),
            "status": issue.get("status"),
            "substatus": issue.get("substatus"),
            "priority": issue.get("priority"),
            "first_seen": issue.get("firstSeen"),
            "count": issue.get("count"),
            "user_count": issue.get("userCount"),
        }
        | info,
        occurred_at=None if recovered else first_text(issue.get("lastSeen"), issue.get("firstSeen")),
    )


def _event_alert(_: str, data: JsonObject) -> NormalizedEvent:
    event = mapping(data.get("event"))
    rule = first_text(data.get("triggered_rule"), at(data, "issue_alert.title"))
    return _occurrence(event, rule)


def _error(_: str, data: JsonObject) -> NormalizedEvent:
    return _occurrence(mapping(data.get("error")), None)


def _occurrence(event: JsonObject, rule: str | None) -> NormalizedEvent:
    url = _PROJECT_IN_URL.search(text(event.get("url")) or "")
    project = first_text(event.get("project_slug"), event.get("project_name"), url and url[2])
    return _event(
        event,
        issue_id=first_text(event.get("issue_id"), _issue_in(event.get("issue_url"), event.get("web_url"))),
        event_type=EventType.ALERT,
        severity_=_level(event.get("level")),
        resource=Resource(resource_id=first_text(event.get("project"), project), resource_type="project", name=project),
        info=_facts(event) | {"url": first_text(event.get("web_url"), event.get("url"))},
        occurred_at=first_text(event.get("datetime"), event.get("timestamp"), event.get("received")),
        rule=rule,
    )


def _plugin_event(body: JsonObject) -> NormalizedEvent:
    """Read what the legacy plugin, or a service hook, says of an event. It never says that an issue is over."""
    event = mapping(body.get("event"))
    # A service hook's id is the event's, which is hexadecimal; issues are numbered.
    told = text(body.get("id")) or ""
    project = first_text(body.get("project_name"), body.get("project_slug"), body.get("project"))
    event_level = first_text(body.get("level"), event.get("level"))
    return _event(
        {
            **event,
            "culprit": first_text(body.get("culprit"), event.get("culprit")),
            "level": event_level,
            "message": first_text(body.get("message"), event.get("message"), at(event, "logentry.formatted")),
        },
        issue_id=first_text(told if told.isdecimal() else None, _issue_in(body.get("url")), event.get("issue_id")),
        event_type=EventType.ALERT,
        severity_=_level(event_level),
        resource=Resource(
            resource_id=first_text(body.get("project_slug"), body.get("project"), project),
            resource_type="project",
            name=project,
        ),
        info=_facts(event) | {"url": body.get("url"), "logger": body.get("logger")},
        occurred_at=first_text(event.get("timestamp"), event.get("datetime"), event.get("received")),
        rule=one_text(body.get("triggering_rules")),
    )


def _facts(event: JsonObject) -> JsonObject:
    names = ("event_id", "environment", "release", "platform", "logger", "location")
    return {name: event.get(name) for name in names}


def _event(
    about: JsonObject,
    *,
    issue_id: str | None,
    event_type: EventType,
    severity_: Severity,
    resource: Resource,
    info: JsonObject,
    occurred_at: Json,
    rule: str | None = None,
) -> NormalizedEvent:
    culprit = text(about.get("culprit"))
    kind, value = (text(at(about, f"metadata.{key}")) for key in ("type", "value"))
    message = first_text(about.get("message"), value, at(about, "metadata.title"))
    title = first_text(first_line(about.get("title")), first_line(message), kind, culprit)
    if title is None and issue_id is None:
        raise NormalizeError("the issue has neither a title nor an id")
    return NormalizedEvent(
        event_key=f"sentry-issue:{issue_id}" if issue_id else digest("sentry", title, culprit, resource.resource_id),
        event_type=event_type,
        title=title or f"Issue {issue_id}",
        severity=severity_,
        description="\n".join(dict.fromkeys(filter(None, (message, culprit)))) or None,
        rule=rule,
        resource=resource if resource.resource_id or resource.name else Resource(),
        account=_organization(info.get("url")),
        additional_info=texts({"level": about.get("level"), **info}),
        occurred_at=parse_time(occurred_at),
    )


def _organization(url: Json) -> str:
    found = _ORGANIZATION_IN_URL.search(text(url) or "")
    return found[1] or found[2] if found else ""


def _metric_alert(action: str, data: JsonObject) -> NormalizedEvent:
    alert = mapping(data.get("metric_alert"))
    rule = mapping(alert.get("alert_rule"))
    name, alert_id = text(rule.get("name")), text(alert.get("id"))
    told = _METRIC_STATE.sub("", first_line(data.get("description_title")) or "", count=1)
    title = first_text(told, name, alert.get("title"), alert_id and f"Metric alert {alert_id}")
    if title is None:
        raise NormalizeError("the metric alert has neither a title nor an id, nor a rule's name")
    recovered = action == "resolved"
    projects = alert.get("projects") or rule.get("projects")
    project = one_text(projects)
    url = text(data.get("web_url"))
    started = first_text(alert.get("date_started"), alert.get("date_detected"), alert.get("date_created"))
    return NormalizedEvent(
        event_key=f"sentry-metric-alert:{alert_id}" if alert_id else digest("sentry", rule.get("id"), name, title),
        event_type=EventType.RECOVERY if recovered else EventType.ALERT,
        title=title,
        severity=Severity.INFO if recovered else severity(action, METRIC_SEVERITIES, Severity.NONE),
        description=text(data.get("description_text")),
        rule=name,
        resource=Resource(resource_id=project, resource_type="project" if project else None, name=project),
        account=_organization(url),
        additional_info=texts(
            {
                "url": url,
                "state": action,
                "aggregate": rule.get("aggregate"),
                "query": rule.get("query"),
                "environment": rule.get("environment"),
                "projects": projects,
                "started": started,
            }
        ),
        occurred_at=parse_time(alert.get("date_closed") if recovered else started),
    )


_READERS: Final = {
    "event_alert": _event_alert,
    "event": _event_alert,
    "metric_alert": _metric_alert,
    "activity_alert": _activity_alert,
    "error": _error,
    "issue": _issue,
}
"""By ``Sentry-Hook-Resource``; without that header, by the members of ``data``. Any other resource makes no event."""
