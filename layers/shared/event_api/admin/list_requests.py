"""The requests that list webhooks, tokens, deliveries and audit records."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from event_api.admin.kinds import AUDIT, DELIVERY, TOKEN, WEBHOOK
from event_api.admin.requests import instant
from event_api.query.matcher import Condition
from event_api.reads.search_requests import Names, RecordQuery


class WebhookQuery(RecordQuery):
    """The request of list. Each named field must be equal to a value, or to one of some."""

    kind = WEBHOOK

    webhook_id: Names = None
    """Just this webhook, or these."""
    name: Names = None
    """Just webhooks of this name, or of these."""
    state: Names = None
    """Just webhooks in this state: ENABLED, DISABLED; or in these."""
    project_id: Names = None
    """Just the webhooks of this project, or of these."""


class TokenQuery(RecordQuery):
    """The request of list. Each named field must be equal to a value, or to one of some."""

    kind = TOKEN

    token_id: Names = None
    """Just this token, or these."""
    name: Names = None
    """Just tokens of this name, or of these."""
    state: Names = None
    """Just tokens in this state: VALID, EXPIRED, REVOKED; or in these."""
    role: Names = None
    """Just tokens of this role, or of these."""


class DeliveryQuery(RecordQuery):
    """The request of list. Each named field must be equal to a value, or to one of some."""

    kind = DELIVERY

    delivery_id: Names = None
    """Just this delivery, or these."""
    state: Names = None
    """Just deliveries in this state: OPEN, QUEUED, UNREADABLE; or in these."""
    webhook_id: Names = None
    """Just the deliveries of this webhook, or of these."""
    project_id: Names = None
    """Just the deliveries of this project, or of these."""
    since: Annotated[str, AfterValidator(instant)] | None = None
    """Unreadable deliveries since this time, ISO 8601; without it those of the last seven days."""

    def named(self) -> list[Condition]:
        """Return the conditions that the named fields are; ``since`` bounds what is read."""
        return [condition for condition in super().named() if condition.path != ("since",)]


class AuditQuery(RecordQuery):
    """The request of list. Each named field must be equal to a value, or to one of some."""

    kind = AUDIT

    audit_id: Names = None
    """Just this record, or these."""
    action: Names = None
    """Just records of this action, such as `webhook.rotate`, or of these."""
    target_id: Names = None
    """Just changes of this object, or of these."""
    actor_id: Names = None
    """Just changes by this token, or by these."""
