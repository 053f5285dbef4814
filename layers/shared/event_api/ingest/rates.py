"""The limit of deliveries a minute, counted cheaply and so approximately (docs/limits.md).

Each process counts the admitted deliveries in memory, and adds them to a shared count only when they reach a share of
the limit. So a webhook that sends little costs nothing, and one that sends much costs a write for every few deliveries.
A process that knows that a webhook is over its limit refuses without a read.

Nothing is refused before as many deliveries as the limit have been admitted. One process admits no more than that,
``n`` processes at most ``(n - 1) * (share_of(limit) - 1)`` more: the deliveries that the others have not yet added.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

WINDOW = 60
"""Seconds; windows begin with the minutes of the clock."""
MAX_WEBHOOKS = 1000
"""That a process remembers; of more, those that sent nothing for the longest time are forgotten."""

_SHARES = 20
_LARGEST_SHARE = 10
_PAUSE = 10  # seconds after a failure in which nothing is added: few senders wait for a database that does not respond
_JITTER = 10  # seconds, so that not all who were refused come back in the window's first one


def share_of(limit: int) -> int:
    """Return how many deliveries a process counts by itself before it adds them to the shared count."""
    return max(1, min(limit // _SHARES, _LARGEST_SHARE))


@dataclass(slots=True)
class _Window:
    """A process's knowledge of a webhook in one window: the shared count, and its own deliveries since."""

    number: int
    share: int
    total: int = 0
    not_added: int = 0


class Rates:
    """The deliveries that one process lets in.

    ``add`` adds to the shared count of a webhook and a window and returns the sum, or None if that failed. ``clock`` is
    in epoch seconds, ``chance`` from 0 to 1.
    """

    def __init__(
        self,
        add: Callable[[str, int, int], int | None],
        clock: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self._add = add
        self._clock = clock
        self._chance = chance
        self._windows: dict[str, _Window] = {}
        self._paused_until = 0.0

    def seconds_to_wait(self, webhook_id: str, limit: int) -> int:
        """Return 0 for a delivery that is let in, or in how many seconds it may come again."""
        now = self._clock()
        window = self._window(webhook_id, int(now // WINDOW), limit)
        if window.total <= limit:
            self._count(webhook_id, window, limit, now)
        if window.total <= limit:
            return 0
        left = (window.number + 1) * WINDOW - now
        return math.ceil(left + self._chance() * _JITTER)

    def _window(self, webhook_id: str, number: int, limit: int) -> _Window:
        window = self._windows.pop(webhook_id, None)
        if window is None or window.number != number:
            # A webhook that was just over its limit probably is again: each delivery is counted, and none too many
            # admitted.
            was_over = window is not None and window.number == number - 1 and window.total > limit
            window = _Window(number, share=1 if was_over else share_of(limit))
        self._windows[webhook_id] = window  # at the end: the first is the one that was not used for the longest time
        if len(self._windows) > MAX_WEBHOOKS:
            del self._windows[next(iter(self._windows))]
        return window

    def _count(self, webhook_id: str, window: _Window, limit: int, now: float) -> None:
        window.not_added += 1
        is_due = window.not_added >= window.share or window.total + window.not_added > limit
        if not is_due or now < self._paused_until:
            return
        total = self._add(webhook_id, window.number, window.not_added)
        # Also after a failure, because they may have been added all the same: rather too few are counted than too many.
        window.not_added = 0
        if total is None:
            self._paused_until = now + _PAUSE
        else:
            window.total = total
