from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from event_api.domain.times import now, parse_iso, parse_local, parse_time, to_iso, truncate_to_millisecond

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT = "2021-06-17T08:19:08.123Z"

moments = st.integers(100_000_000_000_000, 32_000_000_000_000_000).map(  # microseconds: 1973 to 2984
    lambda micros: EPOCH + timedelta(microseconds=micros)
)
offsets = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    "written",
    [
        "2021-06-17T08:19:08.123Z",
        "2021-06-17T08:19:08.123456789Z",  # Go: Prometheus, Falco
        "2021-06-17T08:19:08.1234567Z",  # .NET: Azure
        "2021-06-17T08:19:08.123000000000000000Z",
        "2021-06-17T08:19:08,123Z",
        "2021-06-17t08:19:08.123z",
        "2021-06-17 08:19:08.123 UTC",
        "2021-06-17 08:19:08.123",
        "2021-06-17T08:19:08.123+0000",  # CloudWatch
        "2021-06-17 08:19:08.123456789 +0000 UTC",  # Go's String(): Axiom
        "2021-06-17 10:19:08.123 +0200 CEST",
        "2021-06-17 08:19:08.123 +0000 UTC m=+8560.285724134",  # Grafana, in a payload of one's own
        "2021-06-17T10:19:08.123+02:00",
        "2021-06-17T10:19:08.123+02",
        "2021-06-17T02:49:08.123-0530",
        " 2021-06-17T08:19:08.123Z\n",
        1623917948.123,
        1623917948123,
        1623917948123456,
        1623917948123999999,  # more than a float holds exactly
        "1623917948.123",
        "1623917948123",
        "1623917948123456",
        "1623917948123999999",
        "1.623917948123e9",
        1.623917948123e12,
    ],
)
def test_senders_times(written):
    time = parse_time(written)
    assert time is not None
    assert to_iso(time) == MOMENT


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Thu, 17 Jun 2021 08:19:08 GMT", "2021-06-17T08:19:08.000Z"),  # AWS Health
        ("Thu, 17 Jun 2021 10:19:08 +0200", "2021-06-17T08:19:08.000Z"),
        ("17 Jun 2021 08:19:08 -0000", "2021-06-17T08:19:08.000Z"),
        ("Friday, 1 JAN 2021 08:19 utc", "2021-01-01T08:19:00.000Z"),
        ("2021-06-17", "2021-06-17T00:00:00.000Z"),
        ("2021-06-17T08:19", "2021-06-17T08:19:00.000Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z"),
        (1623917948, "2021-06-17T08:19:08.000Z"),
        ("1623917948", "2021-06-17T08:19:08.000Z"),
        (1, "1970-01-01T00:00:01.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_other_forms(written, moment):
    time = parse_time(written)
    assert time is not None
    assert to_iso(time) == moment


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "  ",
        "yesterday",
        "datetime",
        "2021-13-01T00:00:00Z",
        "2021-02-30",
        "2021-06-17T25:00:00Z",
        "2021-06-17T08:19:61Z",
        "2021-06-17T08:19:08+24:00",
        "2021-06-17T08:19:08+02:60",
        "0001-01-01T00:00:00Z",  # Go's zero time: Alertmanager
        "0001-01-01T00:00:00+09:00",
        "0000-00-00T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59-01:00",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Thu, 17 Foo 2021 08:19:08 GMT",
        "Fri, 31 Dec 9999 23:59:59 -0100",
        "Thu, 99 Jun 2021 08:19:08 GMT",
        0,
        "0",
        -1,
        "-1623917948",
        True,
        10**30,
        10**400,
        "9" * 30,
        "9" * 5000,
        "1e999",
        1e300,
        float("nan"),
        float("inf"),
        "nan",
        "inf",
        "1_623_917_948",
        "0001-01-01 00:00:00 +0000 UTC",
        "\uff11\uff16\uff12\uff13917948",
        [],
        {},
        ["2021-06-17"],
    ],
)
def test_invalid_times(written):
    assert parse_time(written) is None


@given(st.text() | st.integers() | st.floats() | st.none() | st.booleans())
def test_anything_is_a_time_or_none(value):
    moment = parse_time(value)
    assert moment is None or (moment.tzinfo is UTC and moment == truncate_to_millisecond(moment))


@given(
    st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([+-][0-9]{2}:?[0-9]{2}|Z))?\Z")
)
def test_anything_shaped_like_a_time_is_one_or_none(value):
    moment = parse_time(value)
    assert moment is None or moment.tzinfo is UTC


@given(moments, offsets)
def test_every_offset_names_the_same_instant(moment, offset):
    assert parse_iso(moment.astimezone(offset).isoformat()) == moment


@given(moments)
def test_what_is_written_is_read_back_cut_to_milliseconds(moment):
    assert parse_time(to_iso(moment)) == truncate_to_millisecond(moment)
    assert parse_iso(to_iso(moment)) == truncate_to_millisecond(moment)


@given(moments, st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_an_epochs_unit_follows_from_its_size(moment, unit):
    micros = (moment - EPOCH) // timedelta(microseconds=1)
    number = micros * unit // 10**6
    # Digits that may be a date of this century or the last are not read as an epoch that is far from it.
    assume(not (len(str(number)) in {12, 14, 17} and str(number).startswith(("19", "20"))))
    expected = EPOCH + timedelta(microseconds=number * 10**6 // unit)
    assert parse_time(number) == parse_time(str(number)) == truncate_to_millisecond(expected)


def test_years_below_1000_keep_their_form():
    assert to_iso(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00.000Z"


def test_now_is_utc_in_whole_milliseconds():
    moment = now()
    assert moment.tzinfo is UTC
    assert moment == truncate_to_millisecond(moment)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2021-06-17 16:19:08", "2021-06-17T08:19:08.000Z"),
        (" 2021-06-17T16:19:08.123 ", MOMENT),
        (MOMENT, MOMENT),
        ("2021-06-17T10:19:08.123+02:00", MOMENT),
        ("1623917948123", MOMENT),
        (1623917948123, MOMENT),
    ],
)
def test_a_local_time_has_its_zone_unless_it_names_another(written, moment):
    time = parse_local(written, "+08:00")
    assert time is not None
    assert to_iso(time) == moment


@pytest.mark.parametrize("written", [None, "", "0", 0, "soon", [], True])
def test_invalid_local_times(written):
    assert parse_local(written, "+08:00") is None
