"""Models of the API's responses; written by `python -m apidoc` from the OpenAPI document."""

from __future__ import annotations

from typing import Any, Required, TypedDict


class AlertExplain(TypedDict, total=False):
    """How the alerts were read, and the consumed capacity."""

    plan: Required[dict[str, Any]]
    """How the events were found; `nothing` has no further members."""
    consumed: dict[str, Any]
    """Of the database; absent for a token that is limited to some projects."""


class AlertHistory(TypedDict, total=False):
    """The course of an alert."""

    results: Required[list[AlertHistoryEntry]]
    """Events and changes, oldest first."""
    total_count: Required[int]
    """Number of entries."""
    is_complete: Required[bool]
    """False if it has more than 500 events, of which only the newest are here."""


class AlertHistoryEntry(TypedDict, total=False):
    """One event of an alert, or one change that a person made."""

    at: Required[str]
    """When it happened."""
    action: Required[str]
    """Kind of the entry: an event OPENED it, RESOLVED it, or joined it (EVENT); the others are people's."""
    event_id: str
    """The event, if it was one."""
    actor_id: str
    """The token, if a person did it; `notification` for the link of a notification."""
    actor_name: str
    """Name of the token."""
    details: dict[str, Any]
    """New values, or facts of the event."""


class AlertInfo(TypedDict, total=False):
    """An alert. A field without a value is absent, as is a field that `only` or `minimal` leaves out."""

    alert_number: int
    """Number within the domain, if the domain numbers its alerts."""
    alert_id: str
    """Id of the alert."""
    title: str
    """Summary in one line: that of the event that opened it, or a person's."""
    state: str
    """`TRIGGERED`, `ACKNOWLEDGED`, `RESOLVED`; or `ERROR` for a delivery that could not be read."""
    status_message: str
    """A person's note on how it stands."""
    description: str
    """A person's description, or that of the event that opened it."""
    assignee: str
    """Person or team that takes care of it."""
    urgency: str
    """`HIGH` or `LOW`."""
    severity: str
    """Severity of the event that opened it; `NONE` if a person did."""
    rule: str
    """The sender's rule, as in the event that opened it."""
    resource: EventResource
    """The resource, as in the event that opened it."""
    provider: str
    """Provider, as in the event that opened it."""
    account: str
    """Account, as in the event that opened it."""
    image_url: str
    """URL of a picture, as in the event that opened it."""
    additional_info: dict[str, Any]
    """Other facts, as in the event that opened it."""
    is_snoozed: bool
    """Whether it is snoozed now."""
    snoozed_end_time: str
    """When it wakes, or woke."""
    escalation_step: int
    """Reserved for escalation policies."""
    escalation_ttl: int
    """Reserved for escalation policies."""
    responders: list[AlertResponder]
    """Other people or teams that are concerned."""
    project_dependencies: list[str]
    """Projects that depend on its project."""
    triggered_by: str
    """The webhook that it came through, or the token of the person who opened it."""
    webhook_id: str
    """Webhook of the event that opened it."""
    event_key: str
    """The sender's key of its events."""
    escalation_policy_id: str
    """Reserved for escalation policies."""
    merged_to: str
    """The alert that it is merged to."""
    merged_alerts: list[str]
    """The alerts that are merged to it; its events include theirs."""
    acknowledged_by: str
    """Token of the person who acknowledged it; `notification` if a link did."""
    resolved_by: str
    """Event or token that resolved it; `notification` if a link did."""
    project_id: str
    """Its project."""
    domain_id: str
    """Its domain."""
    created_at: str
    """When it was opened. Lists are sorted by it."""
    updated_at: str
    """When an event or a person last changed it."""
    acknowledged_at: str
    """When it was acknowledged."""
    resolved_at: str
    """When it was resolved."""
    escalated_at: str
    """Reserved for escalation policies."""


class AlertResponder(TypedDict, total=False):
    """A person or team that is concerned by an alert."""

    resource_type: Required[str]
    """Type of the responder."""
    resource_id: Required[str]
    """Id of the responder."""


class AlertStatInfo(TypedDict, total=False):
    """The rows that the pipeline makes, or the values of `distinct`."""

    results: Required[list[Any]]
    """Objects; with `distinct`, any values."""
    total_count: int
    """Total number of results; present if the request has a `page`."""
    next_token: str
    """The `page.token` of the next page, if there are more results. Send the same request with it."""
    explain: AlertExplain
    """How the alerts were read, if asked for."""


class AlertsInfo(TypedDict, total=False):
    """A page of alerts, or all that match."""

    results: Required[list[AlertInfo]]
    """In the requested order."""
    total_count: int
    """Total number of matches; absent with `count: false`."""
    next_token: str
    """The `page.token` of the next page, if there are more results. Send the same request with it."""
    omitted: list[dict[str, Any]]
    """Fields that were left out because their alert alone is larger than an answer can be."""
    explain: AlertExplain
    """How the alerts were read, if asked for."""


class AuditInfo(TypedDict, total=False):
    """A change: its actor, its time and its object, without secrets."""

    audit_id: str
    """The record's id."""
    action: str
    """Resource and action, such as `webhook.rotate`."""
    target_id: str
    """Id of the object that was changed."""
    actor_id: str
    """Id of the token that made the change, or `eventctl`."""
    actor_name: str
    """Name of the token, or of the operator's user."""
    details: dict[str, Any]
    """The object's new values."""
    projects: list[str] | str
    """Projects of the object; absent if it is the whole domain's."""
    domain_id: str
    """Domain of the object."""
    request_id: str
    """API Gateway's id of the request, as in the logs."""
    created_at: str
    """When the change was made."""


class AuditsInfo(TypedDict, total=False):
    """A page of audit records, or all that match."""

    results: Required[list[AuditInfo]]
    """In the requested order."""
    total_count: int
    """Total number of matches; absent with `count: false`."""
    next_token: str
    """The `page.token` of the next page, if there are more results. Send the same request with it."""
    explain: Explain
    """How they were read, if the request asked for it."""


class CallerInfo(TypedDict, total=False):
    """The caller and its permissions."""

    actor_id: Required[str]
    """Id of the token, or of an identity of another system."""
    actor_name: str
    """Its name, if it has one."""
    domain_id: Required[str]
    """Its domain."""
    projects: list[str]
    """The only projects that it may see; absent for all of the domain."""
    permissions: Required[list[str]]
    """All that it permits."""


class DeliveriesInfo(TypedDict, total=False):
    """A page of deliveries, or all that match."""

    results: Required[list[DeliveryInfo]]
    """In the requested order."""
    total_count: int
    """Total number of matches; absent with `count: false`."""
    next_token: str
    """The `page.token` of the next page, if there are more results. Send the same request with it."""
    explain: Explain
    """How they were read, if the request asked for it."""


class DeliveryDetails(TypedDict, total=False):
    """A delivery with its body and its events."""

    delivery_id: Required[str]
    """The delivery's id."""
    state: Required[str]
    """Whether all of its events are stored."""
    unread_because: str
    """Why it could not be read, if it could not."""
    webhook_id: str
    """The webhook that it came to."""
    project_id: str
    """Project of the webhook."""
    domain_id: str
    """Domain of the webhook."""
    received_at: str
    """When it was received."""
    request_id: str
    """API Gateway's id of the request, as in the logs."""
    bytes: int
    """Size of the body."""
    headers: dict[str, str]
    """The headers that formats read."""
    body: Required[str]
    """The body, as it is stored: without compression and access key."""
    body_encoding: Required[str]
    """How `body` is written; as base64 if it is not text."""
    events: Required[list[dict[str, Any]]]
    """The events that it was made into."""


class DeliveryInfo(TypedDict, total=False):
    """A delivery that needs a look."""

    delivery_id: str
    """The delivery's id."""
    state: str
    """OPEN and QUEUED: its events are not all stored. UNREADABLE: no format could read it."""
    unread_because: str
    """Why it could not be read."""
    webhook_id: str
    """The webhook that it came to."""
    project_id: str
    """Project of the webhook."""
    domain_id: str
    """Domain of the webhook."""
    created_at: str
    """When it was received."""


class EventInfo(TypedDict, total=False):
    """An event. A field without a value is absent, as is a field that `only` or `minimal` leaves out."""

    event_id: str
    """Id of the event. The service assigns it; an imported event keeps its own."""
    event_key: str
    """The sender's key, the same for an ALERT and its RECOVERY."""
    event_type: str
    """`ALERT`, `RECOVERY`, or `ERROR` for a delivery that could not be read. Imported events may have others."""
    title: str
    """Summary in one line."""
    description: str
    """Details in the sender's words; for an ERROR, the reason why the delivery could not be read."""
    severity: str
    """`CRITICAL`, `ERROR`, `WARNING`, `INFO`, `NOT_AVAILABLE` or `NONE`. Imported events may have others."""
    rule: str
    """The sender's rule that raised the event."""
    resource: EventResource
    """The resource that the event is about."""
    provider: str
    """Cloud or tool that the resource belongs to, such as `aws`."""
    account: str
    """Account of the resource at the provider."""
    image_url: str
    """URL of a picture, such as a graph."""
    raw_data: dict[str, Any]
    """The sender's whole body; `{"body": …}` around a body that is not a JSON object."""
    additional_info: dict[str, Any]
    """Other facts from the sender. The values are strings, except in imported events."""
    alert_id: str
    """Alert that the event belongs to. A RECOVERY with no open alert has none."""
    webhook_id: str
    """Webhook that received the event."""
    project_id: str
    """Project of the webhook."""
    domain_id: str
    """Domain of the webhook."""
    created_at: str
    """Time at which the delivery was stored. Lists are sorted by it."""
    occurred_at: str
    """Time of the event by the sender's clock."""


class EventResource(TypedDict, total=False):
    """The resource that an event is about; every part may be unknown."""

    resource_id: str
    """The sender's id of the resource."""
    resource_type: str
    """Type of the resource, such as `inventory.Server`."""
    name: str
    """Name of the resource."""


class EventsInfo(TypedDict, total=False):
    """A page of events, or all that match."""

    results: Required[list[EventInfo]]
    """In the requested order."""
    total_count: int
    """Total number of matches; absent with `count: false`."""
    next_token: str
    """The `page.token` of the next page, if there are more results. Send the same request with it."""
    omitted: list[dict[str, Any]]
    """Fields that were left out because their event alone is larger than an answer can be."""
    explain: Explain
    """How the events were read, if the request asked for it."""


class Explain(TypedDict, total=False):
    """How the events were read, and the consumed capacity."""

    plan: Required[dict[str, Any]]
    """How the events were found; `nothing` has no further members."""
    consumed: dict[str, Any]
    """Of the database; absent for a token that is limited to some projects."""
    summaries: dict[str, Any]
    """Which part of a count came from summaries of closed hours; absent without any, and as above."""


class NewToken(TypedDict, total=False):
    """A new token with its secret, which is shown only now."""

    token_id: Required[str]
    """The token's id: the part of the token before the dot."""
    name: str
    """Its name."""
    state: str
    """Whether it is accepted."""
    role: str
    """Its role; absent without one."""
    permissions: list[str] | str
    """All that it permits, those of its role included."""
    projects: list[str] | str
    """The only projects that it may see; absent for all of the domain."""
    domain_id: str
    """Its domain."""
    created_at: str
    """When it was created."""
    expires_at: str
    """When it expires."""
    rotated_to: str
    """Id of the token that took its place."""
    token: Required[str]
    """The secret, to be sent as `Authorization: Bearer`. It is shown only now."""
    old_token_expires_at: str
    """When the replaced token ends, after a rotation."""


class NewWebhook(TypedDict, total=False):
    """A webhook with a new access key, which is shown only now."""

    webhook_id: Required[str]
    """The webhook's id."""
    name: str
    """Name, in lists and in events that report failures."""
    state: str
    """A DISABLED webhook refuses deliveries."""
    plugin_info: WebhookPlugin
    """The sender's format and the options."""
    tags: dict[str, Any]
    """Whatever its owners note with it."""
    project_id: str
    """Project of the webhook's events."""
    domain_id: str
    """Domain of the webhook's events."""
    created_at: str
    """When it was created."""
    old_keys_until: list[str] | str
    """When each old access key ends that is still valid."""
    access_key: Required[str]
    """The access key: a secret."""
    webhook_url: Required[str]
    """Path to which the sender posts. It holds the access key."""


class StatInfo(TypedDict, total=False):
    """The rows that the pipeline makes, or the values of `distinct`."""

    results: Required[list[Any]]
    """Objects; with `distinct`, any values."""
    total_count: int
    """Total number of results; present if the request has a `page`."""
    next_token: str
    """The `page.token` of the next page, if there are more results. Send the same request with it."""
    explain: Explain
    """How the events were read, if the request asked for it."""


class Taken(TypedDict, total=False):
    """Empty, as the delivery is stored; or the response to a validation event of Azure Event Grid."""

    validationResponse: str
    """The code of the validation event."""


class TokenInfo(TypedDict, total=False):
    """A token, without its secret. A field without a value is absent."""

    token_id: str
    """The token's id: the part of the token before the dot."""
    name: str
    """Its name."""
    state: str
    """Whether it is accepted."""
    role: str
    """Its role; absent without one."""
    permissions: list[str] | str
    """All that it permits, those of its role included."""
    projects: list[str] | str
    """The only projects that it may see; absent for all of the domain."""
    domain_id: str
    """Its domain."""
    created_at: str
    """When it was created."""
    expires_at: str
    """When it expires."""
    rotated_to: str
    """Id of the token that took its place."""


class TokensInfo(TypedDict, total=False):
    """A page of tokens, or all that match."""

    results: Required[list[TokenInfo]]
    """In the requested order."""
    total_count: int
    """Total number of matches; absent with `count: false`."""
    next_token: str
    """The `page.token` of the next page, if there are more results. Send the same request with it."""
    explain: Explain
    """How they were read, if the request asked for it."""


class TriedBody(TypedDict, total=False):
    """The events that a body would make."""

    format: Required[str | None]
    """Format in which it was read; null if it could not be."""
    events: Required[list[EventInfo]]
    """The events, as they would be stored."""
    total_count: Required[int]
    """Number of events."""


class WebhookInfo(TypedDict, total=False):
    """A webhook, without its access key. A field without a value is absent."""

    webhook_id: str
    """The webhook's id."""
    name: str
    """Name, in lists and in events that report failures."""
    state: str
    """A DISABLED webhook refuses deliveries."""
    plugin_info: WebhookPlugin
    """The sender's format and the options."""
    tags: dict[str, Any]
    """Whatever its owners note with it."""
    project_id: str
    """Project of the webhook's events."""
    domain_id: str
    """Domain of the webhook's events."""
    created_at: str
    """When it was created."""
    old_keys_until: list[str] | str
    """When each old access key ends that is still valid."""


class WebhookPlugin(TypedDict, total=False):
    """The sender's format, and how deliveries are read and joined."""

    plugin_id: str
    """Name of the format; absent if the format of each delivery is detected."""
    options: Required[dict[str, Any]]
    """The options."""


class WebhooksInfo(TypedDict, total=False):
    """A page of webhooks, or all that match."""

    results: Required[list[WebhookInfo]]
    """In the requested order."""
    total_count: int
    """Total number of matches; absent with `count: false`."""
    next_token: str
    """The `page.token` of the next page, if there are more results. Send the same request with it."""
    explain: Explain
    """How they were read, if the request asked for it."""
