"""Whether a sender's value can identify an object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.normalizers.lenient import text

if TYPE_CHECKING:
    from event_api.json_types import Json

_EMPTY: Final = re.compile(r"[0\W_]*|null|none|nil|undefined|n/?a|unknown", re.IGNORECASE)

_OF_A_DELIVERY: Final = re.compile(
    r"(?:ntf|ntfn|notif|notification|notice|evt|evnt|event|msg|message|dlv|delivery|dispatch|req|request|hook|webhook)"
    r"[-_:#/.](?=\S{0,60}\d)\S{1,80}",
    re.IGNORECASE,
)


def is_of_a_delivery(value: Json) -> bool:
    """Whether an id says that it is a notification's, an event's or a request's: ``ntf_7Jx0a``, ``EVT-7710045``."""
    return isinstance(value, str) and _OF_A_DELIVERY.fullmatch(value.strip()) is not None


def is_id(value: Json) -> bool:
    """Whether a value can be an id: neither empty nor zero, as in a nil UUID, nor a placeholder such as ``null``."""
    found = text(value)
    return found is not None and not isinstance(value, bool | dict | list) and not _EMPTY.fullmatch(found)
