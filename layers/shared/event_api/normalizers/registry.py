"""Format names, and the one module that each of them needs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.index import MODULES

if TYPE_CHECKING:
    from event_api.model import NormalizedEvent
    from event_api.normalizers.payload import Payload
    from event_api.normalizers.rules import Rule


class Format(Protocol):
    """What a module in `event_api.normalizers.formats` has (docs/formats.md).

    The first line of its docstring names the sender. ``HEADERS``, where it has them, are the headers that it reads the
    values of; they are stored with each delivery, so they may hold no secret.
    """

    NAME: str
    """Lower case, words joined by hyphens; the module is named likewise with underscores."""
    ALIASES: tuple[str, ...]
    """Other names that a webhook's ``format`` may say."""
    RULES: tuple[Rule, ...]
    """What tells the format; none where nothing does, so that the webhook has to say it."""

    def normalize(self, payload: Payload) -> list[NormalizedEvent]:
        """Turn a payload into events, none for what is no fault, such as a handshake.

        Raises NormalizeError, saying what is missing, where it cannot tell what happened.
        """
        ...


def known_formats() -> tuple[str, ...]:
    """Return every name that a webhook's ``format`` may say, sorted."""
    return tuple(sorted(MODULES))


def load(name: str) -> Format:
    """Import the format of that name, and nothing else.

    Raises NormalizeError for an unknown name.
    """
    module = module_of(name)
    if not module:
        raise NormalizeError(f"the webhook's format '{name}' is not known")
    return cast("Format", import_module(f"event_api.normalizers.formats.{module}"))


def module_of(name: str) -> str:
    """Return the name of a format's module; nothing for an unknown name."""
    return MODULES.get(name, "")
