from __future__ import annotations

from typing import Any

import pytest

from event_api.query.memory_budget import MemoryBudget
from event_api.query.sorting import SortKey, sort_rows
from event_api.query.values import MAX_DEPTH, MISSING, lookup, order_key, reach, unwound

IN_ORDER: list[Any] = [None, -1, 0.5, 2, "", "a", "b", {"a": 1}, {"a": "x"}, [], [0], ["a"], False, True]


def test_types_order_as_the_contract_says():
    backwards = list(reversed(IN_ORDER))
    backwards.sort(key=order_key)
    assert backwards == IN_ORDER


def test_a_boolean_is_not_a_number_and_a_double_may_equal_an_integer():
    assert order_key(True) != order_key(1)
    assert order_key(1.0) == order_key(1)


def test_values_of_any_depth_are_compared():
    deep: list[Any] = []
    for _ in range(50 * MAX_DEPTH):
        deep = [deep]
    assert order_key(deep) == order_key([deep])


@pytest.mark.parametrize(
    ("path", "reached", "looked_up"),
    [
        ("a.b", [1], 1),
        ("a.x", [MISSING], MISSING),
        ("a.b.c", [MISSING], MISSING),
        ("list", [[{"n": 1}, {"n": None}, {}, 5]], [{"n": 1}, {"n": None}, {}, 5]),
        ("list.n", [1, None, MISSING], [1, None]),
        ("list.0", [{"n": 1}, MISSING, MISSING, MISSING], {"n": 1}),
        ("list.0.n", [1, MISSING, MISSING, MISSING], 1),
        ("list.9", [MISSING, MISSING, MISSING], MISSING),
        ("empty.n", [], []),
    ],
)
def test_paths(path, reached, looked_up):
    row: dict[str, Any] = {"a": {"b": 1}, "list": [{"n": 1}, {"n": None}, {}, 5], "empty": []}
    assert reach(row, tuple(path.split("."))) == reached
    assert lookup(row, tuple(path.split("."))) == looked_up


def test_unwinding_changes_only_the_copy():
    row: dict[str, Any] = {"id": 1, "a": {"tags": ["x", "y"], "other": 2}}
    assert list(unwound(row, ("a", "tags"))) == [
        {"id": 1, "a": {"tags": "x", "other": 2}},
        {"id": 1, "a": {"tags": "y", "other": 2}},
    ]
    assert row["a"]["tags"] == ["x", "y"]


@pytest.mark.parametrize(("value", "count"), [([], 0), (None, 0), ("x", 1), ({"b": 1}, 1), ([None], 1), ([[1], 2], 2)])
def test_unwinding_a_value_that_is_not_a_list(value, count):
    assert len(list(unwound({"a": value}, ("a",)))) == count
    assert list(unwound({}, ("a",))) == []


def sorted_ids(values, *keys, most=None):
    rows = [{"id": number, "v": value, "w": number % 2} for number, value in enumerate(values)]
    return [
        row["id"]
        for row in sort_rows(rows, [SortKey(tuple(key.split(".")), desc) for key, desc in keys], MemoryBudget(), most)
    ]


def test_sorting_is_stable_also_descending():
    assert sorted_ids(["b", "a", "b", "a"], ("v", False)) == [1, 3, 0, 2]
    assert sorted_ids(["b", "a", "b", "a"], ("v", True)) == [0, 2, 1, 3]


def test_sorting_by_several_keys():
    assert sorted_ids(["b", "a", "b", "a"], ("w", True), ("v", False)) == [1, 3, 0, 2]


def test_an_array_sorts_by_its_smallest_and_descending_by_its_largest():
    values = [[1, 9], 5, [], None]
    assert sorted_ids(values, ("v", False)) == [2, 3, 0, 1]
    assert sorted_ids(values, ("v", True)) == [0, 1, 2, 3]


@pytest.mark.parametrize("most", [0, 1, 2, 3, 10])
def test_keeping_only_the_first_is_the_same(most):
    values = ["b", None, 3, "b", True]
    for desc in (False, True):
        assert sorted_ids(values, ("v", desc), most=most) == sorted_ids(values, ("v", desc))[:most]
