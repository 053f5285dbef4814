from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.domain.event import Severity
from event_api.normalizers import lenient


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        (" \n", None),
        ([], None),
        ({}, None),
        (" a b ", "a b"),
        (0, "0"),
        (1.5, "1.5"),
        (False, "false"),
        (10**400, "1" + "0" * 400),
        (float("nan"), "NaN"),
        (["a", 1], '["a",1]'),
        ({"b": None, "a": "ä"}, '{"a":"ä","b":null}'),
    ],
)
def test_text(value, text):
    assert lenient.text(value) == text


def test_what_is_nested_too_deep_has_no_text():
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert lenient.text(deep) is None
    assert len(lenient.digest(deep)) == 64
    while deep:  # taken apart by hand: the interpreter would recurse as deep
        deep = deep.pop()


def test_first_text_skips_what_is_empty():
    assert lenient.first_text(None, " ", [], 7, "x") == "7"
    assert lenient.first_text(None, "") is None


@pytest.mark.parametrize(
    ("value", "line"), [(" a\nb", "a"), ("\n\na", "a"), ("a\r\nb", "a"), (None, None), (3, "3"), ("\u2028 ", None)]
)
def test_first_line(value, line):
    assert lenient.first_line(value) == line


def test_containers_are_never_anything_else():
    assert lenient.mapping({"a": 1}) == {"a": 1}
    assert lenient.mapping([1]) == lenient.mapping("x") == lenient.mapping(None) == {}
    assert lenient.items([{"a": 1}, 2, None, []]) == [{"a": 1}]
    assert lenient.items({"a": 1}) == lenient.items("x") == lenient.items(None) == []


def test_at_follows_objects_only():
    assert lenient.at({"a": {"b": {"c": 1}}}, "a.b.c") == 1
    assert lenient.at({"a": [{"b": 1}]}, "a.b") is None
    assert lenient.at(None, "a") is None


def test_texts_keeps_what_has_a_text():
    assert lenient.texts({"a": "x", "b": "", "c": None, "d": [1]}) == {"a": "x", "d": "[1]"}


def test_severity_ignores_case_and_falls_back():
    table = {"warn": Severity.WARNING}
    assert lenient.severity(" Warn ", table, Severity.NONE) is Severity.WARNING
    assert lenient.severity("other", table, Severity.INFO) is Severity.INFO
    assert lenient.severity(None, table, Severity.NONE) is Severity.NONE
    assert lenient.severity({"a": 1}, table, Severity.NONE) is Severity.NONE


@given(st.dictionaries(st.text(), st.text() | st.integers()))
def test_digests_do_not_depend_on_the_order_of_keys(value):
    turned = dict(reversed(value.items()))
    assert lenient.digest(value) == lenient.digest(turned)
    assert lenient.digest(value) != lenient.digest(value, "more")


def test_paragraphs_say_each_thing_once():
    assert lenient.paragraphs(None, " a ", "", "a", 1) == "a\n\n1"
    assert lenient.paragraphs(None, " ") is None
