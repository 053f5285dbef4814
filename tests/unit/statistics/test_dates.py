from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from event_api.query.values import MISSING
from event_api.reads.statistics.dates import date_format

TIME = "2026-03-01T04:05:06.078Z"  # a Sunday


def writer(text: str, *, instants: bool) -> Callable[[Any], Any]:
    made = date_format(text, instants=instants)
    assert made is not None
    return made


@pytest.mark.parametrize("instants", [True, False])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("year", 2026),
        ("month", 3),
        ("day", 1),
        ("%Y-%m-%dT%H:%M:%S.%LZ", TIME),
        ("%b %B", "Mar March"),
        ("%G-W%V-%u", "2026-W09-7"),
        ("%j %U %w", "060 09 1"),
        ("%z %Z 100%%", "+0000 0 100%"),
        ("week", "week"),
    ],
)
def test_writes(text, expected, instants):
    assert writer(text, instants=instants)(TIME) == expected


@pytest.mark.parametrize("text", ["%Q", "%", "%Y%", "%y"])
def test_refuses(text):
    assert date_format(text, instants=False) is None


def test_no_instant_is_null():
    assert writer("%Y", instants=True)(None) is None
    assert writer("year", instants=True)(MISSING) is None


def test_each_instant_has_its_own_text():
    written = writer("%H:%M", instants=True)
    assert [written(f"2026-03-01T0{hour}:0{hour}:06.078Z") for hour in (1, 2, 1)] == ["01:01", "02:02", "01:01"]


@pytest.mark.parametrize("value", [None, MISSING, "", "soon", 5, ["2026-03-01"]])
def test_an_invalid_time_is_null(value):
    assert writer("%Y", instants=False)(value) is None
    assert writer("year", instants=False)(value) is None


def test_other_ways_to_write_a_time():
    assert writer("%H", instants=False)("2026-03-01T04:05:06+09:00") == "19"
