"""Kibana's rules by a webhook connector, and Elasticsearch's Watcher, with the templates that we recommend.

Source: https://www.elastic.co/guide/en/kibana/current/rule-action-variables.html. Kibana posts what its user writes;
docs/formats.md has the template: that page's variables under their own names, ``rule.id``, ``alert.actionGroup``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.model import EventType, NormalizedEvent, Resource, Severity
from event_api.normalizers.coerce import digest, first_line, first_text, mapping, severity, text, texts
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.rules import Rule
from event_api.times import parse_time

if TYPE_CHECKING:
    from event_api.jsontypes import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "kibana"
ALIASES: Final = ("elastic", "watcher")
RULES: Final = (
    Rule(keys=("rule.id", "alert.id", "alert.actionGroup")),
    # The variables' names before version 7.13: its "alert" was the rule, its "alert instance" the alert.
    Rule(keys=("alertId", "alertInstanceId", "alertActionGroup")),
    Rule(keys=("watch_id", "execution_time", "title")),
)

SEVERITIES: Final = {
    word: level
    for level, words in {
        Severity.CRITICAL: "critical fatal",
        Severity.ERROR: "error high major",
        Severity.WARNING: "warning medium minor",
        Severity.INFO: "low info",
    }.items()
    for word in words.split()
}
"""By the template's own ``severity``, else by an action group's last word (``metrics.threshold.warning``)."""

RECOVERED: Final = frozenset({"recovered", "resolved", "untracked"})

_NO_GROUP = frozenset({"*", "default", "query matched"})
"""Ids of the one alert of a rule that does not group."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an alert's action group; an ALERT of a watch, which never says that it is over."""
    body = payload.body
    rule, alert = mapping(body.get("rule")), mapping(body.get("alert"))
    rule_id = first_text(rule.get("id"), body.get("ruleId"), body.get("alertId"), body.get("watch_id"))
    name = first_text(rule.get("name"), body.get("ruleName"), body.get("alertName"), body.get("watch_name"))
    alert_id = first_text(alert.get("id"), body.get("alertInstanceId"))
    message = first_text(
        body.get("message"), body.get("reason"), mapping(body.get("context")).get("reason"), body.get("description")
    )
    title = first_text(first_line(body.get("title")), name, first_line(message), rule_id and f"Rule {rule_id}")
    if title is None:
        raise NormalizeError("the alert has no title or message, and its rule neither a name nor an id")
    group = first_text(alert.get("actionGroup"), body.get("alertActionGroup"), body.get("actionGroup"))
    recovered = _last_word(group) in RECOVERED or _last_word(text(body.get("status"))) in RECOVERED
    return [
        NormalizedEvent(
            event_key=f"kibana:{rule_id}:{alert_id or ''}" if rule_id else digest("kibana", name or title, alert_id),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else _severity(body, group),
            description=message,
            rule=name,
            resource=_resource(body, None if alert_id in {*_NO_GROUP, rule_id, name} else alert_id),
            additional_info=texts(
                {
                    "url": first_text(rule.get("url"), body.get("url")),
                    "rule_type": rule.get("type"),
                    "space": first_text(rule.get("spaceId"), body.get("spaceId")),
                    "tags": first_text(rule.get("tags"), body.get("tags")),
                    "action_group": first_text(alert.get("actionGroupName"), body.get("alertActionGroupName"), group),
                    "alert_uuid": alert.get("uuid"),
                    "flapping": alert.get("flapping"),
                }
            ),
            occurred_at=parse_time(first_text(body.get("date"), body.get("execution_time"))),
        )
    ]


def _last_word(value: str | None) -> str:
    return (value or "").lower().rpartition(".")[2].strip()


def _severity(body: JsonObject, group: str | None) -> Severity:
    told = text(body.get("severity"))
    if told is not None:
        return severity(told, SEVERITIES, Severity.NONE)
    # Most rules have one group that only says that they fired: a failure.
    return severity(_last_word(group), SEVERITIES, Severity.ERROR)


def _resource(body: JsonObject, alert_id: str | None) -> Resource:
    """Name what the template says, else the alert's id: for a rule that groups, it is the group's value."""
    told = mapping(body.get("resource"))
    host = first_text(told.get("name"), told.get("id"), body.get("host"), alert_id)
    return Resource(resource_id=first_text(told.get("id"), host), resource_type=text(told.get("type")), name=host)
