"""The sender's own id of a delivery: the same id again is the same delivery, sent again."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from event_api.normalizers.lenient import text
from event_api.normalizers.vendors import sns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_api.json_types import Json, JsonObject


_PLACEHOLDER = re.compile(r"<[^<>]*>|\{+[^{}]*\}+|\$\w+|\$\{.*\}")


def _id(value: Json) -> str | None:
    """Return an id, or None for a template that was not filled in, which would make all deliveries the same."""
    found = text(value)
    return None if found is None or _PLACEHOLDER.fullmatch(found) else found


@dataclass(frozen=True, slots=True)
class Source:
    """One convention: the id is all of ``headers``, or all of ``keys`` of a body with all of ``marks``.

    ``kind`` is also the scheme of its signatures (`event_api.signing.signatures.SCHEMES`), if there is one.
    """

    kind: str
    headers: tuple[str, ...]
    keys: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    def parts(self, body: JsonObject, headers: Mapping[str, str]) -> tuple[str, ...] | None:
        """Return what makes up the id, or None where this convention is not followed."""
        in_body = tuple(filter(None, (_id(body.get(key)) for key in self.keys)))
        if self.keys and len(in_body) == len(self.keys) and all(body.get(mark) for mark in self.marks):
            return in_body
        in_headers = tuple(filter(None, (_id(headers.get(name)) for name in self.headers)))
        return in_headers if len(in_headers) == len(self.headers) else None


SOURCES: Final = (
    Source("sns", headers=(sns.MESSAGE_ID_HEADER,), keys=("MessageId",), marks=("Type", "TopicArn")),
    # https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    Source("standard-webhooks", headers=("webhook-id",)),
    Source("github", headers=("x-github-delivery",)),
    # "source + id is unique for each distinct event": https://github.com/cloudevents/spec, section "id"
    Source("cloudevents", headers=("ce-source", "ce-id"), keys=("source", "id"), marks=("specversion", "type")),
    Source("idempotency-key", headers=("idempotency-key",)),
)
"""In order of precedence."""

_SAFE = re.compile(r"[A-Za-z0-9._~/@+=-]{1,128}", re.ASCII)


def sender_delivery_id(body: JsonObject | None, headers: Mapping[str, str], scheme: str | None = None) -> str | None:
    """Return the sender's id of this delivery as ``kind:id``, or None if it has none.

    ``body`` is None if it is not a JSON object; ``headers`` have lower-case names. ``scheme`` is how the sender signs:
    its own kind of id takes precedence, because an attacker could add another to a signed request. Ids of different
    kinds never meet. An id that is long, has odd characters or several parts is replaced by its SHA-256, so that the
    result fits into a key and into a response header.
    """
    for source in sorted(SOURCES, key=lambda source: source.kind != scheme):
        parts = source.parts(body or {}, headers)
        if parts is not None:
            return f"{source.kind}:{_written(parts)}"
    return None


def _written(parts: tuple[str, ...]) -> str:
    if len(parts) == 1 and _SAFE.fullmatch(parts[0]):
        return parts[0]
    return "sha256:" + hashlib.sha256(json.dumps(parts).encode()).hexdigest()
