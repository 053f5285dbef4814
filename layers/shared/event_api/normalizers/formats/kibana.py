"""Kibana's rules by a webhook connector, and Elasticsearch's Watcher, with the templates that we recommend.

Make one event of an alert's action group; an ALERT of a watch, which never says that it is over.

Source: https://www.elastic.co/guide/en/kibana/current/rule-action-variables.html. Kibana posts what its user writes;
docs/formats.md has the template: that page's variables under their own names, ``rule.id``, ``alert.actionGroup``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, SEVERITIES, Declared
from event_api.normalizers.lenient import first_text
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject

NAME: Final = "kibana"
ALIASES: Final = ("elastic", "watcher")
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("rule.id", "alert.id", "alert.actionGroup")),
    # The variables' names before version 7.13: its "alert" was the rule, its "alert instance" the alert.
    Rule(keys=("alertId", "alertInstanceId", "alertActionGroup")),
    Rule(keys=("watch_id", "execution_time", "title")),
)

_SEVERITIES: Final = SEVERITIES | {"major": Severity.ERROR, "minor": Severity.WARNING}
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


def _prepare(body: JsonObject) -> JsonObject:
    flat = _flat(body)
    if "alertinstanceid" in flat:
        # Before version 7.13: see RULES.
        flat.setdefault("ruleid", flat.get("alertid"))
    found = {meaning: first_text(*map(flat.get, names)) for meaning, names in FIELDS.items()}
    group, status = ((found[name] or "").lower().rpartition(".")[2].strip() for name in ("group", "status"))
    # A rule that groups has an alert for each group, whose id is the group's value.
    alert = found["alert_id"]
    is_one = alert in {*_NO_GROUP, found["rule_id"], found["rule"]}
    # Most rules have one group that only says that they fired: a failure.
    level = group if group in _SEVERITIES else None
    return (
        flat
        | found
        | {"group_word": group, "status_word": status, "level": level, "of_group": None if is_one else alert}
    )


def _flat(body: JsonObject) -> JsonObject:
    """Bring names to lower-case letters and digits, those inside an object with its own name before them."""
    flat: JsonObject = {}
    for key, value in body.items():
        inside = value.items() if isinstance(value, dict) else (("", value),)
        for inner, leaf in inside:
            flat.setdefault("".join(filter(str.isalnum, key + inner)).lower(), leaf)
    return flat


FORMAT: Final = Declared(
    prepare=_prepare,
    key=("kibana:{rule_id}:{alert_id}", "kibana:{rule_id}:"),
    hashed=(("=kibana",), ("rule", "title", "message"), ("alert_id",)),
    title=("title", "rule", "message", "Rule {rule_id}"),
    state=("group_word", "status_word"),
    states=dict.fromkeys(("recovered", "resolved", "untracked"), RECOVERY),
    # The template's own, else an action group's last word (``metrics.threshold.warning``).
    severity=("severity", "level"),
    severities=_SEVERITIES,
    description=("message",),
    rule=("rule",),
    resource_id=("resourceid", "host", "of_group"),
    resource_name=("host", "of_group"),
    resource_type=("resourcetype",),
    strict_resource=True,
    occurred_at=("date",),
    info={
        "url": ("ruleurl", "contextalertdetailsurl", "url"),
        "rule_type": "ruletype",
        "space": ("rulespaceid", "spaceid"),
        "tags": ("ruletags", "tags"),
        "action_group": "group",
        "alert_uuid": "alertuuid",
        "flapping": "alertflapping",
    },
)
normalize = FORMAT.normalize
