"""Format names, and the one module that each of them needs."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol, cast

from event_api.normalizers.errors import NormalizeError

if TYPE_CHECKING:
    from event_api.model import NormalizedEvent
    from event_api.normalizers.payload import Payload


class Format(Protocol):
    """What a module in `event_api.normalizers.formats` has."""

    NAME: str
    """Lower case, words joined by hyphens; the module is named likewise with underscores."""
    ALIASES: tuple[str, ...]
    """Other names that a webhook's ``format`` may say."""

    def normalize(self, payload: Payload) -> list[NormalizedEvent]:
        """Turn a payload into events, none for what is no fault, such as a handshake.

        Raises NormalizeError where not even a person could read an event out of it.
        """
        ...


_MODULES: Final = MappingProxyType(
    {
        "alertmanager": "prometheus_alertmanager",
        "api-direct": "direct",
        "aws-cloudwatch": "aws_cloudwatch",
        "aws-cloudwatch-lambda-action": "aws_cloudwatch",
        "aws-cloudwatch-raw": "aws_cloudwatch",
        "aws-cloudwatch-sns": "aws_cloudwatch",
        "aws-sns": "aws_sns",
        "direct": "direct",
        "generic": "generic",
        "prometheus-alertmanager": "prometheus_alertmanager",
    }
)
"""Names and aliases stand here as well, so that only the module in use is imported; a test compares them."""


def known_formats() -> tuple[str, ...]:
    """Return every name that a webhook's ``format`` may say, sorted."""
    return tuple(sorted(_MODULES))


def load(name: str) -> Format:
    """Import the format of that name, and nothing else.

    Raises NormalizeError for an unknown name.
    """
    module = _MODULES.get(name)
    if module is None:
        raise NormalizeError(f"the webhook's format '{name}' is not known")
    return cast("Format", import_module(f"event_api.normalizers.formats.{module}"))
