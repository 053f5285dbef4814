"""Keys of fields in requests, and whose events a request may name; free of pydantic, which get has no time for."""

from __future__ import annotations

from event_api.domain.access import Scope
from event_api.domain.errors import PermissionDeniedError
from event_api.domain.fields import Kind

MAX_KEY_LENGTH = 255
"""Characters in a key or a name."""
MAX_FIELDS = 100
"""Keys or fields in ``only``, ``sort``, ``group`` and ``project``."""
MAX_LOCATION_LENGTH = 1_000
"""Characters of a place that an error names: an unknown key may be of any length."""


def fault_of_key(key: str) -> str | None:
    """Return why a text is not a key, if it is not."""
    return "it has an empty part between dots" if "" in key.split(".") else None


def fault_of_field(key: str, kind: Kind) -> str | None:
    """Return why a key names no field of a kind, if it does not."""
    return None if kind.is_field(key) else f"unknown field; the fields are {', '.join(kind.fields)}"


def check_domain(domain_id: str | None, scope: Scope) -> None:
    """Raise PermissionDeniedError if a request names another domain than its token's."""
    if domain_id is not None and domain_id != scope.domain_id:
        raise PermissionDeniedError("the token belongs to another domain")
