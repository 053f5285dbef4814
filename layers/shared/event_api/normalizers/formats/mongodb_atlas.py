"""MongoDB Atlas's and Cloud Manager's alerts.

Source: https://www.mongodb.com/docs/atlas/tutorial/webhook-integration/ and, for the body,
https://www.mongodb.com/docs/atlas/reference/api-resources-spec/v2/#tag/Alerts
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers import lenient
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, digest, first_text, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "mongodb-atlas"
ALIASES: Final = ("mongodb-cloud-manager",)
KEY_SCOPE: Final = KeyScope.PROJECT
EVENT_HEADER: Final = "x-mms-event"
HEADERS: Final = (EVENT_HEADER,)
RULES: Final = (Rule(headers=(EVENT_HEADER,)), Rule(keys=("alertConfigId", "eventTypeName", "status")))

STATES: Final = {
    "alert.open": EventType.ALERT,
    "alert.update": EventType.ALERT,
    "alert.inform": EventType.ALERT,
    "alert.close": EventType.RECOVERY,
    "alert.cancel": EventType.RECOVERY,
    "alert.acknowledge": None,
    "open": EventType.ALERT,
    "informational": EventType.ALERT,
    "closed": EventType.RECOVERY,
    "cancelled": EventType.RECOVERY,
    "tracking": None,
}
"""By the header, or else the body's status. A cancelled alert became void; one that is tracked is not yet open."""

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
}
"""Severities in an alert's configuration; Atlas has none of its own, so that the others are ERRORs."""
_INFORMS = frozenset({"alert.inform", "informational"})

_RESOURCES = {"hostnameAndPort": "host", "clusterName": "cluster", "replicaSetName": "replica set"}


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an alert that is open or over; none of an acknowledgement."""
    body = payload.body
    status = (text(body.get("status")) or "").lower()
    said = (text(payload.headers.get(EVENT_HEADER)) or "").lower()
    state = said if said in STATES else status
    event_type = STATES.get(state, EventType.ALERT)
    if event_type is None:
        return []
    kind = text(body.get("eventTypeName"))
    resource = _resource(body)
    what = ": ".join(filter(None, (_words(kind), first_text(body.get("metricName")))))
    title = " on ".join(filter(None, (what, resource.name))) or first_text(body.get("humanReadable"), body.get("id"))
    if title is None:
        raise NormalizeError("the alert has neither a type nor a cluster nor a host")
    recovered = event_type is EventType.RECOVERY
    ended = first_text(body.get("resolved"), body.get("updated"))
    return [
        NormalizedEvent(
            event_key=f"mongodb-atlas:{text(body.get('id')) or _identity(body, kind, resource)}",
            event_type=event_type,
            title=title,
            severity=Severity.INFO if recovered or state in _INFORMS else _severity(body),
            description=text(body.get("humanReadable")),
            rule=_words(kind),
            resource=resource,
            account=first_text(body.get("groupId"), body.get("orgId")) or "",
            additional_info=texts(
                {
                    "status": body.get("status"),
                    "cluster": body.get("clusterName"),
                    "replica_set": body.get("replicaSetName"),
                    "metric": body.get("metricName"),
                    "current_value": at(body, "currentValue.number"),
                    "units": at(body, "currentValue.units"),
                    "alert_config_id": body.get("alertConfigId"),
                    "organization": body.get("orgId"),
                    "project": body.get("groupId"),
                    "last_notified": body.get("lastNotified"),
                }
            ),
            occurred_at=parse_time(ended if recovered else body.get("created")),
        )
    ]


def _words(kind: str | None) -> str | None:
    return kind.replace("_", " ").capitalize() if kind else None


def _severity(body: JsonObject) -> Severity:
    return lenient.severity(first_text(body.get("severity"), body.get("severityOverride")), SEVERITIES, Severity.ERROR)


def _resource(body: JsonObject) -> Resource:
    for key, kind in _RESOURCES.items():
        if name := text(body.get(key)):
            return Resource(resource_id=name, resource_type=kind, name=name)
    return Resource()


def _identity(body: JsonObject, kind: str | None, resource: Resource) -> str:
    return digest(text(body.get("alertConfigId")), text(body.get("groupId")), kind, resource.name)
