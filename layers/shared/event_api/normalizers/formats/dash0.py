"""Dash0's webhook, for issues that a check rule found.

Make one event of an issue; none of the channel's test message.

Source: https://www.dash0.com/hub/integrations/int_alerting_webhook/overview
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.lenient import at, items, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject

NAME: Final = "dash0"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("data.issue.id", "data.issue.status"), starts={"type": ("alert.",)}),)

_RESOURCE: Final = ("dash0.resource.name", "service.name", "k8s.pod.name", "host.name")
"""Labels that name the resource; the first one that an issue has counts."""


def _issue(body: JsonObject) -> JsonObject:
    issue = mapping(at(body, "data.issue"))
    rule = next(iter(items(issue.get("checkrules"))), None) or mapping(issue.get("checkrule"))
    labels, notes = _attributes(issue.get("labels")), _attributes(issue.get("annotations"))
    kind = next((name for name in _RESOURCE if name in labels), None)
    resource: JsonObject = {"type": kind, "name": labels.get(kind or "")}
    told: JsonObject = {"type": body.get("type"), "rule": rule, "resource": resource}
    return {**issue, **told, "labels": {**labels}, "annotations": {**notes}}


def _attributes(value: Json) -> dict[str, str]:
    """Read OpenTelemetry's list of keys and typed values, or a plain object."""
    if isinstance(value, dict):
        return texts(value)
    return texts({text(one.get("key")) or "": _value(mapping(one.get("value"))) for one in items(value)})


def _value(typed: JsonObject) -> Json:
    return next(iter(typed.values()), None)


FORMAT: Final = Declared(
    prepare=_issue,
    key=("dash0:{id}", "dash0:{issueIdentifier}", "dash0:{summary}", "dash0:{rule.name}"),
    title=("summary", "rule.name", "id", "issueIdentifier"),
    state=("type", "status"),
    silent={"type": ("test", "alert.test")},
    # A superseded issue continues under another id.
    states={f"{prefix}{word}": RECOVERY for prefix in ("alert.", "") for word in ("resolved", "superseded", "closed")},
    severity=("status",),
    severities={"critical": Severity.CRITICAL, "failed": Severity.CRITICAL, "degraded": Severity.WARNING},
    description=("description", "rule.description", "rule.expression"),
    rule=("rule.name",),
    resource_id=("resource.name",),
    resource_type=("resource.type",),
    occurred_at=("start",),
    ended_at=("end",),
    strict_end=True,
    info_of=("labels", "annotations"),
    info={
        "url": "url",
        "check_rule_url": "rule.url",
        "expression": "rule.expression",
        "dataset": "dataset",
        "status": "status",
        "issue_identifier": "issueIdentifier",
        "start": "start",
    },
)
normalize = FORMAT.normalize
