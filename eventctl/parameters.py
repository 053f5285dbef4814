"""The types of the commands' options; a value of another type is a usage error."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime, timedelta
from typing import Final

import click

from event_api.admin.administration import MAX_RATE_LIMIT
from event_api.domain import ids, times
from event_api.json_text import is_utf8
from event_api.normalizers import known_formats
from event_api.query.relative_time import UNITS

_DURATION = re.compile(r"(\d{1,12})\s*([smhdw])", re.ASCII | re.IGNORECASE)
_FARTHEST = timedelta(days=36_525)  # a century; more is a typing error, and may exceed the year 9999


class _OpaqueId(click.ParamType[str]):
    """An id, such as a domain's, a project's or a webhook's: any text of 1 to 128 characters."""

    name = "id"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not 0 < len(value) <= ids.MAX_ID_LENGTH:
            self.fail(f"it must have 1 to {ids.MAX_ID_LENGTH} characters.", param, ctx)
        if not is_utf8(value):
            self.fail("it is not valid UTF-8.", param, ctx)
        return value


class _Instant(click.ParamType[datetime]):
    """An ISO 8601 time or date; in UTC if it has no offset."""

    name = "time"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        moment = times.parse_iso(value)
        if moment is None:
            self.fail(
                f"'{value}' is not an ISO 8601 time or date, such as 2026-03-01 or 2026-03-01T12:00:00Z.", param, ctx
            )
        return times.truncate_to_millisecond(moment)


class _Expiry(click.ParamType[datetime]):
    """A future ISO 8601 time or date, or a duration from now."""

    name = "time or duration"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return parse_expiry(value, times.now())
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Duration(click.ParamType[timedelta]):
    """A duration, such as ``7d``."""

    name = "duration"

    def convert(self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        duration = _duration(value)
        if duration is None:
            self.fail(f"'{value}' is not a duration such as 24h, 7d or 2w, of at most a century.", param, ctx)
        return duration


def _duration(text: str) -> timedelta | None:
    """Read a number and a unit; return None for any other text and for more than a century."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return None
    count, unit = found.groups()
    seconds = int(count) * UNITS[unit.lower()].total_seconds()
    return timedelta(seconds=seconds) if seconds <= _FARTHEST.total_seconds() else None


def parse_expiry(text: str, now: datetime) -> datetime:
    r"""Read an expiry: an ISO 8601 time or date, or a duration from ``now`` such as ``30d``.

    Raises ValueError, with a sentence for the user, for any other text, a past time, or one more than a century away.
    """
    if _DURATION.fullmatch(text.strip()):
        duration = _duration(text)
        moment = None if duration is None else now + duration
    else:
        moment = times.parse_iso(text)
        if moment is None:
            raise ValueError(f"'{text}' is neither an ISO 8601 time or date nor a duration such as 30d, 12h or 2w.")
    if moment is None or moment > now + _FARTHEST:
        raise ValueError("it is more than a century away.")
    if moment <= now:
        raise ValueError(f"'{text}' is in the past.")
    return times.truncate_to_millisecond(moment.astimezone(UTC))


class _Format(click.ParamType[str]):
    """A sender's format, by any of its names; `DETECT` stays a word."""

    name = "format"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in known_formats() and value != DETECT:
            parts = [name for name in known_formats() if value in name]
            close = parts or difflib.get_close_matches(value, known_formats())
            meant = f" Did you mean {' or '.join(close)}?" if close else ""
            self.fail(f"'{value}' is not a format; docs/formats.md lists them.{meant}", param, ctx)
        return value


class _RateLimit(click.ParamType[int | str]):
    """Deliveries per minute, as a number; ``off`` becomes 0, and `DEFAULT` stays a word."""

    name = "limit"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        if value == "off":
            return 0
        if value == DEFAULT or isinstance(value, int):
            return value
        if not (value.isascii() and value.isdigit() and 0 < int(value) <= MAX_RATE_LIMIT):
            self.fail(
                f"'{value}' is neither a number from 1 to {MAX_RATE_LIMIT} nor 'off' nor '{DEFAULT}'.", param, ctx
            )
        return int(value)


DEFAULT: Final = "default"
DETECT: Final = "detect"
"""Instead of a format's name: each delivery's is detected."""
OPAQUE_ID = _OpaqueId()
INSTANT = _Instant()
EXPIRY = _Expiry()
DURATION = _Duration()
FORMAT = _Format()
RATE_LIMIT = _RateLimit()
