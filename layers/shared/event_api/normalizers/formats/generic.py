"""Payloads that no other format claims: the words and names that most tools use, wherever they put them.

`event_api.normalizers.words` has them; here is how a body is searched for them.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.json_text import parse_json
from event_api.normalizers import words
from event_api.normalizers.elements import each
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.identity import (
    NAMING,
    PARENTS,
    describes,
    identity,
    is_prose,
    is_run,
    is_state,
    names_a_thing,
    tells_a_state,
)
from event_api.normalizers.ids import is_id, is_of_a_delivery
from event_api.normalizers.lenient import digest, first_line, first_text, items, mapping, plain_names, text, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "generic"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = ()

UNTITLED: Final = "Event without a title"

FORMER_KEYS: Final = (
    "eventkey",
    "alertkey",
    "dedupkey",
    "dedupekey",
    "deduplicationkey",
    "fingerprint",
    "incidentkey",
    "correlationid",
    "alertid",
    "incidentid",
    "problemid",
    "issueid",
    "alarmid",
    "id",
)
"""Names of the keys that version 0.1 read."""

_SEVERAL: Final = 2
_FEW_PAIRS: Final = 3
"""Signs of equality that a query or a link may have."""
_MOST_VALUES: Final = 1_000
_MOST_ELEMENTS: Final = 3
_CONDITION: Final = "condition type"
"""The name of a condition in its object; no plain name has a blank."""
_MOST_CONDITIONS: Final = 20
_MOST_BLOCKS: Final = 20
_MOST_OWNERS: Final = 4
"""Objects whose lists may be of alarms."""
_MOST_FIELDS: Final = 200
"""Fields of an object that are read although no table has their names."""
_MOST_DEPTH: Final = 8
_MOST_TEXT: Final = 10_000
_MOST_NAME: Final = 3
"""Words of a name; more of them are a title."""
_MOST_LETTERS: Final = 80
"""Letters of a state, or of the name of a field."""
_MOST_TITLE: Final = 300
"""Characters of a title that are searched for a state or a severity."""
_MOST_EMBEDDED: Final = 100_000
"""Characters of a JSON text in a string that is read."""

# The order in which objects are asked.
_SUBJECT, _CONTENT, _TOP, _OTHER, _AROUND, _PARENT = range(6)
_CLOSE: Final = (_SUBJECT, _CONTENT, _TOP)

_ALL_TITLES: Final = tuple(name for names in words.TITLES for name in names)
_NO_ENDINGS: Final = frozenset(
    {*_ALL_TITLES, *words.RESOURCE_NAMES, "username", "commitmessage", "statename", "statusname", "organizationname"}
)
_EVENT_NAME: Final = re.compile(r"[A-Za-z][\w-]*([.:/][\w-]+)+|[A-Za-z]+(_[A-Za-z]+)+|[a-z]+([A-Z][a-z]+)+")
_OPAQUE: Final = re.compile(r"[\d\W_]*|[0-9a-fA-F-]{16,}|(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}")
_REFERENCE: Final = re.compile(r"(?!refs/|/)#?(?=[^\s]{0,60}\d)[\w./:#-]{3,60}")
"""An id that a person reads: ``8841``, ``INC-42``, ``quorum/hv03``."""
_TICKET: Final = re.compile(r"[A-Z]{2,8}[-_]?\d{2,12}")
"""The number of a ticket: ServiceNow's ``INC0091734``."""
_LABEL: Final = re.compile(
    r"(?:[\W_]|:[a-z][a-z_]*:)*(?:\[[^\]]{1,20}\]|[\w ]{1,20}:|[A-Z]{4,}\b|(?:P|S|SEV-?)[0-5]\b)"
)
"""The beginning of a text that may state its severity: ``[WARNING]``, ``Critical:``, ``ERROR``."""
_CAPITALS: Final = re.compile(r"\b[A-Z]{4,}\b")
_PAIR: Final = re.compile(r"(?<![^\s,;|(])([^\W\d_][\w.-]{0,40})=(?:\"([^\"]*)\"|([^\s,;|\"]+))")
_MARKED_PAIR: Final = re.compile(r"\*([^*\n]{1,60}?) ?:?\*:?\s{0,3}(\S[^\n]*)\s*")
"""A block of Slack that has a name and a value: ``*Severity:*\\nP2``."""
_WHOLE_LINE: Final = re.compile(r"^[ \t]*([^\W\d_][\w.-]{0,40})[ \t]?=[ \t]?([^\s\"][^\n]*)$", re.MULTILINE)
_LINE_PAIR: Final = re.compile(
    r"^[ \t*>•-]*([^\W\d][\w/-]{0,20}(?: [\w/]{1,20}){0,2})"
    r"(?:[ \t*.]*[:\uff1a]|[ \t]\.{3,})[ \t*]*(\S[^\n]*?)[ \t\r]*$",
    re.MULTILINE,
)
"""Fields in a text: ``host=db-1`` (logfmt), a line such as ``subject=Disk full``, and lines such as ``Host: db-1``."""
_BANNER: Final = re.compile(r"[*=#_~<>+-]{2,}|[^\n]{0,80}\bv\.?\d{1,3}\b|[^\n]{0,80}\bversion \d", re.IGNORECASE)
"""A first line that is not about the alarm: it is drawn, or has a program's version."""
_OUTPUT: Final = re.compile(
    r"^[ \t]*(?:[\w]{1,20} ){0,2}(?:output|log|logs|stdout|stderr|stack ?trace|traceback)[ \t]?:[ \t\r]*$",
    re.MULTILINE | re.IGNORECASE,
)
"""A line after which a program's output follows, whose lines are not fields."""
_INNER_TEXTS: Final = (
    *("label", "name", "value", "text", "state", "status", "current", "description", "is", "now", "to", "code", "key"),
)
"""Names within an object that stands in place of a state or a severity: MoniTao, GuardDuty."""


_INNER_SENTENCES: Final = ("text", "short", "brief", "summary", "title", "en", "default")
_KNOWN_NAMES: Final = frozenset(
    {
        *_ALL_TITLES,
        *words.STATES,
        *words.EVENT_NAMES,
        *words.KINDS,
        *words.TIMES,
        *words.RESOURCES,
        *words.JOBS,
        *words.RULES,
        *(name for names in words.SEVERITY_NAMES for name in names),
    }
)
_OWN_STATES: Final = frozenset(
    {*words.STATES, *(name for names in words.SEVERITY_NAMES[:3] for name in names)} - {"to"}
)
_OWN_FIELDS: Final = _OWN_STATES | {"description", "message", "text", "details", "summary", "title"}
"""Names that mean the same after their object's."""
_RATING_NAMES: Final = (
    *(*words.FALSE_IF_ENDED, *words.SEVERITY_NAMES[0], *words.SEVERITY_NAMES[1], *words.STATES),
    *(*words.ENDED_TIMES, *words.SEVERITY_NAMES[2], *words.SEVERITY_NAMES[5]),
)
_SENTENCE_NAMES: Final = (*words.TITLES[0], *words.TITLES[3])
_PLACE_NAMES: Final = (*words.RESOURCE_NAMES, *words.RESOURCES)


class _Level:
    """One object of a body by its fields' plain names, and the last plain name of its path."""

    __slots__ = ("fields", "name", "rank")  # not a dataclass, which takes longer to make than all else here

    def __init__(self, rank: int, name: str, fields: JsonObject) -> None:
        self.rank, self.name, self.fields = rank, name, fields


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of an object, or one per element of an array, or of a list of alarms in the object.

    Events are ALERTs of severity NONE unless they state otherwise. Raises NormalizeError without any object.
    """
    content = _unwrapped(payload.content)
    if isinstance(content, list):
        content = _pairs(content) or content
    if isinstance(content, dict):
        if _is_a_test(content):
            return []
        listed = _listed_alarms(content)
        if listed is None:
            return [_event(content)]
        outer, elements = listed
        around = _levels(outer, top=_AROUND)
        return each(elements, lambda element: _event(element, around, outer, must_be_titled=True))
    if isinstance(content, list) and items(content):
        return each(content, _event)
    if isinstance(content, str) and (title := first_line(content)):
        return [_text_event(title, content)]
    raise NormalizeError("the body is neither an object nor an array of objects")


def _is_a_test(content: JsonObject) -> bool:
    """Whether a sender tries the connection, or says that it runs: an event's name says so."""
    kinds = (value for name, value in content.items() if isinstance(value, str) and _means(name) in words.EVENT_NAMES)
    names = {"".join(words.tokens(value[:_MOST_LETTERS])) for value in kinds}
    return bool(names & words.TESTS) or (bool(names & words.PINGS) and _says_only_that_it_runs(names, content))


def _says_only_that_it_runs(names: set[str], content: JsonObject) -> bool:
    """Whether a ping has no result, and no sentence but that the sender runs. A host's ping names the host."""
    levels = _levels(content)
    is_bad = any(words.is_true(level.fields.get(name)) for level in levels for name in words.FALSE_IF_UP)
    has_state = any(True for level in levels for _ in _states(level)) or any(map(_by_flag, levels))
    if is_bad or has_state or "severity" in _signs(content):
        return False
    close = [level for level in levels if level.rank in _CLOSE]
    told = [*filter(_has_blank, _texts(close, (*_SENTENCE_NAMES, *words.EXPLANATIONS))), *_telling(levels)]
    if told:
        return not any(map(_says_other_than_alive, told))
    names_one = any(isinstance(level.fields.get(name), str) for level in levels[:1] for name in _PLACE_NAMES)
    return bool(names & words.LIFE_SIGNS) or ("ping" in names and not names_one)


def _says_other_than_alive(sentence: str) -> bool:
    others, found = words.ALIVE.subn(" ", sentence)
    return not found or not (words.STANDING | words.NEGATIONS).isdisjoint(words.tokens(others))


def _text_event(title: str, content: str) -> NormalizedEvent:
    """Return the event of a text that a person wrote, or a script for one."""
    if fields := _written_fields(content):
        says_little = len(words.tokens(title)) < _SEVERAL and bool(_signs(fields) & {"title"})
        own = _levels(fields)[:1]
        told = chain(_texts(own, _SENTENCE_NAMES), filter(_has_blank, _texts(own, (*words.PROBLEMS, "event"))))
        has_title = next(told, None) is not None
        is_titled = has_title or says_little or _is_banner(title, fields) or _is_field(title, fields)
        return replace(_event(fields if is_titled else {"title": title, **fields}), description=content)
    ended = bool(_by_title(title))
    key = identity({}, title)
    return NormalizedEvent(
        event_key=key,
        former_keys=(key,),
        event_type=EventType.RECOVERY if ended else EventType.ALERT,
        title=title,
        severity=Severity.INFO if ended else _labelled(title) or Severity.NONE,
        description=None if content.strip() == title else content,
        additional_info={"format": NAME},
    )


def _written_fields(content: str) -> JsonObject:
    """Return the fields that a text has as pairs of name and value, if there are several."""
    head = _OUTPUT.split(content[:_MOST_TEXT], maxsplit=1)[0]
    pairs: JsonObject = {}
    first, *_ = [*filter(str.strip, head.splitlines()), ""]
    for line in head.splitlines():
        found = _PAIR.findall(line)
        if len(found) < _SEVERAL and (whole := _WHOLE_LINE.match(line)):
            pairs[whole[1]] = whole[2].strip()
        else:
            pairs |= {name: quoted or bare for name, quoted, bare in found}
    lines: JsonObject = {name: value for name, value in _LINE_PAIR.findall(head) if not _is_headline(name, first)}
    written = lines if len(lines) > len(pairs) else pairs
    return written if len(written) >= _SEVERAL else {}


def _may_hold_fields(name: str, value: str) -> bool:
    """Whether a text may have fields: a message of several lines, or a line of a log."""
    return ("\n" in value and name in words.CHAT) or value.count("=") > _FEW_PAIRS


def _is_headline(name: str, first: str) -> bool:
    """Whether what precedes a colon states something, as in ``Cron job FAILED: vacuum on db-1``."""
    found = words.tokens(name)
    is_said = bool(found) and (found[-1] in words.ENDED | words.STANDING | {"alert"} or found[-1] in words.SEVERITIES)
    return is_said and (len(found) > 1 or first.lstrip(" \t*>•-").startswith(name))


def _is_field(line: str, fields: JsonObject) -> bool:
    """Whether a text's first line is one of its fields."""
    return any(line.startswith((f"{name}=", f"{name} =", f"{name}:")) for name in fields)


def _is_banner(line: str, fields: JsonObject) -> bool:
    """Whether a text's first line is the name of the program that sent it, and its fields say what happened."""
    return _BANNER.match(line) is not None and not tells_a_state(line) and "title" in _signs(fields)


def _says_ended(title: str) -> bool:
    title = title[:_MOST_TITLE]
    if words.ENDED_TITLE.match(title):
        return True
    found = set(words.tokens(title))
    capitals = words.CLEAR_LEVELS & {word.lower() for word in _CAPITALS.findall(title)}
    said = words.ENDED_SENTENCE.search(title) or (words.STATED.search(title) and not capitals)
    return bool(said) and not words.NEGATIONS & found


def _labelled(title: str) -> Severity | None:
    """Return the severity that a title begins with, or that is in it in capitals."""
    title = title[:_MOST_TITLE]
    label = _LABEL.match(title)
    stated = words.severity_of(label[0].replace("*", "")) if label else None
    capitals = (word.lower() for word in _CAPITALS.findall(title))
    return stated or next((words.SEVERITIES[word] for word in capitals if word in words.CLEAR_LEVELS), None)


def read_titled(content: Json) -> NormalizedEvent | None:
    """Return the event of a body, or of an array's first object, if there is anything in it that could be a title.

    A text under a name that no table has could be anything.
    """
    body = content if isinstance(content, dict) else next(iter(items(content)), {})
    event = _event(body)
    levels = _levels(body)
    guesses = (*_unknown_names(levels), *_unknown_sentences(levels))
    return None if event.title in {UNTITLED, *guesses} else event


def _event(
    body: JsonObject,
    around: Iterable[_Level] = (),
    outer: JsonObject | None = None,
    *,
    must_be_titled: bool = False,
) -> NormalizedEvent:
    """Return an alarm's event; ``around`` are the objects in the one ``outer`` that its list lies in."""
    fields = _Fields(_levels(body), list(around))
    others: JsonObject = {name: value for name, value in (outer or {}).items() if not isinstance(value, list)}
    place: JsonObject = {name: others.pop(name) for name in [*others] if _plain(name) in words.RESOURCES}
    title, stable_title = fields.title()
    key = fields.key()
    if must_be_titled and title is None and key is None:
        raise NormalizeError("an element has neither a title nor an id")
    ended = fields.has_ended(title, stable_title)
    description = fields.text(words.DESCRIPTIONS)
    rule = fields.text(words.RULES)
    resource = _resource(fields)
    times = (*words.ENDED_TIMES, *words.TIMES) if ended else words.TIMES
    return NormalizedEvent(
        event_key=key
        or identity(
            mapping(_readable({**place, **fields.identifying(body)})),
            stable_title,
            mapping(_readable(_without_ids(others))),
        ),
        former_keys=(fields.text(FORMER_KEYS) or _former_key(body, stable_title, rule, fields),),
        event_type=EventType.RECOVERY if ended else EventType.ALERT,
        title=title or (UNTITLED if _OPAQUE.fullmatch(key or "") else key) or UNTITLED,
        severity=Severity.INFO if ended else fields.severity(),
        description=None if description == title else description,
        rule=rule,
        resource=resource,
        provider=fields.text(("provider", "cloudprovider")) or "",
        account=fields.text(("account", "accountid")) or "",
        image_url=fields.text(("imageurl",)),
        additional_info=_additional_info(body),
        occurred_at=next(filter(None, map(parse_time, fields.all(times))), None),
    )


# --- Where a body has what -----------------------------------------------------------------------------------------


def _levels(body: JsonObject, top: int = _TOP) -> list[_Level]:
    """Return the objects in a body, the outermost first; of a list, the first few, and no more than a person reads."""
    found: list[_Level] = []
    waiting: deque[tuple[Json, tuple[str, ...], int]] = deque([(body, (), top)])
    for _ in range(_MOST_VALUES):
        if not waiting:
            break
        value, path, rank = waiting.popleft()
        if isinstance(value, list) and (pairs := _pairs(value)):
            value, rank = pairs, rank if path[-1] in words.SUBJECTS else max(rank, _OTHER)
        if isinstance(value, list):
            first = _changed_first(value[:_MOST_CONDITIONS]) if _are_conditions(value) else value
            shown = sorted(first[:_MOST_BLOCKS], key=_prominence) if _are_blocks(first) else first
            waiting.extend((one, path, rank) for one in shown[:_MOST_ELEMENTS] if isinstance(one, dict))
            continue
        if not isinstance(value, dict):
            continue
        fields = _with_condition(_plain_fields(value))
        own_rank = _OTHER if rank == _CONTENT and not _says_much(fields) else rank
        is_first = len(path) == 1 or (len(path) > 1 and path[-2] in words.CONTENTS)
        is_alarm = rank == _OTHER and is_first and path[-1] not in words.RUNS and _is_told_and_rated(fields)
        own_rank = _SUBJECT if is_alarm or (_CONDITION in fields and path[-1:] == ("condition",)) else own_rank
        found.append(_Level(own_rank, path[-1] if path else "", fields))
        if len(path) < _MOST_DEPTH:
            for name, inner in fields.items():
                opened = _written_fields(inner) if isinstance(inner, str) and _may_hold_fields(name, inner) else inner
                if isinstance(opened, dict | list) and opened and name not in words.PREVIOUS:
                    waiting.append((opened, (*path, name), _rank(name, rank, top)))
    return found


def _pairs(values: list[Json]) -> JsonObject:
    """Return the fields of a list of objects that have a name and a value each, as in messages of chats."""
    found: JsonObject = {}
    for one in values:
        if not isinstance(one, dict):
            return {}
        pair = _pair(one)
        if pair is None:
            return {}
        found.setdefault(*pair)
    return found if len(found) == len(values) else {}


def _pair(block: JsonObject) -> tuple[str, Json] | None:
    inner = next(iter(block.values())) if len(block) == 1 else block
    fields = {key.lower(): one for key, one in (inner if isinstance(inner, dict) else block).items()}
    told = fields.get("text")
    if isinstance(told, str) and (marked := _MARKED_PAIR.fullmatch(told[:_MOST_TITLE])):
        return marked[1], marked[2]
    name = first_text(*(fields.get(key) for key in words.PAIR_NAMES))
    values = words.PAIR_VALUES if "toplabel" not in fields else ("text", "content")
    value = next((key for key in values if key in fields), None)
    return None if name is None or value is None else (name, fields[value])


def _unwrapped(value: Json, depth: int = 0) -> Json:
    """Return a body in which a field's value stands in place of an object around it, if most fields have one."""
    if depth > _MOST_DEPTH:
        return value
    if isinstance(value, list):
        return [_unwrapped(one, depth + 1) if isinstance(one, dict | list) else one for one in value]
    if not isinstance(value, dict):
        return value
    wrappers = [one for one in value.values() if isinstance(one, dict)]
    is_wrapped = len(value) > _SEVERAL and 2 * len(wrappers) > len(value)
    if is_wrapped and 2 * sum(len(_bare(one)) for one in wrappers) > len(value):
        value = {name: next(iter(_bare(one)), one) if isinstance(one, dict) else one for name, one in value.items()}
    return {
        name: _unwrapped(inner, depth + 1) if isinstance(inner, dict | list) else inner for name, inner in value.items()
    }


def _bare(value: JsonObject) -> tuple[Json, ...]:
    """Return what an object wraps, a word rather than its number; nothing if it has fields of its own."""
    fields = plain_names(value)
    if len(fields) == 1 and not words.TYPED.isdisjoint(fields):
        return (*fields.values(),)
    if "value" not in fields or not words.WRAPPING.issuperset(fields):
        return ()
    return (fields["value"] if text(fields.get("displayvalue")) is None else fields["displayvalue"],)


def _plain_fields(value: JsonObject) -> JsonObject:
    fields = {name: _opened(name, inner) for name, inner in plain_names(value).items()}
    for name, inner in value.items():
        # The parts of a title may be objects: {"service": {"name": ...}, "host": {"name": ...}}.
        if isinstance(inner, dict) and _plain(name) in words.NAMED:
            named = first_text(inner.get("display_name"), inner.get("displayName"), inner.get("name"))
            if named is not None:
                fields.setdefault(f"{_plain(name)}name", named)
    if isinstance(hit := value.get("_source"), dict):
        fields["hit"] = hit
        fields.pop("source")
    for name in [one for one in fields if one.startswith(words.PREFIXES)]:
        prefix = next(one for one in words.PREFIXES if name.startswith(one))
        fields.setdefault(name.removeprefix(prefix), fields[name])
    for name in list(fields):
        own = words.OF_A_SUBJECT.fullmatch(name)
        if own and isinstance(fields[name], str) and not words.NO_STATES.match(name):
            meant = own[2] if own[2] in _OWN_FIELDS else own[1] + own[2]
            fields.setdefault(meant, fields[name])
        if (meaning := words.TRANSLATIONS.get(words.folded(name))) is not None:
            fields.setdefault(meaning, fields[name])
    return fields


def _changed_first(values: list[Json]) -> list[Json]:
    """Return conditions, those that are not as they should be first, then those that changed last."""
    latest_first = sorted(items(values), key=lambda one: text(one.get("lastTransitionTime")) or "", reverse=True)
    return [*sorted(latest_first, key=lambda one: _condition(one) is True)]


def _are_blocks(values: list[Json], depth: int = 0) -> bool:
    """Whether a list has texts of a card, each with how it looks, or lists of them."""
    return any(
        ("text" in one and not words.LOOKS.isdisjoint(one))
        or (depth < _SEVERAL and _are_blocks([*items(one.get("items"))], depth + 1))
        for one in items(values[:_MOST_ELEMENTS])
    )


def _prominence(block: Json) -> int:
    """Return where a block of a card belongs: its title is large or bold, and the sender's name small or pale."""
    if not isinstance(block, dict):
        return 0
    if inner := [one for one in items(block.get("items")) if "items" not in one]:
        return min(map(_prominence, inner[:_MOST_BLOCKS]))
    looks = {str(block.get(name)).lower() for name in words.LOOKS}
    return -1 if looks & words.LARGE else int(block.get("isSubtle") is True or bool(looks & words.SMALL))


def _condition(fields: JsonObject) -> bool | None:
    return words.condition(fields.get("type"), fields.get("status", fields.get("to")), fields.get("reason"))


def _are_conditions(values: list[Json]) -> bool:
    return any(_condition(one) is not None for one in items(values[:_MOST_ELEMENTS]))


def _with_condition(fields: JsonObject) -> JsonObject:
    """Return the fields of a condition as of Kubernetes with a state instead of a truth value, else the same fields."""
    is_fine = _condition(fields)
    if is_fine is None:
        return fields
    rest = {name: value for name, value in fields.items() if name != "type"}
    return {**rest, "status": "inactive" if is_fine else "active", _CONDITION: fields["type"]}


def _readable(value: Json, depth: int = 0) -> Json:
    """Return a value with names in English, and with fields in place of pairs and of texts that hold some."""
    if isinstance(value, list):
        return _readable(pairs, depth) if (pairs := _pairs(value)) else [_readable(one, depth + 1) for one in value]
    if not isinstance(value, dict) or depth > _MOST_DEPTH:
        return value
    found: JsonObject = {}
    for name, inner in value.items():
        plain = _plain(name)
        opened = _opened(plain, inner)
        written = _written_fields(opened) if isinstance(opened, str) and _may_hold_fields(plain, opened) else {}
        meaning = words.TRANSLATIONS.get(words.folded(plain), name)
        found[name if meaning in found else meaning] = _readable(written or opened, depth + 1)
    return found


def _opened(name: str, value: Json) -> Json:
    """Return the JSON that the text of a wrapper holds, else the value."""
    if not isinstance(value, str) or name not in words.CONTENTS | words.SUBJECTS or not value.startswith("{"):
        return value
    try:
        return parse_json(value) if len(value) <= _MOST_EMBEDDED else value
    except ValueError:
        return value


def _rank(name: str, outer: int, top: int) -> int:
    if top == _AROUND:
        return _PARENT if PARENTS.match(name) else _AROUND
    if name in words.SUBJECTS:
        return _SUBJECT
    if name in words.PLACES:
        return _PARENT
    if name in words.RULES and outer == _SUBJECT:
        return _OTHER
    if PARENTS.match(name) or outer == _PARENT:
        return _PARENT
    if outer == _SUBJECT and (name in words.CONTENTS or name in {"metadata", "fields"}):
        return _SUBJECT
    is_content = name in words.CONTENTS or (name.endswith(words.CONTENT_ENDINGS) and name != "metadata")
    if is_content and outer != _OTHER:
        return _CONTENT
    return _OTHER


def _is_told_and_rated(fields: JsonObject) -> bool:
    """Whether an object under an unknown name is an alarm: it has a sentence, and a state or a severity."""
    told = (fields.get(name) for name in (*_SENTENCE_NAMES, *words.EXPLANATIONS, *words.PROBLEMS))
    is_told = any(isinstance(one, str) and _has_blank(one) for one in told) or any(
        _telling([_Level(_OTHER, "", fields)])
    )
    return is_told and any(isinstance(fields.get(name), str | int) for name in _RATING_NAMES)


def _says_much(fields: JsonObject) -> bool:
    return any(name in fields for name in (*_ALL_TITLES, *words.STATES, *words.OBJECTS, *words.JOBS))


class _Fields:
    """A body's fields by their plain names (``Alert_Id`` is ``alertid``): the alarm's own before those around it."""

    def __init__(self, levels: list[_Level], around: list[_Level]) -> None:
        self._outermost_first = levels
        self._levels = [*sorted(levels, key=_order), *around]

    def _at(self, *ranks: int) -> Iterator[_Level]:
        return (level for level in self._levels if level.rank in ranks)

    def all(self, names: tuple[str, ...]) -> Iterator[Json]:
        """Yield what has one of these names and a value: object by object, in the order of the names."""
        return (
            level.fields[name]
            for level in self._at(*_CLOSE, _OTHER, _AROUND)
            for name in names
            if name in level.fields and text(level.fields[name]) is not None
        )

    def first(self, names: tuple[str, ...]) -> Json:
        """Return the first of `all`, or None."""
        return next(self.all(names), None)

    def text(self, names: tuple[str, ...]) -> str | None:
        """Return the text of the first of `all` that is neither an object nor a list."""
        return text(next((value for value in self.all(names) if not isinstance(value, dict | list)), None))

    def text_of_endings(self, endings: tuple[str, ...]) -> str | None:
        """Return the text of a field of the alarm whose name ends so, such as ``device_hostname``."""
        return next(_endings(self._at(*_CLOSE), endings), None)

    def has_object(self, names: frozenset[str]) -> bool:
        """Whether one of the objects has such a name."""
        return any(level.name in names for level in self._levels)

    # --- the key

    def key(self) -> str | None:
        """Return the alarm's own id, or else the id of the object that is watched."""
        alarms = [one for one in self._at(_SUBJECT) if one.name not in words.WATCHED]
        watched = [one for one in self._at(_SUBJECT) if one.name in words.WATCHED]
        close = list(self._at(*_CLOSE))
        places = (
            (close, words.KEYS[0]),
            (self._at(_OTHER), words.KEYS[0]),
            (close, words.KEYS[1]),
            (alarms, words.OWN_KEYS),
            ([level for level in alarms if level.name in words.SUBJECTS], ("key", "number", "no", "nr")),
            (close, words.OBJECT_KEYS),
            (watched, words.OWN_KEYS),
            ([level for level in self._at(_CONTENT, _TOP) if not self._is_envelope(level)], words.OWN_KEYS),
        )
        for levels, names in places:
            for level in levels:
                if names is words.OWN_KEYS and is_run(level.fields):
                    continue
                for name in names:
                    value = level.fields.get(name)
                    if is_id(value) and not (names is words.OWN_KEYS and is_of_a_delivery(value)):
                        host = self.text(words.HOSTS) if name in words.CHECK_KEYS else None
                        return text(value) if host is None else f"{text(value)}:{host}"
        references = (text(level.fields.get(name)) for level in close for name in words.REFERENCES)
        numbers = (text(level.fields.get("number")) for level in alarms)
        ids = (
            *(one for one in references if one is not None and _REFERENCE.fullmatch(one)),
            *(one for one in numbers if one is not None and _TICKET.fullmatch(one)),
        )
        return next((one for one in ids if not is_of_a_delivery(one)), None)

    def _is_envelope(self, level: _Level) -> bool:
        """Whether an object is about the delivery, and another names what it is about: its id is not the alarm's."""
        if level.rank == _TOP:
            names_an_object = any(
                NAMING.search(name) and is_id(value)
                for content in self._at(_SUBJECT, _CONTENT)
                if content.name not in words.ENVELOPES
                for name, value in content.fields.items()
            )
            return names_an_object and _is_named(level)
        return level.name in words.ENVELOPES and not any(
            name in level.fields for names in words.TITLES[:4] for name in names
        )

    def identifying(self, body: JsonObject) -> JsonObject:
        """Return the body without the ids of the delivery."""
        envelopes = {level.name for level in self._levels if self._is_envelope(level)}
        return {
            name: _without_ids(value) if _plain(name) in envelopes and isinstance(value, dict) else value
            for name, value in (_without_ids(body) if "" in envelopes else body).items()
        }

    # --- the title

    def title(self) -> tuple[str | None, str | None]:
        """Return the title, and its part that is the same for the alarm's end."""
        return self._stated_title() or self._told_title() or self._named_title() or (None, None)

    def _stated_title(self) -> tuple[str, str] | None:
        """Return what the alarm itself calls its title or its name."""
        close = list(self._at(*_CLOSE))
        titles, names, name, sentences, *_ = words.TITLES
        if title := next(chain(_texts(close, titles), _endings(close, words.TITLE_ENDINGS[0])), None):
            return title, title
        rules = [level for level in self._at(_OTHER, _PARENT) if level.name in words.DEFINITIONS]
        if rule := next(filter(_has_blank, _texts(rules, ("name", "title"))), None):
            return rule, rule
        if composed := _composed(close):
            return composed
        if title := next(_texts(close, (*names, *name)), None):
            known = _texts(close, (*sentences, *words.EXPLANATIONS, "rule"))
            message = next(chain(filter(_is_sentence, known), _telling(close)), None)
            # A name says little to a person.
            says_much = len(words.tokens(title)) > _MOST_NAME and not _EVENT_NAME.fullmatch(title)
            if message is None or title == message or says_much:
                return title, title
            return (message if title in message else f"{title}: {message}"), title
        return None

    def _told_title(self) -> tuple[str, str] | None:
        """Return a sentence about the alarm, with the name of what it is about."""
        close, others = list(self._at(*_CLOSE)), list(self._at(_OTHER, _AROUND, _PARENT))
        titles, _, _, sentences, kinds, *_ = words.TITLES
        if problem := next(filter(_has_blank, _texts(close, words.PROBLEMS)), None):
            return problem, problem
        event = filter(_has_blank, _texts(close, kinds))
        messages = tuple(name for name in sentences if name not in words.DETAILS)
        told_of = chain(_texts(close, messages), event, _telling(close), _texts(close, words.DETAILS))
        if message := next(filter(_is_sentence, told_of), None):
            return _with_object(message, close, others), message
        explained = filter(_is_sentence, _texts(close, words.EXPLANATIONS))
        ended = filter(_is_sentence, _endings(close, words.TITLE_ENDINGS[1]))
        explanation = next(chain(explained, ended, _telling(close)), None)
        if thing := next(_texts(close, words.OBJECTS), None):
            if explanation is not None:
                return f"{thing}: {explanation}", thing
            place = next((one for one in _texts(close, _PLACE_NAMES) if one not in thing and _is_place(one)), None)
            return (f"{thing} on {place}" if place else thing), thing
        if explanation is not None:
            return _with_object(explanation, close, others), explanation
        told = (
            *filter(_is_sentence, _texts((one for one in others if _CONDITION in one.fields), sentences)),
            *filter(_has_blank, _texts(self._at(_OTHER, _AROUND), titles)),
        )
        return (told[0], told[0]) if told else None

    def _named_title(self) -> tuple[str, str] | None:
        """Return the kind of the alarm and the name of an object; without either, any sentence."""
        close, weak = list(self._at(*_CLOSE)), list(self._at(_OTHER, _AROUND))
        rules = [level for level in self._at(_OTHER, _PARENT) if level.name in words.RULES]
        places = [level for level in self._at(_PARENT) if level.name in words.PLACES]
        titles, names, name, sentences, _, here, addresses = words.TITLES
        endings = words.TITLE_ENDINGS[2]
        objects = (
            *filter(_is_name, _endings(close, endings)),
            *_texts(rules, ("name", "title", "description")),
            *filter(_is_place, _texts(close, here)),
            *(one for tier in (titles, names, name) for one in _texts(weak, tier)),
            *filter(_is_sentence, _texts(weak, (*sentences, *words.OBJECTS, *words.EXPLANATIONS))),
            *_endings(weak, endings),
            *filter(_is_place, _texts([*close, *weak], _PLACE_NAMES)),
            *filter(_is_place, _texts(weak, here)),
            *_texts(places, ("label", *name, *here)),
            *_texts(close, words.JOBS),
            *_texts([level for level in weak if level.name in words.JOBS], ("slug", "key")),
            *filter(_is_place, _texts([*close, *weak], addresses)),
            *_texts(places, addresses),
            *_texts([*close, *weak], words.RESOURCE_IDS),
        )
        if kind := next(_kinds(close), None):
            thing = next((one for one in objects if one not in kind), None)
            return (f"{kind} on {thing}" if thing else kind), kind
        sentence = max(filter(_has_blank, _any_texts(close)), key=_says_how_much, default=None)
        if objects:
            other = next((one for one in _unknown_names(close) if one not in objects[0]), None)
            is_place = any(objects[0] == one for one in _texts([*close, *weak], (*_PLACE_NAMES, *here)))
            if is_place and sentence is not None and objects[0] not in sentence:
                return f"{objects[0]}: {sentence}", objects[0]
            explained = filter(_has_blank, _texts(weak, (*sentences, *words.EXPLANATIONS)))
            if sentence is None and not _has_blank(objects[0]) and (told := next(explained, None)):
                return f"{objects[0]}: {told}", objects[0]
            return (f"{other} on {objects[0]}" if is_place and other else objects[0]), objects[0]
        outputs = _texts([*close, *weak], (*words.OUTPUTS, *words.EVENT_NAMES))
        unknown = chain(_unknown_names(close), outputs, _unknown_sentences(weak), _unknown_names(weak))
        title = sentence or next(unknown, None)
        return None if title is None else (title, title)

    # --- the end

    def has_ended(self, *titles: str | None) -> bool:
        """Whether the problem is over, by the first of its fields that says so or says that it is not."""
        own = [level for level in self._levels if level.rank in {*_CLOSE, _OTHER}]
        around = list(self._at(_AROUND))
        close = [level for level in own if level.rank in _CLOSE]
        outermost = [one for one in self._outermost_first if one.rank in _CLOSE or one.name == "event"]
        others = (
            (close, words.SWITCHED),
            (list(self._at(_OTHER)), words.SWITCHED | words.OBJECT_STATES),
        )
        checks: tuple[Iterable[bool | None], ...] = (
            map(_by_event, outermost),
            map(_by_flag, close),
            map(_by_state, close),
            map(_by_trap, close),
            (_by_all_states(self._at(_OTHER)),),
            map(_by_time, close),
            map(_by_severity, own),
            (_by_any_state(levels, names, titles[0]) for levels, names in others),
            map(_by_event, around),
            map(_by_outer_state, around),
            (_by_title(title) for title in titles),
            (words.has_changed(one[:_MOST_TITLE]) for one in _texts(close, words.DESCRIPTIONS)),
            map(_by_colour, own),
            (False for title in titles if title is not None and words.FAILED.intersection(words.tokens(title))),
            map(_by_work, [*outermost, *own]),
            map(_by_object, [] if any(map(_is_named, outermost)) else close),
        )
        return next((ended for check in checks for ended in check if ended is not None), False)

    # --- the severity

    def _other_severity(self, levels: list[_Level]) -> Severity | None:
        values = (
            value
            for level in levels
            for name, value in level.fields.items()
            if name.endswith(words.SEVERITY_ENDINGS) and not words.NO_STATES.match(name)
        )
        return next((found for value in values if (found := words.severity_of(_inner_text(value)))), None)

    def _legend(self, name: str) -> Json:
        """Return what explains the numbers of a severity's field, wherever it is."""
        names = (*(f"{name}{ending}" for ending in words.LEGENDS), *words.LEGENDS[:2])
        levels = self._at(*_CLOSE, _OTHER, _AROUND)
        return next((level.fields[one] for level in levels for one in names if one in level.fields), None)

    def severity(self) -> Severity:
        """Return the severity that a field states, else the one that the state implies, else NONE."""
        rules = [level for level in self._at(_PARENT) if level.name in words.RULES]
        levels = [*self._at(*_CLOSE, _OTHER, _AROUND), *rules]
        for names in words.SEVERITY_NAMES:
            for level in levels:
                for name in names:
                    value = _inner_text(level.fields.get(name))
                    is_type = names is words.SEVERITY_NAMES[3]
                    found = (
                        _whole_word(value) if is_type else words.severity_of(value, name, level.fields, self._legend)
                    )
                    if found is not None:
                        return found
            if names is words.SEVERITY_NAMES[1] and (other := self._other_severity(levels)) is not None:
                return other
        said = (value for level in levels for value in (*_states(level), *_event_names(level)))
        tokens = (token for value in said if isinstance(value, str) for token in _tokens_and_all(value[:80]))
        by_state = next((words.STATE_SEVERITIES[one] for one in tokens if one in words.STATE_SEVERITIES), None)
        by_state = by_state or next(filter(None, map(_whole_word, chain.from_iterable(map(_states, levels)))), None)
        labelled = by_state or next(filter(None, map(_labelled, _texts(levels, (*_ALL_TITLES, *words.OUTPUTS)))), None)
        others = (_whole_word(value) for value in _any_texts(self._at(*_CLOSE)) if value.lower() in words.CLEAR_LEVELS)
        return labelled or next(chain(filter(None, others), _priorities(self._at(*_CLOSE))), Severity.NONE)


def _with_object(message: str, close: list[_Level], others: list[_Level]) -> str:
    """Return a message after the name of what it is about; that of a run is often its commit's."""
    is_of_run = any(map(is_run, (level.fields for level in close)))
    names = (*words.JOBS, *words.OBJECTS) if is_of_run else (*words.OBJECTS, *words.JOBS)
    objects = (
        *_texts(close, names),
        *_texts((one for one in others if one.name in names), ("name",)),
        *_unknown_names(close),
    )
    return next((f"{one}: {message}" for one in objects if one not in message), message)


def _kinds(levels: Iterable[_Level]) -> Iterator[str]:
    """Yield the kinds of alarms that say something about the problem."""
    for level in levels:
        for name in words.KINDS:
            value = _scalar_line(level.fields.get(name))
            if value is not None and _is_kind(value, may_be_one_word=not name.endswith(("type", "kind"))):
                yield value


def _is_kind(value: str, *, may_be_one_word: bool) -> bool:
    found = words.tokens(value)
    return (
        not _OPAQUE.fullmatch(value)
        and parse_time(value) is None
        and (len(found) > 1 or may_be_one_word)
        and not words.GENERAL.issuperset(found)
    )


def _without_ids(fields: JsonObject) -> JsonObject:
    return {name: value for name, value in fields.items() if _plain(name) not in words.OWN_KEYS}


def _composed(levels: list[_Level]) -> tuple[str, str] | None:
    """Return a title of a check, its place and its output, and the same without the output."""
    for what, where in words.COMPOSED:
        for level in levels:
            service, host = (_first_scalar(level.fields, names) for names in (what, where))
            known = _first_scalar(level.fields, (*words.OUTPUTS, "message", "msg"))
            told = chain(_telling([level]), filter(_has_blank, _texts([level], words.DETAILS)))
            output = known or next(told, None)
            if service and (host or (output and not where)):
                stable = f"{service} on {host}" if host else service
                return (f"{stable}: {output}" if output else stable), stable
    return None


def _tokens_and_all(value: str) -> list[str]:
    """Return a text's words, and before them all of them together: ``major_outage`` is more than ``outage``."""
    found = words.tokens(value)
    return ["".join(found), *found]


def _order(level: _Level) -> int:
    return level.rank


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def _means(name: str) -> str:
    plain = words.folded(_plain(name))
    return words.TRANSLATIONS.get(plain, plain)


def _first_scalar(fields: JsonObject, names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := _scalar_line(fields.get(name)))), None)


def _scalar_line(value: Json) -> str | None:
    return None if isinstance(value, dict | list | bool) else first_line(value)


def _texts(levels: Iterable[_Level], names: tuple[str, ...]) -> Iterator[str]:
    """Yield the first lines of the texts under these names, object by object."""
    for level in levels:
        for name in names:
            if name not in level.fields:
                continue
            value = level.fields[name]
            if isinstance(value, dict) and name in words.TITLES[3]:
                value = first_text(*(value.get(inner) for inner in _INNER_SENTENCES))
            found = first_line(value) if isinstance(value, str) else None
            if found is not None:
                yield found


def _endings(levels: Iterable[_Level], endings: tuple[str, ...]) -> Iterator[str]:
    """Yield the first lines of the texts under other names with these endings, except the names of parents."""
    for level in levels:
        for name, value in level.fields.items():
            if name.endswith(endings) and isinstance(value, str) and not PARENTS.match(name) and name not in endings:
                found = first_line(value)
                if found is not None and name not in _NO_ENDINGS and not _OPAQUE.fullmatch(found):
                    yield found


def _any_texts(levels: Iterable[_Level]) -> Iterator[str]:
    """Yield the first lines of texts under any name, except of earlier states."""
    for level in levels:
        for name, value in level.fields.items():
            found = first_line(value) if isinstance(value, str) and not words.NO_STATES.match(name) else None
            if found is not None:
                yield found


def _priorities(levels: Iterable[_Level]) -> Iterator[Severity]:
    """Yield what P1 to P5 mean under names that no table has."""
    for level in levels:
        for name, value in islice(level.fields.items(), _MOST_FIELDS):
            if isinstance(value, str) and value.lower() in words.PRIORITIES and not names_a_thing(name):
                yield words.SEVERITIES[value.lower()]


def _unknown_names(levels: Iterable[_Level]) -> Iterator[str]:
    """Yield texts that may name an object, under names that no table has."""
    for level in levels:
        for name, value in islice(level.fields.items(), _MOST_FIELDS):
            if (
                isinstance(value, str)
                and " " not in value
                and len(value) > 1
                and words.is_true(value) is None
                and not words.KNOWN.match(name)
                and name not in _KNOWN_NAMES
                and len(name) <= _MOST_LETTERS
                and not describes(name)
                and not is_prose(name)
                and "://" not in value
                and _is_place(value)
            ):
                yield value


def _unknown_sentences(levels: Iterable[_Level]) -> Iterator[str]:
    """Yield sentences under names that no table has."""
    endings = (*(ending for endings in words.TITLE_ENDINGS for ending in endings), "type", "kind", "category")
    for level in levels:
        for name, value in islice(level.fields.items(), _MOST_FIELDS):
            known = (
                len(name) > _MOST_LETTERS
                or name in _KNOWN_NAMES
                or is_prose(name)
                or name.endswith(endings)
                or describes(name)
            )
            if not known and isinstance(value, str) and (found := first_line(value)) and _has_blank(found):
                yield found


def _has_blank(value: str) -> bool:
    return " " in value and _is_sentence(value)


def _says_how_much(value: str) -> tuple[bool, int]:
    return tells_a_state(value), len(words.tokens(value))


def _telling(levels: Iterable[_Level]) -> Iterator[str]:
    """Yield sentences under unknown names that say how something is."""
    return (one for one in _unknown_sentences(levels) if tells_a_state(one))


def _is_sentence(value: str) -> bool:
    """Whether a text is neither a state, nor a number, an id or a time, nor the name of an event or a class."""
    if _OPAQUE.fullmatch(value) or _EVENT_NAME.fullmatch(value) or parse_time(value) is not None:
        return False
    found = words.tokens(value)
    return len(found) > 1 or (value.lower() not in words.SEVERITIES and words.has_ended(value) is None)


def _is_name(value: str) -> bool:
    return not words.GENERAL.issuperset(words.tokens(value))


def _is_place(value: str) -> bool:
    """Whether a text is the address or the name of a monitored object."""
    is_named = not _OPAQUE.fullmatch(value) and value.lower() not in words.SEVERITIES and words.has_ended(value) is None
    return "://" in value or (is_named and _is_name(value) and parse_time(value) is None)


def _inner_text(value: Json) -> Json:
    """Return the text of an object that stands in place of a word, else the value."""
    if not isinstance(value, dict):
        return value
    fields = plain_names(value)
    return first_text(*(fields.get(name) for name in _INNER_TEXTS))


def _whole_word(value: Json) -> Severity | None:
    return words.SEVERITIES.get(value.strip().lower()) if isinstance(value, str) else None


def _states(level: _Level) -> Iterator[Json]:
    for name in words.STATES:
        # A type of message may be that of all messages.
        if name in level.fields and not (name.endswith("type") and level.fields[name] in words.MESSAGES):
            yield _inner_text(level.fields[name])
    for name, value in level.fields.items():
        if name.endswith(words.STATE_ENDINGS) and name not in words.STATES and not words.NO_STATES.match(name):
            yield _inner_text(value)


def _event_names(level: _Level) -> Iterator[Json]:
    names = (*words.EVENT_NAMES, "name", "code") if level.name == "event" else words.EVENT_NAMES
    return (level.fields[name] for name in names if name in level.fields)


def _by_event(level: _Level) -> bool | None:
    for name in words.EVENT_NAMES:
        value = level.fields.get(name)
        ended = words.has_ended(value)
        if ended and not words.is_about_work(value):
            return True
        # "error" and "outage" are kinds of alarms, whether they begin or end.
        is_kind = (
            name.endswith("type")
            and name != "notificationtype"
            and level.name != "notification"
            and not _EVENT_NAME.fullmatch(str(value))
        )
        if ended is False and level.name == "notification":
            return False
        if ended is False and not is_kind and any(one in words.BEGINNINGS for one in words.tokens(str(value))):
            return False
    return None


def _is_named(level: _Level) -> bool:
    """Whether an event's name says what happened: then the state of the object that is watched is another matter."""
    return any(isinstance(value, str) and _EVENT_NAME.fullmatch(value) for value in _event_names(level))


def _by_title(title: str | None) -> bool | None:
    if title is None:
        return None
    changed = words.has_changed(title[:_MOST_TITLE])
    return changed if changed is not None else _says_ended(title) or None


def _by_trap(level: _Level) -> bool | None:
    """Whether a title that is the name of an event says so, such as ``linkDown``."""
    names = (
        one for one in _texts([level], (*words.KINDS, *words.TITLES[0], "reason", "code")) if _EVENT_NAME.fullmatch(one)
    )
    told = (words.has_ended(one) for one in names if not words.is_about_work(one))
    return next((ended for ended in told if ended is not None), None)


def _by_work(level: _Level) -> bool | None:
    return True if any(words.has_ended(value) for value in (*_event_names(level), *_states(level))) else None


def _by_object(level: _Level) -> bool | None:
    fields = level.fields
    is_up = any(words.is_true(fields.get(name)) is False for name in words.FALSE_IF_UP)
    is_done = any(text(fields.get(name)) == "0" for name in words.ZERO_IF_FINE)
    is_fine = any(words.is_true(fields.get(name)) is True for name in words.TRUE_IF_FINE)
    return True if is_up or is_done or is_fine else None


def _by_flag(level: _Level) -> bool | None:
    fields = level.fields
    ended = any(words.is_true(fields.get(name)) is True for name in words.TRUE_IF_ENDED) or any(
        words.is_true(fields.get(name)) is False for name in words.FALSE_IF_ENDED
    )
    if not ended and level.name in words.ALARMS:
        ended = any(words.is_true(fields.get(name)) is True for name in words.TRUE_IF_OVER)
    return True if ended else None


def _by_state(level: _Level) -> bool | None:
    if _is_off(level):
        return True
    for value in _states(level):
        ended = words.has_ended(value)
        if ended is False and _whole_word(value) is not None:
            return bool(_by_time(level))  # the severity that it had
        if ended is not None and not (ended and words.is_about_work(value)):
            return ended
    return None


def _is_off(level: _Level) -> bool:
    """Whether an alarm is off, as control systems say it; a machine that is off is another matter."""
    is_alarm = level.name in words.ALARMS or any(map(words.OF_AN_ALARM.match, level.fields))
    return is_alarm and any(isinstance(value, str) and value.lower() in words.OFF for value in _states(level))


def _by_all_states(levels: Iterable[_Level]) -> bool | None:
    """Whether the states of other objects say so; one that stands counts more, such as a service's on a good host."""
    found = set(map(_by_state, levels)) - {None}
    return False if False in found else True if found else None


def _by_outer_state(level: _Level) -> bool | None:
    said = [value for value in _states(level) if isinstance(value, str) and value.lower() not in words.ANY_REQUEST]
    return next((ended for ended in map(words.has_ended, said) if ended is not None), None)


def _by_time(level: _Level) -> bool | None:
    names = words.ENDED_TIMES + (words.OVER_TIMES if level.name in words.ALARMS else ())
    return True if any(parse_time(level.fields.get(name)) for name in names) else None


def _by_severity(level: _Level) -> bool | None:
    values = (_inner_text(level.fields.get(name)) for names in words.SEVERITY_NAMES[:3] for name in names)
    ended = any(isinstance(value, str) and value.strip().lower() in words.ENDED_SEVERITIES for value in values)
    return True if ended else None


def _by_any_state(levels: list[_Level], no_states: frozenset[str], title: str | None) -> bool | None:
    """Whether states under unknown names say so, if they agree; severities and acknowledgements do not count.

    A title with a severity outweighs an end.
    """
    found = {
        words.has_ended(value)
        for level in levels
        for name, value in level.fields.items()
        if isinstance(value, str)
        and name not in _KNOWN_NAMES
        and not words.NO_STATES.match(words.folded(name))
        and (value.lower() not in words.SEVERITIES or value.lower() in words.ENDED)
        and no_states.isdisjoint(words.tokens(value[:_MOST_LETTERS]))
        and is_state(value)
        and not (words.has_ended(value) and words.is_about_work(value))
    } - {None}
    ended = found.pop() if len(found) == 1 else None
    return None if ended and title is not None and _labelled(title) else ended


def _by_colour(level: _Level) -> bool | None:
    value = first_text(level.fields.get("color"), level.fields.get("colour"))
    return True if value is not None and value.lower() in words.ENDED_COLOURS else None


# --- Lists of alarms -----------------------------------------------------------------------------------------------


def _listed_alarms(body: JsonObject) -> tuple[JsonObject, list[Json]] | None:
    """Return the object around a list of alarms, and the list; None if the body is about one alarm.

    A body with an id, a title and a state of its own is an alarm, and its lists are details.
    """
    body = _with_rows(body)
    around = [(body, body)]
    for name, value in body.items():
        inner = _opened(_plain(name), value)
        if not isinstance(inner, dict) or len(around) > _MOST_OWNERS:
            continue
        tabled = _with_rows(inner)
        is_content = _plain(name) in words.CONTENTS or tabled is not inner
        if is_content or (len(body) <= _MOST_FIELDS and _has_a_list(inner)):
            rest = {key: one for key, one in body.items() if key != name}
            told: JsonObject = {key: one for key, one in inner.items() if not isinstance(one, list)}
            around.append((rest | (tabled if is_content else {name: told}), tabled))
    for outer, owner in around:
        if by_state := _listed_by_state(owner):
            return {key: one for key, one in outer.items() if key not in by_state}, [
                element for name, elements in by_state.items() for element in _with_state(elements, name)
            ]
        for name, value in owner.items():
            elements = _elements(_plain(name), value)
            if items(elements):
                rest = {key: one for key, one in outer.items() if key != name}
                if _is_list_of_alarms(_plain(name), elements, rest):
                    return rest, elements
    return None


def _has_a_list(fields: JsonObject) -> bool:
    return any(
        isinstance(value, list) and items(value[:1]) and (_names_alarms(plain) or plain in words.POSSIBLE_LISTS)
        for plain, value in plain_names(fields).items()
    )


def _with_rows(body: JsonObject) -> JsonObject:
    """Return a body whose table, with the names of its columns in a list of their own, is a list of objects."""
    columns = next((one for name, one in body.items() if _plain(name) in words.COLUMNS and isinstance(one, list)), [])
    names = [text(one.get("name") if isinstance(one, dict) else one) or "" for one in columns]
    tables: JsonObject = {
        name: [dict(zip(names, row, strict=True)) for row in value if isinstance(row, list)]
        for name, value in body.items()
        if isinstance(value, list) and any(names) and _are_rows(value, len(names))
    }
    return {**body, **tables} if tables else body


def _are_rows(values: list[Json], width: int) -> bool:
    return bool(values) and all(isinstance(row, list) and len(row) == width for row in values)


def _elements(name: str, value: Json) -> list[Json]:
    """Return a list, or the alarms in an object that has them by their ids or names."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or not _names_alarms(name) or len(items([*value.values()])) < len(value):
        return []
    return [
        {"name": key, **one} if not _is_identified(one) else one for key, one in value.items() if isinstance(one, dict)
    ]


def _is_identified(element: JsonObject) -> bool:
    return any(_plain(name) in {"name", "title", *words.OWN_KEYS, *words.KEYS[0], *words.KEYS[1]} for name in element)


def _names_alarms(name: str) -> bool:
    return name in words.LISTS or (name.endswith(words.LIST_ENDINGS) and not words.NO_STATES.match(name))


def _listed_by_state(owner: JsonObject) -> dict[str, list[Json]]:
    """Return lists that are named by the state of their elements, such as ``firing`` and ``resolved``."""
    lists = {name: value for name, value in owner.items() if isinstance(value, list)}
    found = {
        name: value
        for name, value in lists.items()
        if words.has_ended(name) is not None and _plain(name) not in words.LISTS
    }
    if any(map(words.has_ended, found)):
        found = {name: value for name, value in lists.items() if name in found or _plain(name) in words.LISTS}
    is_alarm = any(_signs(one) & {"title", "key"} for value in found.values() for one in items(value))
    return found if len(found) > 1 and is_alarm else {}


def _with_state(elements: list[Json], state: str) -> list[Json]:
    return [{"status": state, **one} if isinstance(one, dict) else one for one in elements]


def _is_list_of_alarms(name: str, elements: list[Json], outer: JsonObject) -> bool:
    if name in words.SUBJECTS or _are_conditions(elements):
        return False  # attachments of one message, and conditions of one object
    signs = [_signs(one) for one in items(elements[:_MOST_ELEMENTS])]
    own = _signs(outer, anywhere=name in words.POSSIBLE_LISTS)
    if _names_alarms(name):
        return any(sign & {"title", "key"} for sign in signs) and not own >= {"title", "key", "state"}
    is_alarm = any(
        {"title", "state"} <= sign or {"title", "severity"} <= sign or {"key", "state"} <= sign for sign in signs
    )
    if name in words.POSSIBLE_LISTS:
        return is_alarm and not own >= {"title", "state"}
    return is_alarm and not own & {"title", "state", "severity"}


def _signs(body: JsonObject, *, anywhere: bool = False) -> set[str]:
    """Return which of an alarm's parts an object has; ``anywhere``: also in objects of unknown names."""
    levels = _levels(body)
    fields = _Fields(levels, [])
    ranks = (*_CLOSE, _OTHER) if anywhere else _CLOSE
    close = [level for level in levels if level.rank in ranks or level.name in {"labels", "annotations"}]
    found = {
        "title": any(
            True for _ in chain(_texts(close, (*_ALL_TITLES, *words.OBJECTS, *words.EXPLANATIONS)), _telling(close))
        ),
        "key": fields.key() is not None,
        "state": any(isinstance(value, str) and value for level in close for value in _states(level))
        or any(_by_flag(level) or _by_time(level) or _by_event(level) for level in close),
        "severity": any(
            name in level.fields for level in close for names in words.SEVERITY_NAMES[:3] for name in names
        ),
    }
    return {sign for sign, is_there in found.items() if is_there}


# --- Other parts ---------------------------------------------------------------------------------------------------


def _resource(fields: _Fields) -> Resource:
    jobs = words.JOB_OBJECTS if fields.has_object(words.RUNS) else ()
    hosts = (name for name in words.RESOURCES if name not in words.REPORTERS)
    value = fields.first((*words.SUBJECTS_FIRST, *jobs, *hosts, *words.WATCHED_LAST, *words.REPORTERS))
    inner = _plain_fields(mapping(value))
    inner = {**_plain_fields(mapping(inner.get("metadata"))), **inner}
    told = None if inner else text(value)
    own_name = first_text(inner.get("name"), *(inner.get(name) for name in (*words.RESOURCE_NAMES, "instance", "slug")))
    ending = next((one for name, one in inner.items() if name.endswith("name") and isinstance(one, str)), None)
    named = first_text(own_name, fields.text(words.RESOURCE_NAMES), ending, told)
    name = named or fields.text_of_endings(words.RESOURCE_NAMES)
    return Resource(
        resource_id=first_text(fields.text(words.RESOURCE_IDS), inner.get("resourceid"), inner.get("id"), told, name),
        resource_type=first_text(fields.text(words.RESOURCE_TYPES), inner.get("resourcetype"), inner.get("type")),
        name=name,
    )


def _former_key(body: JsonObject, title: str | None, rule: str | None, fields: _Fields) -> str:
    """Return the key under which version 0.1 opened the alert of a body without an id."""
    value = fields.first(words.RESOURCES)
    inner = plain_names(mapping(value))
    told = None if inner else text(value)
    name = first_text(fields.text(words.RESOURCE_NAMES), inner.get("name"), told)
    name = name or fields.text_of_endings(words.RESOURCE_NAMES)
    resource_id = first_text(fields.text(words.RESOURCE_IDS), inner.get("resourceid"), inner.get("id"), told, name)
    named = (title, rule, resource_id, name)
    return digest(*named) if any(named) else digest(body)


def _additional_info(body: JsonObject) -> dict[str, str]:
    return texts({key: value for key, value in body.items() if not isinstance(value, dict | list)}) | {"format": NAME}


def read_over(envelope: NormalizedEvent, content: Json) -> NormalizedEvent:
    """Return an envelope's event with the fields of its content, which no format claims, by the usual names.

    Only if the content has a possible title that is not just its object's name. The envelope's key stays, as does its
    severity if the content has none.
    """
    read = read_titled(content) if isinstance(content, dict) else None
    if read is None or read.title == read.resource.name:
        return envelope
    return replace(
        read,
        event_key=envelope.event_key,
        former_keys=envelope.former_keys,
        severity=envelope.severity if read.severity is Severity.NONE else read.severity,
        description=read.description or envelope.description,
        rule=read.rule or envelope.rule,
        resource=envelope.resource if read.resource == Resource() else read.resource,
        provider=read.provider or envelope.provider,
        account=read.account or envelope.account,
        additional_info=read.additional_info | envelope.additional_info,
        occurred_at=read.occurred_at or envelope.occurred_at,
    )
