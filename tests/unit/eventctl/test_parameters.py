from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
import pytest

from eventctl.parameters import DURATION, INSTANT, OPAQUE_ID, parse_expiry

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30d", NOW + timedelta(days=30)),
        ("12h", NOW + timedelta(hours=12)),
        ("2w", NOW + timedelta(weeks=2)),
        ("90m", NOW + timedelta(minutes=90)),
        ("45 S", NOW + timedelta(seconds=45)),
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-03-01T14:00:00.1239+01:00", datetime(2026, 3, 1, 13, 0, 0, 123000, tzinfo=UTC)),
    ],
)
def test_an_expiry_is_a_time_a_date_or_a_duration(text, expected):
    assert parse_expiry(text, NOW) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "neither"),
        ("soon", "neither"),
        ("30", "neither"),
        ("-1d", "neither"),
        ("1y", "neither"),
        ("2026-02-30", "neither"),
        ("2026-03-01T12:00:00Z", "in the past"),
        ("2020-01-01", "in the past"),
        ("0s", "in the past"),
        ("999999999999w", "century"),
        ("9999-12-31T23:59:59Z", "century"),
    ],
)
def test_an_invalid_expiry_is_refused_with_a_reason(text, reason):
    with pytest.raises(ValueError, match=reason):
        parse_expiry(text, NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24h", timedelta(hours=24)),
        (" 2 W ", timedelta(weeks=2)),
        ("0s", timedelta()),
        ("36525d", timedelta(days=36525)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text, expected):
    assert DURATION.convert(text, None, None) == expected


@pytest.mark.parametrize("text", ["", "24", "h", "-1h", "1.5h", "1y", "36526d", "2026-03-02"])
def test_an_invalid_duration_is_refused(text):
    with pytest.raises(click.BadParameter, match="not a duration"):
        DURATION.convert(text, None, None)


@pytest.mark.parametrize("text", ["x", "-x", " ", "x" * 128, "日本", "a/b:c*"])
def test_an_id_is_any_text(text):
    assert OPAQUE_ID.convert(text, None, None) == text


@pytest.mark.parametrize("text", ["", "x" * 129, "\udc80"])
def test_an_id_has_1_to_128_real_characters(text):
    with pytest.raises(click.BadParameter):
        OPAQUE_ID.convert(text, None, None)


def test_an_instant_is_utc_and_cut_to_milliseconds():
    moment = INSTANT.convert("2026-03-01T12:00:00.123999", None, None)
    assert moment == datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
    with pytest.raises(click.BadParameter, match="not an ISO 8601"):
        INSTANT.convert("yesterday", None, None)
