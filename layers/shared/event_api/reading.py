"""What a delivery says: its events, by the webhook's format, as rows to store. Pure, so that it can also be tried."""

from __future__ import annotations

from dataclasses import dataclass, replace

from event_api import ids, times
from event_api.jsontypes import JsonObject
from event_api.model import Delivery, EventType, NormalizedEvent, Severity, Webhook
from event_api.normalizers import NormalizeError, Payload, normalize, salvage
from event_api.raw import UnreadableBodyError

ERROR_KEY = "error-"
"""What the event_key of a delivery that could not be read starts with; its id follows."""
_SNS_FORMAT = "aws-sns"


@dataclass(frozen=True, slots=True)
class Reading:
    """The format that a delivery was read in, and its events with their positions.

    ``format`` is None where it could not be read; ``events`` then are one that tells that.
    """

    format: str | None
    events: list[tuple[int, NormalizedEvent]]


def read(webhook: Webhook, delivery: Delivery) -> Reading:
    """Read a delivery. What cannot be read is an ALERT with what a person could read of it, or an ERROR."""
    payload = None
    try:
        payload = payload_of(delivery)
        used, events = normalize(webhook.format or _signed_format(webhook), payload, webhook.mapping)
    except (UnreadableBodyError, NormalizeError) as error:
        salvaged = None
        if payload is not None and isinstance(error, NormalizeError) and error.may_be_salvaged:
            salvaged = salvage(payload, error.reason)
        event = _unreadable(webhook, delivery, str(error)) if salvaged is None else salvaged
        return Reading(None, [(ids.UNREADABLE, replace(event, event_key=_error_key(delivery)))])
    return Reading(used, list(enumerate(events)))


def _signed_format(webhook: Webhook) -> str | None:
    """Return the format that a webhook's sender is known by, None where its deliveries are to be detected.

    SNS signs some fields of a body, and no headers: what else somebody adds to it must not make it another's.
    """
    return _SNS_FORMAT if webhook.signing and webhook.signing.required and webhook.signing.scheme == "sns" else None


def payload_of(delivery: Delivery) -> Payload:
    """Return what a normalizer is given; raise UnreadableBodyError where there is nothing that it could read."""
    return Payload(delivery.body.read_content(delivery.headers), delivery.headers, delivery.received_at)


def _unreadable(webhook: Webhook, delivery: Delivery, reason: str) -> NormalizedEvent:
    """Return the ERROR event of a delivery that cannot be read."""
    return NormalizedEvent(
        event_key=_error_key(delivery),
        event_type=EventType.ERROR,
        title=f"Webhook Event Parsing Error - {webhook.name}",
        severity=Severity.CRITICAL,
        description=reason,
    )


def readable(webhook: Webhook, delivery: Delivery) -> NormalizedEvent:
    """Return the RECOVERY of a delivery that could not be read at first."""
    return NormalizedEvent(
        event_key=_error_key(delivery),
        event_type=EventType.RECOVERY,
        title=f"Webhook Event Parsed After All - {webhook.name}",
        severity=Severity.INFO,
        description="The delivery was read again; its events are stored.",
    )


def _error_key(delivery: Delivery) -> str:
    return f"{ERROR_KEY}{delivery.delivery_id.removeprefix('delivery-')}"


def row(delivery: Delivery, event_id: str, event: NormalizedEvent, alert_id: str | None) -> JsonObject:
    """Return an event as it is stored: EventInfo's fields, all but ``raw_data``."""
    return {
        "event_id": event_id,
        "event_key": event.event_key,
        "event_type": event.event_type.value,
        "title": event.title,
        "description": event.description,
        "severity": event.severity.value,
        "rule": event.rule,
        "resource": {
            "resource_id": event.resource.resource_id,
            "resource_type": event.resource.resource_type,
            "name": event.resource.name,
        },
        "provider": event.provider,
        "account": event.account,
        "image_url": event.image_url,
        "additional_info": event.additional_info,
        "alert_id": alert_id,
        "webhook_id": delivery.webhook_id,
        "project_id": delivery.project_id,
        "domain_id": delivery.domain_id,
        "created_at": times.to_iso(delivery.received_at),
        "occurred_at": None if event.occurred_at is None else times.to_iso(event.occurred_at),
    }
