"""The statistics language as pydantic models: what is well-formed.

Beside `event_api.requests`, so that a function that lists does not build these at a cold start.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from event_api.errors import InvalidParameterError, RequiredParameterError
from event_api.requests import (
    MAX_CONDITIONS,
    MAX_COUNT,
    MAX_FIELDS,
    MAX_KEY_LENGTH,
    Count,
    EventKey,
    Key,
    Matching,
    Part,
    RowCondition,
    invalid,
    refuse,
    short_name,
    sort_keys,
)

MAX_STAGES = 50
"""Stages of an aggregate."""


def _name(name: str) -> str:
    if name.startswith("$") or "." in name:
        invalid("a name has no '.' and does not begin with '$'")
    return name


Name = Annotated[str, Field(min_length=1, max_length=MAX_KEY_LENGTH), AfterValidator(_name)]
RowConditions = Annotated[list[RowCondition], Field(max_length=MAX_CONDITIONS)]


class AggregateCondition(RowCondition):
    """A condition of a group's field, which knows fewer operators."""

    def known_operators(self) -> Iterable[str]:
        """Return the operators that may be used."""
        return ("eq", "not", "gt", "gte", "lt", "lte")


class RowSortKey(Part):
    """One key of a sort of rows."""

    key: Key
    desc: bool = False


class GroupKey(Part):
    """What rows are grouped by, and its name in the result."""

    key: Key = Field(validation_alias=short_name("key"))
    name: Name = Field(validation_alias=short_name("name"))
    date_format: Annotated[str, Field(min_length=1, max_length=MAX_KEY_LENGTH)] | None = None


class NamedKey(Part):
    """A field of a pushed object."""

    key: Key = Field(validation_alias=short_name("key"))
    name: Name = Field(validation_alias=short_name("name"))


class GroupField(Part):
    """What is computed of a group's rows, and its name in the result."""

    name: Name = Field(validation_alias=short_name("name"))
    operator: str = Field(validation_alias=short_name("operator"))
    key: Key | None = Field(default=None, validation_alias=short_name("key"))
    conditions: Annotated[list[AggregateCondition], Field(max_length=MAX_CONDITIONS)] = Field(default_factory=list)
    fields: Annotated[list[NamedKey], Field(max_length=MAX_FIELDS)] = Field(default_factory=list)


class Group(Part):
    """Rows with equal keys become one row."""

    keys: Annotated[list[GroupKey], Field(max_length=MAX_FIELDS)] = Field(default_factory=list)
    fields: Annotated[list[GroupField], Field(max_length=MAX_FIELDS)] = Field(default_factory=list)


class UnwindRows(Part):
    """One row for each element of the array at ``path``, of those that hold ``filter``."""

    path: Key
    filter: RowConditions = Field(default_factory=list)


class CountRows(Part):
    """The number of rows."""

    name: Name = Field(validation_alias=short_name("name"))


class Expression(Part):
    """What is computed of one row: a key's value, or an operator applied to one or to several."""

    operator: str | None = Field(default=None, validation_alias=short_name("operator"))
    key: Key | None = Field(default=None, validation_alias=short_name("key"))
    fields: Annotated[list[str | int | float | Expression], Field(max_length=MAX_FIELDS)] | None = None


class ProjectField(Expression):
    """An expression and its name in the result."""

    name: Name = Field(validation_alias=short_name("name"))


class Project(Part):
    """Rows with just these fields; the keys of the group before stay unless ``exclude_keys``."""

    fields: Annotated[list[ProjectField], Field(min_length=1, max_length=MAX_FIELDS)]
    exclude_keys: bool = False


class Match(Part):
    """Only the rows that hold the conditions."""

    filter: RowConditions


RowSort = Annotated[list[RowSortKey], Field(min_length=1, max_length=MAX_FIELDS), BeforeValidator(sort_keys)]


class Stage(Part):
    """One stage of an aggregate."""

    group: Group | None = None
    unwind: UnwindRows | None = None
    count: CountRows | None = None
    sort: RowSort | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_COUNT)] | None = None
    skip: Count | None = None
    project: Project | None = None
    match: Match | None = None

    @property
    def given(self) -> tuple[str, Any]:
        """The stage's name and its options."""
        return next((name, options) for name, options in self if options is not None)

    @model_validator(mode="after")
    def _one(self) -> Stage:
        if sum(options is not None for _, options in self) != 1:
            invalid(f"a stage has exactly one of {', '.join(type(self).model_fields)}")
        return self


class StatQuery(Matching):
    """The statistics language."""

    aggregate: Annotated[list[Stage], Field(max_length=MAX_STAGES)] = Field(default_factory=list)
    distinct: EventKey | None = None

    @model_validator(mode="after")
    def _one(self) -> StatQuery:
        if not self.aggregate and self.distinct is None:
            refuse(lambda at: RequiredParameterError(f"{at}.aggregate"))
        if self.aggregate and self.distinct is not None:
            refuse(lambda at: InvalidParameterError(f"{at}.distinct", "it does not go together with aggregate"))
        return self


class EventStatQuery(Part):
    """The request of stat."""

    query: StatQuery
    domain_id: str | None = None
