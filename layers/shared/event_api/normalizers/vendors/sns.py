"""Amazon SNS over HTTP: the envelope around a message, with or without raw delivery.

Source: https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html and
https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.body import SNS_TYPE_HEADER
from event_api.domain.event import EventType, Severity
from event_api.domain.normalized import NormalizedEvent
from event_api.domain.times import parse_time
from event_api.json_text import parse_json
from event_api.json_types import JsonObject
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_line, first_text, text, texts

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

TOPIC_HEADER: Final = "x-amz-sns-topic-arn"
MESSAGE_ID_HEADER: Final = "x-amz-sns-message-id"

HANDSHAKES: Final = frozenset({"SubscriptionConfirmation", "UnsubscribeConfirmation"})
TYPES: Final = HANDSHAKES | {"Notification"}


def is_envelope(body: JsonObject) -> bool:
    """Whether a body with a ``Type`` has one of SNS's."""
    return text(body.get("Type")) in TYPES


def is_handshake(payload: Payload) -> bool:
    """Whether SNS asks to confirm a subscription, or reports the end of one: no event."""
    return first_text(payload.body.get("Type"), payload.headers.get(SNS_TYPE_HEADER)) in HANDSHAKES


def message(payload: Payload) -> JsonObject | None:
    """Return the published JSON object, or None for plain or empty text.

    With raw delivery the body is the message itself; only the headers show that SNS brought it.
    """
    body = payload.body
    if "Message" not in body:
        return None if is_envelope(body) or not body else body
    published = body["Message"]
    if isinstance(published, str):
        try:
            published = parse_json(published)
        except ValueError:
            return None
    return published if isinstance(published, dict) else None


def text_of(payload: Payload) -> str | None:
    """Return what was published, as text."""
    return text(payload.content if isinstance(payload.content, str) else payload.body.get("Message"))


def text_event(payload: Payload) -> NormalizedEvent:
    """Make the event of a message that only a person can read: nothing in it could correlate it with others.

    Raises NormalizeError if there is neither a Subject nor a Message to read.
    """
    body = payload.body
    published = text_of(payload)
    title = first_text(body.get("Subject"), first_line(published))
    if title is None:
        raise NormalizeError("the SNS notification has neither a Subject nor a Message")
    topic = first_text(body.get("TopicArn"), payload.headers.get(TOPIC_HEADER))
    return NormalizedEvent(
        event_key=first_text(body.get("MessageId"), payload.headers.get(MESSAGE_ID_HEADER)) or digest(payload.content),
        event_type=EventType.ALERT,
        title=title,
        severity=Severity.INFO,
        description=published,
        provider="aws",
        account=arn_part(topic, ARN_ACCOUNT) or "",
        additional_info=texts({"TopicArn": topic}),
        occurred_at=parse_time(body.get("Timestamp")),
    )


ARN_REGION: Final = 3
ARN_ACCOUNT: Final = 4


def arn_part(arn: str | None, part: int) -> str | None:
    """Return a part of ``arn:partition:service:region:account:resource``, or None."""
    parts = (arn or "").split(":", 5)
    return (parts[part] or None) if parts[0] == "arn" and len(parts) > part else None
