"""``eventctl import``: storing events from a file."""

from __future__ import annotations

import os
import stat
from collections import Counter
from functools import partial
from typing import BinaryIO

import click

from event_api.domain.errors import UnavailableError
from eventctl.errors import OperationError
from eventctl.importer import Outcome, import_lines
from eventctl.invocation import Command, Invocation
from eventctl.lines import read_lines
from eventctl.progress import progress
from eventctl.screen import printable

_MOST_ERRORS_KEPT = 1000


@click.command(name="import", cls=Command)
@click.argument("file", type=click.File("rb"))
@click.pass_obj
@click.pass_context
def import_events(ctx: click.Context, invocation: Invocation, file: BinaryIO) -> None:
    """Store events from FILE, as when moving from another system. "-" is standard input.

    FILE has one EventInfo a line, a JSON object with its own event_id, domain_id and created_at; every other field may
    be null or missing. Types, nulls and raw_data are kept as they are, times are cut to milliseconds. No webhook is
    needed and no alert is made. Events expire as if they were created now.

    A line that cannot be stored is reported on standard error with its number, and the rest goes on; the exit status is
    then 1. An event that is stored already stays as it is, so an import may be repeated.

    With --json the answer is {"imported", "already_there", "failed", "errors": [{"line", "reason"} ...]}, of errors
    the first 1000.
    """
    stores = invocation.open().stores
    counts: Counter[Outcome] = Counter()
    errors: list[dict[str, int | str]] = []
    try:
        with progress("import", _size(file)) as shown:
            for result in import_lines(stores, read_lines(file)):
                counts[result.outcome] += 1
                shown.update(counts.total(), result.end)
                if result.outcome is Outcome.FAILED:
                    shown.say(f"line {result.line}: {printable(result.reason)}")
                    if len(errors) < _MOST_ERRORS_KEPT:
                        errors.append({"line": result.line, "reason": result.reason})
    except UnavailableError as error:
        done = counts[Outcome.IMPORTED]
        raise OperationError(f"{error} The import stopped after {done:,} events; run it again to go on.") from error
    answer = {
        "imported": counts[Outcome.IMPORTED],
        "already_there": counts[Outcome.ALREADY_THERE],
        "failed": counts[Outcome.FAILED],
        "errors": errors,
    }
    text = "{imported:,} imported, {already_there:,} already there, {failed:,} failed.".format_map(answer)
    invocation.answer(answer, partial(click.echo, text))
    if answer["failed"]:
        ctx.exit(1)


def _size(file: BinaryIO) -> int | None:
    """Return a file's size in bytes; None for a pipe, or another file without one."""
    try:
        status = os.fstat(file.fileno())
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None
