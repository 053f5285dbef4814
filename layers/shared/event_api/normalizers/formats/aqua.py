"""Aqua Security's insights and image scans, as Aqua and its forwarder Postee post them.

Source: https://github.com/aquasecurity/postee and https://docs.aquasec.com
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import fault_severity, first_text, first_time, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "aqua"
ALIASES: Final = ("aquasec",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("insight.id", "resource", "evidence")),
    Rule(keys=("image", "registry", "vulnerability_summary")),
)

PRIORITIES: Final = {
    "4": Severity.CRITICAL,
    "3": Severity.ERROR,
    "2": Severity.WARNING,
    "1": Severity.INFO,
    "0": Severity.INFO,
}
"""An insight's priority: critical, high, medium, low, negligible, as Postee's templates have it."""
FOUND: Final = {
    "critical": Severity.CRITICAL,
    "high": Severity.ERROR,
    "medium": Severity.WARNING,
    "low": Severity.INFO,
    "negligible": Severity.INFO,
}
"""In their order: an image is as bad as the worst of its vulnerabilities."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an insight or of an image's scan; a RECOVERY of a scan that found nothing."""
    body = payload.body
    return [_insight(body) if isinstance(body.get("insight"), dict) else _scan(body)]


def _insight(body: JsonObject) -> NormalizedEvent:
    insight, resource = mapping(body.get("insight")), mapping(body.get("resource"))
    insight_id, resource_id = text(insight.get("id")), first_text(resource.get("id"), body.get("id"))
    name = first_text(resource.get("name"), resource_id)
    title = first_text(insight.get("description"), insight.get("category"), insight_id)
    if title is None:
        raise NormalizeError("the insight has neither a description nor an id")
    priority = text(insight.get("priority"))
    remedies = [value for key, value in mapping(body.get("evidence")).items() if key.endswith("_remediation")]
    return NormalizedEvent(
        event_key=":".join((NAME, insight_id or title, resource_id or name or "")),
        event_type=EventType.ALERT,
        title=title,
        severity=fault_severity(priority, PRIORITIES),
        description="\n".join(filter(None, (text(insight.get("impact")), *map(text, remedies)))) or None,
        rule=first_text(body.get("response_policy_name"), insight_id),
        resource=Resource(
            resource_id=first_text(resource.get("arn"), resource_id, name),
            resource_type=text(body.get("type")),
            name=name,
        ),
        account=text(body.get("account_id")) or "",
        additional_info=texts(
            {
                "insight_id": insight_id,
                "category": insight.get("category"),
                "priority": priority,
                "application_scope": body.get("application_scope"),
                "full_path": resource.get("full_path"),
                "last_scanned": resource.get("last_scanned"),
            }
            | {f"resource_{key}": value for key, value in mapping(resource.get("steps")).items()}
        ),
        occurred_at=parse_time(resource.get("found_date")),
    )


def _scan(body: JsonObject) -> NormalizedEvent:
    image, registry = text(body.get("image")), text(body.get("registry"))
    if image is None:
        raise NormalizeError("there is neither an insight nor an image")
    counts = mapping(body.get("vulnerability_summary"))
    worst = next((word for word in FOUND if _number(counts.get(word))), None)
    disallowed = body.get("disallowed") is True
    clean = worst is None and not disallowed and bool(counts)
    told = ", ".join(f"{number} {word}" for word in FOUND if (number := _number(counts.get(word))))
    return NormalizedEvent(
        event_key=":".join((NAME, "image", registry or "", image)),
        event_type=EventType.RECOVERY if clean else EventType.ALERT,
        title=f"Image {image} is not allowed" if disallowed else f"Image {image} was scanned",
        severity=FOUND[worst] if worst else Severity.ERROR if disallowed else Severity.INFO,
        description=told or None,
        rule=text(body.get("response_policy_name")),
        resource=Resource(resource_id="/".join(filter(None, (registry, image))), resource_type="Image", name=image),
        additional_info=texts({"registry": registry, "digest": body.get("digest"), "os": body.get("os")} | counts),
        occurred_at=first_time(body.get("scan_finished"), body.get("scan_started")),
    )


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0
