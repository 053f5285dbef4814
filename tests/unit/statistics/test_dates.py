from __future__ import annotations

import pytest

from event_api.query.values import MISSING
from event_api.statistics.dates import date_format

TIME = "2026-03-01T04:05:06.078Z"  # a Sunday


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
def test_writes(text, expected):
    assert date_format(text)(TIME) == expected


@pytest.mark.parametrize("text", ["%Q", "%", "%Y%", "%y"])
def test_refuses(text):
    assert date_format(text) is None


@pytest.mark.parametrize("value", [None, MISSING, "", "soon", 5, ["2026-03-01"]])
def test_what_is_no_time_is_null(value):
    assert date_format("%Y")(value) is None
    assert date_format("year")(value) is None


def test_other_ways_to_write_a_time():
    assert date_format("%H")("2026-03-01T04:05:06+09:00") == "19"
