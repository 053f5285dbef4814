"""Google Cloud Monitoring's incidents, versions 1.0 to 1.2, from its webhooks or through Pub/Sub.

A Pub/Sub push does not describe its content; another message in it is read by its own format.

Source: https://cloud.google.com/monitoring/support/notification-options#webhooks and
https://cloud.google.com/pubsub/docs/push#receive_push
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.json_text import parse_json
from event_api.normalizers import envelopes
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, digest, first_line, first_text, mapping, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "google-cloud-monitoring"
ALIASES: Final = ("google-monitoring", "stackdriver")
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("incident.incident_id", "incident.policy_name")),
    Rule(keys=("message.data",), starts={"subscription": ("projects/",)}),
)

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "no severity": Severity.WARNING,
}
"""A policy need not have one: that is a warning, as in SpaceONE's plugin."""

_TEST = "OPEN"
"""Real incidents are ``open``; an imitation of a channel's test notification has it in capitals."""
_TEST_VERSION = "test"
_ACKNOWLEDGED = "acknowledged"


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the incident; none of an acknowledgement, nor of a channel's test, which nothing ends."""
    content = _published(payload.body)
    incident = mapping(mapping(content).get("incident"))
    if not incident and content is not payload.body:
        sent_at = parse_time(at(payload.body, "message.publishTime"))
        events = envelopes.claimed(payload, content, besides=NAME, at=sent_at)
        if events is not None:
            return events
        return envelopes.unclaimed(payload, content if isinstance(content, dict | list) else {"message": content})
    state = text(incident.get("state")) or ""
    version = text(mapping(content).get("version"))
    if state.lower() == _ACKNOWLEDGED or version == _TEST_VERSION:
        return []
    return [_event(incident, state, version)]


def _published(body: JsonObject) -> Json:
    """Return the message of a Pub/Sub push, or the body if it is not a push."""
    data = at(body, "message.data")
    if not isinstance(data, str) or "incident" in body:
        return body
    try:
        decoded = base64.b64decode(data, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        decoded = data
    try:
        return parse_json(decoded)
    except ValueError:
        return decoded


def _event(incident: JsonObject, state: str, version: str | None) -> NormalizedEvent:
    policy, condition = text(incident.get("policy_name")), _condition(incident)
    title = first_text(condition, policy, first_line(incident.get("summary")))
    resource = _resource(incident)
    key = text(incident.get("incident_id"))
    if title is None and key is None:
        raise NormalizeError("the incident has no id, no policy and no condition")
    recovered = state.lower() == "closed"
    level = text(incident.get("severity"))
    ungraded = Severity.INFO if state == _TEST else Severity.WARNING
    return NormalizedEvent(
        event_key=key or digest(policy, condition, resource.resource_id, resource.name),
        event_type=EventType.RECOVERY if recovered else EventType.ALERT,
        title=title or f"Incident {key}",
        severity=Severity.INFO if recovered else severity(level, SEVERITIES, Severity.NONE) if level else ungraded,
        description="\n\n".join(filter(None, (text(incident.get("summary")), _documentation(incident)))) or None,
        rule=policy,
        resource=resource,
        provider="google_cloud",
        account=first_text(incident.get("scoping_project_id"), at(incident, "resource.labels.project_id")) or "",
        additional_info=texts(
            {
                "url": incident.get("url"),
                "state": state,
                "severity": level,
                "version": version,
                "metric": first_text(at(incident, "metric.displayName"), at(incident, "metric.type")),
                "observed_value": incident.get("observed_value"),
                "threshold_value": incident.get("threshold_value"),
                "resource_labels": at(incident, "resource.labels"),
                "metric_labels": at(incident, "metric.labels"),
                "policy_user_labels": incident.get("policy_user_labels"),
            }
        ),
        occurred_at=parse_time(incident.get("ended_at" if recovered else "started_at")),
    )


def _condition(incident: JsonObject) -> str | None:
    return first_text(incident.get("condition_name"), at(incident, "condition.displayName"))


def _documentation(incident: JsonObject) -> str | None:
    """Return the policy's own words: an object since 1.1, plain text in the test notification."""
    told = incident.get("documentation")
    return first_text(told.get("content"), told.get("subject")) if isinstance(told, dict) else text(told)


def _resource(incident: JsonObject) -> Resource:
    name = first_text(incident.get("resource_display_name"), incident.get("resource_name"))
    return Resource(
        resource_id=first_text(incident.get("resource_id"), incident.get("resource_name"), name),
        resource_type=first_text(at(incident, "resource.type"), incident.get("resource_type_display_name")),
        name=name,
    )
