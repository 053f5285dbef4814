"""The requests of get and list as pydantic models: which of them are well-formed.

Apart from `event_api.reads.requests`, so that a function that counts does not build these at a cold start.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, model_validator

from event_api.domain.errors import InvalidParameterError
from event_api.domain.fields import EVENT, Kind
from event_api.json_types import Json
from event_api.query import severity
from event_api.query.matcher import Condition
from event_api.query.sorting import NEWEST_FIRST, SortKey
from event_api.reads.keys import MAX_FIELDS
from event_api.reads.requests import MAX_LIST_VALUES, FilterQuery, RecordKey, StrictModel, reject, sort_keys


def as_list(value: Json) -> Json:
    """Let one string stand for a list of it."""
    return [value] if isinstance(value, str) else value


Names = Annotated[list[str] | None, Field(max_length=MAX_LIST_VALUES), BeforeValidator(as_list)]
Only = Annotated[list[RecordKey], Field(max_length=MAX_FIELDS), BeforeValidator(as_list)]


class RecordSortKey(StrictModel):
    """One key of a sort of records."""

    key: RecordKey
    """A dotted path into the record."""
    desc: bool = False
    """The largest first."""


class Unwind(StrictModel):
    """One result for each element of the array at ``path``."""

    path: RecordKey
    """A dotted path into the record."""


class SearchQuery(FilterQuery):
    """The search language."""

    sort: Annotated[list[RecordSortKey], Field(max_length=MAX_FIELDS), BeforeValidator(sort_keys)] = Field(
        default_factory=list
    )
    """The order of the results; without it the newest ``created_at`` comes first."""
    only: Only = Field(default_factory=list)
    """Just these fields, or parts of fields."""
    minimal: bool = False
    """Returns only the minimal fields, in addition to the fields of ``only``."""
    count: bool = True
    """Answer ``total_count``; false saves the counting."""
    count_only: bool = False
    """Answer no results, just ``total_count``."""
    unwind: Unwind | None = None
    """One result for each element of an array."""

    @model_validator(mode="after")
    def _counts(self) -> SearchQuery:
        if self.count_only and not self.count:
            reject(lambda at: InvalidParameterError(f"{at}.count", "false does not go together with count_only"))
        return self

    def order(self, kind: Kind) -> tuple[SortKey, ...]:
        """Return the order that is wanted."""
        by_rank = self.severity_order == "rank"
        paths = ((kind.path_of(part.key), part.desc) for part in self.sort)
        return tuple(SortKey(path, desc, by_rank and path == severity.PATH) for path, desc in paths) or NEWEST_FIRST


class RecordQuery(StrictModel):
    """The request of list. Each named field must be equal to a value, or to one of some."""

    kind: ClassVar[Kind]

    query: SearchQuery = SearchQuery.model_construct()
    """Search query."""
    domain_id: str | None = None
    """The token's domain, which is meant anyway; another one is refused."""

    def named(self) -> list[Condition]:
        """Return the conditions that the named fields are."""
        return [
            Condition(self.kind.path_of(name), "in", values if isinstance(values, list) else [values], self.kind.times)
            for name, values in self
            if name not in {"query", "domain_id"} and values is not None
        ]


class EventQuery(RecordQuery):
    """The request of list. Each named field must be equal to a value, or to one of some."""

    kind = EVENT

    event_id: Names = None
    """Just this event, or these."""
    event_key: Names = None
    """Just the events of this sender's key, or of these."""
    event_type: Names = None
    """Just events of this type: ALERT, RECOVERY, ERROR; or of these."""
    severity: Names = None
    """Just events of this severity: CRITICAL, ERROR, WARNING, INFO, NOT_AVAILABLE, NONE; or of these."""
    resource_id: Names = None
    """Just events about this resource, or these."""
    provider: Names = None
    """Just events of this provider, or of these."""
    account: Names = None
    """Just events of this account, or of these."""
    alert_id: Names = None
    """Just the events of this alert, or of these."""
    webhook_id: Names = None
    """Just the events of this webhook, or of these."""
    project_id: Names = None
    """Just the events of this project, or of these."""
