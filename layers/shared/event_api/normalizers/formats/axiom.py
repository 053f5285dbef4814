"""Axiom's custom webhook notifier, with its template's own names.

Make one event of a monitor that matched or triggered (``Open``), or that resolved (``Closed``).

Source: https://axiom.co/docs/monitor-data/custom-webhook-notifier
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.lenient import digest, mapping, text
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject

NAME: Final = "axiom"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("action", "event.monitorID")),)

_PREFIXES = re.compile(r"(Triggered: )?(Resolved: )?")


def _event(body: JsonObject) -> JsonObject:
    event = mapping(body.get("event")) or body
    name = _PREFIXES.sub("", text(event.get("title")) or "", count=1)
    monitor = text(event.get("monitorID")) or (digest(name) if name else None)
    # The groups of one monitor.
    group = digest(event.get("groupKeys"), event.get("groupValues")) if text(event.get("groupValues")) else None
    # A match monitor reports each event that it finds, which need not be a fault; a threshold is there to be kept.
    kind = "match" if event.get("matchedEvent") else None
    return {**event, "action": body.get("action"), "name": name, "monitor": monitor, "group": group, "kind": kind}


_NAME: Final = ("name", "monitorID")

FORMAT: Final = Declared(
    prepare=_event,
    key=("axiom:{monitor}:{group}", "axiom:{monitor}"),
    title=_NAME,
    state=("action",),
    states={"closed": RECOVERY, "close": RECOVERY, "resolved": RECOVERY},
    severity=("kind",),
    severities={"match": Severity.INFO},
    description=("{body}\n\n{description}", "body", "description"),
    rule=_NAME,
    resource_id=("monitorID",),
    resource_name=_NAME,
    resource_type=("=monitor",),
    strict_resource=True,
    occurred_at=("timestamp", "queryEndTime"),
    info={
        "title": "title",
        "value": "value",
        "query_start_time": "queryStartTime",
        "query_end_time": "queryEndTime",
        "matched_event": "matchedEvent",
        "group_keys": "groupKeys",
        "group_values": "groupValues",
    },
)
normalize = FORMAT.normalize
