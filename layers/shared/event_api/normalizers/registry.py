"""The formats by name; importing one imports no other."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from event_api.domain.normalized import KeyScope
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.format_index import MODULES

if TYPE_CHECKING:
    from event_api.domain.normalized import NormalizedEvent
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload
    from event_api.normalizers.rules import Rule


CALLERS_KEYS: Final = frozenset({"direct", "pagerduty-events"})
"""Formats whose callers choose the key, so that even a zero is deliberate."""
_EMPTY_ID: Final = re.compile(
    r"(^|:)(0|0{8}(-0{4}){3}-0{12}|0{24}|0{32}|null|none|nil|undefined)(?=:|$)", re.IGNORECASE
)
"""Parts of a key that are empty ids: zero, the nil UUID with or without dashes, an empty object id, or a word.

16 zeros are not among them, because a fingerprint may consist of them.
"""
_GLOBAL_OR_HASHED: Final = re.compile(r"^arn:|:[0-9a-f]{64}$")
"""Keys that need no further names: an ARN, in which zeros may be an account, and a key that ends with their hash."""


class Format(Protocol):
    """The members of a module in `event_api.normalizers.formats` (docs/formats.md).

    The first line of its docstring names the sender. ``HEADERS``, if present, are the headers whose values it reads;
    they are stored with each delivery, so they may hold no secret.
    """

    NAME: str
    """Lower-case words, joined by hyphens; the module's name has underscores instead."""
    ALIASES: tuple[str, ...]
    """Other names that a webhook's ``format`` may have."""
    RULES: tuple[Rule, ...]
    """The rules that detect the format; empty if it cannot be detected, so that the webhook must name it."""

    KEY_SCOPE: KeyScope
    """Whether its event keys are globally unique, or unique to one sender only."""

    def normalize(self, payload: Payload) -> list[NormalizedEvent]:
        """Convert a payload into events; none for a message that reports no fault, such as a handshake.

        Raises NormalizeError, naming the missing part, if the payload does not say what happened.
        """
        ...


def known_formats() -> tuple[str, ...]:
    """Return every name that a webhook's ``format`` may have, sorted."""
    return tuple(sorted(MODULES))


def load(name: str) -> Format:
    """Import the format of that name, and no other.

    Raises NormalizeError for an unknown name.
    """
    module = module_of(name)
    if not module:
        raise NormalizeError(f"the webhook's format '{name}' is not known")
    return cast("Format", import_module(f"event_api.normalizers.formats.{module}"))


def read(name: str, payload: Payload) -> list[NormalizedEvent]:
    """Return the events of a payload in the format of that name, with keys in the format's scope.

    Raises NormalizeError as the format does.
    """
    module = load(name)
    events = module.normalize(payload)
    if module.NAME not in CALLERS_KEYS:
        events = [_with_an_id(event) for event in events]
    # A scope of WEBHOOK stays: the format that read an envelope's content may have set it.
    return events if module.KEY_SCOPE is KeyScope.PROJECT else [_of_webhook(event) for event in events]


def _with_an_id(event: NormalizedEvent) -> NormalizedEvent:
    """Add the object's own names to a key in which an id is zero or a placeholder, such as ``pingdom:0``."""
    if not _EMPTY_ID.search(event.event_key) or _GLOBAL_OR_HASHED.search(event.event_key):
        return event
    from event_api.normalizers.identity import identity  # noqa: PLC0415  # few keys need its tables

    named: JsonObject = {"id": event.resource.resource_id, "name": event.resource.name, "rulename": event.rule}
    key = f"{event.event_key}:{identity(named | {'description': event.description}, event.title)}"
    # Names are unique only within one sender, whatever the scope of the format's ids is.
    return replace(event, event_key=key, key_scope=KeyScope.WEBHOOK, former_keys=(*event.former_keys, event.event_key))


def _of_webhook(event: NormalizedEvent) -> NormalizedEvent:
    """Scope an event's key to its webhook; version 0.1 opened alerts in the project's scope."""
    return replace(event, key_scope=KeyScope.WEBHOOK, former_keys=event.former_keys or (event.event_key,))


def module_of(name: str) -> str:
    """Return the name of a format's module; an empty text for an unknown name."""
    return MODULES.get(name, "")
