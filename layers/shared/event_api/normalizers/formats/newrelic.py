"""New Relic's workflows: the default payload of a webhook destination, which its user may have edited.

Make one event of an issue's state; none of who has it in hand.

Source: https://docs.newrelic.com/docs/alerts/get-notified/notification-integrations/#webhook and
https://docs.newrelic.com/docs/alerts/get-notified/custom-variables-incident-workflows/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.lenient import first_line, one_text, text
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject

NAME: Final = "newrelic"
ALIASES: Final = ("newrelic-workflow",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("issueUrl", "state", "priority")),
    Rule(keys=("issueUrl", "alertPolicyNames", "alertConditionNames")),
    Rule(keys=("issueUrl", "state", "alertPolicyNames")),
)

_ACCOUNT = re.compile(r"/accounts/(\d+)/")
_ISSUE = re.compile(r"/issues/([\w-]+)")
_LISTS: Final = {
    "policy": "alertPolicyNames",
    "condition": "alertConditionNames",
    "entity": "impactedEntities",
    **{name: name for name in ("title", "description", "conditionDescription", "runbookUrl")},
}
"""Values that may be lists: the first of each counts."""


def _issue(body: JsonObject) -> JsonObject:
    url = text(body.get("issueUrl")) or ""
    issue, account = (found[1] if found else None for found in (_ISSUE.search(url), _ACCOUNT.search(url)))
    of_url: JsonObject = {"issue": issue, "account": account, "headline": first_line(body.get("details"))}
    return body | {name: one_text(body.get(listed)) for name, listed in _LISTS.items()} | of_url


_ID: Final = ("id", "issueId", "issue")
# Templates that were written for the notification channels before have their names.
_CONDITION: Final = ("condition", "condition_name")
_TITLE: Final = ("title", *_CONDITION, "headline")

FORMAT: Final = Declared(
    prepare=_issue,
    key=_ID,
    hashed=(("=newrelic",), _CONDITION, ("policy",), ("entity",), _TITLE),
    title=(*_TITLE, *(f"Issue {{{name}}}" for name in _ID)),
    state=("state",),
    states=dict.fromkeys(("closed", "resolved"), RECOVERY)
    | dict.fromkeys(("acknowledged", "unacknowledged", "investigating")),
    severity=("priority",),
    fault=Severity.NONE,
    description=("description", "conditionDescription", "details"),
    rule=(*_CONDITION, "policy"),
    resource_id=("entity",),
    account=("account",),
    occurred_at=("activatedAt", "createdAt", "updatedAt"),
    ended_at=("closedAt", "updatedAt", "createdAt"),
    strict_end=True,
    info={
        "issue_url": "issueUrl",
        "state": "state",
        "trigger": "trigger",
        "priority": "priority",
        "impacted_entities": "impactedEntities",
        "policies": "alertPolicyNames",
        "conditions": "alertConditionNames",
        "total_incidents": "totalIncidents",
        "is_correlated": "isCorrelated",
        "sources": "sources",
        "workflow": "workflowName",
        "runbook_url": "runbookUrl",
    },
)
normalize = FORMAT.normalize
