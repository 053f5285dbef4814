"""Dynatrace's problem notifications, by its custom integration's placeholders.

Source: https://docs.dynatrace.com/docs/shortlink/webhook-integration
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, first_text, items, mapping, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "dynatrace"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("PID", "State", "ProblemTitle")),
    Rule(keys=("ProblemID", "State", "ProblemTitle")),
)

SEVERITIES: Final = {
    "availability": Severity.CRITICAL,
    "error": Severity.ERROR,
    "performance": Severity.WARNING,
    "slowdown": Severity.WARNING,
    "resource_contention": Severity.WARNING,
    "resource": Severity.WARNING,
    "info": Severity.INFO,
}
"""Dynatrace's severities are kinds of problems; a custom alert, and an unknown kind, has none."""

RECOVERED: Final = frozenset({"resolved", "closed"})
MERGED: Final = "merged"
"""The problem became part of another, which reports its own end."""

DETAILS: Final = ("ProblemDetailsJSONv2", "ProblemDetailsJSON", "ProblemDetails")
_MOST_ENTITIES = 20
_PLACEHOLDER = re.compile(r"\{[A-Za-z0-9]+\}")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the problem, none of one that was merged into another."""
    body = {key: value for key, value in payload.body.items() if not _is_placeholder(value)}
    state = (text(body.get("State")) or "").lower()
    if state == MERGED:
        return []
    details = next(filter(None, (mapping(body.get(name)) for name in DETAILS)), {})
    key = first_text(body.get("PID"), body.get("ProblemID"), details.get("id"), details.get("problemId"))
    title = first_text(body.get("ProblemTitle"), details.get("title"), body.get("ImpactedEntity"))
    if key is None and title is None:
        raise NormalizeError("the problem has neither a ProblemTitle nor an id")
    recovered = state in RECOVERED
    level = first_text(body.get("ProblemSeverity"), details.get("severityLevel"))
    return [
        NormalizedEvent(
            event_key=key or f"{title}:{text(body.get('ImpactedEntity')) or ''}",
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title or f"Problem {key}",
            severity=Severity.INFO if recovered else severity(level, SEVERITIES, Severity.NONE),
            description=first_text(body.get("ProblemDetailsText"), body.get("ProblemDetailsMarkdown"), _impact(body)),
            rule=next((text(one.get("eventType")) for one in items(details.get("rankedEvents"))), None),
            resource=_resource(body),
            additional_info=texts(
                {
                    "ProblemID": body.get("ProblemID"),
                    "ProblemURL": body.get("ProblemURL"),
                    "ProblemImpact": first_text(body.get("ProblemImpact"), details.get("impactLevel")),
                    "ProblemSeverity": level,
                    "Tags": first_text(body.get("Tags"), body.get("ProblemTags")),
                    "ImpactedEntities": ", ".join(
                        filter(None, (text(one.get("name")) for one in _entities(body)[:_MOST_ENTITIES]))
                    ),
                }
            ),
            occurred_at=parse_time(at(details, "endTime" if recovered else "startTime")),
        )
    ]


def _is_placeholder(value: Json) -> bool:
    """Whether this is ``{PID}``, as Dynatrace leaves what it has no value for."""
    return isinstance(value, str) and _PLACEHOLDER.fullmatch(value.strip()) is not None


def _entities(body: JsonObject) -> list[JsonObject]:
    return items(body.get("ImpactedEntities"))


def _impact(body: JsonObject) -> str | None:
    return first_text(body.get("ImpactedEntity"), body.get("ImpactedEntityNames"))


def _resource(body: JsonObject) -> Resource:
    entity = next(iter(_entities(body)), {})
    identity = text(entity.get("entity"))
    name = first_text(entity.get("name"), _impact(body))
    return Resource(resource_id=identity or name, resource_type=text(entity.get("type")), name=name)
