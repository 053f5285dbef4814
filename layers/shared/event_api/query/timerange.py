"""Ranges of time, as conditions on instants become them: the matcher tests them, the planner reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from event_api.domain import times
from event_api.json_types import Json

_MILLISECOND = timedelta(milliseconds=1)
_BEFORE_ALL = ""
_AFTER_ALL = "~"  # behind every digit


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From ``since`` to ``until``, both included: ISO 8601 with milliseconds and ``Z``; None is open.

    Events have milliseconds, so every comparison with an instant of any precision is such a range.
    """

    since: str | None = None
    until: str | None = None

    @property
    def empty(self) -> bool:
        """Whether no instant is in it."""
        return (
            self.since == _AFTER_ALL
            or self.until == _BEFORE_ALL
            or (self.since is not None and self.until is not None and self.since > self.until)
        )

    def holds(self, value: Json) -> bool:
        """Return whether a row's time is in the range; a missing time never is."""
        return (
            isinstance(value, str)
            and (self.since is None or self.since <= value)
            and (self.until is None or value <= self.until)
        )

    def intersection(self, other: TimeRange) -> TimeRange:
        """Return what is in both."""
        since = [bound for bound in (self.since, other.since) if bound is not None]
        until = [bound for bound in (self.until, other.until) if bound is not None]
        return TimeRange(max(since, default=None), min(until, default=None))

    def hull(self, other: TimeRange) -> TimeRange:
        """Return the smallest range that holds both."""
        if self.empty or other.empty:
            return other if self.empty else self
        return TimeRange(
            None if self.since is None or other.since is None else min(self.since, other.since),
            None if self.until is None or other.until is None else max(self.until, other.until),
        )


NO_TIME = TimeRange(_AFTER_ALL, _BEFORE_ALL)
"""The range that holds no instant."""


def _following(whole: datetime) -> str:
    try:
        return times.to_iso(whole + _MILLISECOND)
    except OverflowError:
        return _AFTER_ALL


def _preceding(whole: datetime) -> str:
    try:
        return times.to_iso(whole - _MILLISECOND)
    except OverflowError:
        return _BEFORE_ALL


# Each takes the instant cut to milliseconds, and whether cutting took nothing away.
_RANGES: Mapping[str, Callable[[datetime, bool], TimeRange]] = {
    "eq": lambda whole, exact: TimeRange(times.to_iso(whole), times.to_iso(whole)) if exact else NO_TIME,
    "gt": lambda whole, _: TimeRange(since=_following(whole)),
    "gte": lambda whole, exact: TimeRange(since=times.to_iso(whole) if exact else _following(whole)),
    "lt": lambda whole, exact: TimeRange(until=_preceding(whole) if exact else times.to_iso(whole)),
    "lte": lambda whole, _: TimeRange(until=times.to_iso(whole)),
}


def time_range(relation: str, moment: datetime) -> TimeRange:
    """Return the instants that have a relation (eq, gt, gte, lt, lte) to a moment."""
    whole = times.truncate_to_millisecond(moment)
    return _RANGES[relation](whole, whole == moment)
