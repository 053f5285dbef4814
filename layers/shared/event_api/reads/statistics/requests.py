"""The statistics language as pydantic models: which requests are well-formed.

Apart from `event_api.reads.requests`, so that a function that lists does not build these at a cold start.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from event_api.domain.errors import InvalidParameterError, RequiredParameterError
from event_api.reads.keys import MAX_FIELDS, MAX_KEY_LENGTH
from event_api.reads.requests import (
    MAX_CONDITIONS,
    MAX_COUNT,
    Count,
    FilterQuery,
    Key,
    RecordKey,
    RowCondition,
    StrictModel,
    reject,
    reject_value,
    sort_keys,
    with_initial_alias,
)

MAX_STAGES = 50
"""Stages of an aggregate."""


def plain_name(name: str) -> str:
    """Refuse a name that could not be a key in the stages that follow."""
    if name.startswith("$") or "." in name:
        reject_value("a name has no '.' and does not begin with '$'")
    return name


Name = Annotated[str, Field(min_length=1, max_length=MAX_KEY_LENGTH), AfterValidator(plain_name)]
RowConditions = Annotated[list[RowCondition], Field(max_length=MAX_CONDITIONS)]


class AggregateCondition(RowCondition):
    """A condition of a group's field, which knows fewer operators."""

    def known_operators(self) -> Iterable[str]:
        """Return the operators that may be used."""
        return ("eq", "not", "gt", "gte", "lt", "lte")


class RowSortKey(StrictModel):
    """One key of a sort of rows."""

    key: Key
    """A dotted path into the row."""
    desc: bool = False
    """The largest first."""


class GroupKey(StrictModel):
    """A key to group rows by, and its name in the result."""

    key: Key = Field(validation_alias=with_initial_alias("key"))
    """A dotted path into the row."""
    name: Name = Field(validation_alias=with_initial_alias("name"))
    """Its name in the result."""
    date_format: Annotated[str, Field(min_length=1, max_length=MAX_KEY_LENGTH)] | None = None
    """Of a time: ``year``, ``month`` or ``day`` give numbers; else MongoDB's specifiers, such as ``%Y-%m-%dT%H``."""


class NamedKey(StrictModel):
    """A field of a pushed object."""

    key: Key = Field(validation_alias=with_initial_alias("key"))
    """A dotted path into the row."""
    name: Name = Field(validation_alias=with_initial_alias("name"))
    """Its name in the object."""


class GroupField(StrictModel):
    """A value to compute for each group, and its name in the result."""

    name: Name = Field(validation_alias=with_initial_alias("name"))
    """Its name in the result."""
    operator: str = Field(validation_alias=with_initial_alias("operator"))
    """Operator that computes the value."""
    key: Key | None = Field(default=None, validation_alias=with_initial_alias("key"))
    """Key of the operand; count needs none."""
    conditions: Annotated[list[AggregateCondition], Field(max_length=MAX_CONDITIONS)] = Field(default_factory=list)
    """Which rows count, sum and average see."""
    fields: Annotated[list[NamedKey], Field(max_length=MAX_FIELDS)] = Field(default_factory=list)
    """Members of the objects that push collects, instead of a key."""


class Group(StrictModel):
    """Rows with equal keys become one row."""

    keys: Annotated[list[GroupKey], Field(max_length=MAX_FIELDS)] = Field(default_factory=list)
    """Keys whose values are equal within a group; without keys, all rows form one group."""
    fields: Annotated[list[GroupField], Field(max_length=MAX_FIELDS)] = Field(default_factory=list)
    """Values to compute for each group."""


class UnwindRows(StrictModel):
    """One row for each element of the array at ``path``, of those that hold ``filter``."""

    path: Key
    """A dotted path into the row."""
    filter: RowConditions = Field(default_factory=list)
    """Conditions that the new rows must all hold."""


class CountRows(StrictModel):
    """Counts the rows; gives no row if there are none."""

    name: Name = Field(validation_alias=with_initial_alias("name"))
    """Its name in the result."""


class Expression(StrictModel):
    """A value computed from one row: the value of a key, or an operator applied to one or several operands."""

    operator: str | None = Field(default=None, validation_alias=with_initial_alias("operator"))
    """Operator that computes the value; without one, the value of ``key`` is taken unchanged."""
    key: Key | None = Field(default=None, validation_alias=with_initial_alias("key"))
    """Key of a single operand."""
    fields: Annotated[list[str | int | float | Expression], Field(max_length=MAX_FIELDS)] | None = None
    """Several operands: keys, numbers, and other expressions."""


class ProjectField(Expression):
    """An expression and its name in the result."""

    name: Name = Field(validation_alias=with_initial_alias("name"))
    """Its name in the result."""


class Project(StrictModel):
    """Rows with just these fields; the keys of the group before stay unless ``exclude_keys``."""

    fields: Annotated[list[ProjectField], Field(min_length=1, max_length=MAX_FIELDS)]
    """Fields of the new rows."""
    exclude_keys: bool = False
    """Leave the group's keys out."""


class Match(StrictModel):
    """Only the rows that hold the conditions."""

    filter: RowConditions
    """Conditions that must all hold."""


RowSort = Annotated[list[RowSortKey], Field(min_length=1, max_length=MAX_FIELDS), BeforeValidator(sort_keys)]


Options: TypeAlias = Group | UnwindRows | CountRows | list[RowSortKey] | int | Project | Match
"""The options of a stage; a number is that of limit or skip."""


class Stage(StrictModel):
    """One stage of an aggregate."""

    group: Group | None = None
    """Rows with equal keys become one row."""
    unwind: UnwindRows | None = None
    """One row for each element of an array."""
    count: CountRows | None = None
    """The number of rows."""
    sort: RowSort | None = None
    """Another order of the rows."""
    limit: Annotated[int, Field(ge=1, le=MAX_COUNT)] | None = None
    """Keeps this number of rows from the beginning."""
    skip: Count | None = None
    """Drops this number of rows from the beginning."""
    project: Project | None = None
    """Rows with just these fields."""
    match: Match | None = None
    """Only the rows that hold the conditions."""

    @property
    def given(self) -> tuple[str, Options]:
        """The stage's name and its options."""
        return next((name, options) for name, options in self if options is not None)

    @model_validator(mode="after")
    def _one(self) -> Stage:
        if sum(options is not None for _, options in self) != 1:
            reject_value(f"a stage has exactly one of {', '.join(type(self).model_fields)}")
        return self


class StatQuery(FilterQuery):
    """The statistics language."""

    aggregate: Annotated[list[Stage], Field(max_length=MAX_STAGES)] = Field(default_factory=list)
    """Stages, applied in order; at the beginning rows are records, oldest first."""
    distinct: RecordKey | None = None
    """Just the values of this field, each once, in order; in place of ``aggregate``."""

    @model_validator(mode="after")
    def _one(self) -> StatQuery:
        if not self.aggregate and self.distinct is None:
            reject(lambda at: RequiredParameterError(f"{at}.aggregate"))
        if self.aggregate and self.distinct is not None:
            reject(lambda at: InvalidParameterError(f"{at}.distinct", "it does not go together with aggregate"))
        return self


class RecordStatQuery(StrictModel):
    """The request of stat."""

    query: StatQuery
    """Statistics query."""
    domain_id: str | None = None
    """The token's domain, which is meant anyway; another one is refused."""
