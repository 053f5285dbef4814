"""Deliveries of senders, as they are stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from event_api.domain.body import Body


@dataclass(frozen=True, slots=True)
class Delivery:
    """One stored request of a sender: the raw body, once, and whose it is."""

    delivery_id: str
    domain_id: str
    project_id: str
    webhook_id: str
    body: Body
    headers: dict[str, str] = field(repr=False)
    """Only the headers that normalizers read; never an Authorization."""
    received_at: datetime
    finished: bool = False
    request_id: str = ""
    """API Gateway's id of the request that brought it, as in the logs; empty if it is not known."""
