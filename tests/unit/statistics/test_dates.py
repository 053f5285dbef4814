from __future__ import annotations

import pytest

from event_api.query.values import MISSING
from event_api.statistics.dates import date_format

TIME = "2026-03-01T04:05:06.078Z"  # a Sunday


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
    assert date_format(text, instants=instants)(TIME) == expected


@pytest.mark.parametrize("text", ["%Q", "%", "%Y%", "%y"])
def test_refuses(text):
    assert date_format(text, instants=False) is None


def test_no_instant_is_null():
    assert date_format("%Y", instants=True)(None) is None
    assert date_format("year", instants=True)(MISSING) is None


def test_each_instant_has_its_own_text():
    written = date_format("%H:%M", instants=True)
    assert [written(f"2026-03-01T0{hour}:0{hour}:06.078Z") for hour in (1, 2, 1)] == ["01:01", "02:02", "01:01"]


@pytest.mark.parametrize("value", [None, MISSING, "", "soon", 5, ["2026-03-01"]])
def test_what_is_no_time_is_null(value):
    assert date_format("%Y", instants=False)(value) is None
    assert date_format("year", instants=False)(value) is None


def test_other_ways_to_write_a_time():
    assert date_format("%H", instants=False)("2026-03-01T04:05:06+09:00") == "19"
