"""Whether a sender's value can identify an object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.normalizers.lenient import text

if TYPE_CHECKING:
    from event_api.json_types import Json

_EMPTY: Final = re.compile(r"[0\W_]*|null|none|nil|undefined|n/?a|unknown", re.IGNORECASE)


def is_id(value: Json) -> bool:
    """Whether a value can be an id: neither empty nor zero, as in a nil UUID, nor a placeholder such as ``null``."""
    found = text(value)
    return found is not None and not isinstance(value, bool | dict | list) and not _EMPTY.fullmatch(found)
