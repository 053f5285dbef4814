"""New Relic's workflows: the default payload of a webhook destination, which its user may have edited.

Source: https://docs.newrelic.com/docs/alerts/get-notified/notification-integrations/#webhook and
https://docs.newrelic.com/docs/alerts/get-notified/custom-variables-incident-workflows/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_line, first_text, one_text, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

NAME: Final = "newrelic"
ALIASES: Final = ("newrelic-workflow",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("issueUrl", "state", "priority")),
    Rule(keys=("issueUrl", "alertPolicyNames", "alertConditionNames")),
    Rule(keys=("issueUrl", "state", "alertPolicyNames")),
)

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "high": Severity.ERROR,
    "medium": Severity.WARNING,
    "low": Severity.INFO,
}
"""By the issue's ``priority``."""

RECOVERED: Final = frozenset({"closed", "resolved"})
NO_EVENT: Final = frozenset({"acknowledged", "unacknowledged", "investigating"})
"""States in which a person looks at the issue; any other is an ALERT."""

TIMES: Final = {
    False: ("activatedAt", "createdAt", "updatedAt"),
    True: ("closedAt", "updatedAt", "createdAt"),
}
"""By whether it is a recovery: the first of these that is there."""

_ACCOUNT = re.compile(r"/accounts/(\d+)/")
_ISSUE = re.compile(r"/issues/([\w-]+)")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an issue's state; none of who has it in hand."""
    body = payload.body
    state = (text(body.get("state")) or "").lower()
    if state in NO_EVENT:
        return []
    policy, entity = (one_text(body.get(key)) for key in ("alertPolicyNames", "impactedEntities"))
    # Templates that were written for the notification channels before have their names.
    condition = first_text(one_text(body.get("alertConditionNames")), body.get("condition_name"))
    url = text(body.get("issueUrl")) or ""
    issue, account = (found[1] if found else None for found in (_ISSUE.search(url), _ACCOUNT.search(url)))
    issue = first_text(body.get("id"), body.get("issueId"), issue)
    title = first_text(
        first_line(one_text(body.get("title"))), condition, first_line(body.get("details")), issue and f"Issue {issue}"
    )
    if title is None:
        raise NormalizeError("the issue has neither a title nor an id, nor a condition")
    recovered = state in RECOVERED
    return [
        NormalizedEvent(
            event_key=issue or digest("newrelic", condition, policy, entity, title),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else severity(body.get("priority"), SEVERITIES, Severity.NONE),
            description=first_text(
                one_text(body.get("description")), one_text(body.get("conditionDescription")), body.get("details")
            ),
            rule=condition or policy,
            resource=Resource(resource_id=entity, name=entity),
            account=account or "",
            additional_info=texts(
                {
                    "issue_url": url,
                    "state": body.get("state"),
                    "trigger": body.get("trigger"),
                    "priority": body.get("priority"),
                    "impacted_entities": body.get("impactedEntities"),
                    "policies": body.get("alertPolicyNames"),
                    "conditions": body.get("alertConditionNames"),
                    "total_incidents": body.get("totalIncidents"),
                    "is_correlated": body.get("isCorrelated"),
                    "sources": body.get("sources"),
                    "workflow": body.get("workflowName"),
                    "runbook_url": one_text(body.get("runbookUrl")),
                }
            ),
            occurred_at=next(filter(None, (parse_time(body.get(key)) for key in TIMES[recovered])), None),
        )
    ]
