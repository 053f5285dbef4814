from __future__ import annotations

from datetime import UTC, datetime

import pytest

from event_api.query.relative_time import parse_timediff

NOW = datetime(2026, 3, 4, 15, 30, 20, 5000, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", NOW),
        ("now-2d", datetime(2026, 3, 2, 15, 30, 20, 5000, tzinfo=UTC)),
        ("now/d + 1h", datetime(2026, 3, 4, 1, tzinfo=UTC)),
        (" now/w ", datetime(2026, 3, 2, tzinfo=UTC)),
        ("now/m-30m", datetime(2026, 2, 28, 23, 30, tzinfo=UTC)),
        ("now/d+1w", datetime(2026, 3, 11, tzinfo=UTC)),
        ("now/d-1s", datetime(2026, 3, 3, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_reads(text, moment):
    relative = parse_timediff(text)
    assert relative is not None
    assert relative(NOW) == moment


@pytest.mark.parametrize("text", ["", "2d", "now-2", "now-2y", "now/y", "now-1d+1h", "NOW", "now-9999999w", "now-٣d"])
def test_refuses(text):
    assert parse_timediff(text) is None
