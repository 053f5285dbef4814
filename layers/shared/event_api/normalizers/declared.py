"""A format as data: the paths, words and constants that make an event.

A *source* is a dotted path of object keys, as in `event_api.normalizers.rules`, a template such as ``{host}: {check}``,
which has a value if all of its paths have one, or a constant that begins with ``=``. The first source with a value
counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, dataclass_transform

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.elements import each
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.ids import is_id
from event_api.normalizers.lenient import at, first_line, plain_names, text

if TYPE_CHECKING:
    from datetime import datetime

    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

Sources = tuple[str, ...]
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


@dataclass_transform(kw_only_default=True, frozen_default=True)
class _Fields:
    """A dataclass to a type checker. Generating a real one's methods would take milliseconds of a cold start."""

    def __init__(self, **fields: object) -> None:
        self.__dict__.update(fields)


class Declared(_Fields):
    """How a body, or each element of its lists, becomes an event."""

    key: Sources
    """Ids, in templates such as ``pingdom:{check_id}``; one that is zero or a placeholder is skipped."""
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
    provider: Sources = ()
    account: Sources = ()
    image_url: Sources = ()
    occurred_at: Sources = ()
    ended_at: Sources = ()
    """These precede ``occurred_at`` for a RECOVERY."""
    info: Mapping[str, str] = _NO_TEXTS
    """Entries of additional_info."""
    elements: str = ""
    """The path of a list, each of whose elements makes an event, and finds the body as ``_``."""
    plain: bool = False
    """The body's own keys are read in lower case and without separators: ``HOST_STATE`` is ``hoststate``."""

    def normalize(self, payload: Payload) -> list[NormalizedEvent]:
        """Make the events of a payload. Raises NormalizeError if a body, or each element, has neither title nor id."""
        body = plain_names(payload.body) if self.plain else payload.body
        if not self.elements:
            event = self._event(body)
            return [] if event is None else [event]
        found = at(body, self.elements)
        if not isinstance(found, list):
            raise NormalizeError(f"{self.elements} is missing, or not a list")
        return each(found, lambda element: self._event({"_": body, **element}))

    def _event(self, body: JsonObject) -> NormalizedEvent | None:
        if any(at(body, path) in values for path, values in self.silent.items()):
            return None
        word, event_type = self._state(body)
        if event_type is None:
            return None
        key = next(filter(None, (_filled(source, body, is_key=True) for source in self.key)), None)
        title = first_line(_first(self.title, body))
        if key is None and title is None:
            raise NormalizeError("the body has neither a title nor an id")
        recovered = event_type is RECOVERY
        name, identity = _first(self.resource_name, body), _first(self.resource_id, body)
        has_resource = name is not None or identity is not None
        times = (*self.ended_at, *self.occurred_at) if recovered else self.occurred_at
        return NormalizedEvent(
            event_key=(key or self._named(body, title)) + self.parts.get(word, ""),
            event_type=event_type,
            title=title or key or "",
            severity=Severity.INFO if recovered else self._severity(body),
            description=_first(self.description, body),
            rule=_first(self.rule, body),
            resource=Resource(
                identity or name, _first(self.resource_type, body) if has_resource else None, name or identity
            ),
            provider=_first(self.provider, body) or "",
            account=_first(self.account, body) or "",
            image_url=_first(self.image_url, body),
            additional_info={name: found for name, source in self.info.items() if (found := _filled(source, body))},
            occurred_at=_time(times, body),
        )

    def _state(self, body: JsonObject) -> tuple[str, EventType | None]:
        first = ""
        for source in self.state:
            word = (_filled(source, body) or "").lower()
            if word in self.states:
                return word, self.states[word]
            first = first or word
        # Without a state, silence could hide a fault.
        return first, self.unknown_state if first else ALERT

    def _named(self, body: JsonObject, title: str | None) -> str:
        """Return a key of names, for a body without an id."""
        from event_api.normalizers.identity import identity  # noqa: PLC0415  # few bodies have no id

        names = {"id": self.resource_id, "name": self.resource_name, "rulename": self.rule}
        return identity({name: _first(sources, body) for name, sources in names.items()}, title)

    def _severity(self, body: JsonObject) -> Severity:
        words = [word.lower() for source in self.severity if (word := _filled(source, body))]
        found = next((self.severities[word] for word in words if word in self.severities), None)
        return found or (Severity.NONE if words else self.fault)


def _first(sources: Sources, body: JsonObject) -> str | None:
    return next(filter(None, (_filled(source, body) for source in sources)), None)


def _filled(source: str, body: JsonObject, *, is_key: bool = False) -> str | None:
    """Return the text of a source; of a key, only if its ids are."""
    if source.startswith("="):
        return source[1:]
    if "{" not in source:
        value = at(body, source)
        return text(value) if not is_key or is_id(value) else None
    values = {path: at(body, path) for path in _PLACE.findall(source)}
    if not all(map(is_id, values.values()) if is_key else (text(value) is not None for value in values.values())):
        return None
    return _PLACE.sub(lambda place: text(values[place[1]]) or "", source)


def _time(sources: Sources, body: JsonObject) -> datetime | None:
    return next(filter(None, (parse_time(at(body, source)) for source in sources)), None)
