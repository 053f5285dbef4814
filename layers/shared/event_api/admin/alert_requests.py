"""The requests of the routes that change alerts.

The docstring below a field is its description in the OpenAPI document, as in `event_api.reads.requests`.
"""

from __future__ import annotations

from typing import Annotated, NoReturn

from pydantic import AfterValidator, Field, model_validator

from event_api.admin.domain_request import DomainRequest
from event_api.domain import ids, times
from event_api.domain.alert import AlertState, Urgency
from event_api.domain.errors import InvalidParameterError
from event_api.json_text import is_utf8
from event_api.reads.requests import reject, reject_value

MAX_TITLE = 1_000
"""Characters."""
MAX_TEXT = 2_000
"""Characters of a description or a status message: each event of an open alert pays for them."""
MAX_ALERTS = 40
"""Alerts in one request of merge: each is two of the 100 writes that a transaction can have."""


def storable(text: str) -> str:
    """Refuse a text that UTF-8 cannot hold."""
    if not is_utf8(text):
        reject_value("it is not valid Unicode")
    return text


def _instant(text: str) -> str:
    moment = times.parse_iso(text)
    if moment is None:
        reject_value("it is not an ISO 8601 time")
    return times.to_iso(moment)


Id = Annotated[str, Field(min_length=1, max_length=ids.MAX_ID_LENGTH), AfterValidator(storable)]
Title = Annotated[str, Field(min_length=1, max_length=MAX_TITLE), AfterValidator(storable)]
Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(storable)]
Instant = Annotated[str, AfterValidator(_instant)]
PersonState = Annotated[AlertState, Field(strict=False)]


class CreateAlertRequest(DomainRequest):
    """A new alert, which a person opens."""

    title: Title
    """Summary in one line."""
    description: Text | None = None
    """Details."""
    assignee: Id | None = None
    """Person or team that takes care of it."""
    urgency: Annotated[Urgency, Field(strict=False)] = Urgency.HIGH
    """`HIGH` or `LOW`."""
    project_id: Id
    """Project of the alert."""


class UpdateAlertRequest(DomainRequest):
    """The parts of an alert to change; those that are absent or null stay as they are."""

    title: Title | None = None
    """New title."""
    state: PersonState | None = None
    """`ACKNOWLEDGED`, `RESOLVED`, or `TRIGGERED` to open it again. Acknowledging an alert that has been resolved
    meanwhile keeps the acknowledgement and leaves it resolved."""
    status_message: Text | None = None
    """A note on how it stands."""
    description: Text | None = None
    """Details, in place of those of the event that opened it."""
    assignee: Id | None = None
    """Person or team that takes care of it."""
    urgency: Annotated[Urgency, Field(strict=False)] | None = None
    """`HIGH` or `LOW`."""
    project_id: Id | None = None
    """Another project of the token; the events of the alert stay in theirs."""
    reset_status_message: bool = False
    """Remove the status message."""
    reset_description: bool = False
    """Go back to the description of the event that opened it."""
    reset_assignee: bool = False
    """Remove the assignee."""

    @model_validator(mode="after")
    def _sets_or_resets(self) -> UpdateAlertRequest:
        for name in ("status_message", "description", "assignee"):
            if getattr(self, name) is not None and getattr(self, f"reset_{name}"):
                _reject_both(name)
        return self

    def texts(self) -> dict[str, str | None]:
        """Return the new texts by field; None removes one."""
        found: dict[str, str | None] = {
            name: str(value)
            for name in ("title", "status_message", "description", "assignee", "urgency", "project_id")
            if (value := getattr(self, name)) is not None
        }
        return found | {
            name: None for name in ("status_message", "description", "assignee") if getattr(self, f"reset_{name}")
        }


def _reject_both(name: str) -> NoReturn:
    reject(lambda _: InvalidParameterError(f"reset_{name}", f"it does not go together with {name}"))


class MergeAlertsRequest(DomainRequest):
    """Alerts that are the same problem."""

    alerts: Annotated[list[Id], Field(min_length=1, max_length=MAX_ALERTS)]
    """The alerts to merge; lists and statistics have them no more."""
    merge_to: Id
    """The alert that stands for all of them; it must be open."""


class SnoozeAlertRequest(DomainRequest):
    """A time until which an alert is snoozed."""

    end_time: Instant
    """When it wakes, ISO 8601."""


class ResponderRequest(DomainRequest):
    """A responder of an alert."""

    resource_type: Id
    """Type of the responder, such as `identity.User`."""
    resource_id: Id
    """Id of the responder."""


class ProjectDependencyRequest(DomainRequest):
    """A project that depends on the alert's."""

    project_id: Id
    """The project."""
