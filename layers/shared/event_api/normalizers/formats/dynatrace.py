"""Dynatrace's problem notifications, by its custom integration's placeholders.

Make one event of the problem, none of one that was merged into another.

Source: https://docs.dynatrace.com/docs/shortlink/webhook-integration
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.lenient import first_text, items, mapping, text
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject

NAME: Final = "dynatrace"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("PID", "State", "ProblemTitle")),
    Rule(keys=("ProblemID", "State", "ProblemTitle")),
)

_DETAILS: Final = ("ProblemDetailsJSONv2", "ProblemDetailsJSON", "ProblemDetails")
_MOST_ENTITIES = 20


def _problem(body: JsonObject) -> JsonObject:
    details = next(filter(None, (mapping(body.get(name)) for name in _DETAILS)), {})
    entities = items(body.get("ImpactedEntities"))
    title = first_text(body.get("ProblemTitle"), details.get("title"), body.get("ImpactedEntity"))
    return {
        **body,
        "details": details,
        "title": title,
        "named": title and f"{title}:{text(body.get('ImpactedEntity')) or ''}",
        "entity": next(iter(entities), {}),
        "entities": ", ".join(filter(None, (text(one.get("name")) for one in entities[:_MOST_ENTITIES]))),
        "event": next((one.get("eventType") for one in items(details.get("rankedEvents"))), None),
    }


_ID: Final = ("PID", "ProblemID", "details.id", "details.problemId")
_IMPACT: Final = ("ImpactedEntity", "ImpactedEntityNames")

FORMAT: Final = Declared(
    unset=re.compile(r"\s*\{[A-Za-z0-9]+\}\s*\Z"),  # ``{PID}``
    prepare=_problem,
    key=(*_ID, "named"),
    title=("title", *(f"Problem {{{name}}}" for name in _ID)),
    state=("State",),
    # A problem that is merged became part of another, which reports its own end.
    states={"resolved": RECOVERY, "closed": RECOVERY, "merged": None},
    # Dynatrace's severities are kinds of problems; a custom alert, and an unknown kind, has none.
    severity=("ProblemSeverity", "details.severityLevel"),
    severities={
        "availability": Severity.CRITICAL,
        "error": Severity.ERROR,
        "performance": Severity.WARNING,
        "slowdown": Severity.WARNING,
        "resource_contention": Severity.WARNING,
        "resource": Severity.WARNING,
        "info": Severity.INFO,
    },
    fault=Severity.NONE,
    description=("ProblemDetailsText", "ProblemDetailsMarkdown", *_IMPACT),
    rule=("event",),
    resource_id=("entity.entity",),
    resource_name=("entity.name", *_IMPACT),
    resource_type=("entity.type",),
    occurred_at=("details.startTime",),
    ended_at=("details.endTime",),
    strict_end=True,
    info={
        "ProblemID": "ProblemID",
        "ProblemURL": "ProblemURL",
        "ProblemImpact": ("ProblemImpact", "details.impactLevel"),
        "ProblemSeverity": ("ProblemSeverity", "details.severityLevel"),
        "Tags": ("Tags", "ProblemTags"),
        "ImpactedEntities": "entities",
    },
)
normalize = FORMAT.normalize
