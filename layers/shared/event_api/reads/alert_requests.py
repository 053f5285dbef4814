"""The requests of list and get about alerts, and of their history."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from event_api.domain.alert_info import ALERT
from event_api.json_types import Json
from event_api.reads.search_requests import Names, RecordQuery


def as_flag(value: Json) -> Json:
    """Let the text of a query parameter stand for a boolean."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def as_number(value: Json) -> Json:
    """Let the text of a query parameter stand for an integer."""
    return (
        int(value)
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < _DIGITS
        else value
    )


_DIGITS = 16


class AlertQuery(RecordQuery):
    """The request of list. Each named field must be equal to a value, or to one of some."""

    kind = ALERT

    alert_number: Annotated[int | None, BeforeValidator(as_number)] = None
    """Just the alert with this number."""
    alert_id: Names = None
    """Just this alert, or these."""
    title: Names = None
    """Just the alerts of this title, or of these."""
    state: Names = None
    """Just alerts in this state: TRIGGERED, ACKNOWLEDGED, RESOLVED, ERROR; or in these."""
    assignee: Names = None
    """Just the alerts of this assignee, or of these."""
    urgency: Names = None
    """Just alerts of this urgency: HIGH, LOW; or of these."""
    severity: Names = None
    """Just alerts of this severity: CRITICAL, ERROR, WARNING, INFO, NOT_AVAILABLE, NONE; or of these."""
    is_snoozed: Annotated[bool | None, BeforeValidator(as_flag)] = None
    """Just the alerts that are snoozed now, or with false the others."""
    resource_id: Names = None
    """Just alerts about this resource, or these."""
    triggered_by: Names = None
    """Just the alerts that this webhook or person opened, or one of these."""
    webhook_id: Names = None
    """Just the alerts of this webhook, or of these."""
    escalation_policy_id: Names = None
    """Just the alerts of this escalation policy, or of these."""
    project_id: Names = None
    """Just the alerts of this project, or of these."""
