"""The rules that detect a sender's format, as data, so that the index holds them without the formats' modules.

A rule holds if all of its parts do. Headers beat bodies: a rule that names headers or content types is tried before the
others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from event_api.normalizers.lenient import at

if TYPE_CHECKING:
    from event_api.json_types import Json


@dataclass(frozen=True, slots=True)
class Rule:
    """Claims a request; paths are dotted names of object keys, and names of headers are in lower case.

    A rule on an array as the body (``of_array``) holds only if that has an element.
    """

    headers: tuple[str, ...] = ()
    """These are there, whatever they say."""
    content_types: tuple[str, ...] = ()
    """The body's media type, without its parameters, is one of these."""
    keys: tuple[str, ...] = ()
    """These paths are there, and not null."""
    values: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    """Each of these paths has one of its values."""
    starts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Each of these paths has text that starts with one of these."""
    absent: tuple[str, ...] = ()
    """These paths are not there; null is there."""
    nulls: tuple[str, ...] = ()
    """These paths are there, and null."""
    unless: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    """None of these paths has one of its values."""
    some: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Each of these paths has a list, and some element of it has these paths, or it is empty."""
    of_array: bool = False
    """The body is an array, and all that is said of bodies holds of some element of it."""
    lines: tuple[str, ...] = ()
    """The body is text, and each of these begins one of its lines."""

    @property
    def is_about_headers(self) -> bool:
        """Whether it is asked first."""
        return bool(self.headers or self.content_types)

    @property
    def size(self) -> int:
        """How much it asks for: of two rules that hold, the larger one knows better."""
        texts = (self.keys, self.values, self.starts, self.absent, self.nulls, self.unless, self.lines)
        conditions = (*texts, *self.some.values())
        return sum(map(len, conditions))

    @property
    def first_key(self) -> str | None:
        """A key that each object of this rule has; None if the rule names no key, or is about other bodies."""
        if self.of_array or self.lines:
            return None
        needed = (*self.keys, *self.values, *self.starts, *self.nulls, *self.some)
        return needed[0].partition(".")[0] if needed else None

    def claims(self, content: Json, headers: Mapping[str, str]) -> bool:
        """Whether a request is in this rule's format."""
        if not all(name in headers for name in self.headers):
            return False
        if self.content_types and media_type(headers) not in self.content_types:
            return False
        if self.lines:
            return isinstance(content, str) and all(_begins_a_line(content, words) for words in self.lines)
        if self.of_array:
            return isinstance(content, list) and any(map(self._holds, content))
        return not self.size or (isinstance(content, dict) and self._holds(content))

    def _holds(self, body: Json) -> bool:
        return (
            all(at(body, path) is not None for path in self.keys)
            and all(_is_one_of(at(body, path), values) for path, values in self.values.items())
            and all(_starts(at(body, path), prefixes) for path, prefixes in self.starts.items())
            and not any(_is_there(body, path) for path in self.absent)
            and all(_is_there(body, path) and at(body, path) is None for path in self.nulls)
            and not any(_is_one_of(at(body, path), values) for path, values in self.unless.items())
            and all(_one_has(at(body, path), keys) for path, keys in self.some.items())
        )


def media_type(headers: Mapping[str, str]) -> str:
    """Return the content type in lower case and without its parameters, or an empty string."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_one_of(value: Json, values: tuple[Json, ...]) -> bool:
    # 1 == True == 1.0 in Python, and no sender means that.
    return any(type(value) is type(one) and value == one for one in values)


def _starts(value: Json, prefixes: tuple[str, ...]) -> bool:
    return isinstance(value, str) and value.startswith(prefixes)


def _begins_a_line(text: str, words: str) -> bool:
    return text.startswith(words) or f"\n{words}" in text


def _is_there(body: Json, path: str) -> bool:
    parent, _, key = path.rpartition(".")
    owner = at(body, parent) if parent else body
    return isinstance(owner, dict) and key in owner


def _one_has(value: Json, paths: tuple[str, ...]) -> bool:
    if not isinstance(value, list):
        return False
    return not value or any(all(at(one, path) is not None for path in paths) for one in value)
