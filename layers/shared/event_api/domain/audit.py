"""Audit records: the author, the object and the time of each change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from event_api.domain.access import Actor
from event_api.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One change of one object; without secrets.

    ``action`` is a resource and what was done with it, such as ``webhook.rotate``; ``target_id`` is the object's id.
    ``projects`` are those that the object belongs to; None is the whole domain. ``details`` are the object's new
    values. ``request_id`` is API Gateway's id of the request, as in the logs; empty for a command.
    """

    audit_id: str
    domain_id: str
    created_at: datetime
    actor: Actor
    action: str
    target_id: str
    projects: frozenset[str] | None
    details: JsonObject = field(default_factory=dict)
    request_id: str = ""
