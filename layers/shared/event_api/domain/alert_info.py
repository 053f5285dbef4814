"""Alerts as the API answers them: the kind of record that list, stat and get know."""

from __future__ import annotations

from event_api.domain.alert import AlertState
from event_api.domain.fields import Kind, Sparse

OF_OPENING_EVENT = frozenset({"description", "rule", "resource", "provider", "account", "image_url", "additional_info"})
"""Fields that the alert has from the event that opened it; a person may replace the description."""

_FIELDS = (
    "alert_number",
    "alert_id",
    "title",
    "state",
    "status_message",
    "description",
    "assignee",
    "urgency",
    "severity",
    "rule",
    "resource",
    "provider",
    "account",
    "image_url",
    "additional_info",
    "is_snoozed",
    "snoozed_end_time",
    "escalation_step",
    "escalation_ttl",
    "responders",
    "project_dependencies",
    "triggered_by",
    "webhook_id",
    "event_key",
    "escalation_policy_id",
    "merged_to",
    "merged_alerts",
    "acknowledged_by",
    "resolved_by",
    "project_id",
    "domain_id",
    "created_at",
    "updated_at",
    "acknowledged_at",
    "resolved_at",
    "escalated_at",
)
_TEXTS = (
    "alert_id",
    "title",
    "state",
    "status_message",
    "assignee",
    "urgency",
    "severity",
    "triggered_by",
    "webhook_id",
    "event_key",
    "merged_to",
    "acknowledged_by",
    "resolved_by",
    "project_id",
    "domain_id",
)

ALERT = Kind(
    name="alert",
    info="AlertInfo",
    id_field="alert_id",
    fields=_FIELDS,
    early=frozenset(_FIELDS) - OF_OPENING_EVENT,
    large=OF_OPENING_EVENT,
    texts=frozenset((name,) for name in _TEXTS),
    times=frozenset({"created_at", "updated_at", "acknowledged_at", "resolved_at", "escalated_at", "snoozed_end_time"}),
    minimal=(
        "alert_number",
        "alert_id",
        "title",
        "state",
        "assignee",
        "urgency",
        "escalation_step",
        "escalation_ttl",
        "project_id",
    ),
    keywords=("alert_id", "title"),
    aliases={"resource_id": ("resource", "resource_id"), "user_projects": ("project_id",)},
    indexes={"alert_id": "alert"},
    sparse=Sparse(
        name="open",
        field="state",
        values=frozenset({AlertState.TRIGGERED, AlertState.ACKNOWLEDGED, AlertState.ERROR}),
        others=frozenset({AlertState.RESOLVED}),
    ),
)
"""Alerts, except those that were deleted, or merged to another one; the latter are found by their id."""
