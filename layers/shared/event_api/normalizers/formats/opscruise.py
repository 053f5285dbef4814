"""OpsCruise's tickets, as its chat webhook writes them: lines of names and values in ``text``.

Make one event of a ticket's state: a state other than resolved or closed is open.

Source: https://github.com/cloudforet-io/plugin-opscruise-mon-webhook (the sender has no public documentation of it).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.lenient import text

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.rules import Rule

NAME: Final = "opscruise"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final[tuple[Rule, ...]] = ()

_LINE = re.compile(r"([^:\s][^:]*):(?:\s+(.*))?")


def _fields(body: JsonObject) -> JsonObject:
    """Read YAML's ``Name: value`` lines by their names in lower case; an indented line goes on with the one before."""
    fields: dict[str, str] = {}
    name = None
    for line in (text(body.get("text")) or "").splitlines():
        match = _LINE.fullmatch(line)
        if match:
            name = match[1].strip().lower()
            fields[name] = (match[2] or "").strip(" '\"|>")
        elif name is not None and line.strip():
            # A title has one line.
            fields[name] = (fields[name] + (" " if name == "summary" else "\n") + line.strip()).strip()
    return {**fields}


FORMAT: Final = Declared(
    prepare=_fields,
    key=("opscruise:{ticket id}",),
    hashed=(("=opscruise",), ("summary",), ("target name",)),
    title=("summary", "Ticket {ticket id}"),
    state=("header message type",),
    states={"resolved": RECOVERY, "closed": RECOVERY},
    severity=("ticket priority",),
    severities={"high": Severity.CRITICAL, "medium": Severity.WARNING, "low": Severity.INFO},
    fault=Severity.NONE,
    description=("description",),
    resource_id=("target pod", "target name"),
    resource_name=("target name",),
    resource_type=("target type",),
    strict_resource=True,
    occurred_at=("ticket updated",),
    info={
        "ticket_id": "ticket id",
        "ticket_priority": "ticket priority",
        "ticket_escalation": "ticket escalation",
        "instance_ip": "target node",
        "pod_name": "target pod",
    },
)
normalize = FORMAT.normalize
