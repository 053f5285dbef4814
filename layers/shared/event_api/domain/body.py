"""The sender's body: its JSON, and the ``raw_data`` that it becomes (section 1 of the contract)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from event_api.json_text import parse_json_lines, parse_sent_json, write_json
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
_MARK = b"\xef\xbb\xbf"
_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
"""The byte order marks of UTF-16 and UTF-32."""
_FORM = "form"  # common to the media types of forms
_MOST_BYTES = 4_194_304
"""Of a decompressed body, if its limit is not known: the most that `MaxBodyBytes` may be."""
_MARKUP = re.compile(r"[{<]|\[(?![A-Za-z][\w :.-]*\])")
"""The beginning of text that is meant for a parser, and not for a person; ``[FIRING] Disk full`` is for one."""


class UnreadableBodyError(ValueError):
    """The body holds nothing that a normalizer could read; ``str()`` says why, in words for a person."""


def _decoded(content: bytes, headers: Mapping[str, str], most_bytes: int) -> bytes | None:
    """Return a body decompressed and in UTF-8; None if its compression is another one, damaged, or hides too much."""
    encoding = headers.get("content-encoding", "").strip().lower()
    is_compressed = content.startswith(_GZIP) or encoding not in {"", "identity"}
    content_type = headers.get("content-type", "")
    if not is_compressed and not content.startswith(_MARKS) and "charset" not in content_type.lower():
        return content
    from event_api.domain import decoding  # noqa: PLC0415  # few senders compress, or use another encoding

    # Legible text was decompressed when it was received, or by a proxy that left the header.
    if is_compressed and not decoding.is_utf8(content):
        try:
            inflated = decoding.decompressed(content, most_bytes)
        except decoding.TooLargeError:
            return None
        if inflated is None:
            return None
        content = inflated
    return decoding.as_utf8(content, content_type)


def _plain_text(content: bytes) -> str | None:
    """Return a body that a person can read."""
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return None
    is_legible = any(map(str.isalnum, text)) and not any(one < " " and one not in "\t\r\n\f\v\x1b" for one in text)
    return text if is_legible and not _MARKUP.match(text) else None


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
    def received(
        cls,
        content: bytes,
        access_key: str = "",
        headers: Mapping[str, str] | None = None,
        most_bytes: int = _MOST_BYTES,
    ) -> Body:
        """Take a received body as UTF-8, without compression and without the access key that authenticated it.

        Readers must not learn the key, so it has to be legible here. A body that cannot be decoded, or has more than
        ``most_bytes`` then, stays as it is.
        """
        content = _decoded(content, headers or {}, most_bytes) or content
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
            lines = parse_json_lines(self.content)
            return (None, f"The body is not JSON: {error}.") if lines is None else (lines, None)

    def read_object(self) -> JsonObject:
        """Return the JSON object that the body holds, or an empty one."""
        value, _ = self._parsed
        return value if isinstance(value, dict) else {}

    def read_content(self, headers: Mapping[str, str], *, may_be_text: bool = False) -> Json:
        """Return what a normalizer reads: a JSON object or array, a form's fields as an object, or text.

        Newline-delimited JSON is an array. ``headers`` have lower-case names. Plain text is content if it
        ``may_be_text``, if Amazon SNS brings it, which may deliver what was published as it is, or in a CloudEvent in
        binary mode. Raises UnreadableBodyError for anything else.
        """
        decoded = _decoded(self.content, headers, _MOST_BYTES)
        if decoded is None:
            return self._read_undecoded(headers)
        body = self if decoded is self.content else Body(decoded)
        return body._read(headers, may_be_text=may_be_text)  # noqa: SLF001  # of the same class

    def _read_undecoded(self, headers: Mapping[str, str]) -> Json:
        """Return JSON whatever a header says of its compression; raise UnreadableBodyError for anything else."""
        value, _ = self._parsed
        if isinstance(value, dict | list):
            return value
        encoding = headers.get("content-encoding", "").strip().lower()
        if self.content.startswith(_GZIP) or encoding in {"gzip", "deflate"}:
            raise UnreadableBodyError("The body is compressed and is damaged, or is too large when it is decompressed.")
        raise UnreadableBodyError("The body is compressed in a way that is not accepted: use gzip or deflate.")

    def _read(self, headers: Mapping[str, str], *, may_be_text: bool) -> Json:
        value, reason = self._parsed
        if isinstance(value, dict | list):
            return value
        if reason is None:
            raise UnreadableBodyError("The body is a JSON plain value, neither an object nor an array.")
        if (SNS_TYPE_HEADER in headers or CLOUDEVENTS_HEADER in headers) and self.content.strip():
            return self.content.decode("utf-8", "replace")
        if (form := _read_form(self.content.removeprefix(_MARK), headers.get("content-type", ""))) is not None:
            return form
        if may_be_text and (plain := _plain_text(self.content)):
            return plain
        raise UnreadableBodyError(reason)

    def raw_data(self) -> JsonObject:
        """Return EventInfo's ``raw_data``: the object, or ``{"body": …}`` around any other body.

        Bytes that are not valid UTF-8 show as U+FFFD.
        """
        value, reason = self._parsed
        if isinstance(value, dict):
            return value
        return {"body": value if reason is None else self.content.decode("utf-8", "replace")}
