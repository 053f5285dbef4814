"""Amazon SNS, whatever was published: the message is unwrapped and its own format found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from event_api.normalizers import sns
from event_api.normalizers.detection import GENERIC, detect
from event_api.normalizers.registry import load

if TYPE_CHECKING:
    from event_api.jsontypes import JsonObject
    from event_api.model import NormalizedEvent
    from event_api.normalizers.payload import Payload

NAME: Final = "aws-sns"
ALIASES: Final = ()

_CONTEXT = ("Subject", "Timestamp")
"""What the envelope can tell of a message that no format claims."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make the events of the message inside; plain text is one ALERT of severity INFO."""
    if sns.is_handshake(payload):
        return []
    message = sns.message(payload.body)
    if message is None:
        return [sns.text_event(payload)]
    name = detect(message, {})
    if name in {
        NAME,
        GENERIC,
    }:  # an envelope in an envelope is nobody's format, and unwrapping it need not end
        name, message = GENERIC, _with_context(message, payload.body)
    return load(name).normalize(replace(payload, body=message, headers={}))


def _with_context(message: JsonObject, envelope: JsonObject) -> JsonObject:
    return {key: envelope[key] for key in _CONTEXT if key in envelope} | message
