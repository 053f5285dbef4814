"""A webhook's own format: which of its body's values are an event's fields, as data that an operator writes.

A mapping is a JSON object, documented in docs/formats.md:

    {"split": "alerts",
     "fields": {"event_key": "id",
                "title": "join(': ', [host, check])",
                "event_type": {"path": "state", "values": {"firing": "ALERT", "ok": "RECOVERY", "ack": null}},
                "provider": {"constant": "acme"},
                "resource.name": "host",
                "additional_info.runbook": "links.runbook"}}

Paths are JMESPath (https://jmespath.org/specification.html), compiled when a mapping is set and when it is used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import jmespath
from jmespath.exceptions import JMESPathError

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, severity, text
from event_api.normalizers.limits import check_number
from event_api.normalizers.words import ENDED, SEVERITIES

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

MAX_PATH: Final = 1_000
"""Characters of a path."""
MAX_GROWTH: Final = 1_000
"""The most times that a match may occur in a path's result: lists of itself, in lists of itself, and so on."""
MAX_PARTS: Final = 10_000
"""Of a value that is an object or a list."""
MAX_INFO: Final = 50
"""Entries of additional_info."""
WHOLE: Final = "_body"
"""The name by which a split-off element finds the whole body, unless it is not an object, or has that name itself."""

INFO: Final = "additional_info."
FIELDS: Final = (
    "event_key",
    "event_type",
    "title",
    "severity",
    "description",
    "rule",
    "resource.resource_id",
    "resource.resource_type",
    "resource.name",
    "provider",
    "account",
    "image_url",
    "occurred_at",
)
"""The fields that a mapping may fill, in addition to ``additional_info.<name>``."""
_NEEDED: Final = frozenset({"title", "rule", "event_key"})
_SEVERITIES: Final = {**SEVERITIES, **{str(one).lower(): one for one in Severity}}
_CANNOT: Final = (JMESPathError, ArithmeticError, RecursionError, TypeError, ValueError, AttributeError)
_WORDS: Final = {"event_type": [str(one) for one in EventType], "severity": [str(one) for one in Severity]}


_MULTIPLYING: Final = frozenset({"multi_select_list", "multi_select_dict"})


class MappingError(ValueError):
    """A mapping cannot be used; ``str()`` says what is wrong with which part."""


@dataclass(frozen=True, slots=True)
class _Source:
    """The source of a field's value: a path, or a constant; through a map of values, and with a default."""

    path: Any = None  # jmespath ships no types, here and below
    constant: Json = None
    values: JsonObject | None = None
    default: Json = None

    def value(self, document: Json) -> Json:
        """Return the field's value, or None."""
        found = self._found(document)
        if self.values is not None and (word := _text(found)) is not None:
            # A word that is not in the map has no meaning to the mapping.
            found = self.values.get(word, self.values.get(word.lower()))
        return self.default if found is None else found

    def fails(self, document: Json) -> bool:
        """Whether the path cannot be evaluated, as a function on a value of another type than it takes."""
        if self.path is None:
            return False
        try:
            self.path.search(document)
        except _CANNOT:
            return True
        return False

    def leaves_out(self, document: Json) -> bool:
        """Whether the map says of a value that it makes no event: it has it, as null."""
        if self.values is None:
            return False
        word = _text(self._found(document))
        return word in self.values and self.values[word] is None

    def _found(self, document: Json) -> Json:
        return self.constant if self.path is None else _search(self.path, document)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping that was read."""

    split: Any
    fields: dict[str, _Source]

    def events(self, payload: Payload) -> list[NormalizedEvent]:
        """Make the events of a payload: one, or one per element if it is split.

        Raises NormalizeError if no element has a title or an event_key, or there is nothing to split.
        """
        documents = [one for one in self._documents(payload.content) if not self._is_left_out(one)]
        events = [event for event in map(self._event, documents) if event is not None]
        unread = len(documents) - len(events)
        if unread and not events:
            raise NormalizeError(self._reason(documents[0]))
        # Those that can be read are not lost for one that cannot.
        return [replace(one, additional_info=one.additional_info | _told(unread)) for one in events]

    def _documents(self, content: Json) -> list[Json]:
        if self.split is None:
            return [content]
        elements = _search(self.split, content)
        if not isinstance(elements, list):
            raise NormalizeError("the value that the mapping splits is not a list")
        check_number(elements)
        return [{WHOLE: content, **one} if isinstance(one, dict) else one for one in elements]

    def _is_left_out(self, document: Json) -> bool:
        kind = self.fields.get("event_type")
        return kind is not None and kind.leaves_out(document)

    def _reason(self, document: Json) -> str:
        """Return why there is neither a title nor an event_key: nothing is there, or a path cannot be evaluated."""
        failing = [name for name in self.fields if name in _NEEDED and self.fields[name].fails(document)]
        told = f"; on such a body the path of {' and of '.join(failing)} cannot be evaluated" if failing else ""
        return f"the mapping finds neither a title nor an event_key{told}"

    def _event(self, document: Json) -> NormalizedEvent | None:
        texts = {name: _text(source.value(document)) for name, source in self.fields.items()}
        title = texts.get("title") or texts.get("rule")
        event_key = texts.get("event_key")
        if title is None and event_key is None:
            return None
        resource = Resource(
            resource_id=texts.get("resource.resource_id"),
            resource_type=texts.get("resource.resource_type"),
            name=texts.get("resource.name"),
        )
        when = self.fields.get("occurred_at")
        return NormalizedEvent(
            event_key=event_key or digest(title, texts.get("rule"), resource.resource_id, resource.name),
            event_type=_event_type(texts.get("event_type")),
            title=title or event_key or "",
            severity=severity(texts.get("severity"), _SEVERITIES, Severity.NONE),
            description=texts.get("description"),
            rule=texts.get("rule"),
            resource=resource,
            provider=texts.get("provider") or "",
            account=texts.get("account") or "",
            image_url=texts.get("image_url"),
            additional_info={
                name.removeprefix(INFO): value for name, value in texts.items() if name.startswith(INFO) and value
            },
            occurred_at=None if when is None else parse_time(when.value(document)),
        )


def read(mapping: Json) -> Mapping:
    """Read a mapping; raise MappingError naming what is wrong with it."""
    if not isinstance(mapping, dict):
        raise MappingError("it is not a JSON object")
    if unknown := mapping.keys() - {"split", "fields"}:
        raise MappingError(f"it has what is unknown: {', '.join(sorted(unknown))}")
    fields = mapping.get("fields")
    if not isinstance(fields, dict) or not fields:
        raise MappingError("'fields' is missing, or no object with at least one field")
    if sum(name.startswith(INFO) for name in fields) > MAX_INFO:
        raise MappingError(f"it fills more than {MAX_INFO} entries of additional_info")
    sources = {name: _source(name, told) for name, told in fields.items()}
    if "title" not in fields and "event_key" not in fields:
        raise MappingError("'fields' has neither a title nor an event_key")
    return Mapping(None if mapping.get("split") is None else _compiled("split", mapping["split"]), sources)


def _source(name: str, told: Json) -> _Source:
    if name not in FIELDS and not (name.startswith(INFO) and name != INFO):
        raise MappingError(f"'{name}' is not a field; the fields are {', '.join(FIELDS)} and {INFO}<name>")
    if isinstance(told, str):
        return _Source(path=_compiled(name, told))
    if not isinstance(told, dict) or (("path" in told) == ("constant" in told)):
        raise MappingError(f"'{name}' must be a path, or an object with either 'path' or 'constant'")
    if unknown := told.keys() - {"path", "constant", "values", "default"}:
        raise MappingError(f"'{name}' has what is unknown: {', '.join(sorted(unknown))}")
    values = told.get("values")
    if values is not None and not isinstance(values, dict):
        raise MappingError(f"'values' of '{name}' is not an object")
    constants = [told.get("default"), *(values or {}).values()]
    if values is None and "constant" in told:
        constants.append(told["constant"])
    for constant in constants:
        _check_word(name, constant)
    return _Source(
        path=_compiled(name, told["path"]) if "path" in told else None,
        constant=told.get("constant"),
        values=values,
        default=told.get("default"),
    )


def _check_word(name: str, constant: Json) -> None:
    words = _WORDS.get(name)
    if words is not None and constant is not None and str(constant).upper() not in words:
        raise MappingError(f"'{constant}' is not an allowed {name}; these are {', '.join(words)}")
    if isinstance(constant, dict | list):
        raise MappingError(f"a value of '{name}' is an object or an array")


def _compiled(name: str, path: Json) -> Any:  # noqa: ANN401  # jmespath ships no types
    if not isinstance(path, str) or not 0 < len(path) <= MAX_PATH:
        raise MappingError(f"the path of '{name}' is not text of 1 to {MAX_PATH} characters")
    try:
        compiled = jmespath.compile(path)
    except (JMESPathError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise MappingError(f"the path of '{name}' is not JMESPath: {reason}") from None
    if _growth(compiled.parsed) > MAX_GROWTH:
        raise MappingError(f"the path of '{name}' could make more than {MAX_GROWTH} times of what it finds")
    return compiled


def _growth(expression: dict[str, Any]) -> int:  # jmespath ships no types
    """Return how many times a value may occur in a path's result, at the most."""
    growth, waiting = 1, [expression]
    while waiting:
        node = waiting.pop()
        if node["type"] in _MULTIPLYING:
            growth *= len(node["children"])
        elif node["type"] == "function_expression" and node["value"] == "to_string":
            growth *= 2  # it puts a backslash before each quote and backslash
        waiting += [child for child in node["children"] if isinstance(child, dict)]
    return growth


def _search(path: Any, document: Json) -> Json:  # noqa: ANN401  # jmespath ships no types
    try:
        found: Json = path.search(document)
    except _CANNOT:
        # A function got a value of another type than it takes: the body does not match the mapping there.
        return None
    return found


def _told(unread: int) -> dict[str, str]:
    return {"unreadable_elements": str(unread)} if unread else {}


def _text(value: Json) -> str | None:
    """Return a value's text; None for a value with more parts than a person reads.

    A path can build a value that was never sent: a list of itself, twice, and so on, which would exceed any memory when
    it is written.
    """
    waiting, seen = [value], 0
    while waiting:
        seen += 1
        if seen > MAX_PARTS:
            return None
        part = waiting.pop()
        waiting += part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return text(value)


def _event_type(word: str | None) -> EventType:
    said = (word or "").lower()
    return EventType.RECOVERY if said in ENDED else _EVENT_TYPES.get(said, EventType.ALERT)


_EVENT_TYPES: Final = {str(kind).lower(): kind for kind in EventType}
