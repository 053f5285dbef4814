"""Grafana's legacy dashboard alerts, Grafana 4 to 10: the webhook notification channel.

Source: https://grafana.com/docs/grafana/v7.5/alerting/notifications/#webhook
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import first_text, items, paragraphs, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "grafana-legacy"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (Rule(keys=("ruleId", "ruleName", "state")),)

STATES: Final = {
    "alerting": (EventType.ALERT, Severity.ERROR),
    "ok": (EventType.RECOVERY, Severity.INFO),
}
_NO_STATE = (EventType.ALERT, Severity.ERROR)
_OTHER_STATE = (EventType.ALERT, Severity.NONE)
"""no_data, paused, pending and unknown: the state is unknown, as SpaceONE's plugin has it."""

_STATE_PREFIX = re.compile(r"^\s*\[[^\[\]]*\]\s*")  # [Alerting], [OK], [No Data]


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the rule's change of state. The payload has no time."""
    body = payload.body
    title = first_text(_STATE_PREFIX.sub("", text(body.get("title")) or "", count=1), body.get("ruleName"))
    rule_id, dashboard, panel, org = (_whole(body.get(key)) for key in ("ruleId", "dashboardId", "panelId", "orgId"))
    if title is None and rule_id is None:
        raise NormalizeError("the rule has neither a title nor a name nor an id")
    state = (text(body.get("state")) or "").lower()
    event_type, severity = STATES.get(state, _OTHER_STATE) if state else _NO_STATE
    rule = text(body.get("ruleName"))
    # Old versions leave the organisation out; the rule's URL then identifies the Grafana.
    scope = ":".join((org, dashboard or "", panel or "")) if org else text(body.get("ruleUrl")) or ""
    matches = items(body.get("evalMatches"))
    return [
        NormalizedEvent(
            event_key=f"grafana:{scope}:{rule_id or rule or title}",
            event_type=event_type,
            title=title or f"Rule {rule_id}",
            severity=severity,
            description=paragraphs(body.get("message"), "\n".join(filter(None, map(_measured, matches)))),
            rule=rule,
            resource=Resource(
                resource_id=f"{dashboard}:{panel}" if dashboard and panel else None,
                resource_type="dashboard panel" if dashboard and panel else None,
            ),
            image_url=text(body.get("imageUrl")),
            additional_info=texts(
                {
                    "state": body.get("state"),
                    "rule_url": body.get("ruleUrl"),
                    "rule_id": rule_id,
                    "dashboard_id": dashboard,
                    "panel_id": panel,
                    "org_id": org,
                    "tags": body.get("tags"),
                    "eval_matches": body.get("evalMatches"),
                }
            ),
        )
    ]


def _whole(value: Json) -> str | None:
    """Read an id: a whole number stays one, even if a forwarder made a fraction of it (``92.0``)."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else text(value)


def _measured(match: JsonObject) -> str | None:
    metric, value = text(match.get("metric")), text(match.get("value"))
    return f"{metric}: {value}" if metric and value else None
