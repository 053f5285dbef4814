"""Which sender's format a request is in, when its webhook does not say.

The rules are the formats' own (`event_api.normalizers.rules`), kept in the index: detecting imports no normalizer.
The contract tests show that at most one format claims a request; for one that is contrived, the index has an order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.normalizers.format_index import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_api.json_types import Json

GENERIC: Final = "generic"
"""The format of a payload that no rule claims."""


def claims(content: Json, headers: Mapping[str, str]) -> list[str]:
    """Return every format that claims a request, in the index's order; by its body only if none does by headers."""
    for about_headers in (True, False):
        formats = [
            name for name, rule in RULES if rule.is_about_headers is about_headers and rule.claims(content, headers)
        ]
        if formats:
            return list(dict.fromkeys(formats))
    return []


def detect(content: Json, headers: Mapping[str, str]) -> str:
    """Return the name of the format that claims a request, or `GENERIC`."""
    return next(iter(claims(content, headers)), GENERIC)
