"""Jira's webhooks about issues, and Jira Automation's posts of an issue.

Source: https://developer.atlassian.com/server/jira/platform/webhooks/ and
https://developer.atlassian.com/cloud/jira/platform/webhooks/
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
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "jira"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
_OTHER_HOOKS = ("attachment_", "board_", "comment_", "issuelink_", "project_", "sprint_", "user_", "worklog_")
RULES: Final = (
    Rule(keys=("timestamp",), starts={"webhookEvent": ("jira:", *_OTHER_HOOKS)}),
    Rule(keys=("issue",), starts={"webhookEvent": ("jira:",)}),
)

_ABOUT_NO_ISSUE = (*_OTHER_HOOKS, "jira:version_", "jira:worklog_")
_DELETED = "jira:issue_deleted"
_DONE = frozenset({"closed", "done", "resolved"})
"""Statuses of Jira's own workflows, for versions that send no category."""
_REMARKS = ("issue_comment", "issue_worklog", "issue_work_logged")
"""How the ``issue_event_type_name`` of an update starts that only adds a remark."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an issue that is open, done or deleted; none of a comment or of another object.

    It is INFO whatever its priority: an issue is work, not a fault, and SpaceONE's plugin has it so.
    """
    body = payload.body
    hook = text(body.get("webhookEvent"))
    kind = text(body.get("issue_event_type_name")) or ""
    issue = mapping(body.get("issue")) or body
    if (hook or "").startswith(_ABOUT_NO_ISSUE) or kind.startswith(_REMARKS):
        return []
    if hook and not hook.startswith("jira:issue_") and issue is body:
        return []
    fields = mapping(issue.get("fields"))
    summary, key = text(fields.get("summary")), text(issue.get("key"))
    title = ": ".join(filter(None, (key, summary))) or text(issue.get("id"))
    if title is None:
        raise NormalizeError("the issue has neither a summary nor a key")
    recovered = hook == _DELETED or _is_done(fields)
    project = first_text(at(fields, "project.name"), at(fields, "project.key"))
    return [
        NormalizedEvent(
            # The URL has the issue's id, which it keeps when it moves to another project, and the site.
            event_key=text(issue.get("self")) or f"jira:{first_text(issue.get('id'), key, title)}",
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO,
            description=text(fields.get("description")),
            rule=text(at(fields, "issuetype.name")),
            resource=Resource(
                resource_id=first_text(at(fields, "project.key"), project),
                resource_type="project" if project else None,
                name=project,
            ),
            additional_info=texts(
                {
                    "issue": key,
                    "url": issue.get("self"),
                    "event": first_text(hook, kind),
                    "status": at(fields, "status.name"),
                    "priority": at(fields, "priority.name"),
                    "resolution": at(fields, "resolution.name"),
                    "labels": fields.get("labels"),
                    "assignee": at(fields, "assignee.displayName"),
                    "reporter": at(fields, "reporter.displayName"),
                    "user": at(body, "user.displayName"),
                }
            ),
            occurred_at=parse_time(body.get("timestamp"))
            or parse_time(fields.get("updated"))
            or parse_time(fields.get("created")),
        )
    ]


def _is_done(fields: JsonObject) -> bool:
    category = text(at(fields, "status.statusCategory.key"))
    if category is not None:
        return category == "done"
    return bool(mapping(fields.get("resolution"))) or (text(at(fields, "status.name")) or "").lower() in _DONE
