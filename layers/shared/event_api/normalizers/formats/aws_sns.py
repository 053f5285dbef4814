"""Amazon SNS, whatever was published: the message is unwrapped and its own format found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.normalizers import nesting, sns
from event_api.normalizers.rules import Rule
from event_api.raw import SNS_TYPE_HEADER
from event_api.times import parse_time

if TYPE_CHECKING:
    from event_api.jsontypes import JsonObject
    from event_api.model import NormalizedEvent
    from event_api.normalizers.payload import Payload

NAME: Final = "aws-sns"
ALIASES: Final = ()
RULES: Final = (
    Rule(headers=(SNS_TYPE_HEADER,)),
    Rule(keys=("TopicArn", "MessageId"), values={"Type": tuple(sorted(sns.TYPES))}),
)
HEADERS: Final = (SNS_TYPE_HEADER, sns.TOPIC_HEADER)

_CONTEXT = ("Subject", "Timestamp")
"""What the envelope can tell of a message that no format claims."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make the events of the message inside; text that no format claims is one ALERT of severity INFO."""
    if sns.is_handshake(payload):
        return []
    message = sns.message(payload)
    content = sns.text_of(payload) if message is None else message
    published_at = parse_time(payload.body.get("Timestamp")) if sns.is_envelope(payload.body) else None
    events = nesting.claimed(payload, content, at=published_at)
    if events is not None:
        return events
    if message is None:
        return [sns.text_event(payload)]
    return nesting.unclaimed(payload, _with_context(message, payload.body))


def _with_context(message: JsonObject, envelope: JsonObject) -> JsonObject:
    return {key: envelope[key] for key in _CONTEXT if key in envelope} | message
