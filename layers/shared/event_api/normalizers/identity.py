"""The identity of an object for which a body has no id: its own text without the parts that change between deliveries.

Splitting one object's events into two alerts is a nuisance; merging two objects hides an alert, or closes one that is
still firing. So a part counts as identity unless it is known to change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from event_api.domain.times import parse_time
from event_api.normalizers import words
from event_api.normalizers.lenient import digest, first_line, plain_names, text

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject


def _words_of(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


STATE_WORDS: Final = _words_of(
    "active alarm alarming alert alerting back changed cleared clear close closed completed created crit critical dead",
    "degraded down ended error fail failed failing failure fatal finished fire fired firing fixed good healthy high",
    "inactive info low major minor nodata normal offline ok okay online open opened operational passed passing",
    "pending problem reachable recovered recovery red green yellow resolve resolved resolving restored severe started",
    "success successful triggered unhealthy unreachable up warn warning true false yes no on off operating",
    "running stopped valid expiring expired broken",
)
"""Words that state how an object is, in lower case; an alert and its recovery differ in them."""

_OBJECTS: Final = _words_of("orange purple blue amber page available")
_SAID: Final = (
    STATE_WORDS
    | words.ENDED
    | words.STANDING
    | {*words.ENDED_PARTS, *words.STANDING_PARTS}
    | words.SEVERITIES.keys()
    | _words_of("again too wieder zu above below over under threshold to is are was has have been now start begin")
) - _OBJECTS
"""Words within a text that say how an object is, in all languages; a text of one word may be an object's name."""

DELIVERY_NAMES: Final = _words_of(
    "deliveryid eventid eventuuid messageid notificationid requestid logid traceid spanid correlation nonce token",
    "selid eid recordid entryid msgid trynumber correlationid alertcorrelationid queueid",
    "signature hash etag sequence seq attempt attempts retry retries resourceversion revision generation count",
    "occurrences counter hits total value values currentvalue lastvalue currentdata metricvalue measured actual",
    "exitcode duration elapsed downtime uptime latency responsetime ip version schemaversion useragent",
)
"""Plain names of values that belong to one delivery or one measurement."""
STATE_NAMES: Final = re.compile(
    r".*(status|state|severity|level|priority|urgency|criticality|trigger|colour|color|emoji|icon|image|imageurl|progress"
    r"|outcome|result|conclusion|statuscode|acknowledged)(name|text|label)?|type|light|lamp|led|ampel|rag|verdict|(alert|alarm)event|(event|alert|message|notification)type|trapoid|action|phase|ack"
)
"""Plain names that end so are about how an object is, not which one it is."""
PROSE_NAMES: Final = _words_of(
    "description message details detail text reason body content msg summary comment note notes cause explanation",
    "line remark tail excerpt snippet hint advice info",
    "error errormessage exception exceptionmessage statusmessage statemessage output longoutput",
    "log logs stdout stderr stacktrace fallback pretext footer preview html markdown",
)
"""Plain names of sentences, which are usually written anew for each delivery."""
_PROSE: Final = re.compile(r"(message|description|output|reason|comment|tail)$")
"""Endings of other names of sentences, such as ``NAGIOS_HOSTOUTPUT``."""
NAMING: Final = re.compile(
    r"(name|id|uid|uuid|guid|key|arn|urn|dsn|url|uri|link|host|hostname|instance|server|node|device|service|target"
    r"|flow|workflow|pipeline|dag|deployment|consumer|camera|ups|resource|object|entity|item|component|check|monitor|probe|sensor|job|task|pod|container|namespace|cluster"
    r"|database|queue|topic|table|bucket|disk|volume|mount|path|file|address|domain|endpoint|location|ident|serial"
    r"|interface|port|number|no|package|image|repository|repo|branch|label|title|asset|machine|vm|location)$"
)
"""Plain names that end so say which object it is."""
PARENTS: Final = re.compile(
    r"^(account|organization|organisation|org|project|team|workspace|tenant|company|customer|group|integration|sender|app"
    r"|application|source|environment|env|region|zone|webhook|channel|user|author|owner|provider|product|policy|rule"
    r"|receiver|cluster|site|stage|compartment)(name|id|uid|uuid|key|url|slug|title)?$"
)
"""Plain names of what an object is in, or was found by; alone they identify no object."""

_PREVIOUS: Final = re.compile(r"^(old|previous|prev|former|prior(?!it)|was$)")
"""Beginnings of names of what was before, which no two deliveries share."""
_CONDITIONS: Final = {("condition", "type"), ("conditions", "type")}
"""Kubernetes: its ``type`` is the condition's name."""

_OF_A_STATE: Final = _words_of("name category label text code value id rank slug key")
"""Plain names within an object that is a state, such as ``{"status": {"name": ...}}``."""

MEASUREMENTS: Final = _words_of("evalmatches matches samples datapoints series history timeline updates")
"""Plain names of what was measured, or what happened since."""

_MOST_DEPTH, _MOST_ELEMENTS, _MOST_PARTS, _MOST_LETTERS = 6, 3, 200, 30
_MOST_EVENT: Final = 80
_EVENT_NAME: Final = re.compile(r"[A-Za-z][\w-]*([.:/]+[\w-]+)+|[a-z]+(_[a-z]+)+|[a-z]+([A-Z][a-z]+)+")
_SEPARATED: Final = re.compile(r"([.:/_-]|(?<=[a-z])(?=[A-Z]))")
_SYMBOLS: Final = re.compile(r"[^\w\s!-~【】°]")
"""Emoji and other symbols."""
_SHORTCODES: Final = re.compile(r":[a-z][a-z_]*:\s*")
_CHECKS: Final = re.compile(
    r"(check|job|tile|beat|schedule|backup|journey|task|metric|rule|pipeline|workflow|command|script|dag|flow)(name|id|key|uid|uuid)?|(build|monitor|test|alert|alarm|heartbeat)(name|key)|monitor|heartbeat"
)
"""Plain names that say what is checked, and not only where."""
_OF_A_CHECK: Final = _words_of("id uuid uid name key slug")
"""Names of the name of a check in its own object."""
_POWER: Final = re.compile(r"\bon (?:battery|line|mains|utility)(?: power)?\b", re.IGNORECASE)
"""States of a UPS."""
_PROBLEMS: Final = _words_of("event alert alarm condition symptom")
_RUNS: Final = re.compile(
    r"(build|run|execution|pipelinerun|commit)(number|no|id|num|link|url|sha|hash|author|message)|commit|sha|buildagent"
)
"""Plain names of a run of a job, which is not the job."""
_RUN_OBJECTS: Final = {("build",), ("run",), ("execution",)}
_FAILED_PARTS: Final = re.compile(r"^fail(ed|ing)")
"""Beginnings of the names of the parts of a run that failed, which its next success lacks."""
_LINKS: Final = re.compile(r"(url|uri|link|href)$")
_TIMES: Final = re.compile(r"(date|time|timestamp)$")
_OF_A_RUN: Final = MEASUREMENTS | _words_of("id uuid number author url compareurl agent agentname runner runnername")
_MOMENTS: Final = re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?\b")
_PARTS: Final = re.compile(r"(test|probe|service|sensor|interface)(name|id)?|ifname|ifindex|ifdescr")
"""Plain names of parts of an object."""
_EVENTS: Final = _words_of("event eventtype eventname trap trapname alarmtype")
_UPS: Final = frozenset({"ups", "upsname", "upsid"})
_UPS_STATES: Final = {
    **dict.fromkeys(("onbatt", "onbattery", "lowbatt", "lowbattery", "online"), "power"),
    **dict.fromkeys(("commok", "commbad", "nocomm"), "communication"),
}
"""What the states of a UPS are about."""
_OBJECT: Final = re.compile(
    r"(?<!\S)(?:(?!utf-|sev-|cve-|rfc-|http)[a-z]{2,20}(?:[-_][a-z]{1,20}){0,3}(?:[-_]\d{1,4}|0\d)"
    r"|(?:[a-z][\w-]{0,30}\.){2,6}[a-z]{2,20})(?!\S)",
    re.IGNORECASE,
)
"""The name of an object within a title: ``vm-3``, ``web01``, ``shop.example.com``."""
_WORDS: Final = re.compile(r"[^\W\d_]+")
_MARKS: Final = re.compile(r"\[[^\]]{0,200}\]|\([^)]{0,200}\)|【[^】]{0,200}】")
_NUMBERS: Final = re.compile(
    r"(?:(?<=\s)[<>≤≥]=? ?)?(?<![\w.-])[-+]?\d[\d.,:]*\s*(%|ms|s|min|h|kb|mb|gb|[kmg]ib)?(?![\w-])", re.IGNORECASE
)
_NUMBERED: Final = re.compile(
    r"(?<=[^\W\d_])[ #]+#?\d{1,3}(?![\w.,:%/]| *(%|ms|s|min|h|kb|mb|gb|[kmg]ib)\b)", re.IGNORECASE
)
_MEASURING: Final = _words_of(
    "is are was at of above below over under than to for after before has have had with in by from between about",
    "exceeds exceeded exceeding reached reaches value last every least most only and or now within until",
    "exit code rc took limit threshold",
)
"""Words before a number that is measured. After any other word, a small number is part of a name, such as ``fan 2``."""
_SAID_OR_MEASURED: Final = _SAID | _MEASURING


def identity(body: JsonObject, title: str | None) -> str:
    """Return a hash that is the same for an object's ALERT and RECOVERY, and another for each other object.

    The sentences of a body count only if nothing in it names an object: without them, a constant title would merge
    everything that its sender reports.
    """
    parts: list[str] = []
    titles: list[str] = []
    prose: list[str] = []
    named: set[str] = set()  # of a check, an object and a part of it
    names_an_object = names_a_check = is_known = is_transition = False
    scalars = list(_scalars(body))
    is_ups = any(path[-1] in _UPS for path, _ in scalars)
    for path, value in scalars:
        name = path[-1]
        is_transition = is_transition or bool(_PREVIOUS.match(name) and STATE_NAMES.fullmatch(name))
        if (happened := _happened(path, value, is_ups=is_ups)) is not None:
            parts.append(happened)
            named.add("check")
        elif name in PROSE_NAMES or _PROSE.search(name):
            prose.append(_without_state(value))
            is_known = is_known or first_line(value) == title
        elif name in _OF_A_STATE and any(STATE_NAMES.fullmatch(one) for one in path[:-1]):
            pass
        elif (found := _stable(name, value)) is not None:
            is_title = _is_title(name, value, title)
            (titles if is_title else parts).append(f"{'.'.join(path)}={found}")
            is_check = _is_a_check(path)
            names_a_check = names_a_check or is_check or _is_a_problem(name, found)
            is_known = is_known or first_line(value) == title
            # An object's field, as in {"project": {"name": ...}}, is about the project.
            parents = any(PARENTS.match(one) for one in path)
            is_object = not parents and bool(NAMING.search(name)) and not is_title
            names_an_object = names_an_object or is_object
            if (is_object or is_check) and not is_title:
                named.add("check" if is_check else "part" if _PARTS.fullmatch(name) else "object")
    # Of a state that changed to another, and of a check on a host, a title tells the moment.
    is_stated = len(named) > 1 or (is_transition and names_an_object)
    if not is_stated:
        parts += titles
    # The name of a check or a job says which problem it is, and a sentence about it is written anew.
    names_a_check = names_a_check or (names_an_object and any(map(is_run, _objects(body))))
    names_an_object = names_an_object or (bool(titles) and bool(_OBJECT.search(title or "")))
    sentences = [] if names_an_object else sorted(prose)
    told = "" if is_stated or (is_known and names_a_check) else _without_state(title)
    return digest([*sorted(parts)], told, [*sentences])


def _happened(path: tuple[str, ...], value: Json, *, is_ups: bool) -> str | None:
    """Return what a value says has happened, the same for its end: an event's name, a condition, a UPS's state."""
    if not isinstance(value, str) or len(value) > _MOST_EVENT:
        return None
    if is_ups and (about := _UPS_STATES.get(value.lower())):
        return f"ups={about}"
    if path[-2:] in _CONDITIONS:
        return f"condition={value}"
    if path[-1] not in _EVENTS or " " in value or words.GENERAL.issuperset(words.tokens(value)):
        return None
    if words.has_ended(value) is None and path[-1] != "alarmtype":
        return None
    return "event=" + ".".join(word for word in words.tokens(value) if word not in _SAID)


def _is_a_check(path: tuple[str, ...]) -> bool:
    """Whether a value names what is checked, in a field or in an object of its own."""
    names_its_object = path[-1] in _OF_A_CHECK and bool(_CHECKS.fullmatch("".join(path[-2:-1])))
    return names_its_object or bool(_CHECKS.fullmatch(path[-1]))


def _is_a_problem(name: str, found: str) -> bool:
    """Whether a value without its state is the name of a problem, such as ``Connection`` of ``Connection failed``."""
    return name in _PROBLEMS and not words.GENERAL.issuperset(words.tokens(found))


def _is_title(name: str, value: Json, title: str | None) -> bool:
    return (
        name in {"title", "subject", "name", "event", "label"} and first_line(value) == title and " " in (title or "")
    )


def _scalars(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Yield the scalars of a body with the plain names that lead to them, as many as a person would read."""
    waiting: list[tuple[tuple[str, ...], Json]] = [(path, value)]
    for _ in range(_MOST_PARTS * 5):
        if not waiting:
            return
        place, found = waiting.pop()
        if isinstance(found, dict) and len(place) < _MOST_DEPTH:
            plain = [(_plain(key), one) for key, one in found.items()]
            of_run = is_run(dict(plain)) or place[-1:] in _RUN_OBJECTS
            left_out = _OF_A_RUN if of_run else MEASUREMENTS
            waiting.extend(
                ((*place, name), one)
                for name, one in plain
                if name not in left_out and not (of_run and (_LINKS.search(name) or _FAILED_PARTS.match(name)))
            )
        elif isinstance(found, list):
            waiting.extend((place or ("",), one) for one in found[:_MOST_ELEMENTS])
        elif found is not None and not isinstance(found, dict):
            yield place or ("",), found


def _objects(body: JsonObject) -> Iterator[JsonObject]:
    """Yield the body and the objects in it by their plain names."""
    return (plain_names(one) for one in (body, *body.values()) if isinstance(one, dict))


def is_run(fields: JsonObject) -> bool:
    """Whether an object, by its plain names, is one run of a job: its id and number are not the job's."""
    return any(_RUNS.fullmatch(name) for name in fields)


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def _stable(name: str, value: Json) -> str | None:
    """Return the part of a value that does not change between deliveries, or None if there is no such part."""
    if (
        isinstance(value, bool)
        or name in DELIVERY_NAMES
        or _RUNS.fullmatch(name)
        or _PREVIOUS.match(name)
        or _TIMES.search(name)
        or STATE_NAMES.fullmatch(name)
    ):
        return None
    if isinstance(value, int | float):
        return str(value) if NAMING.search(name) and value != 0 else None
    found = text(value)
    if found is None or found.lower() in STATE_WORDS:
        return None
    changes = _NUMBERS.fullmatch(found) or parse_time(found) is not None or words.folded(found) in _SAID
    if changes and not NAMING.search(name):
        return None
    return _without_state(found)


def _without_state(value: Json) -> str:
    """Return a text without its state words, marks such as ``[FIRING]``, and measured numbers."""
    found = _SYMBOLS.sub("", _SHORTCODES.sub("", text(value) or "")).strip()
    if _EVENT_NAME.fullmatch(found):
        return ".".join(word for word in _SEPARATED.split(found) if word.isalnum() and word.lower() not in _SAID)
    found = _MARKS.sub(lambda mark: "" if _SAID_OR_MEASURED.issuperset(_words(mark[0])) else mark[0], found)
    if " " not in found.strip():
        return found.strip()
    found = _NUMBERS.sub("", _NUMBERED.sub(_named_number, _POWER.sub("", _MOMENTS.sub("", found))))
    return " ".join(_WORDS.sub(lambda word: "" if words.folded(word[0]) in _SAID else word[0], found).split())


def _named_number(match: re.Match[str]) -> str:
    """Return a number that is part of a name so that it does not look measured."""
    before = _words(match.string[max(0, match.start() - _MOST_LETTERS) : match.start()])
    is_measured = not before or before[-1] in _MEASURING or before[-1] in _SAID
    return match[0] if is_measured else f"-{match[0].strip(' #')}"


def _words(value: str) -> list[str]:
    return [words.folded(word) for word in _WORDS.findall(value)]
