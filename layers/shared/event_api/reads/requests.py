"""The parts that requests share, as pydantic models, and how a request is parsed.

`event_api.reads.search_requests` has the requests of get and list, `event_api.reads.statistics.requests` those of stat.

The models define which requests are well-formed and reject the others, naming the key; `event_api.query` gives a query
its meaning. Validators are built on first use (``defer_build``), because a function must not pay at a cold start for
requests that it never gets.

The docstring below a field is its description in the OpenAPI document (`apidoc`), which reads it from the source: at a
cold start it costs nothing. The document has a schema of each kind of record; there, *record* is the kind's own word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Literal, NoReturn, TypeAlias, TypeVar, cast

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    GetPydanticSchema,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError, core_schema

from event_api.domain.errors import (
    BadRequestError,
    InvalidParameterError,
    InvalidParameterTypeError,
    RequiredParameterError,
)
from event_api.domain.fields import Kind
from event_api.json_types import Json
from event_api.query import severity
from event_api.query.matcher import Condition, keyword_conditions
from event_api.query.operators import OPERATORS, fault_of
from event_api.reads.keys import MAX_KEY_LENGTH, MAX_LOCATION_LENGTH, fault_of_field, fault_of_key

MAX_REQUEST_DEPTH = 32
"""Levels of objects and arrays in a request."""
MAX_REQUEST_VALUES = 20_000
"""Values in a request, objects and arrays included."""
MAX_CONDITIONS = 200
"""Conditions in one filter."""
MAX_LIST_VALUES = 1_000
"""Values in one list: of ``in``, of a named field."""
MAX_ALL_VALUES = 2_000
"""Values in the lists of all conditions together: each is compared with each record."""
MAX_PATTERN_CONDITIONS = 20
"""Conditions with regular expressions in one request: each takes memory, and time for each record."""
MAX_KEYWORD_WORDS = 50
"""Words in a keyword."""
MAX_COUNT = 2**31 - 1
"""The largest start, limit or skip (an int32 in the reference)."""

Model = TypeVar("Model", bound=BaseModel)

Problem: TypeAlias = Callable[[str], BadRequestError]
"""Makes the error for the place at which the fault was found."""

_PROBLEM = "problem"


def reject(problem: Problem) -> NoReturn:
    """Raise what pydantic locates and `parse_request` turns into our own error."""
    raise PydanticCustomError(_PROBLEM, "refused", {_PROBLEM: problem})


def reject_value(reason: str) -> NoReturn:
    """Reject a value and give the reason."""
    reject(lambda at: InvalidParameterError(at, reason))


# --- parts ------------------------------------------------------------------------------------------------------------


class StrictModel(BaseModel):
    """A part of a request: JSON's own types, and no key that is unknown.

    Keys name fields of the `Kind` that is the context of the validation.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


def with_initial_alias(long_name: str) -> AliasChoices:
    """Let a key be written with its first letter alone: ``k`` for ``key``."""
    return AliasChoices(long_name, long_name[0])


def no_empty_part(key: str) -> str:
    """Refuse a key with an empty part."""
    if fault := fault_of_key(key):
        reject_value(fault)
    return key


def kind_of(info: ValidationInfo) -> Kind:
    """Return the kind of record that a request is about."""
    return cast("Kind", info.context)


def known_field(key: str, info: ValidationInfo) -> str:
    """Refuse a key that does not begin with a field of the record."""
    if fault := fault_of_field(key, kind_of(info)):
        reject_value(fault)
    return key


def sort_keys(value: Json) -> Json:
    """Bring the three ways of writing a sort into one: a list of keys."""
    if isinstance(value, dict):
        return value["keys"] if value.keys() == {"keys"} else [value]
    return value


Key = Annotated[str, Field(min_length=1, max_length=MAX_KEY_LENGTH), AfterValidator(no_empty_part)]
RecordKey = Annotated[Key, AfterValidator(known_field)]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]


AnyJson = Annotated[Json, GetPydanticSchema(lambda _source, _handler: core_schema.any_schema())]
"""Any JSON value, taken as it is: the parser has checked it, and pydantic cannot resolve the recursive alias."""


class RowCondition(StrictModel):
    """A condition on a row that statistics made."""

    key: Key = Field(validation_alias=with_initial_alias("key"))
    """A dotted path into the row."""
    value: AnyJson = Field(validation_alias=with_initial_alias("value"))
    """Value to compare with; the operator determines its type."""
    operator: str = Field(validation_alias=with_initial_alias("operator"))
    """How it is compared; each ``not…`` is the exact negation of its positive one."""

    @model_validator(mode="after")
    def _suits(self, info: ValidationInfo) -> RowCondition:
        known = self.known_operators()
        if self.operator not in known:
            reason = f"unknown operator {self.operator[:40]!r}; the operators here are {', '.join(known)}"
            reject(lambda at: InvalidParameterError(f"{at}.operator", reason))
        fault = fault_of(self.operator, self.value, is_time=self.is_time(kind_of(info)))
        if fault is not None:
            reject(lambda at: fault(self.operator, f"{at}.value"))
        if isinstance(self.value, list) and len(self.value) > MAX_LIST_VALUES:
            reason = f"at most {MAX_LIST_VALUES} values are accepted"
            reject(lambda at: InvalidParameterError(f"{at}.value", reason))
        return self

    def known_operators(self) -> Iterable[str]:
        """Return the operators that may be used."""
        return OPERATORS

    def is_time(self, _kind: Kind) -> bool:
        """Return whether values are instants."""
        return False


class RecordCondition(RowCondition):
    """A condition on a field of RecordInfo."""

    key: RecordKey = Field(validation_alias=with_initial_alias("key"))
    """A dotted path into the record: ``resource.name``, ``additional_info.a.b``, ``additional_info.tags.0``."""

    def is_time(self, kind: Kind) -> bool:
        """Return whether values are instants."""
        return self.key in kind.times

    def condition(self, kind: Kind) -> Condition:
        """Return what the matcher takes."""
        return Condition(kind.path_of(self.key), self.operator, self.value, kind.times)


RecordConditions = Annotated[list[RecordCondition], Field(max_length=MAX_CONDITIONS)]


class Page(StrictModel):
    """Which results: ``start`` counts from 1, and only with a ``limit``; ``limit`` 0 is all.

    ``token``: those behind the page that gave it as ``next_token``; ``start`` does not count then.
    """

    start: Count = 1
    """The first result, counted from 1; 0 is 1, too. It counts only with a ``limit``."""
    limit: Count = 0
    """Results at most; 0 is all."""
    token: Annotated[str, Field(min_length=1)] | None = None
    """The ``next_token`` of the page before; all but ``page``, ``count`` and ``explain`` must be as it was there."""

    @property
    def skip(self) -> int:
        """How many results come before the page."""
        return max(self.start - 1, 0) if self.limit else 0

    @property
    def most(self) -> int | None:
        """Largest number of results on the page; None is all."""
        return self.limit or None


class FilterQuery(StrictModel):
    """The part that list and stat share: which records, and which slice of the results."""

    filter: RecordConditions = []
    """Conditions that must all hold."""
    filter_or: RecordConditions = []
    """Conditions of which one must hold."""
    keyword: str = ""
    """Words, one of which the title or the record id contains, in any case."""
    page: Page = Page.model_construct()
    """Which part of the results; all of them without it."""
    severity_order: Literal["rank", "text"] = "rank"
    """How gt, gte, lt, lte and sort compare severities: by rank from NONE, NOT_AVAILABLE, INFO, WARNING and ERROR to
    CRITICAL, or as text, as the reference does."""
    explain: bool = False
    """Adds to the response how the records were read, and the consumed capacity."""

    summaries: bool = True
    """False counts every record anew, instead of using the summaries of closed hours; the answer is the same."""

    @model_validator(mode="after")
    def _few_values(self) -> FilterQuery:
        values = sum(len(part.value) for part in (*self.filter, *self.filter_or) if isinstance(part.value, list))
        if values > MAX_ALL_VALUES:
            reason = f"at most {MAX_ALL_VALUES} values in the lists of all conditions are accepted"
            reject(lambda at: InvalidParameterError(f"{at}.filter", reason))
        if len(self.keyword.split()) > MAX_KEYWORD_WORDS:
            reason = f"at most {MAX_KEYWORD_WORDS} words are accepted"
            reject(lambda at: InvalidParameterError(f"{at}.keyword", reason))
        return self

    def required(self, kind: Kind) -> list[Condition]:
        """Return the conditions that must all hold."""
        return [self._ranked(part.condition(kind)) for part in self.filter]

    def alternatives(self, kind: Kind) -> list[Condition]:
        """Return the conditions of which one must hold, if there are any."""
        conditions = [self._ranked(part.condition(kind)) for part in self.filter_or]
        return conditions + keyword_conditions(self.keyword, kind)

    def _ranked(self, condition: Condition) -> Condition:
        return severity.ranked(condition) if self.severity_order == "rank" else condition


# --- parsing ----------------------------------------------------------------------------------------------------------

_JSON_TYPES: dict[str, str] = {
    "string_type": "string",
    "bool_type": "boolean",
    "int_type": "integer",
    "float_type": "number",
    "list_type": "array",
    "dict_type": "object",
    "model_type": "object",
    "model_attributes_type": "object",
}
"""The types that pydantic's errors expect, in JSON's words."""


_OPERAND_TYPES = {"str", "int", "float", "Expression"}
"""Labels that pydantic adds to the location of an error in an `Expression`'s operands."""


def parse_request(model: type[Model], data: Json, kind: Kind | None = None) -> Model:
    """Read a request, of conditions on a kind's records if it has some.

    Raises the BadRequestError that names the key if it is not well-formed.
    """
    _check_size(data)
    try:
        return model.model_validate(data, context=kind)
    except ValidationError as error:
        raise _our_error(error.errors(include_url=False, include_input=False)) from None


def _our_error(errors: list[ErrorDetails]) -> BadRequestError:
    # If an operand matches none of its types, the fault inside it is the most informative.
    error = max(errors, key=lambda one: len(one["loc"]))
    at = ".".join(str(part) for part in error["loc"] if part not in _OPERAND_TYPES)[:MAX_LOCATION_LENGTH] or "body"
    kind = error["type"]
    if kind == _PROBLEM:
        problem: Problem = error["ctx"][_PROBLEM]
        return problem(at)
    if kind == "missing":
        return RequiredParameterError(at)
    if kind == "extra_forbidden":
        return InvalidParameterError(at, "unknown parameter")
    if kind in _JSON_TYPES:
        return InvalidParameterTypeError(at, _JSON_TYPES[kind])
    return InvalidParameterError(at, error["msg"])


def _check_size(data: Json) -> None:
    """Refuse what is too deep or too large before anything is made of it."""
    # Level by level, not by recursion: depth is what is in doubt.
    level: list[tuple[str, Json]] = [("", data)]
    values = patterns = 0
    for _ in range(MAX_REQUEST_DEPTH + 1):
        inner = [
            (f"{at}.{name}" if at else str(name), value)
            for at, container in level
            for name, value in _members(container)
        ]
        values += len(inner)
        patterns += sum(_is_pattern(container) for _, container in level)
        level = [(at, value) for at, value in inner if isinstance(value, dict | list)]
    if level:
        raise InvalidParameterError(level[0][0][:MAX_LOCATION_LENGTH], f"more than {MAX_REQUEST_DEPTH} levels deep")
    if values > MAX_REQUEST_VALUES:
        raise InvalidParameterError("query", f"at most {MAX_REQUEST_VALUES} values in a request are accepted")
    if patterns > MAX_PATTERN_CONDITIONS:
        reason = f"at most {MAX_PATTERN_CONDITIONS} conditions with regular expressions are accepted"
        raise InvalidParameterError("query", reason)


def _is_pattern(part: Json) -> bool:
    """Return whether a part of a request is a condition with regular expressions."""
    return isinstance(part, dict) and any(part.get(name) in ("regex", "regex_in") for name in ("operator", "o"))


def _members(value: Json) -> Iterable[tuple[str | int, Json]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()
