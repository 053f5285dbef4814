"""Times: ISO 8601 UTC with milliseconds and ``Z`` inside, whatever a sender writes outside.

Senders write nanoseconds, seven fractional digits, offsets with and without a colon, epochs in seconds,
milliseconds, microseconds or nanoseconds, RFC 1123 dates, and ``0001-01-01T00:00:00Z`` for "none"
(Go's zero time, as Alertmanager sends it).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?"
    r"\s*(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_ZERO_YEAR = 1  # Go's zero time, year 1, means "no time"
_MAX_EPOCH_SECONDS = 253_402_300_799  # 9999-12-31T23:59:59Z


def now() -> datetime:
    """Return the present instant, UTC, cut to milliseconds as it would be stored."""
    return cut(datetime.now(UTC))


def cut(moment: datetime) -> datetime:
    """Cut an instant to whole milliseconds."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def to_iso(moment: datetime) -> str:
    """Write an instant as the API does: ``2022-06-21T00:34:58.034Z``, cut (not rounded) to milliseconds."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z".rjust(24, "0")


def parse_iso(text: str) -> datetime | None:
    """Read ISO 8601 of any precision and offset (none means UTC); None if it is not that, or no real date.

    Keeps microseconds; finer digits are cut.
    """
    match = _ISO.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            min(int(second or 0), 59),  # a leap second is the last second of its minute
            int((fraction or "0")[:6].ljust(6, "0")),
            tzinfo=UTC,
        )
        return moment - _offset(zone)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in {"Z", "z", "UTC"}:
        return timedelta()
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return -offset if zone[0] == "-" else offset


def parse_time(value: object) -> datetime | None:
    """Read a sender's time, whatever its form; None where there is none or it cannot be read.

    Takes ISO 8601, RFC 1123 dates, and epochs as numbers or digit strings, whose unit (s, ms, µs, ns)
    follows from their size. A zero epoch and the year 1 mean "no time".
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _parse_epoch(float(value))
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()
    moment = parse_iso(text)
    if moment is None:
        try:
            return _parse_epoch(float(text))
        except ValueError:
            moment = _parse_rfc1123(text)
    if moment is None or moment.year <= _ZERO_YEAR:
        return None
    return cut(moment)


def _parse_rfc1123(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None


def _parse_epoch(number: float) -> datetime | None:
    # NaN fails every comparison, so it falls out here as well.
    if not number > 0:
        return None
    for divisor in (1, 1e3, 1e6, 1e9):
        seconds = number / divisor
        # Milliseconds since 1970 read as seconds lie beyond the year 5000: the unit is unambiguous up to there.
        if seconds < _MAX_EPOCH_SECONDS / 2.6:
            return cut(datetime.fromtimestamp(seconds, UTC))
    return None
