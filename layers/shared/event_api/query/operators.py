"""The operators of conditions, as a table: what value each takes, and the test that it makes.

A test looks at one value (an element, where the path leads to an array); the matcher asks it of every candidate. What
begins with ``not`` is derived: it is the exact negation of the whole condition, not of the test.
"""

from __future__ import annotations

import operator as compare
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias, cast

from event_api.domain import times
from event_api.domain.errors import (
    BadRequestError,
    InvalidParameterError,
    OperatorBooleanTypeError,
    OperatorDictValueTypeError,
    OperatorListValueTypeError,
    OperatorValueTypeError,
)
from event_api.json_types import Json, JsonObject
from event_api.query import regex
from event_api.query.relative_time import parse_timediff
from event_api.query.timerange import TimeRange, time_range
from event_api.query.values import candidates, order_key

Test: TypeAlias = Callable[[Json], bool]
Fault: TypeAlias = Callable[[str, str], BadRequestError]
"""Makes the error of an operator's name and the value's key."""


@dataclass(frozen=True, slots=True)
class Operand:
    """The operand of an operator: a value, the present, and whether the key is a time."""

    value: Json
    now: datetime
    is_time: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator.

    ``fault`` returns the reason why a value is invalid, or None. ``test`` makes the test of one candidate. ``span`` is
    the range of instants that the test accepts, if it is one. ``negates`` says whether the condition is the negation.
    ``of_elements``: an array is tested, and so is each of its elements.
    """

    fault: Callable[[Json], Fault | None]
    test: Callable[[Operand], Test]
    span: Callable[[Operand], TimeRange | None] = lambda _: None
    negates: Callable[[Json], bool] = lambda _: False
    of_elements: bool = True


# --- values -----------------------------------------------------------------------------------------------------------


def _one(value: Json) -> Fault | None:
    return OperatorValueTypeError if isinstance(value, list) else None


def _text(value: Json) -> Fault | None:
    return None if isinstance(value, str) else OperatorValueTypeError


def _flag(value: Json) -> Fault | None:
    return None if isinstance(value, bool) else OperatorBooleanTypeError


def _object(value: Json) -> Fault | None:
    return None if isinstance(value, dict) else OperatorDictValueTypeError


def _list_of(fault: Callable[[Json], Fault | None], value: Json) -> Fault | None:
    if not isinstance(value, list):
        return OperatorListValueTypeError
    return next(filter(None, map(fault, value)), None)


def _instant(value: Json) -> Fault | None:
    return _text(value) or (None if times.parse_iso(cast("str", value)) else _invalid("it is not an ISO 8601 time"))


def _timediff(value: Json) -> Fault | None:
    readable = "it is not 'now', 'now/d', 'now/w' or 'now/m' with at most one offset such as '-2d'"
    return _text(value) or (None if parse_timediff(cast("str", value)) else _invalid(readable))


def _pattern(value: Json) -> Fault | None:
    return _text(value) or _unsearchable([cast("str", value)])


def _patterns(value: Json) -> Fault | None:
    return _list_of(_text, value) or _unsearchable(cast("list[str]", value))


def _unsearchable(texts: list[str]) -> Fault | None:
    try:
        regex.search(texts)
    except ValueError as error:
        return _invalid(str(error))
    return None


def _invalid(reason: str) -> Fault:
    return lambda _, key: InvalidParameterError(key, reason)


# --- tests ------------------------------------------------------------------------------------------------------------

_RELATIONS: Mapping[str, Callable[[Any, Any], bool]] = {  # as the standard library types them
    "eq": compare.eq,
    "gt": compare.gt,
    "gte": compare.ge,
    "lt": compare.lt,
    "lte": compare.le,
}


def _related(relation: str, operand: Operand) -> Test:
    span = _plain_span(relation, operand)
    if span is not None:
        return span.holds
    holds = _RELATIONS[relation]
    value = operand.value
    if operand.is_time and isinstance(value, str):
        return lambda _: False  # text that is not a time has no relation to one
    if isinstance(value, str):
        return lambda candidate: isinstance(candidate, str) and holds(candidate, value)
    key = order_key(value)

    def test(candidate: Json) -> bool:
        other = order_key(candidate)
        return other[0] == key[0] and holds(other, key)

    return test


def _among(operand: Operand) -> Test:
    wanted = cast("list[Json]", operand.value)
    texts = frozenset(value for value in wanted if isinstance(value, str))
    if not operand.is_time and all(isinstance(value, str) for value in wanted):
        return lambda candidate: isinstance(candidate, str) and candidate in texts
    tests = [_related("eq", replace(operand, value=value)) for value in wanted]
    return lambda candidate: any(test(candidate) for test in tests)


def _contained(operand: Operand) -> Test:
    needle = cast("str", operand.value).lower()
    return lambda candidate: isinstance(candidate, str) and needle in candidate.lower()


def _contained_in(operand: Operand) -> Test:
    needles = [value.lower() for value in cast("list[str]", operand.value)]

    def test(candidate: Json) -> bool:
        if not isinstance(candidate, str):
            return False
        text = candidate.lower()
        return any(needle in text for needle in needles)

    return test


def _searched(operand: Operand) -> Test:
    texts = cast("list[str]", operand.value if isinstance(operand.value, list) else [operand.value])
    if not texts:
        return lambda _: False
    found = regex.search(texts)
    return lambda candidate: isinstance(candidate, str) and found(candidate)


def _existing(_: Operand) -> Test:
    return lambda candidate: candidate is not None


def _element_matching(operand: Operand) -> Test:
    tests = [
        (tuple(key.split(".")), _related("eq", replace(operand, value=value, is_time=False)))
        for key, value in cast("JsonObject", operand.value).items()
    ]

    def matches(element: Json) -> bool:
        return isinstance(element, dict) and all(any(map(test, candidates(element, path))) for path, test in tests)

    return lambda candidate: isinstance(candidate, list) and any(map(matches, candidate))


def _plain_span(relation: str, operand: Operand) -> TimeRange | None:
    moment = times.parse_iso(operand.value) if operand.is_time and isinstance(operand.value, str) else None
    return time_range(relation, moment) if moment else None


def _instant_span(relation: str, operand: Operand) -> TimeRange | None:
    moment = times.parse_iso(cast("str", operand.value))
    return time_range(relation, moment) if moment else None


def _timediff_span(relation: str, operand: Operand) -> TimeRange | None:
    moment = parse_timediff(cast("str", operand.value))
    return time_range(relation, moment(operand.now)) if moment else None


def _within(span: Callable[[Operand], TimeRange | None], operand: Operand) -> Test:
    """Make the test whether a value is in a range; outside fields of times it may be written in any way."""
    within = span(operand) or TimeRange()
    if operand.is_time:
        return within.holds

    def test(candidate: Json) -> bool:
        moment = times.parse_iso(candidate) if isinstance(candidate, str) else None
        return moment is not None and within.holds(times.to_iso(moment))

    return test


# --- the table --------------------------------------------------------------------------------------------------------


def _ranged(
    fault: Callable[[Json], Fault | None], span: Callable[[str, Operand], TimeRange | None], relation: str
) -> Operator:
    of_relation = partial(span, relation)
    return Operator(fault, partial(_within, of_relation), of_relation)


_ORDERINGS = ("gt", "gte", "lt", "lte")

_POSITIVE: Mapping[str, Operator] = {
    **{name: Operator(_one, partial(_related, name), partial(_plain_span, name)) for name in ("eq", *_ORDERINGS)},
    "in": Operator(partial(_list_of, _one), _among),
    "contain": Operator(_text, _contained),
    "contain_in": Operator(partial(_list_of, _text), _contained_in),
    "exists": Operator(_flag, _existing, negates=compare.not_),
    "regex": Operator(_pattern, _searched),
    "regex_in": Operator(_patterns, _searched),
    "match": Operator(_object, _element_matching, of_elements=False),
    **{f"datetime_{name}": _ranged(_instant, _instant_span, name) for name in _ORDERINGS},
    **{f"timediff_{name}": _ranged(_timediff, _timediff_span, name) for name in _ORDERINGS},
}

_NEGATIONS = {"not": "eq", "not_in": "in", "not_contain": "contain", "not_contain_in": "contain_in"}

OPERATORS: Mapping[str, Operator] = {
    **_POSITIVE,
    **{name: replace(_POSITIVE[positive], negates=lambda _: True) for name, positive in _NEGATIONS.items()},
}
"""Every operator of conditions, by name."""

_COMPARING = frozenset({"eq", "not", "in", "not_in", *_ORDERINGS})


def fault_of(name: str, value: Json, *, is_time: bool) -> Fault | None:
    """Return the fault of a condition's value, or None; the operator must be known."""
    fault = OPERATORS[name].fault(value)
    if fault is None and is_time and name in _COMPARING:
        texts = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
        return next(filter(None, map(_instant, texts)), None)
    return fault
