"""The limits of an event, whatever its sender sent; applied to every normalizer's result.

Together they keep an event below DynamoDB's 400 KB an item even if every character takes four bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_right
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from event_api.domain.event import Resource
from event_api.domain.normalized import NormalizedEvent
from event_api.normalizers.errors import NormalizeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sized

    from event_api.json_types import Json

MAX_TITLE: Final = 1024
MAX_DESCRIPTION: Final = 16 * 1024
MAX_EVENT_KEY: Final = 512
MAX_PART: Final = 512
"""Rule, provider, account, and each part of the resource."""
MAX_IMAGE_URL: Final = 2048
MAX_ADDITIONAL_INFO_KEY: Final = 256
MAX_ADDITIONAL_INFO_BYTES: Final = 32 * 1024
"""``additional_info`` written as JSON in UTF-8. All other limits count characters."""

MAX_EVENTS: Final = 10_000
"""Of one delivery: far above any sender's, and no more than a worker can finish in its time."""

MAX_PAIRS: Final = 1_000_000
"""The objects of a body's longest list times the keys of its widest object: a format may look at all of these keys for
each of these objects, as at what a group of alerts has in common. A thousand alerts of a hundred labels are a tenth."""
MAX_PAIRED_CHARACTERS: Final = 100_000_000
"""The same with the characters of its longest text, which each event may have a copy of until it is cut."""

ELLIPSIS: Final = "…"
"""The end of truncated text."""

_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
_MOST_BYTES_A_CHARACTER = 6  # a control character as \u001f in JSON; four in UTF-8 otherwise
_ENTRY_PUNCTUATION = 4  # a colon, a comma and a blank after each, as `json.dumps` writes them
_MOST_ENTRIES = MAX_ADDITIONAL_INFO_BYTES // _ENTRY_PUNCTUATION  # more than fit
_USUAL_KEYS = 10  # of an object, at the least: an empty one makes an event, too
_LEAST_SHARE = 16  # bytes of a value below which leaving entries out says more than cutting all of them


def clean(value: str) -> str:
    """Replace NUL and lone surrogates, which are invalid in UTF-8 or refused by stores, by U+FFFD."""
    return _NOT_STORABLE.sub("\ufffd", value)


def cut(value: str, limit: int) -> str:
    """Truncate text to ``limit`` characters, the ellipsis included."""
    return value if len(value) <= limit else value[: limit - len(ELLIPSIS)] + ELLIPSIS


def cut_key(key: str, limit: int) -> str:
    """Make a key storable so that distinct keys stay distinct: a prefix, and the SHA-256 of the whole key."""
    if len(key) <= limit and not _NOT_STORABLE.search(key):
        return key
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{clean(key[: limit - len(digest) - 1])}:{digest}"


def check_number(events: Sized) -> None:
    """Raise NormalizeError for more events than one delivery may make."""
    if len(events) > MAX_EVENTS:
        reason = f"it makes {len(events)} events; at most {MAX_EVENTS} are made of one body"
        raise NormalizeError(reason, may_be_salvaged=False)


def check_shape(content: Json) -> None:
    """Raise NormalizeError for content that could grow, while it is read, beyond the memory and time there is."""
    objects, keys, characters = 1, _USUAL_KEYS, 0
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            characters = max(characters, len(value))
        elif isinstance(value, dict):
            keys = max(keys, len(value))
            waiting.extend(value.values())
        elif isinstance(value, list):
            objects = max(objects, sum(isinstance(one, dict) for one in value))
            waiting.extend(value)
    if objects * keys > MAX_PAIRS or objects * characters > MAX_PAIRED_CHARACTERS:
        raise NormalizeError(
            f"a list of {objects} objects is too many with objects of {keys} keys and texts of {characters} characters"
        )


def apply(event: NormalizedEvent) -> NormalizedEvent:
    """Return the event in its storable form: valid UTF-8, within the limits, None for empty values."""
    event_key = cut_key(event.event_key, MAX_EVENT_KEY)
    return replace(
        event,
        event_key=event_key,
        title=_optional(event.title, MAX_TITLE) or event_key,
        description=_optional(event.description, MAX_DESCRIPTION),
        rule=_optional(event.rule, MAX_PART),
        resource=Resource(
            resource_id=_optional(event.resource.resource_id, MAX_PART),
            resource_type=_optional(event.resource.resource_type, MAX_PART),
            name=_optional(event.resource.name, MAX_PART),
        ),
        provider=_optional(event.provider, MAX_PART) or "",
        account=_optional(event.account, MAX_PART) or "",
        image_url=_optional(event.image_url, MAX_IMAGE_URL),
        additional_info=_limit_info(event.additional_info),
    )


def _optional(value: str | None, limit: int) -> str | None:
    if not value or value.isspace():
        return None
    return clean(cut(value, limit))


def _limit_info(info: dict[str, str]) -> dict[str, str]:
    number = len(info)
    # Of what is cut or left out below, no more is read than shows that it is: ten thousand events may share it.
    info = {
        cut_key(clean(key), MAX_ADDITIONAL_INFO_KEY): clean(value[: MAX_ADDITIONAL_INFO_BYTES + 1])
        for key, value in islice(info.items(), _MOST_ENTRIES)
    }
    characters = sum(len(key) + len(value) + _ENTRY_PUNCTUATION for key, value in info.items())
    if characters * _MOST_BYTES_A_CHARACTER <= MAX_ADDITIONAL_INFO_BYTES:
        return info
    info = _leave_out(info, number)
    keys = sum(_json_bytes(key) + _ENTRY_PUNCTUATION for key in info)
    sizes = {key: _json_bytes(value) for key, value in info.items()}
    share = _largest_share(sizes.values(), MAX_ADDITIONAL_INFO_BYTES - keys)
    return {key: value if sizes[key] <= share else _cut_json(value, share) for key, value in info.items()}


def _leave_out(info: dict[str, str], number: int) -> dict[str, str]:
    """Keep as many leading entries as leave every value a little room, and say how many of that number went."""
    room = MAX_ADDITIONAL_INFO_BYTES - _LEAST_SHARE * 4  # for the mark
    kept: dict[str, str] = {}
    for key, value in info.items():
        room -= _json_bytes(key) + _ENTRY_PUNCTUATION + min(_json_bytes(value), _LEAST_SHARE)
        if room < 0:
            return kept | {ELLIPSIS: f"{number - len(kept)} more"}
        kept[key] = value
    return kept


def _largest_share(sizes: Iterable[int], room: int) -> int:
    """Return the size that no value may exceed for all of them to fit: only the largest are cut."""
    ascending = sorted(sizes)
    for position, size in enumerate(ascending):
        share = room // (len(ascending) - position)
        if size > share:
            return share
        room -= size
    return ascending[-1] if ascending else room


def _cut_json(value: str, size: int) -> str:
    prefix = value[:size]
    fitting = bisect_right(range(len(prefix) + 1), size, key=lambda end: _json_bytes(prefix[:end] + ELLIPSIS)) - 1
    return prefix[:fitting] + ELLIPSIS


def _json_bytes(value: str) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())
