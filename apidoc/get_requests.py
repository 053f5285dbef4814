"""Query parameters as models, for the document only: functions read them without pydantic.

A test compares those of get with what `reads.record` reads, for events.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from event_api.reads.requests import StrictModel
from event_api.reads.search_requests import Only

_Id = Annotated[str, Field(min_length=1)]


class GetRequest(StrictModel):
    """The parameters that each get has."""

    domain_id: str | None = None
    """The token's domain, which is meant anyway; another one is refused."""
    only: Only = Field(default_factory=list)
    """Just these fields, or parts of fields."""


class GetEventRequest(GetRequest):
    """The request of get."""

    event_id: _Id
    """Which event."""


class GetAlertRequest(GetRequest):
    """The request of get."""

    alert_id: _Id
    """Which alert."""


class GetWebhookRequest(GetRequest):
    """The request of get."""

    webhook_id: _Id
    """Which webhook."""


class TryWebhookRequest(StrictModel):
    """The query of trying a body."""

    plugin_id: str | None = None
    """Name of a format to read the body in, in place of the webhook's; empty detects it."""
