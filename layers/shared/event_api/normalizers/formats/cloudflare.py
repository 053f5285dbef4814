"""Cloudflare's notifications, as posted by its generic webhooks.

Source: https://developers.cloudflare.com/notifications/reference/webhook-payload-schema/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers import lenient
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, digest, first_line, first_text, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "cloudflare"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    # The header's value is the webhook's secret, so the rule asks only whether the header is present.
    Rule(headers=("cf-webhook-auth",)),
    Rule(keys=("alert_type", "account_id", "policy_id", "data")),
    # Account and policy may be absent.
    Rule(keys=("alert_type", "data"), starts={"alert_event": ("ALERT_STATE_EVENT_",)}),
)

RECOVERED: Final = frozenset({"completed", "end", "healthy", "resolved", "recovered", "succeeded", "success"})
"""Last word of an ``alert_event`` (ALERT_STATE_EVENT_END) or of a state in the data that means recovery."""
SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "high": Severity.ERROR,
    "major": Severity.ERROR,
    "medium": Severity.WARNING,
    "moderate": Severity.WARNING,
    "minor": Severity.WARNING,
    "degraded": Severity.WARNING,
    "low": Severity.INFO,
    "none": Severity.INFO,
    "info": Severity.INFO,
}
"""Severities by the data's severity or impact, or by a state that is only degraded. Few types of alerts have one."""

FACTS: Final = frozenset(
    {
        "billing_usage_alert",
        "secondary_dns_zone_successfully_updated",
        "tunnel_update_event",
        "web_analytics_metrics_update",
    }
)
"""Types of alerts that are not faults."""

ANNOUNCED: Final = frozenset(
    {"cni_maintenance_notification", "expiring_service_token_alert", "maintenance_event_notification"}
)
"""Types of alerts that announce a future event."""

_BEGUN = "started"  # a deployment of Pages: EVENT_DEPLOYMENT_STARTED
_TEST = "Hello World! This is a test message sent from https://cloudflare.com"
_STATES = (
    "new_health_status",
    "new_health",
    "new_status",
    "incident_status",
    "status",
    "event",
    "metadata.event.type",
)
"""Paths to states. The last is a certificate's, such as ``ssl.certificate.renewal.succeeded``."""
_LEVELS = ("severity", "incident_impact", "impact", "new_status")
_IDS = (
    "health_check_id",
    "tunnel_id",
    "incident_id",
    "attack_id",
    "certificate_id",
    "data.id",
    "pool_id",
    "project_id",
)
_TARGETS = (
    "health_check_name",
    "tunnel_name",
    "pool_name",
    "project_name",
    "target_hostname",
    "hostnames",
    "target_ip",
    "zone_name",
    "config.name",
)
_ENDS = ("end_time", "status_change_time", "episode.resolved_at")
_STARTS = ("start_time", "alert_start_time", "status_change_time", "episode.first_fired")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an alert that starts or ends; none of a webhook's test message or a deployment that starts."""
    body = payload.body
    told = text(body.get("text"))
    if told is not None and told.startswith(_TEST):
        return []
    data = mapping(body.get("data"))
    if _last_word(data.get("event")) == _BEGUN:
        return []
    kind = text(body.get("alert_type"))
    policy = first_text(body.get("policy_name"), body.get("name"))
    name = first_text(policy, kind.replace("_", " ") if kind else None, first_line(told))
    if name is None:
        raise NormalizeError("the notification has neither a name nor a type nor a text")
    target = _first(data, _TARGETS)
    recovered = any(
        _last_word(value) in RECOVERED for value in (body.get("alert_event"), *(at(data, path) for path in _STATES))
    )
    time = first_text(_first(data, _ENDS if recovered else _STARTS), body.get("ts"))
    return [
        NormalizedEvent(
            event_key=_key(body, data, target, name),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            # A policy's name says little of what happened.
            title=first_line(told) or (f"{name}: {target}" if target else name),
            severity=Severity.INFO if recovered else _severity(kind, data),
            description=told,
            rule=policy,
            resource=Resource(
                resource_id=first_text(_first(data, _IDS[:2]), data.get("zone_tag"), target),
                resource_type="zone" if target and target == text(data.get("zone_name")) else None,
                name=target,
            ),
            provider="cloudflare",
            account=text(body.get("account_id")) or "",
            additional_info=texts(
                {
                    "alert_type": kind,
                    "alert_event": body.get("alert_event"),
                    "policy_id": body.get("policy_id"),
                    **{key: value for key, value in data.items() if not isinstance(value, dict | list)},
                }
            ),
            occurred_at=parse_time(time) or parse_time(body.get("ts")),
        )
    ]


def _first(data: JsonObject, paths: tuple[str, ...]) -> str | None:
    return first_text(*(at(data, path) for path in paths))


def _last_word(value: Json) -> str:
    """Return the last word of a state in lower case, such as ``healthy`` of TUNNEL_STATUS_TYPE_HEALTHY."""
    return (text(value) or "").lower().replace(".", "_").rpartition("_")[2]


def _severity(kind: str | None, data: JsonObject) -> Severity:
    """Return INFO for a fact, else the alert's severity; without one, WARNING for an announcement, else ERROR."""
    if kind in FACTS:
        return Severity.INFO
    words = filter(None, (_last_word(data.get(name)) for name in _LEVELS))
    known = next((word for word in words if word in SEVERITIES), None)
    return lenient.severity(known, SEVERITIES, Severity.WARNING if kind in ANNOUNCED else Severity.ERROR)


def _key(body: JsonObject, data: JsonObject, target: str | None, name: str) -> str:
    kind, account = text(body.get("alert_type")), text(body.get("account_id"))
    identity = first_text(_first(data, _IDS), body.get("alert_correlation_id"))
    if identity is None:
        identity = digest(text(body.get("policy_id")), name, target)
    return ":".join(filter(None, ("cloudflare", account, kind, identity)))
