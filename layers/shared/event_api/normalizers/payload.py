"""What a normalizer is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from event_api.jsontypes import JsonObject

READ_HEADERS: Final = frozenset(
    {
        "ce-id",
        "ce-source",
        "content-encoding",
        "idempotency-key",
        "webhook-id",
        "x-amz-sns-message-id",
        "x-amz-sns-message-type",
        "x-github-delivery",
    }
)
"""Every request header, in lower case, that detection, a normalizer, `sender_ids` or the reading of the body reads.

Only these are stored with a delivery, so none of them may carry a secret.
"""


@dataclass(frozen=True, slots=True)
class Payload:
    """One sender's request, parsed.

    ``body`` is the JSON object it sent. ``headers`` have lower-case names, and need only be `READ_HEADERS`.
    ``received_at`` is when the delivery was stored, UTC.
    """

    body: JsonObject = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    received_at: datetime
