"""Every operator alone, each as often as the others; and every operator that is broken on purpose is found."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import permutations
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from event_api.domain.access import Scope
from event_api.domain.errors import EventApiError
from event_api.json_types import Json
from event_api.query.operators import OPERATORS, Operand, Operator, Test
from tests.oracle.conditions import holds
from tests.oracle.values import MISSING, candidates, parts_of
from tests.profiles import examples
from tests.property import strategies
from tests.property.world import NOW, asked

NEVER = {"key": "title", "value": "no such title", "operator": "eq"}
"""A condition that no event meets: next to it, another one is not left to the index."""


@cache
def events() -> list[dict[str, Any]]:
    """Return events, drawn once: that takes longer than all that is done with them."""
    drawn: list[dict[str, Any]] = []

    @examples(300)
    @given(strategies.facts)
    def draw(fact: dict[str, Any]) -> None:
        drawn.append(fact)

    draw()
    return strategies.numbered(drawn)


def found_at(key: str, event: dict[str, Any]) -> list[Any]:
    """Return what an event has at a key; for an array, its elements, too."""
    return [one for one in candidates(event, parts_of(key, event)) if one is not MISSING]


@cache
def having(key: str, kind: type) -> list[dict[str, Any]]:
    """Return the events that have a value of a type at a key, or else all."""
    some = [event for event in events() if any(one and isinstance(one, kind) for one in found_at(key, event))]
    return some or events()


def check(operator: str, *, shrink: bool = True) -> list[bool]:
    """Compare conditions on events with the oracle; return the oracle's answers."""
    answers = []

    @settings(examples(200, on_engine=not shrink), report_multiple_bugs=False)
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        key = data.draw(strategies.keys_for(operator))
        kind = data.draw(st.sampled_from([dict] if operator == "match" else [object, object, list]))
        event = data.draw(st.sampled_from(having(key, kind)))
        condition = data.draw(strategies.conditions_near(found_at(key, event), operator, key))
        answers.append(holds(condition, event, NOW))
        for query in ({"filter": [condition]}, {"filter_or": [condition, NEVER]}):
            request = {"query": query | {"severity_order": "text"}}
            answer = asked("list", [event], request, Scope(event["domain_id"]))
            assert bool(answer["results"]) is answers[-1], (condition, event)

    agree()
    return answers


@pytest.mark.parametrize("operator", OPERATORS)
def test_one_condition_holds_as_the_oracle_says(operator: str) -> None:
    answers = check(operator)
    assert 0.05 < sum(answers) / len(answers) < 0.95, "hardly any condition decides something"


# --- broken on purpose ------------------------------------------------------------------------------------------------

Break = Callable[[], Operator]


def with_test(name: str, test: Callable[[str, Any], object]) -> Break:
    """Return what makes an operator on text with another test of a candidate and the condition's value."""

    def make(operand: Operand) -> Test:
        return lambda candidate: isinstance(candidate, str) and bool(test(candidate, operand.value))

    return lambda: replace(OPERATORS[name], test=make)


def first_only(name: str) -> Break:
    """Return what makes an operator that looks at the first of its values only."""
    test = OPERATORS[name].test

    def make(operand: Operand) -> Test:
        return test(replace(operand, value=cast("list[Json]", operand.value)[:1]))

    return lambda: replace(OPERATORS[name], test=make)


def without_elements(name: str) -> Break:
    """Return what makes an operator that tests an array as a whole only."""
    return lambda: replace(OPERATORS[name], of_elements=False)


def swapped(name: str) -> Break:
    """Return what makes another operator."""
    return lambda: OPERATORS[name]


BROKEN: dict[tuple[str, str], Break] = {
    ("contain", "as startswith"): with_test("contain", lambda text, part: text.lower().startswith(part.lower())),
    ("contain", "as endswith"): with_test("contain", lambda text, part: text.lower().endswith(part.lower())),
    ("contain", "as equal"): with_test("contain", lambda text, part: text.lower() == part.lower()),
    ("contain", "the other way round"): with_test("contain", lambda text, part: text.lower() in part.lower()),
    ("contain", "in this case only"): with_test("contain", lambda text, part: part in text),
    ("contain_in", "all"): with_test(
        "contain_in", lambda text, parts: all(one.lower() in text.lower() for one in parts)
    ),
    ("contain_in", "in this case only"): with_test("contain_in", lambda text, parts: any(one in text for one in parts)),
    ("regex", "at the start"): with_test("regex", lambda text, pattern: re.match(pattern, text, re.IGNORECASE)),
    ("regex", "of the whole text"): with_test(
        "regex", lambda text, pattern: re.fullmatch(pattern, text, re.IGNORECASE)
    ),
    ("regex", "in this case only"): with_test("regex", lambda text, pattern: re.search(pattern, text)),
    ("match", "nothing"): lambda: replace(OPERATORS["match"], test=lambda _: lambda _: False),
    ("match", "in inner arrays"): lambda: replace(OPERATORS["match"], of_elements=True),
    ("exists", "always"): lambda: replace(OPERATORS["exists"], test=lambda _: lambda _: True),
    ("exists", "whatever is asked"): lambda: replace(OPERATORS["exists"], negates=lambda _: False),
    ("exists", "the other way round"): lambda: replace(OPERATORS["exists"], negates=bool),
    **{(name, "without elements"): without_elements(name) for name in ("eq", "in", "contain", "regex")},
    **{
        (name, "the first value only"): first_only(name)
        for name in ("in", "not_in", "contain_in", "not_contain_in", "regex_in")
    },
    **{
        (name, f"as {other}"): swapped(other)
        for names in strategies.KINDS.values()
        for name, other in permutations(names, 2)
        if name.endswith("_in") == other.endswith("_in")
    },
    ("in", "as not_in"): swapped("not_in"),
    ("not_in", "as in"): swapped("in"),
    **{
        (f"datetime_{ordering}", f"as {other}"): swapped(other)
        for ordering in strategies.ORDERINGS
        for other in (ordering, f"timediff_{ordering}")
    },
}
"""Wrong implementations of each operator; most are another operator with the same kind of value."""


@pytest.mark.parametrize(("operator", "defect"), BROKEN)
def test_a_broken_operator_is_found(operator: str, defect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPERATORS, operator, BROKEN[operator, defect]())
    with pytest.raises((AssertionError, EventApiError)):
        check(operator, shrink=False)


def test_every_operator_is_broken_in_some_way() -> None:
    assert {operator for operator, _ in BROKEN} == set(OPERATORS)
