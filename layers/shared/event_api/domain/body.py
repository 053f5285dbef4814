"""The sender's body: its JSON, and the ``raw_data`` that it becomes (section 1 of the contract)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from event_api.json_text import parse_sent_json, write_json
from event_api.json_types import Json, JsonObject

SNS_TYPE_HEADER = "x-amz-sns-message-type"
"""Amazon SNS sends it with each of its messages."""

CLOUDEVENTS_HEADER = "ce-specversion"
"""Says that the headers are a CloudEvent's attributes and the body is its data, which may be text or XML."""

_REQUEST_KEYS = {"data", "webhook_id", "access_key"}
HIDDEN_KEY = "[access key]"
"""Replaces the sender's own access key wherever the body contains it."""
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
"""All that Python's parser reads JSON in."""
_GZIP = b"\x1f\x8b"
_FORM = "form"  # common to the media types of forms


class UnreadableBodyError(ValueError):
    """The body holds nothing that a normalizer could read; ``str()`` says why, in words for a person."""


def _read_form(content: bytes, content_type: str) -> JsonObject | None:
    if _FORM not in content_type.lower():
        return None
    from event_api.domain.forms import read_form  # noqa: PLC0415  # few senders post forms

    return read_form(content, content_type)


@dataclass(frozen=True)
class Body:
    """A sender's body as it is stored: ``content``, and whether that is the ``data`` of a CreateEventRequest.

    Of a CreateEventRequest only ``data`` is kept.
    """

    content: bytes = field(repr=False)
    unwrapped: bool = False

    @classmethod
    def received(cls, content: bytes, access_key: str = "") -> Body:
        """Take a received body and replace the access key that authenticated it: readers must not learn it."""
        for encoding in _ENCODINGS if access_key else ():
            content = content.replace(access_key.encode(encoding), HIDDEN_KEY.encode(encoding))
        body = cls(content)
        value, _ = body._parsed
        if isinstance(value, dict) and value.keys() <= _REQUEST_KEYS and isinstance(data := value.get("data"), dict):
            return cls.of(data)
        return body

    @classmethod
    def of(cls, raw_data: JsonObject) -> Body:
        """Take what is the ``raw_data`` already, as from a CreateEventRequest or an imported event."""
        return cls(write_json(raw_data).encode(), unwrapped=True)

    @cached_property
    def _parsed(self) -> tuple[Json, str | None]:
        """Return the JSON value, and the reason for its absence."""
        if not self.content.strip():
            return None, "The body is empty."
        try:
            return parse_sent_json(self.content), None
        except ValueError as error:
            return None, f"The body is not JSON: {error}."

    def read_object(self) -> JsonObject:
        """Return the JSON object that the body holds, or an empty one."""
        value, _ = self._parsed
        return value if isinstance(value, dict) else {}

    def read_content(self, headers: Mapping[str, str]) -> Json:
        """Return what a normalizer reads: the JSON object or array, or a form's fields as an object.

        ``headers`` have lower-case names. Plain text is content only where Amazon SNS brings it, which may deliver
        what was published as it is, or a CloudEvent in binary mode. Nothing is decompressed: a small body could become
        a huge one. Raises UnreadableBodyError for anything else.
        """
        value, reason = self._parsed
        if isinstance(value, dict | list):
            return value
        if reason is None:
            raise UnreadableBodyError("The body is a JSON plain value, neither an object nor an array.")
        encoding = headers.get("content-encoding", "").strip().lower()
        if self.content.startswith(_GZIP) or encoding not in {"", "identity"}:
            raise UnreadableBodyError("The body is compressed, which is not accepted: send it as it is.")
        if (SNS_TYPE_HEADER in headers or CLOUDEVENTS_HEADER in headers) and self.content.strip():
            return self.content.decode("utf-8", "replace")
        if (form := _read_form(self.content, headers.get("content-type", ""))) is not None:
            return form
        raise UnreadableBodyError(reason)

    def raw_data(self) -> JsonObject:
        """Return EventInfo's ``raw_data``: the object, or ``{"body": …}`` around any other body.

        Bytes that are not valid UTF-8 show as U+FFFD.
        """
        value, reason = self._parsed
        if isinstance(value, dict):
            return value
        return {"body": value if reason is None else self.content.decode("utf-8", "replace")}
