"""EventInfo as the API documents it and as an import takes it.

One model for both: its docstrings are the OpenAPI document's descriptions, and its types are strict, so that an import
refuses a value of another type instead of converting it. Only times are changed: they are truncated to the
milliseconds that the API returns. Unlike in create, ``event_type`` and ``severity`` may be any text.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from event_api.domain import ids, times
from event_api.domain.event import Event, Resource
from event_api.json_text import is_utf8


def _iso(text: str) -> str:
    moment = times.parse_iso(text)
    if moment is None:
        raise PydanticCustomError("time", "not an ISO 8601 time")
    return times.to_iso(moment)


def _utf8(text: str) -> str:
    if not is_utf8(text):
        raise PydanticCustomError("unicode", "not valid Unicode")
    return text


_Text = Annotated[str, AfterValidator(_utf8)]
"""Text that is an attribute by itself, so that DynamoDB needs UTF-8; details and raw bodies are packed as JSON."""
_Id = Annotated[str, Field(max_length=ids.MAX_ID_LENGTH), AfterValidator(_utf8)]
_RequiredId = Annotated[str, Field(min_length=1, max_length=ids.MAX_ID_LENGTH), AfterValidator(_utf8)]
_Instant = Annotated[str, AfterValidator(_iso)]

_AnyObject: TypeAlias = dict[str, Any]  # pydantic resolves no recursive alias of JSON, and the parser has checked it


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class EventResource(_Strict):
    """The resource that an event is about; every part may be unknown."""

    resource_id: _Text | None = None
    """The sender's id of the resource."""
    resource_type: _Text | None = None
    """Type of the resource, such as `inventory.Server`."""
    name: _Text | None = None
    """Name of the resource."""


class EventInfo(_Strict):
    """An event. A field without a value is absent, as is a field that `only` or `minimal` leaves out."""

    event_id: _RequiredId
    """Id of the event. The service assigns it; an imported event keeps its own."""
    event_key: _Text | None = None
    """The sender's key, the same for an ALERT and its RECOVERY."""
    event_type: _Text | None = None
    """`ALERT`, `RECOVERY`, or `ERROR` for a delivery that could not be read. Imported events may have others."""
    title: _Text | None = None
    """Summary in one line."""
    description: str | None = None
    """Details in the sender's words; for an ERROR, the reason why the delivery could not be read."""
    severity: _Text | None = None
    """`CRITICAL`, `ERROR`, `WARNING`, `INFO`, `NOT_AVAILABLE` or `NONE`. Imported events may have others."""
    rule: _Text | None = None
    """The sender's rule that raised the event."""
    resource: EventResource | None = None
    """The resource that the event is about."""
    provider: _Text | None = None
    """Cloud or tool that the resource belongs to, such as `aws`."""
    account: _Text | None = None
    """Account of the resource at the provider."""
    image_url: str | None = None
    """URL of a picture, such as a graph."""
    raw_data: _AnyObject | None = Field(default=None, repr=False)
    """The sender's whole body; `{"body": …}` around a body that is not a JSON object."""
    additional_info: _AnyObject | None = None
    """Other facts from the sender. The values are strings, except in imported events."""
    alert_id: _Id | None = None
    """Alert that the event belongs to. A RECOVERY with no open alert has none."""
    webhook_id: _Id | None = None
    """Webhook that received the event."""
    project_id: _Id | None = None
    """Project of the webhook."""
    domain_id: _RequiredId
    """Domain of the webhook."""
    created_at: _Instant
    """Time at which the delivery was stored. Lists are sorted by it."""
    occurred_at: _Instant | None = None
    """Time of the event by the sender's clock."""

    def to_event(self) -> Event:
        """Return the event."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Event(**{**fields, "resource": Resource(**dict(self.resource or EventResource()))})
