"""Amazon SNS, whatever was published: the message is unwrapped and its own format found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.body import SNS_TYPE_HEADER
from event_api.domain.normalized import KeyScope
from event_api.domain.times import parse_time
from event_api.normalizers import envelopes
from event_api.normalizers.rules import Rule
from event_api.normalizers.vendors import sns

if TYPE_CHECKING:
    from event_api.domain.normalized import NormalizedEvent
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "aws-sns"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(headers=(SNS_TYPE_HEADER,)),
    Rule(keys=("TopicArn", "MessageId"), values={"Type": tuple(sorted(sns.TYPES))}),
)
HEADERS: Final = (SNS_TYPE_HEADER, sns.TOPIC_HEADER)

_CONTEXT = ("Subject", "Timestamp")
"""The envelope's facts about a message that no format claims."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make the events of the message inside; text that no format claims is one ALERT of severity INFO."""
    if sns.is_handshake(payload):
        return []
    message = sns.message(payload)
    content = sns.text_of(payload) if message is None else message
    published_at = parse_time(payload.body.get("Timestamp")) if sns.is_envelope(payload.body) else None
    events = envelopes.claimed(payload, content, at=published_at)
    if events is not None:
        return events
    if message is None:
        return [sns.text_event(payload)]
    return envelopes.unclaimed(payload, _with_context(message, payload.body))


def _with_context(message: JsonObject, envelope: JsonObject) -> JsonObject:
    return {key: envelope[key] for key in _CONTEXT if key in envelope} | message
