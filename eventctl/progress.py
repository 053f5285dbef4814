"""How far a long command has come, on standard error: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_SECONDS_BETWEEN_LINES = 10.0


class Progress(Protocol):
    """A receiver of the command's progress."""

    def update(self, events: int, done: int = 0) -> None:
        """Note how many are done, and how much of the total (bytes)."""

    def say(self, text: str) -> None:
        """Print a line without disturbing the bar."""


@contextmanager
def progress(verb: str, total: int | None, noun: str = "events") -> Iterator[Progress]:
    """Show progress while the block runs. ``total`` is in bytes; None if it is unknown."""
    if not sys.stderr.isatty():
        yield _Lines(verb, total, noun)
        return
    from rich import progress as rich  # noqa: PLC0415  # slow to import; only a terminal needs it
    from rich.console import Console  # noqa: PLC0415

    columns = (
        rich.TextColumn(verb),
        *((rich.BarColumn(), rich.TaskProgressColumn()) if total else (rich.SpinnerColumn(),)),
        rich.TextColumn(f"{{task.fields[events]:,}} {noun}"),
        rich.TimeElapsedColumn(),
        *((rich.TimeRemainingColumn(),) if total else ()),
    )
    with rich.Progress(*columns, console=Console(stderr=True)) as bar:
        yield _Bar(bar, bar.add_task(verb, total=total, events=0))


class _Bar:
    def __init__(self, bar: RichProgress, task: TaskID) -> None:
        self._bar = bar
        self._task = task

    def update(self, events: int, done: int = 0) -> None:
        self._bar.update(self._task, events=events, completed=done)

    def say(self, text: str) -> None:
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)


class _Lines:
    def __init__(self, verb: str, total: int | None, noun: str) -> None:
        self._verb = verb
        self._noun = noun
        self._total = total
        self._told_at = time.monotonic()

    def update(self, events: int, done: int = 0) -> None:
        if time.monotonic() - self._told_at < _SECONDS_BETWEEN_LINES:
            return
        self._told_at = time.monotonic()
        share = f", {done / self._total:.0%}" if self._total else ""
        self.say(f"{self._verb}: {events:,} {self._noun}{share}")

    def say(self, text: str) -> None:
        click.echo(text, err=True)
