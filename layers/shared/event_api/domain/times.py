"""Times: ISO 8601 UTC with milliseconds and ``Z`` inside, whatever a sender writes outside.

Senders write nanoseconds, seven fractional digits, offsets with and without a colon, epochs in seconds,
milliseconds, microseconds or nanoseconds, RFC 1123 dates, times as Go prints them, and ``0001-01-01T00:00:00Z``
for "none" (Go's zero time, as Alertmanager sends it).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_ISO = re.compile(
    r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[Tt ](\d\d)(?::?(\d\d)(?::?([0-5]\d|60)(?:[.,](\d+))?)?)?"
    r"\s*(Z|z|UTC|GMT|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?)?)?)?",
    re.ASCII,
)
_RFC1123 = re.compile(
    r"(?:[a-z]{3,9},\s*)?(\d{1,2}) ([a-z]{3}) (\d{4}) (\d\d:\d\d(?::\d\d)?) ?(Z|UTC|GMT|[+-]\d{4})",
    re.ASCII | re.IGNORECASE,
)
_GO_ZONE = re.compile(r"(?<=[+-]\d{4}) (?:[A-Z]{3,5}|[+-]\d\d)(?: m=[+-][\d.]+)?$", re.ASCII)
"""Go's suffix after the offset: the name of the zone, and the monotonic clock."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBER = re.compile(r"(\d{1,32})(\.\d*)?(?:[eE]\+?\d{1,3})?", re.ASCII)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(?:(\d\d)(\d{3})?)?)?", re.ASCII)
"""A date, or a date and a time, of digits only; an epoch with as many digits lies in 1970 or beyond the year 2200."""
_DATE_FIRST = re.compile(
    r"(?:(\d{4})[/.-](\d\d?)[/.-](\d\d?)|(\d\d?)([/.-])(\d\d?)\5(\d{4})|([a-z]{3})[a-z]* (\d\d?),? (\d{4})),?"
    r"(?:[ T](\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?: ?([ap])\.?m\.?)?)? ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)
_NOON, _MONTHS_OF_A_YEAR = 12, 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Milliseconds since 1970 read as seconds lie beyond the year 5000: below that the unit is unambiguous.
_LAST_EPOCH_SECOND = 97_000_000_000
_UNITS = (1, 10**3, 10**6, 10**9)  # of a second


def now() -> datetime:
    """Return the present instant, UTC, cut to milliseconds as it would be stored."""
    return truncate_to_millisecond(datetime.now(UTC))


def truncate_to_millisecond(moment: datetime) -> datetime:
    """Cut an instant to whole milliseconds."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def to_iso(moment: datetime) -> str:
    """Write an instant as the API does: ``2022-06-21T00:34:58.034Z``, cut (not rounded) to milliseconds."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z".rjust(24, "0")


def parse_iso(text: str) -> datetime | None:
    """Read ISO 8601 of any precision and offset (without one, UTC); return None for anything else.

    A missing part means its beginning: ``2024`` is its first instant. ``24:00`` is the end of a day. Microseconds are
    kept; finer digits are truncated.
    """
    match = _ISO.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    ends_day = hour == "24" and not any(map(int, (minute or "0", second or "0", fraction or "0")))
    try:
        moment = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            0 if ends_day else int(hour or 0),
            int(minute or 0),
            min(int(second or 0), 59),  # a leap second is the last second of its minute
            int((fraction or "0")[:6].ljust(6, "0")),
            tzinfo=UTC,
        )
        return moment + timedelta(days=ends_day) - _offset(zone)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in {"Z", "z", "UTC", "GMT"}:
        return timedelta()
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return -offset if zone[0] == "-" else offset


def parse_time(value: object) -> datetime | None:
    """Read a sender's time in any known form; return None for no time, or one that cannot be read.

    Accepts ISO 8601, Go's own form of it, RFC 1123 dates, and epochs as numbers or digit strings, whose unit (s, ms,
    µs, ns) follows from their size. Nothing up to 1970 is a time: a zero epoch and the year 1 mean "none".
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _parse_epoch(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    number = _NUMBER.fullmatch(text)
    if number is not None:
        return _parse_epoch(int(text) if text == number[1] else float(text))
    text = _GO_ZONE.sub("", text)
    moment = parse_iso(text) or _parse_rfc1123(text) or _parse_date_first(text)
    return truncate_to_millisecond(moment) if moment is not None and moment > _EPOCH else None


def parse_local(value: object, offset: str) -> datetime | None:
    """Read a sender's time that leaves its zone out, because it is always ``offset`` (``+08:00``).

    A time that names its zone, or an epoch, is read as `parse_time` does.
    """
    return (parse_time(f"{value.strip()}{offset}") if isinstance(value, str) else None) or parse_time(value)


def _parse_rfc1123(text: str) -> datetime | None:
    # Not email.utils, which reads the year 1 as 2001 (docs/adr/0005).
    match = _RFC1123.fullmatch(text)
    if match is None or match[2].lower() not in _MONTHS:
        return None
    month = _MONTHS.index(match[2].lower()) + 1
    return parse_iso(f"{match[3]}-{month:02d}-{int(match[1]):02d}T{match[4]}{match[5].upper()}")


def _parse_date_first(text: str) -> datetime | None:
    """Read a date in one of the orders that countries have, with a time of 12 or 24 hours.

    With slashes, a day and a month that could be each other are not a date: both orders are common.
    """
    match = _DATE_FIRST.fullmatch(text)
    if match is None:
        return None
    year, month, day, first, mark, second, last, name, of_month, of_year, hour, minute, seconds, half, zone = (
        match.groups()
    )
    if first is not None:
        if mark == "/" and max(int(first), int(second)) <= _MONTHS_OF_A_YEAR and first != second:
            return None
        day, month = (second, first) if int(second) > _MONTHS_OF_A_YEAR else (first, second)
        year = last
    elif name is not None:
        if name.lower() not in _MONTHS:
            return None
        year, month, day = of_year, str(_MONTHS.index(name.lower()) + 1), of_month
    hours = int(hour or 0)
    if half is not None:
        if not 1 <= hours <= _NOON:
            return None
        hours = hours % _NOON + (_NOON if half.lower() == "p" else 0)
    return parse_iso(
        f"{year}-{month:0>2}-{day:0>2}T{hours:02d}:{minute or '00'}:{seconds or '00'}{(zone or '').upper()}"
    )


def _parse_epoch(number: float) -> datetime | None:
    compact = _COMPACT.fullmatch(str(number)) if isinstance(number, int) else None
    if compact is not None:
        year, month, day, hour, minute, second, millis = compact.groups()
        moment = parse_iso(f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}.{millis or '0'}")
        if moment is not None or hour is None or second is not None:
            return moment
    # NaN fails every comparison, so it falls out here as well.
    if not number > 0:
        return None
    for unit in _UNITS:
        if number < _LAST_EPOCH_SECOND * unit:
            # Integers stay exact: nanoseconds do not fit into a float.
            micros = number * 10**6 // unit if isinstance(number, int) else round(number * 10**6 / unit)
            return truncate_to_millisecond(_EPOCH + timedelta(microseconds=micros))
    return None
