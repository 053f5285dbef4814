"""The identity of an object for which a body has no id: the names in it, and its sentences only if they are needed.

A name is a short value, but not a measurement, a time or a state; or an id under a name of objects. Sentences are
written anew for each delivery: they count, without their states and numbers, only if the names identify no problem.
Splitting one object's events into two alerts is a nuisance; merging two objects hides an alert, or closes one that is
still firing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from event_api.domain.times import parse_time
from event_api.normalizers import words
from event_api.normalizers.ids import is_of_a_delivery
from event_api.normalizers.lenient import digest, plain_names, text

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject


def _words_of(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_T = TypeVar("_T")
_MOST_NAMES, _MOST_OF_A_NAME = 2_000, 60


def _remembered(classify: Callable[[str], _T]) -> Callable[[str], _T]:
    """Remember what is found of a name, of which the end counts: a sender's bodies have the same names."""
    found = lru_cache(_MOST_NAMES)(classify)
    return lambda name: found(name[-_MOST_OF_A_NAME:])


# --- Words within values --------------------------------------------------------------------------------------------

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
    | _words_of(
        "again too wieder zu above below over under threshold to is are was has have been now start begin",
        "went came gone come goes comes left returned returns became becomes still longer not isnt no more less than",
        "working works worked respond responds responded responding answer answers answered answering received",
        "starts stop stops begins rose rises fell falls dropped drops exceeds exceeded reached set unset",
        "normally properly correctly range limit limits full empty slow fast hot cold warm wet dry invalid",
        "acknowledged unacknowledged acked reminder escalation escalated update updated initial repeat",
    )
) - _OBJECTS
"""Words within a text that say how an object is, in all languages; a text of one word may be an object's name."""
_SAID_PARTS: Final = re.compile(
    f"(?:{'|'.join((*words.ENDED_PARTS, *words.STANDING_PARTS))}"
    "|已|了|中|通知|报警|報警|警报|警報|アラート|済み?|しました|알림|경보|됨|되었습니다){1,6}"
)
"""The same in languages that do not separate words: ``告警恢复``, ``障害発生``."""
_MEASURING: Final = _words_of(
    "is are was at of above below over under than to for after before has have had with in by from between about",
    "exceeds exceeded exceeding reached reaches value last every least most only and or now within until",
    "exit code rc took limit threshold",
)
"""Words before a number that is measured. After any other word, a small number is part of a name, such as ``fan 2``."""
_MOST_DEPTH, _MOST_ELEMENTS, _MOST_PARTS, _MOST_LETTERS = 6, 3, 1_000, 30
_MOST_BLANKS, _MOST_KIND = 4, 80
_EVENT_NAME: Final = re.compile(r"[A-Za-z][\w-]*([.:/]+[\w-]+)+|[A-Za-z]+(_[A-Za-z]+)+|[a-z]+([A-Z][a-z]+)+")
_SEPARATED: Final = re.compile(r"([.:/_-]|(?<=[a-z])(?=[A-Z]))")
_SYMBOLS: Final = re.compile(r"[^\w\s!-~【】°]")
"""Emoji and other symbols."""
_SHORTCODES: Final = re.compile(r":[a-z][a-z_]*:\s*")
_POWER: Final = re.compile(r"\bon (?:battery|line|mains|utility)(?: power)?\b", re.IGNORECASE)
"""States of a UPS."""
_MOMENTS: Final = re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?\b")
_OBJECT: Final = re.compile(
    r"(?<!\S)(?:(?!utf-|sev-|cve-|rfc-|http)[a-z]{2,20}(?:[-_][a-z]{1,20}){0,3}(?:[-_]\d{1,4}|0\d)"
    r"|(?:[a-z][\w-]{0,30}\.){2,6}[a-z]{2,20}"
    r"|[a-z]{2,20}(?:[-_][a-z]{1,20}){1,3}(?= (?:is|has|was|went|came)\b))(?!\S)",
    re.IGNORECASE,
)
"""The name of an object within a title: ``vm-3``, ``web01``, ``shop.example.com``."""
_WORDS: Final = re.compile(r"[^\W\d_]+")
_LITTLE: Final = _SAID | _MEASURING | _words_of("the a an its be off out der die das den dem ist sind le la les el")
"""Words of a sentence that name nothing."""
_MARKS: Final = re.compile(r"\[[^\]]{0,200}\]|\([^)]{0,200}\)|【[^】]{0,200}】")
_NUMBERS: Final = re.compile(
    r"(?:(?<=\s)[<>≤≥]=? ?)?(?<![\w.-])[-+]?\d[\d.,:]*\s*(%|ms|s|min|h|kb|mb|gb|[kmg]ib)?(?![\w-])", re.IGNORECASE
)
_NUMBERED: Final = re.compile(
    r"(?<=[^\W\d_])[ #]+#?\d{1,3}(?![\w.,:%/]| *(%|ms|s|min|h|kb|mb|gb|[kmg]ib)\b)", re.IGNORECASE
)
_MEASURED: Final = re.compile(r"[<>=≤≥~≈+-]*\s?\d[\d.,:'/ ]*\s?\S{0,10}(\s\d[\d.,:]*\s?\S{0,10}){0,3}")
"""A number with its unit, or a duration: ``7.2 °C``, ``3d 4h``, ``12/40``."""
_OPAQUE: Final = re.compile(r"[\d\W_]+|(?=\S*\d)[0-9a-fA-F-]{8,}|(?=\S*\d)(?=\S*[a-z])(?=\S*[A-Z])[A-Za-z\d]{12,}")
"""A number, a hash, a UUID or a random text."""

# --- Names of fields ------------------------------------------------------------------------------------------------

_CHANGING: Final = re.compile(
    # Ids of a delivery or a run.
    r".*(event|delivery|message|e?mail|sms|telegramm?|lote|lotto|sendung|envio|envoi|invio|notification|notif|request|trace|span|correlation|record|entry|dispatch|sent|transmission"
    r"|transaction|run|exec|execution|invocation|batch|poll|scan|cycle|report|snapshot|session|packet|frame|attempt"
    r"|sequence|commit|sample|reading|telemetry|uplink|capture|recovery)(id|uuid|uid|guid|no|nr|num|number|ref|reference|key|hash)"
    r"|(evt|msg|req|seq|sel|log|queue|tx|try|tick|lfde?|laufende|folge)(id|uuid|key|ref|no|nr|number)|.*(run|execution|invocation)name|.*step(name|id|no|label)?"
    r"|(id|nr|no|num|numero|numer|cislo|n)(d|de|di|del|da|do)?(mensaje|message|messaggio|mensagem|mesaj|aviso|zpravy"
    r"|notifi?ca[a-z]{0,6}|wiadomosci|komunikatu|envoi|envio|invio)"
    r"|(nachricht|mitteilung|benachrichtigung|bildirim|uzenet|zprava)(s|en)?(nr|nummer|number|no|id)"
    r"|rev|eid|mid|seq|sequence|attempts?|retr(y|ies)|nonce|batch|report|offset|cursor|run|correlation|ip|self|next|raw"
    # Measurements and times.
    r"|(?!(key|column|dimension|label|tag).*value).*(values?|(?<!ac)count|counter|duration|elapsed|downtime|uptime"
    r"|latency|threshold|limit|setpoint|date|time|timestamp)"
    r"|.*(error|status|exit|response|http|return|result|reason|term|currency|country|zip|close|clear|stop|completion)code"
    r"|occurrences|hits|total|currentdata|measured|actual|rc|responsetime|epoch|lastseen|interval|timeout"
    # Versions and forms.
    r"|.*(signature|hash|digest|md5|sha\d*|etag|token|checksum|revision|generation|firmware|version|useragent|cookies?"
    r"|secret|salt)|timezone|tz|format|locale|lang(uage)?|currency|schema|robot|runner|poller|prober|worker"
    # People who happened to act, and the state before.
    r"|.*([a-z]by|담당|담당자|担当|担当者|bearbeiter|responsable|encargado|operador|operateur|operatore|responsavel"
    r"|assignees?|assignedto|operator|oncall|responder|technician|engineer|handler|shift|turno|schicht|equipe)"
    r"|(old|previous|prev|former|prior(?!it)).*|was|.*(before|previously|(?<!h)old|prev|previous)"
    # How an object is.
    r"|.*(status|state|severity|level|priority|urgency|criticality|colour|color|outcome|conclusion)"
    r"(name|text|label|now|id|code|key|rank|slug|value|num|number)?"
    r"|.*(emoji|icon|image|imageurl|progress|result|acknowledged|acked)(name|text|label)?"
    r"|clr|light|lamp|led|ampel|rag|verdict|(message|msg|notification|notif)type|branch(name)?|trapoid|phase|ack|trend|edge"
    r"|direction|transition|mode|mood|quality|quittierung|stage|lifecycle|st|sts|stat|(prio|sev|lvl)(num|number|code)?"
)
"""Plain names of values that belong to one delivery, or say how an object is, and not which one it is."""
_PROSE_NAMES: Final = _words_of(
    "description message details detail text reason body content msg summary comment note notes cause explanation",
    "line remark tail excerpt snippet hint advice info why say words phrase title subject headline heading caption",
    "error errormessage exception exceptionmessage statusmessage statemessage output longoutput",
    "log logs stdout stderr stacktrace fallback pretext footer preview html markdown",
)
"""Plain names of sentences, which are usually written anew for each delivery."""
_PROSE: Final = re.compile(
    r"(message|description|output|reason|comment|note|tail|log|actions?|recommendations?|advice|sentence|summary|text)$"
)
"""Endings of other names of sentences, such as ``NAGIOS_HOSTOUTPUT``."""
_ENDING: Final = r"(names?|ids?|uid|uuid|guid|key|code|ref|reference|label|no|nr|num|number|slug|path|addr|address)?"
NAMING: Final = re.compile(
    r"(name|(?<!sa)(?<!pa)(?<!val)(?<!gr)(?<!hum)(?<!liqu)id|uid|uuid|guid|key|code|ref|(?<!on)tag|eui|mac|imei|arn|urn|dsn"
    r"|url|uri|link|ident|serial|number|(?<!tur)no|label|title|host|hostname|instance|server|node|dev|device|service|target"
    r"|asset|machine|vm|pod|container|namespace|cluster|camera|ups|resource|object|entity|item|component|check|monitor"
    r"|probe|sensor|job|task|flow|workflow|pipeline|dag|deployment|consumer|database|queue|topic|table|bucket|disk|drive"
    r"|volume|(?<!a)mount|path|file|address|domain|endpoint|location|interface|package|image|repository|repo|branch"
    r"|(?<!re)(?<!sup)(?<!trans)(?<!ex)(?<!im)port)$"
)
"""Plain names that end so say which object it is."""
PARENTS: Final = re.compile(
    r"^(account|organization|organisation|org|project|team|workspace|tenant|company|customer|group|integration|sender|app"
    r"|application|source|environment|env|region|zone|webhook|channel|user|author|owner|provider|product|policy|rule"
    r"|receiver|cluster|site|stage|compartment)(name|id|uid|uuid|key|url|slug|title)?$"
)
"""Plain names of what an object is in, or was found by; alone they identify no object."""

_DESCRIBING: Final = re.compile(
    r".*(vendor|manufacturer|mfr|model|brand|platform|runtime|release|build|edition|licen[cs]e|driver|protocol|method"
    r"|datacenter|datacentre|dc|floor|building|rack|row|hall|room|country|city|street|phone|email|contact|plan|tier"
    r"|class|where|place|position|area|runbook|playbook|docs|dashboard|console|help)(name|id|code|url)?|os(name)?"
)
"""Plain names of descriptions of an object or of its place: they keep objects apart, but identify none."""
_LEFT_OUT: Final = words.PREVIOUS | _words_of(
    "evalmatches matches samples datapoints series history timeline updates links meta delivery actor acknowledgement",
    "step steps failure cause rootcause suspect culprit",
)
"""Plain names of objects and lists about the delivery, measurements, or the course of an alarm."""
_PEOPLE: Final = _words_of("who ack acknowledgment acknowledger ackby acknowledgedby")
"""Plain names of objects about a person who acted."""

_EPISODES: Final = re.compile(r"(updates|evaluations|comments|actions|events|notes|logs|values|readings|affected)$")
"""Endings of the names of lists that are another one in each delivery."""

_OWN: Final = _words_of("name id uuid uid guid key code ref reference slug label number no nr tag")
"""Names within an object that are of the object: ``{"sensor": {"id": ...}}``."""
_KINDS: Final = re.compile(
    r"(event|alert|alarm|trap|incident|notify|trigger)?(type|kind|category|action)(id|name|code|key)?|(event|trap)(name|code)?|trigger"
    r"|(alarm|alert|fault)?code"
)
"""Names of values that say what kind of thing happened: they count without their states, if anything is left."""
_MAYBE_KINDS: Final = frozenset({"type", "action", "eventtype"})
"""Of these, names that also say other things, and count only if they have a state, as in ``disk_full``."""
_CONDITIONS: Final = {("condition", "type"), ("conditions", "type"), ("transition", "type")}
"""Kubernetes: its ``type`` is the condition's name."""
_CONDITION_TYPES: Final = frozenset(map("".join, _CONDITIONS))
_RUNS: Final = re.compile(
    r"(build|run|execution|pipelinerun|commit)(number|no|id|num|link|url|sha|hash|author|message)|commit|sha|buildagent"
)
"""Plain names of a run of a job, which is not the job."""
_RUN_OBJECTS: Final = {("build",), ("run",), ("execution",)}
_FAILED_PARTS: Final = re.compile(r"^fail(ed|ing)")
"""Beginnings of the names of the parts of a run that failed, which its next success lacks."""
_OF_A_RUN: Final = _words_of("id uuid number author url compareurl agent agentname runner runnername")
_ID_ENDINGS: Final = ("id", "ref", "reference", "number", "no", "nr")
_LINKS: Final = re.compile(r"(url|uri|link|href)$")
_UNITS: Final = _words_of("unit units eu uom")
"""Plain names of a unit of measurement, or of a device."""
_MESSAGE_IDS: Final = frozenset({"messageid", "msgid"})
_MESSAGE_KIND: Final = re.compile(r"(?:[A-Za-z]\w{0,40}\.)(?:\w{1,40}\.){0,5}(?:[A-Z][a-z]+){2,8}")
"""A message's id that is the name of its kind: Redfish's ``iLOEvents.3.6.FanFailed``."""
_WORK: Final = re.compile(
    r".*(job|task|test|backup|scan|pipeline|workflow|flow|script|deployment)(id|uuid|key|no|number)"
)
"""Plain names of an id that may be of the work or of its run."""
_UPS: Final = re.compile(r"ups(name|id)?")
_UPS_STATES: Final = {
    **dict.fromkeys(("onbatt", "onbattery", "lowbatt", "lowbattery", "online"), "power"),
    **dict.fromkeys(("commok", "commbad", "nocomm"), "communication"),
}
"""What the states of a UPS are about."""


class _Role(Enum):
    """The meaning of a name. A check or a part identifies a problem, and so do a kind of problem and an object."""

    CHECK = auto()
    PROBLEM = auto()
    OBJECT = auto()
    THING = auto()
    """A name with digits or marks in it, under an unknown name: only with a problem it identifies one."""
    OTHER = auto()
    """A name that alone identifies nothing, such as a parent's; it only keeps objects apart."""
    SENTENCE = auto()
    WEAK = auto()
    """A value that may be an id: it counts only if nothing else identifies the problem."""
    DELIVERY = auto()
    """An id of the delivery: it counts only if there is nothing else."""


_ROLES: Final = {
    _Role.PROBLEM: re.compile(
        rf".*(rule|metric|alert|alarm|condition|symptom|fault|problem|issue|trap|trigger|event){_ENDING}"
        r"|code"
    ),
    _Role.OTHER: re.compile(f"{PARENTS.pattern}|{_DESCRIBING.pattern}"),
    _Role.CHECK: re.compile(
        # Checks,
        rf".*(check|chk|monitor|job|tile|(?<!heart)beat|heartbeat|schedule|backup|journey|task|pipeline|workflow|command|script"
        rf"|dag|flow|suite|scenario|connector|replication|(data|alarm|measuring)point|test|build|budget"
        # and parts of objects.
        rf"|sensor|interface|ifname|ifindex|ifdescr|slot|fan|psu|battery|pump|valve|door|detector|camera|tunnel|circuit"
        rf"|peer|vlan|queue|consumergroup|table|tablespace|bucket|disk|drive|volume|(?<!a)mount|filesystem|pool|lun|shard"
        rf"|replica|cert|certificate){_ENDING}|tag|pointtag"
    ),
}
"""The role of a plain name: the first that matches the whole of it; without one, a name of objects is an object's."""

_NOTHING: Final = (_Role.OTHER, "")
_NAMES: Final = _words_of("name label")
"""Names of a text that may be a title."""
_MARKED: Final = re.compile(r"(?=\S*[-_./:\d]|\S*[a-z][A-Z])\S+")
"""A name that no word of a language looks like."""
_RUN_SUFFIX: Final = re.compile(r"[-_.](\d{6,}|(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,})$")
"""The end of a job's name that is of its run."""
_LABELS: Final = re.compile(r"(?:[^\W\d][\w./-]{0,40}=[^\s=]{1,60}(?:\s|$)){1,20}")
"""Labels in one text: ``group=billing topic=orders``."""
_MOST_LABELS: Final = 500
_LOWER: Final = re.compile(r" [^\W\d_A-Z][^\W\d_]")
_LETTERS: Final = re.compile(r"[^\W\d_]{3}")


def identity(body: JsonObject, title: str | None, around: JsonObject | None = None) -> str:
    """Return a hash that is the same for an object's ALERT and RECOVERY, and another for each other object.

    The names ``around`` a body keep it apart from the same body elsewhere.
    """
    names: set[str] = set()
    told: dict[_Role, list[str]] = {_Role.SENTENCE: [], _Role.WEAK: [], _Role.DELIVERY: []}
    roles: set[_Role] = set()
    scalars = list(_scalars(body))
    is_ups = any(_UPS.fullmatch(name) for name, _ in scalars)
    for name, value in scalars:
        role, found = _part(name, value, title, is_ups=is_ups)
        if role in told:
            told[role].append(found)
        elif found:
            names.add(f"{name}={found}")
            roles.add(role)
    for name, value in _scalars(around or {}):
        role, found = _part(name, value, title, is_ups=False)
        if found and role not in told:
            names.add(f"{name}={found}")
    roles.discard(_Role.OTHER)
    # The sentences of a run are its commit's.
    is_identified = _Role.CHECK in roles or (_Role.PROBLEM in roles and len(roles) > 1)
    roles.discard(_Role.THING)
    if is_identified or (roles and any(map(is_run, _objects(body)))):
        return digest([*sorted(names)])
    has_object = bool(roles - {_Role.PROBLEM}) or bool(_OBJECT.search(title or ""))
    sentences = [title or ""] if has_object else [title or "", *told[_Role.SENTENCE]]
    known = {word for one in names for word in one.partition("=")[2].split()}
    said = {word for one in sentences for word in _naming_words(one)} - known
    ids = [] if has_object else told[_Role.WEAK] if names or said else [*told[_Role.WEAK], *told[_Role.DELIVERY]]
    return digest([*sorted(names)], [*sorted(said)], [*sorted(ids)])


def _part(name: str, value: Json, title: str | None, *, is_ups: bool) -> tuple[_Role, str]:
    """Return the role of a value, and its part that does not change, which may be empty."""
    found = text(value)
    if is_ups and found is not None and (about := _UPS_STATES.get(found.lower())):
        return _Role.PROBLEM, about
    if found is not None and name in _MESSAGE_IDS and _MESSAGE_KIND.fullmatch(found):
        return _kind(name, found)
    if found is None or isinstance(value, bool) or _changes(name):
        return _NOTHING
    if isinstance(value, str):
        return _of_text(name, found, title)
    is_id = (
        isinstance(value, int) and value != 0 and NAMING.search(name) and name != "code" and not _WORK.fullmatch(name)
    )
    return (_role(name) or _Role.OTHER, found) if is_id else _NOTHING


def _of_text(name: str, found: str, title: str | None) -> tuple[_Role, str]:
    is_name = bool(NAMING.search(name))
    if name in _UNITS and not any(map(str.isdigit, found)):
        return _NOTHING
    if name in _CONDITION_TYPES:
        return _Role.PROBLEM, found
    if _KINDS.fullmatch(name):
        return _kind(name, found)
    if is_prose(name):
        return _Role.SENTENCE, found
    is_time = _MOMENTS.fullmatch(found) or parse_time(found) is not None
    if not is_name and (is_time or _MEASURED.fullmatch(found[:_MOST_KIND]) or is_state(found)):
        return _NOTHING
    role = _role(name)
    # The name of a rule or an alarm is not a sentence, although it may be the title.
    if _is_sentence(found, None if role is _Role.PROBLEM else title, is_name=is_name):
        return _Role.SENTENCE, found
    if name.endswith(_ID_ENDINGS) and is_of_a_delivery(found):
        return _Role.DELIVERY, found
    is_opaque = bool(_OPAQUE.fullmatch(found))
    is_of_run = _WORK.fullmatch(name) and (is_opaque or not _LETTERS.search(found))
    if is_of_run or (not is_name and (is_opaque or "://" in found)):
        return _Role.WEAK, found
    found = found if is_name and name not in _NAMES and " " not in found else _without_state(found)
    if role is None:
        role = _Role.THING if _MARKED.fullmatch(found) else _Role.OTHER
    return role, _RUN_SUFFIX.sub("", found) if role is _Role.CHECK else found


def is_state(value: str) -> bool:
    """Whether a text has only words that say how an object is; some languages do not separate words."""
    return all(
        one in _SAID or (not one.isascii() and words.has_ended(one) is not None)
        for one in words.tokens(value[:_MOST_KIND])
    )


def tells_a_state(value: str) -> bool:
    """Whether a sentence has words that say how an object is."""
    return " " in value and not _LITTLE.isdisjoint(words.tokens(value))


@_remembered
def is_prose(name: str) -> bool:
    """Whether a plain name is of sentences."""
    return name in _PROSE_NAMES or bool(_PROSE.search(name))


def names_a_thing(name: str) -> bool:
    """Whether the values of a plain name are names or ids, such as a port's."""
    return _role(name) is not None


@_remembered
def describes(name: str) -> bool:
    """Whether the values of a plain name change, or describe an object, or name its parent."""
    return bool(_CHANGING.fullmatch(name) or PARENTS.match(name) or _DESCRIBING.fullmatch(name))


def _is_sentence(found: str, title: str | None, *, is_name: bool) -> bool:
    """Whether a text is a sentence and not a name; names of several words are often written in capitals."""
    if _LABELS.fullmatch(found[:_MOST_LABELS]):
        return False
    blanks = found.count(" ")
    if blanks >= _MOST_BLANKS or "\n" in found or (found == title and tells_a_state(found)):
        return True
    return not is_name and (tells_a_state(found) or (blanks > 1 and bool(_LOWER.search(found))))


def _kind(name: str, value: str) -> tuple[_Role, str]:
    """Return what kind of thing a text says has happened, without how it is; a general kind says nothing."""
    found = words.tokens(value[:_MOST_KIND])
    tells_a_state = not _SAID.isdisjoint(found)
    if words.GENERAL.issuperset(found) or (name in _MAYBE_KINDS and not tells_a_state):
        return _NOTHING
    # The class of a thing identifies no problem, but a word such as LINK_DOWN does.
    kind = ".".join(word for word in found if word not in _SAID)
    return _Role.PROBLEM if tells_a_state or name.endswith("code") else _Role.OTHER, kind


@_remembered
def _changes(name: str) -> bool:
    return bool(_CHANGING.fullmatch(name) or _RUNS.fullmatch(name))


@_remembered
def _role(name: str) -> _Role | None:
    """Return the role of a plain name; None if it is unknown."""
    named = _Role.OBJECT if NAMING.search(name) else None
    return next((role for role, pattern in _ROLES.items() if pattern.fullmatch(name)), named)


def _scalars(body: JsonObject) -> Iterator[tuple[str, Json]]:
    """Yield the scalars of a body by their plain names, as many as a person would read.

    The name of an object precedes that of its own name or id. Of a list of texts, which things are in it changes.
    """
    waiting: list[tuple[tuple[str, ...], Json]] = [((), body)]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        place, found = waiting.pop()
        if isinstance(found, dict) and len(place) < _MOST_DEPTH:
            fields = [(words.folded("".join(filter(str.isalnum, key))), one) for key, one in found.items()]
            of_run = is_run(dict(fields)) or place[-1:] in _RUN_OBJECTS
            left_out = _OF_A_RUN if of_run else _LEFT_OUT
            waiting.extend(
                ((*place, name), one)
                for name, one in fields
                if name not in left_out
                and not (isinstance(one, dict) and name in _PEOPLE)
                and not (isinstance(one, list) and _EPISODES.search(name))
                and not (of_run and (_LINKS.search(name) or _FAILED_PARTS.match(name)))
            )
        elif isinstance(found, list):
            waiting.extend((place, one) for one in found[:_MOST_ELEMENTS] if isinstance(one, dict) or len(found) == 1)
        elif found is not None and not isinstance(found, dict):
            name = "".join(place[-2:] if place[-1] in _OWN or place[-2:] in _CONDITIONS else place[-1:])
            yield name[-_MOST_KIND:], found


def _objects(body: JsonObject) -> Iterator[JsonObject]:
    """Yield the body and the objects in it by their plain names."""
    return (plain_names(one) for one in (body, *body.values()) if isinstance(one, dict))


def is_run(fields: JsonObject) -> bool:
    """Whether an object, by its plain names, is one run of a job: its id and number are not the job's."""
    return any(_RUNS.fullmatch(name) for name in fields)


def _without_state(value: str) -> str:
    """Return a text without its state words, marks such as ``[FIRING]``, and measured numbers."""
    found = _SYMBOLS.sub("", _SHORTCODES.sub("", value)).strip()
    if _EVENT_NAME.fullmatch(found):
        return ".".join(word for word in _SEPARATED.split(found) if word.isalnum() and word.lower() not in _SAID)
    found = _MARKS.sub(lambda mark: "" if all(map(_says_little, _words(mark[0]))) else mark[0], found)
    if " " not in found.strip():
        return found.strip()
    found = _NUMBERS.sub("", _NUMBERED.sub(_named_number, _POWER.sub("", _MOMENTS.sub("", found))))
    return " ".join(_WORDS.sub(lambda word: "" if _is_said(words.folded(word[0])) else word[0], found).split())


def _is_said(word: str) -> bool:
    return word in _SAID or (not word.isascii() and _SAID_PARTS.fullmatch(word) is not None)


def _says_little(word: str) -> bool:
    return word in _LITTLE or _is_said(word)


def _naming_words(value: str) -> Iterator[str]:
    """Yield the words of a sentence that may name something; a text of one word may be an object's name."""
    for word in _without_state(value).split():
        bare = word.strip(".,:;!?()[]\"'")
        if bare and (" " not in value.strip() or words.folded(bare) not in _LITTLE):
            yield bare


def _named_number(match: re.Match[str]) -> str:
    """Return a number that is part of a name so that it does not look measured."""
    before = _words(match.string[max(0, match.start() - _MOST_LETTERS) : match.start()])
    is_measured = not before or before[-1] in _MEASURING or before[-1] in _SAID
    return match[0] if is_measured else f"-{match[0].strip(' #')}"


def _words(value: str) -> list[str]:
    return [words.folded(word) for word in _WORDS.findall(value)]
