"""Which sender's format a request is in, when its webhook does not say.

The rules are the formats' own (`event_api.normalizers.rules`), kept in the index: detecting imports no normalizer.
The contract tests show that at most one format claims a request; for one that is contrived, the index has an order.
Only rules that could hold are tried: most name a key of the body, so the number of formats costs a request nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.normalizers.format_index import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from event_api.json_types import Json

GENERIC: Final = "generic"
"""The format of a payload that no rule claims."""

_ABOUT_HEADERS: Final = [place for place, (_, rule) in enumerate(RULES) if rule.is_about_headers]
_ABOUT_BODIES: Final = [place for place, (_, rule) in enumerate(RULES) if not rule.is_about_headers]
_BY_KEY: Final[dict[str, list[int]]] = {}
"""The places of the rules that name this key, of an object."""
_BY_NO_KEY: Final[list[int]] = []
for _place in _ABOUT_BODIES:
    _key = RULES[_place][1].first_key
    (_BY_NO_KEY if _key is None else _BY_KEY.setdefault(_key, [])).append(_place)


def claims(content: Json, headers: Mapping[str, str]) -> list[str]:
    """Return every format that claims a request, in the index's order; by its body only if none does by headers."""
    for places in (_ABOUT_HEADERS, _possible(content)):
        formats = [name for name, rule in (RULES[place] for place in places) if rule.claims(content, headers)]
        if formats:
            return list(dict.fromkeys(formats))
    return []


def _possible(content: Json) -> Iterable[int]:
    if not isinstance(content, dict):
        return _BY_NO_KEY
    named = [place for key in _BY_KEY.keys() & content.keys() for place in _BY_KEY[key]]
    return sorted([*named, *_BY_NO_KEY])


def detect(content: Json, headers: Mapping[str, str]) -> str:
    """Return the name of the format that claims a request, or `GENERIC`."""
    return next(iter(claims(content, headers)), GENERIC)
