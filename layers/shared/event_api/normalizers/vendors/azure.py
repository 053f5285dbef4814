"""The common parts of Azure Monitor's schemas: severities, resource ids, conditions, and the activity log's records.

Source: https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema and
https://learn.microsoft.com/azure/azure-monitor/alerts/activity-log-alerts-webhook
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import Resource, Severity
from event_api.normalizers.lenient import at, first_text, items, mapping, text, texts

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject

PROVIDER: Final = "azure"

SEVERITIES: Final = {
    word: level
    for level, words in {
        Severity.CRITICAL: "sev0 0 critical",
        Severity.ERROR: "sev1 1 error",
        Severity.WARNING: "sev2 2 warning",
        Severity.INFO: "sev3 3 informational information sev4 4 verbose",
    }.items()
    for word in words.split()
}
"""A rule's severity, and an activity log's level. Without one it is NOT_AVAILABLE, as SpaceONE's plugin has it."""

_OVER: Final = {
    "properties.currentHealthStatus": frozenset({"available"}),
    # The review after an incident (RCA) comes when it is over.
    "properties.stage": frozenset({"resolved", "complete", "completed", "canceled", "rca"}),
    "status": frozenset({"resolved"}),
}

_TAG = re.compile(r"<[^<>]*>")
_TOLD = frozenset(
    {
        "title",
        "details",
        "communication",
        "description",
        "defaultLanguageTitle",
        "defaultLanguageContent",
        "impactedServicesTableRows",
    }
)


def is_over(record: JsonObject) -> bool:
    """Whether a record of the activity log reports an end: alerts on the activity log are always "Fired"."""
    return any((text(at(record, path)) or "").lower() in words for path, words in _OVER.items())


def health_key(record: JsonObject, resource: str | None, account: str | None) -> str | None:
    """Return what a fault's records share: a service's incident has a tracking id, a resource is healthy or not.

    None for any other record: nothing ties it to another.
    """
    if tracking_id := text(at(record, "properties.trackingId")):
        return ":".join(("azure-service-health", account or "", tracking_id))
    if resource and at(record, "properties.currentHealthStatus") is not None:
        return f"azure-resource-health:{resource.lower()}"
    return None


def record_text(record: JsonObject) -> str | None:
    """Return a record's text for people, without Service Health's HTML; else the operation and its result."""
    properties = mapping(record.get("properties"))
    found = first_text(*(properties.get(name) for name in ("communication", "details", "description")))
    if found is not None:
        return text(html.unescape(_TAG.sub("", found)))
    operation, status = text(record.get("operationName")), text(record.get("status"))
    return f"{operation}: {status}" if operation and status else None


def record_info(record: JsonObject) -> dict[str, str]:
    """Return a record's properties, without what became the title and the description."""
    properties = mapping(record.get("properties"))
    told = texts({key: value for key, value in properties.items() if key not in _TOLD})
    return told | texts(
        {
            key: record.get(key)
            for key in ("caller", "eventSource", "operationName", "status", "subStatus", "correlationId")
        }
    )


def resource(resource_id: str | None, kind: str | None = None, name: str | None = None) -> Resource:
    """Describe a resource by its Azure Resource Manager id, from which follow its type and name."""
    # An Azure name is at times an id as well.
    last = (name or resource_id or "").rstrip("/").rpartition("/")[2] or None
    return Resource(resource_id=resource_id, resource_type=kind or _type(resource_id or ""), name=last)


def _type(resource_id: str) -> str | None:
    start = resource_id.lower().rfind("/providers/")
    parts = resource_id[start + len("/providers/") :].rstrip("/").split("/") if start >= 0 else []
    return "/".join([parts[0], *parts[1::2]]) if len(parts) > 1 else None


def subscription(*resource_ids: str | None) -> str | None:
    """Return the subscription of the first Azure Resource Manager id that has one."""
    for resource_id in resource_ids:
        match (resource_id or "").split("/", 3):
            case [_, kind, found, *_] if kind.lower() == "subscriptions" and found:
                return found
    return None


def criteria(condition: Json) -> list[JsonObject]:
    """Return what was measured: the criteria of a condition, or the one that it is itself."""
    found = mapping(condition)
    return items(found.get("allOf")) or ([found] if found else [])


def measured(criterion: JsonObject) -> str | None:
    """Put a criterion in words: ``Percentage CPU GreaterThan 90 (Average), is 97``."""
    name = first_text(criterion.get("webTestName"), criterion.get("metricName"), criterion.get("metricMeasureColumn"))
    if name is None and not criterion.get("searchQuery"):
        return None
    words = [name or "query", *map(text, (criterion.get("operator"), criterion.get("threshold")))]
    if aggregation := text(criterion.get("timeAggregation")):
        words.append(f"({aggregation})")
    value = text(criterion.get("metricValue"))
    return " ".join(filter(None, words)) + (f", is {value}" if value else "")


def dimensions(*lists: Json) -> str | None:
    """Write dimensions in a stable order: they distinguish the alerts of a rule."""
    pairs = ((text(one.get("name")), text(one.get("value"))) for found in lists for one in items(found))
    return ", ".join(sorted({f"{name}={value}" for name, value in pairs if name and value})) or None
