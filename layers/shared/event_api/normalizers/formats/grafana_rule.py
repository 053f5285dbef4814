"""Grafana's alert rules as its provisioning API exports them: definitions, so no event.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/alerting_provisioning/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.normalized import KeyScope
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import items
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.domain.normalized import NormalizedEvent
    from event_api.normalizers.payload import Payload

NAME: Final = "grafana-rule"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("condition", "data", "execErrState", "noDataState", "title")),
    Rule(keys=("grafana_alert.condition", "grafana_alert.data", "grafana_alert.title")),
    # Several of them, as forwarders list them.
    Rule(keys=("title", "severity"), absent=("receiver",), some={"alerts": ("condition", "data", "noDataState")}),
)

_OF_A_RULE: Final = frozenset({"condition", "data", "execErrState", "grafana_alert", "groups", "noDataState", "rules"})


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make no event: that a rule exists is not news about its object."""
    body = payload.body
    if not any(one.keys() & _OF_A_RULE for one in (body, *items(body.get("alerts")))):
        raise NormalizeError("it is not a rule of Grafana's")
    return []
