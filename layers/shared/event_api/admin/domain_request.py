"""The part that all requests of managing have, and how they are read."""

from __future__ import annotations

from typing import TypeVar

from event_api.domain.access import Scope
from event_api.json_types import JsonObject
from event_api.reads.keys import check_domain
from event_api.reads.requests import StrictModel, parse_request


class DomainRequest(StrictModel):
    """A request about a domain."""

    domain_id: str | None = None
    """The token's domain, which is meant anyway; another one is refused."""


Asked = TypeVar("Asked", bound=DomainRequest)


def read_request(model: type[Asked], request: JsonObject, scope: Scope) -> Asked:
    """Read a request; raise a BadRequestError that names the invalid key, PermissionDeniedError for another domain."""
    asked = parse_request(model, request)
    check_domain(asked.domain_id, scope)
    return asked
