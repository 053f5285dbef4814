"""Normalization: the events that a delivery makes, by the webhook's format. Pure, so that it can be tried as well."""

from __future__ import annotations

from dataclasses import dataclass, replace

from event_api.domain import ids, times
from event_api.domain.alert import Alert
from event_api.domain.body import UnreadableBodyError
from event_api.domain.delivery import Delivery
from event_api.domain.event import Event, EventType, Severity
from event_api.domain.normalized import NormalizedEvent
from event_api.domain.webhook import Webhook
from event_api.normalizers import NormalizeError, Payload, fallback_event, normalize

ERROR_KEY = "error-"
"""Prefix of the event_key of a delivery that could not be read; its id follows."""
_SNS_FORMAT = "aws-sns"


@dataclass(frozen=True, slots=True)
class NormalizedDelivery:
    """The format that a delivery was read in, and its events with their positions.

    ``format`` is None if the delivery could not be read; ``events`` then holds the one event that reports it.
    """

    format: str | None
    events: list[tuple[int, NormalizedEvent]]

    @property
    def only_event(self) -> NormalizedEvent | None:
        """The event of a delivery that was read and makes one, else None."""
        return self.events[0][1] if self.format is not None and len(self.events) == 1 else None


def read(webhook: Webhook, delivery: Delivery) -> NormalizedDelivery:
    """Normalize a delivery. One that cannot be read becomes an ALERT of its legible part, or an ERROR."""
    payload = None
    try:
        # A sender without a format may post a sentence; a format's sender has posted something else than usual.
        payload = payload_of(delivery, may_be_text=webhook.format in {None, "generic"} and webhook.mapping is None)
        used, events = normalize(webhook.format or _signed_format(webhook), payload, webhook.mapping)
    except (UnreadableBodyError, NormalizeError) as error:
        salvaged = None
        if payload is not None and isinstance(error, NormalizeError) and error.has_fallback:
            salvaged = fallback_event(payload, error.reason)
        event = _unreadable(webhook, delivery, str(error)) if salvaged is None else salvaged
        return NormalizedDelivery(None, [(ids.ERROR_POSITION, replace(event, event_key=_error_key(delivery)))])
    return NormalizedDelivery(used, list(enumerate(events)))


def _signed_format(webhook: Webhook) -> str | None:
    """Return the format that the webhook's signing implies, or None if the format is to be detected.

    SNS signs some fields of a body, and no headers: an addition to it must not turn it into another sender's.
    """
    return _SNS_FORMAT if webhook.signing and webhook.signing.required and webhook.signing.scheme == "sns" else None


def payload_of(delivery: Delivery, *, may_be_text: bool = False) -> Payload:
    """Return a normalizer's input; raise UnreadableBodyError if the body has no readable content."""
    content = delivery.body.read_content(delivery.headers, may_be_text=may_be_text)
    return Payload(content, delivery.headers, delivery.received_at)


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


def event_of(delivery: Delivery, event_id: str, event: NormalizedEvent, alert: Alert | None) -> Event:
    """Return the event to store; ``raw_data`` stays with the delivery."""
    return Event(
        event_id=event_id,
        event_key=event.event_key,
        event_type=event.event_type.value,
        title=event.title,
        description=event.description,
        severity=event.severity.value,
        rule=event.rule,
        resource=event.resource,
        provider=event.provider,
        account=event.account,
        image_url=event.image_url,
        additional_info={**event.additional_info},
        alert_id=None if alert is None else alert.alert_id,
        webhook_id=delivery.webhook_id,
        project_id=delivery.project_id,
        domain_id=delivery.domain_id,
        created_at=times.to_iso(delivery.received_at),
        occurred_at=None if event.occurred_at is None else times.to_iso(event.occurred_at),
    )
