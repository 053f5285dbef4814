"""Zabbix's webhook media type: SpaceONE's guide, the parameters of Zabbix's own media types, Zulip's and KeepHQ's.

Source: https://www.zabbix.com/documentation/current/en/manual/appendix/macros/supported_by_location,
https://www.zabbix.com/documentation/current/en/manual/config/notifications/media/webhook/webhook_examples and
https://github.com/cloudforet-io/plugin-zabbix-mon-webhook/blob/master/docs/ko/GUIDE.md
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_line, first_text, severity, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "zabbix"
ALIASES: Final = ("zabbix-zulip-template",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("event.id", "trigger.id", "item.key", "host.connection_info", "host.visible_name")),
    Rule(keys=("event_id", "event_value", "event_nseverity")),
    Rule(
        keys=("item", "trigger", "link", "status"),
        values={"severity": ("Not classified", "Information", "Warning", "Average", "High", "Disaster")},
    ),
    # KeepHQ's parameters.
    Rule(keys=("id", "triggerId", "lastReceived", "service", "severity")),
)

SEVERITIES: Final = {
    "5": Severity.CRITICAL,
    "disaster": Severity.CRITICAL,
    "4": Severity.ERROR,
    "high": Severity.ERROR,
    "3": Severity.WARNING,
    "average": Severity.WARNING,
    "2": Severity.WARNING,
    "warning": Severity.WARNING,
    "1": Severity.INFO,
    "information": Severity.INFO,
}
"""By ``{EVENT.NSEVERITY}`` or ``{EVENT.SEVERITY}``. Zabbix lets its words be renamed, so the number goes first."""
GUIDE_SEVERITIES: Final = SEVERITIES | {"warning": Severity.NONE}
"""SpaceONE's plugin does not know Warning; users who move from it see the same. The number is more precise."""

RECOVERED: Final = frozenset({"0", "ok", "resolved"})
"""``{EVENT.VALUE}``, ``{EVENT.STATUS}`` and ``{TRIGGER.STATUS}`` of an ended problem."""

_FACTS = frozenset({"1", "2"})  # {EVENT.SOURCE}: discovery and autoregistration have no severity
_UPDATE_SUBJECT = "updated problem in "  # of Zabbix's default message; the guide sends no {EVENT.UPDATE.STATUS}
_MACRO = re.compile(r"\{[$?#]?[A-Z][^{}]*\}|\*UNKNOWN\*")
_IN_LINK = (re.compile(r"[?&]triggerid=(\d+)"), re.compile(r"[?&]eventid=(\d+)"))
_TOLD: Final = (
    "event_id",
    "event_severity",
    "event_opdata",
    "event_tags",
    "event_date",
    "event_time",
    "event_recovery_date",
    "event_recovery_time",
    "event_duration",
    "trigger_id",
    "trigger_description",
    "item",
    "item_id",
    "item_key",
    "item_value",
    "host_id",
    "host_ip",
    "host_groups",
    "zabbix_url",
    "link",
)
"""The parts of ``additional_info``. A media type's parameters may hold more, and some of it is secret."""

_TITLES = ("eventname", "problemname", "triggername", "trigger", "name")
_SUBJECTS = ("title", "alertsubject", "subject")
_MESSAGES = ("message", "alertmessage", "eventopdata", "description", "triggerdescription")
_STATES = ("eventvalue", "eventstatus", "status", "triggervalue", "triggerstatus", "state")
_LEVELS = ("eventnseverity", "triggernseverity", "nseverity", "eventseverity", "triggerseverity", "severity")
_HOSTS = ("hostname", "hosthost", "host", "service")
_IDS = ("id", "alertuid")
_ADDRESSES = ("hostconnectioninfo", "hostconn", "hostip")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a problem or its recovery; none of an update, nor of a test, which expands no macro."""
    parameters = _parameters(payload.body)
    fields = {name: value for name, value in parameters.items() if not _MACRO.fullmatch(value)}
    subject = _first(fields, _SUBJECTS)
    if fields.get("eventupdatestatus") == "1" or (subject or "").lower().startswith(_UPDATE_SUBJECT):
        return []
    message = _first(fields, _MESSAGES)
    title = first_text(_first(fields, _TITLES), subject, first_line(message), _first(fields, ("item", "itemname")))
    if title is None:
        if len(fields) < len(parameters):
            return []
        raise NormalizeError("the problem has neither an event name nor a trigger name nor a subject")
    recovered = (_first(fields, _STATES) or "").lower() in RECOVERED
    return [
        NormalizedEvent(
            event_key=_key(fields, title),
            event_type=EventType.RECOVERY if recovered else EventType.ALERT,
            title=title,
            severity=Severity.INFO if recovered else _severity(fields, is_guide="event" in payload.body),
            description=message,
            rule=first_text(fields.get("triggername"), fields.get("trigger")),
            resource=_resource(fields),
            additional_info=texts({name: fields.get(_plain(name)) for name in _TOLD}),
            # {EVENT.DATE} and {EVENT.TIME} have no zone: they could be hours off.
            occurred_at=parse_time(fields.get("eventrecoverytimestamp" if recovered else "eventtimestamp")),
        )
    ]


def _parameters(body: JsonObject) -> dict[str, str]:
    """Bring the guide's ``{"event": {"id": …}}``, ``event_id`` and ``eventID`` to one name."""
    found: JsonObject = {}
    for key, value in body.items():
        for name, one in value.items() if isinstance(value, dict) else (("", value),):
            found.setdefault(_plain(key + name), one)
    return texts(found)


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def _first(fields: dict[str, str], names: tuple[str, ...]) -> str | None:
    return first_text(*map(fields.get, names))


def _severity(fields: dict[str, str], *, is_guide: bool) -> Severity:
    word = _first(fields, _LEVELS)
    if word is None:
        return Severity.INFO if fields.get("eventsource") in _FACTS else Severity.ERROR
    return severity(word, GUIDE_SEVERITIES if is_guide else SEVERITIES, Severity.NONE)


def _key(fields: dict[str, str], title: str) -> str:
    """Join host and event: ``{EVENT.ID}`` is the problem's, in its recovery too, and unique on its server only."""
    trigger, linked = (
        found[1] if found else None for found in (one.search(fields.get("link", "")) for one in _IN_LINK)
    )
    # Older servers link a recovery's own event: both messages share the trigger.
    event = first_text(fields.get("eventid"), f"trigger:{trigger}" if trigger else linked, _first(fields, _IDS))
    host = first_text(fields.get("hostid"), _first(fields, _HOSTS))
    if event is not None:
        return ":".join(filter(None, ("zabbix", host, event)))
    return f"zabbix:{digest(host, first_text(fields.get('triggerid'), title))}"


def _resource(fields: dict[str, str]) -> Resource:
    host = first_text(_first(fields, _HOSTS), fields.get("hostid"))
    name, address = first_text(fields.get("hostvisiblename"), host), _first(fields, _ADDRESSES)
    return Resource(
        resource_id=host,
        resource_type="host" if name else None,
        name=f"{name} ({address})" if name and address and address != name else name,
    )
