"""A format as data: the paths, words and constants that make an event.

A *source* is a dotted path of object keys and positions in lists, such as ``targets.0.name``, a template such as
``{host}: {check}``, which has a value if all of its paths have one, or a constant that begins with ``=``. The first
source with a value counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, dataclass_transform

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.ids import is_id
from event_api.normalizers.lenient import digest, first_line, mapping, plain_names, text, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

    Reader = Callable[[JsonObject], str | None]
    Prepare = Callable[[JsonObject], JsonObject]

Sources = tuple[str, ...]
Path = tuple[str, ...]
"""Keys of objects, and positions in lists."""
States = Mapping[str, EventType | None]
"""Words, in lower case, and the types that they mean; None makes no event."""

ALERT: Final = EventType.ALERT
RECOVERY: Final = EventType.RECOVERY

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "fatal": Severity.CRITICAL,
    "error": Severity.ERROR,
    "high": Severity.ERROR,
    "warning": Severity.WARNING,
    "medium": Severity.WARNING,
    "low": Severity.INFO,
    "info": Severity.INFO,
}
"""The usual words. A format that has others names its own."""

_PLACE: Final = re.compile(r"\{([^{}]+)\}")


_NO_STATES: Final[States] = {}
_NO_VALUES: Final[Mapping[str, tuple[Json, ...]]] = {}
_NO_TEXTS: Final[Mapping[str, str]] = {}
_NO_INFO: Final[Mapping[str, str | Sources]] = {}


@dataclass_transform(kw_only_default=True, frozen_default=True)
class _Fields:
    """A dataclass to a type checker. Generating a real one's methods would take milliseconds of a cold start."""

    def __init__(self, **fields: object) -> None:
        self.__dict__.update(fields)


class Declared(_Fields):
    """How a body becomes an event."""

    key: Sources
    """Ids, in templates such as ``pingdom:{check_id}``; one that is zero or a placeholder is skipped."""
    hashed: tuple[Sources, ...] = ()
    """The parts of a hash that is the key of a body without an id, if version 0.1 had such a key.

    The ids of such a format are not skipped: `event_api.normalizers.registry` adds the names to an empty one.
    """
    hashed_as: str = ""
    """Beginning of that key."""
    title: Sources
    state: Sources = ()
    """Each of these is looked up in ``states``; the first word that is known decides."""
    states: States = _NO_STATES
    unknown_state: EventType | None = ALERT
    """The type if there are words, and none is known. Without a word it is an ALERT."""
    silent: Mapping[str, tuple[Json, ...]] = _NO_VALUES
    """A body with one of these values at its path makes no event, whatever the state is."""
    severity: Sources = ()
    severities: Mapping[str, Severity] = SEVERITIES
    """Words in lower case; a word that is missing here is NONE, and no word is ``fault``."""
    fault: Severity = Severity.ERROR
    parts: Mapping[str, str] = _NO_TEXTS
    """Ends of the key by the word of the state: alerts of one object that do not end each other."""
    description: Sources = ()
    rule: Sources = ()
    resource_id: Sources = ()
    resource_name: Sources = ()
    resource_type: Sources = ()
    strict_resource: bool = False
    """A resource without an id, or a name, has none; else the one stands for the other."""
    provider: Sources = ()
    account: Sources = ()
    image_url: Sources = ()
    occurred_at: Sources = ()
    ended_at: Sources = ()
    """These precede ``occurred_at`` for a RECOVERY."""
    strict_end: bool = False
    """A RECOVERY has none of ``occurred_at``, which are the start in both messages."""
    info: Mapping[str, str | Sources] = _NO_INFO
    """Entries of additional_info."""
    info_of: Sources = ()
    """Paths of objects whose entries are entries of additional_info, too."""
    plain: bool = False
    """The body's own keys are read in lower case and without separators: ``HOST_STATE`` is ``hoststate``."""
    unset: re.Pattern[str] | None = None
    """The beginning of a text of the body that is a variable that the sender did not replace: it is left out."""
    prepare: Prepare | None = None
    """Adds values for paths, such as the fields in a text or the id in a URL; after ``plain`` and ``unset``."""

    def normalize(self, payload: Payload) -> list[NormalizedEvent]:
        """Make the event of a payload, if it makes one. Raises NormalizeError if it has neither a title nor an id."""
        body = plain_names(payload.body) if self.plain else payload.body
        if (unset := self.unset) is not None:
            body = {name: value for name, value in body.items() if not isinstance(value, str) or not unset.match(value)}
        if (prepare := self.prepare) is not None:
            body = prepare(body)
        event = self._event(body)
        return [] if event is None else [event]

    def _event(self, body: JsonObject) -> NormalizedEvent | None:
        if self.silent and any(_value(path, body) in values for path, values in self.silent.items()):
            return None
        word, event_type = self._state(body)
        if event_type is None:
            return None
        read = self._readers
        key = read.key(body)
        title = first_line(read.title(body))
        if key is None and title is None:
            names = ", ".join(dict.fromkeys((*self.title, *self.key)))
            raise NormalizeError(f"the body has neither a title nor an id: none of {names}")
        recovered = event_type is RECOVERY
        return NormalizedEvent(
            event_key=(key or self._named(body, title)) + self.parts.get(word, ""),
            event_type=event_type,
            title=title or key or "",
            severity=Severity.INFO if recovered else self._severity(body),
            description=read.description(body),
            rule=read.rule(body),
            resource=self._resource(body),
            provider=read.provider(body) or "",
            account=read.account(body) or "",
            image_url=read.image_url(body),
            additional_info=self._info(body),
            occurred_at=_time(read.ends if recovered else read.starts, body),
        )

    def _state(self, body: JsonObject) -> tuple[str, EventType | None]:
        first = ""
        for read in self._readers.states:
            word = (read(body) or "").lower()
            if word in self.states:
                return word, self.states[word]
            first = first or word
        # Without a state, silence could hide a fault.
        return first, self.unknown_state if first else ALERT

    def _named(self, body: JsonObject, title: str | None) -> str:
        """Return a key of names, for a body without an id."""
        if self.hashed:
            return self.hashed_as + digest(*(_reader(sources)(body) for sources in self.hashed))
        from event_api.normalizers.identity import identity  # noqa: PLC0415  # few bodies have no id

        names = {"id": self.resource_id, "name": self.resource_name, "rulename": self.rule}
        return identity({name: _reader(sources)(body) for name, sources in names.items()}, title)

    def _resource(self, body: JsonObject) -> Resource:
        read = self._readers
        name, identity = read.resource_name(body), read.resource_id(body)
        if self.strict_resource:
            return Resource(identity, read.resource_type(body), name)
        has_resource = name is not None or identity is not None
        return Resource(identity or name, read.resource_type(body) if has_resource else None, name or identity)

    def _info(self, body: JsonObject) -> dict[str, str]:
        info: dict[str, str] = {}
        for path in self.info_of:
            info |= texts(mapping(_value(path, body)))
        for name, read in self._readers.info:
            if found := read(body):
                info[name] = found
        return info

    def _severity(self, body: JsonObject) -> Severity:
        level = self.fault
        for read in self._readers.severities:
            if word := read(body):
                if found := self.severities.get(word.lower()):
                    return found
                level = Severity.NONE
        return level

    @cached_property
    def _readers(self) -> _Readers:
        return _Readers(self)


class _Readers:
    """The sources of a format as functions, made at its first event: no other pays for parsing them."""

    def __init__(self, declared: Declared) -> None:
        self.key = _first(map(_source_reader if declared.hashed else _key_reader, declared.key))
        self.states = tuple(_reader((source,)) for source in declared.state)
        self.severities = tuple(_reader((source,)) for source in declared.severity)
        self.title = _reader(declared.title)
        self.description = _reader(declared.description)
        self.rule = _reader(declared.rule)
        self.resource_id = _reader(declared.resource_id)
        self.resource_name = _reader(declared.resource_name)
        self.resource_type = _reader(declared.resource_type)
        self.provider = _reader(declared.provider)
        self.account = _reader(declared.account)
        self.image_url = _reader(declared.image_url)
        self.info = tuple(
            (name, _reader((source,) if isinstance(source, str) else source)) for name, source in declared.info.items()
        )
        self.starts = tuple(map(_path, declared.occurred_at))
        self.ends = (*map(_path, declared.ended_at), *(() if declared.strict_end else self.starts))


@cache
def _reader(sources: Sources) -> Reader:
    """Return a function that finds the first text."""
    return _first(map(_source_reader, sources))


def _first(found: Iterable[Reader]) -> Reader:
    readers = tuple(found)
    if len(readers) <= 1:
        return readers[0] if readers else lambda _: None

    def first(body: JsonObject) -> str | None:
        for read in readers:
            if found := read(body):
                return found
        return None

    return first


def _source_reader(source: str) -> Reader:
    paths, texts_around = _parsed(source)
    if texts_around != ("", ""):
        return _template_reader(paths, texts_around, text)
    first, *others = paths[0]

    def at_key(body: JsonObject) -> str | None:
        value = body.get(first)
        return value.strip() or None if isinstance(value, str) else None if value is None else text(value)

    def at_path(body: JsonObject) -> str | None:
        value = body.get(first)
        if value is None:
            return None
        value = value.get(others[0]) if isinstance(value, dict) and len(others) == 1 else _at(value, others)
        return value.strip() or None if isinstance(value, str) else text(value)

    return at_path if others else at_key


def _key_reader(source: str) -> Reader:
    return _template_reader(*_parsed(source), _id)


def _id(value: Json) -> str | None:
    return text(value) if is_id(value) else None


def _template_reader(
    paths: tuple[Path, ...], texts_around: tuple[str, ...], read: Callable[[Json], str | None]
) -> Reader:
    before, *rest = texts_around
    parts = tuple(zip(paths, rest, strict=True))

    def filled(body: JsonObject) -> str | None:
        found = before
        for path, after in parts:
            value = read(body.get(path[0]) if len(path) == 1 else _at(body, path))
            if value is None:
                return None
            found += value + after
        return found

    return filled


@cache
def _parsed(source: str) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Return the paths in a source, and the texts around them: one more than paths."""
    if source.startswith("="):
        return (), (source[1:],)
    parts = _PLACE.split(source) if "{" in source else ["", source, ""]
    return tuple(tuple(path.split(".")) for path in parts[1::2]), tuple(parts[::2])


def _at(value: Json, path: Iterable[str]) -> Json:
    for key in path:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _path(source: str) -> Path:
    """Return the path that a source is."""
    return _parsed(source)[0][0]


def _value(source: str, body: JsonObject) -> Json:
    return _at(body, _path(source))


def _time(paths: tuple[Path, ...], body: JsonObject) -> datetime | None:
    for path in paths:
        if found := parse_time(_at(body, path)):
            return found
    return None
