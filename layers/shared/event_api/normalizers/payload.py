"""The input of a normalizer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from event_api.domain.body import HIDDEN_KEY
from event_api.normalizers.format_index import HEADERS_OF_FORMATS, RULES
from event_api.normalizers.lenient import mapping

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from event_api.json_types import Json, JsonObject

READ_HEADERS: Final = HEADERS_OF_FORMATS | {
    # the reading of the body
    "content-encoding",
    "content-type",
    # the sender's own id of the delivery
    "ce-id",
    "ce-source",
    "idempotency-key",
    "webhook-id",
    "x-amz-sns-message-id",
    "x-github-delivery",
}
"""Every request header, in lower case, whose value is read after the delivery was stored.

Only these values are stored with it, so none of them may be a secret.
"""

SEEN_HEADERS: Final = frozenset(name for _, rule in RULES for name in rule.headers) - READ_HEADERS
"""Headers whose presence identifies a format. Some hold a secret: their presence is stored, and no value."""

_HIDDEN: Final = "[hidden]"


def headers_to_store(headers: Mapping[str, str], access_key: str = "") -> dict[str, str]:
    """Return what of a request's headers, by names in lower case, is stored with the delivery; never its access key."""
    kept = {name: value for name, value in headers.items() if name in READ_HEADERS}
    if access_key:
        kept = {name: value.replace(access_key, HIDDEN_KEY) for name, value in kept.items()}
    return kept | dict.fromkeys(SEEN_HEADERS & headers.keys(), _HIDDEN)


@dataclass(frozen=True, slots=True)
class Payload:
    """One sender's request, parsed.

    ``content`` is the JSON that it sent: an object or array; a form is an object of its fields. Amazon SNS's raw
    delivery may bring text. ``headers`` have lower-case names, and need only be `headers_to_store`. ``received_at`` is
    when the delivery was stored, UTC.
    """

    content: Json = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    received_at: datetime
    envelopes: int = 0
    """From how many envelopes this was taken (`event_api.normalizers.envelopes`)."""

    @property
    def body(self) -> JsonObject:
        """The content if it is an object; else an empty object."""
        return mapping(self.content)
