"""Keys of fields in requests, and whose events a request may name; free of pydantic, which get has no time for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from event_api.domain.access import Scope
from event_api.domain.errors import InvalidParameterError, PermissionDeniedError
from event_api.domain.fields import Kind
from event_api.json_types import Json

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


def check_parameters(parameters: Mapping[str, Json], scope: Scope) -> None:
    """Check the parameters of a request that has none but ``domain_id``.

    Raises PermissionDeniedError for another domain, InvalidParameterError for any other parameter.
    """
    for key in parameters:
        if key != "domain_id":
            raise InvalidParameterError(key[:MAX_LOCATION_LENGTH] or "body", "unknown parameter")
    check_domain(cast("str | None", parameters.get("domain_id")), scope)
