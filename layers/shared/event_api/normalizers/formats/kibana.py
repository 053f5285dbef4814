"""Kibana's rules by a webhook connector, and Elasticsearch's Watcher, with the templates that we recommend.

Source: https://www.elastic.co/guide/en/kibana/current/rule-action-variables.html. Kibana posts what its user writes;
docs/formats.md has the template: that page's variables under their own names, ``rule.id``, ``alert.actionGroup``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_line, first_text, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "kibana"
ALIASES: Final = ("elastic", "watcher")
KEY_SCOPE: Final = KeyScope.PROJECT
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


FIELDS: Final = {
    "rule_id": ("ruleid", "watchid"),
    "rule": ("rulename", "watchname", "alertname"),
    "alert_id": ("alertinstanceid", "alertid", "kibanaalertid"),
    "group": ("alertactiongroup", "actiongroup", "alertactiongroupname", "actiongroupname"),
    "status": ("alertstatus", "status"),
    "severity": ("severity", "ruleseverity", "contextseverity"),
    "title": ("title", "contexttitle"),
    "message": ("message", "contextreason", "contextmessage", "reason", "description"),
    "date": ("date", "timestamp", "executiontime"),
    "host": ("resourcename", "host", "hostname", "contexthost", "resourceid"),
}
"""A variable by its plain name, whether the template nests it or not: ``rule.id``, ``ruleId`` and ``rule_id``."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an alert's action group; an ALERT of a watch, which never says that it is over."""
    fields = _flat(payload.body)
    if "alertinstanceid" in fields:
        # Before version 7.13: see RULES.
        fields.setdefault("ruleid", fields.get("alertid"))
    found = {meaning: first_text(*map(fields.get, names)) for meaning, names in FIELDS.items()}
    rule_id, name, alert_id, group, message = (
        found[meaning] for meaning in ("rule_id", "rule", "alert_id", "group", "message")
    )
    title = first_text(first_line(found["title"]), name, first_line(message), rule_id and f"Rule {rule_id}")
    if title is None:
        raise NormalizeError("the alert has no title or message, and its rule neither a name nor an id")
    recovered = not RECOVERED.isdisjoint({_last_word(group), _last_word(found["status"])})
    # A rule that groups has an alert for each group, whose id is the group's value.
    host = first_text(found["host"], None if alert_id in {*_NO_GROUP, rule_id, name} else alert_id)
    return [
        NormalizedEvent(
            event_key=f"kibana:{rule_id}:{alert_id or ''}" if rule_id else digest("kibana", name or title, alert_id),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else _severity(found["severity"], group),
            description=message,
            rule=name,
            resource=Resource(
                resource_id=first_text(fields.get("resourceid"), host),
                resource_type=text(fields.get("resourcetype")),
                name=host,
            ),
            additional_info=texts(
                {
                    "url": first_text(*map(fields.get, ("ruleurl", "contextalertdetailsurl", "url"))),
                    "rule_type": fields.get("ruletype"),
                    "space": first_text(fields.get("rulespaceid"), fields.get("spaceid")),
                    "tags": first_text(fields.get("ruletags"), fields.get("tags")),
                    "action_group": group,
                    "alert_uuid": fields.get("alertuuid"),
                    "flapping": fields.get("alertflapping"),
                }
            ),
            occurred_at=parse_time(found["date"]),
        )
    ]


def _flat(body: JsonObject) -> JsonObject:
    """Bring names to lower-case letters and digits, those inside an object with its own name before them."""
    flat: JsonObject = {}
    for key, value in body.items():
        inside = value.items() if isinstance(value, dict) else (("", value),)
        for inner, leaf in inside:
            flat.setdefault("".join(filter(str.isalnum, key + inner)).lower(), leaf)
    return flat


def _last_word(value: str | None) -> str:
    return (value or "").lower().rpartition(".")[2].strip()


def _severity(told: str | None, group: str | None) -> Severity:
    if told is not None:
        return severity(told, SEVERITIES, Severity.NONE)
    # Most rules have one group that only says that they fired: a failure.
    return severity(_last_word(group), SEVERITIES, Severity.ERROR)
