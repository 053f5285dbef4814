"""Wazuh's alerts, from an integration script: KeepHQ's, Shuffle's, or one that posts the alert itself.

Source: https://documentation.wazuh.com/current/user-manual/manager/integration-with-external-apis.html and
https://documentation.wazuh.com/current/user-manual/ruleset/rules/rules-classification.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, digest, fault_severity, first_line, first_text, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from datetime import datetime

    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "wazuh"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("rule.level", "rule.id", "agent.id")),
    Rule(keys=("all_fields.rule.level", "all_fields.agent.id", "rule_id")),
    Rule(keys=("message", "severity", "created_at"), starts={"description": ("Rule ID ",)}),
)

LEVELS: Final = ((15, Severity.CRITICAL), (12, Severity.ERROR), (7, Severity.WARNING), (0, Severity.INFO))
"""From which rule level on; Wazuh's own classes are critical, high, medium and low."""
SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "high": Severity.ERROR,
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "medium": Severity.WARNING,
    "info": Severity.INFO,
    "low": Severity.INFO,
}
"""KeepHQ's script sends words instead of the level."""

_LABELS: Final = ("Rule ID", "Level", "Agent ID", "Agent Name", "Title", "Full Log")
_DOTTED_OFFSET: Final = re.compile(r"([+-]\d\d)\.(\d\d)$")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one ALERT: Wazuh never says that something is over."""
    body = mapping(payload.body.get("all_fields")) or payload.body
    is_alert = any(isinstance(body.get(name), dict) for name in ("rule", "agent"))
    return [_from_alert(body) if is_alert else _from_text(body)]


def _from_alert(body: JsonObject) -> NormalizedEvent:
    rule, agent = mapping(body.get("rule")), mapping(body.get("agent"))
    rule_id = text(rule.get("id"))
    title = first_text(rule.get("description"), rule_id, first_line(body.get("full_log")))
    if title is None:
        raise NormalizeError("the alert has no log, and its rule neither a description nor an id")
    agent_id, name = text(agent.get("id")), first_text(agent.get("name"), agent.get("id"))
    return NormalizedEvent(
        event_key=_key(text(at(body, "manager.name")), rule_id or digest(title), agent_id or name),
        event_type=EventType.ALERT,
        title=title,
        severity=_severity(rule.get("level")),
        description=first_text(body.get("full_log"), body.get("data")),
        rule=first_text(rule.get("description"), rule_id),
        resource=Resource(resource_id=agent_id, resource_type="agent", name=name),
        additional_info=texts(
            {
                "rule_id": rule_id,
                "level": rule.get("level"),
                "groups": rule.get("groups"),
                "mitre": at(rule, "mitre.id"),
                "alert_id": body.get("id"),
                "agent_ip": agent.get("ip"),
                "manager": at(body, "manager.name"),
                "location": body.get("location"),
                "decoder": at(body, "decoder.name"),
            }
        ),
        occurred_at=_time(first_text(body.get("timestamp"), body.get("@timestamp"))),
    )


def _severity(level: Json) -> Severity:
    number = text(level) or ""
    if not number.isdecimal():
        return Severity.NONE if number else Severity.ERROR
    # No level has three digits; Python refuses to read numbers of very many.
    return next(found for least, found in LEVELS if int(number[:3]) >= least)


def _from_text(body: JsonObject) -> NormalizedEvent:
    told = _labelled(text(body.get("description")) or "")
    title = first_text(body.get("message"), told.get("Title"), first_line(body.get("description")))
    if title is None:
        raise NormalizeError("there is neither a rule nor a message")
    agent_id, name = told.get("Agent ID"), first_text(told.get("Agent Name"), told.get("Agent ID"))
    level = text(body.get("severity"))
    return NormalizedEvent(
        event_key=_key(None, told.get("Rule ID") or digest(title), agent_id or name),
        event_type=EventType.ALERT,
        title=title,
        severity=fault_severity(level, SEVERITIES) if level else _severity(told.get("Level")),
        description=text(body.get("description")),
        rule=title,
        resource=Resource(resource_id=agent_id, resource_type="agent" if name else None, name=name),
        additional_info=texts({"rule_id": told.get("Rule ID"), "level": told.get("Level")}),
        occurred_at=_time(text(body.get("created_at"))),
    )


def _labelled(description: str) -> dict[str, str]:
    """Read lines such as ``Agent Name web-1``."""
    found: dict[str, str] = {}
    for line in description.splitlines():
        for label in _LABELS:
            if line.startswith(f"{label} "):
                found.setdefault(label, line.removeprefix(label).strip())
    return {label: value for label, value in found.items() if value}


def _key(manager: str | None, rule: str, agent: str | None) -> str:
    # An agent's id is its manager's own.
    return ":".join((NAME, manager or "", rule, agent or ""))


def _time(value: str | None) -> datetime | None:
    """Read a time whose offset KeepHQ's script may write with a dot: ``+01.00``."""
    return parse_time(_DOTTED_OFFSET.sub(r"\1:\2", value)) if value else None
