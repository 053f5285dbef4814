"""``eventctl export``: a domain's events, as the lines that an import takes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from eventctl.errors import OperationError
from eventctl.invocation import Command, Invocation, require_domain
from eventctl.parameters import INSTANT, OPAQUE_ID
from eventctl.progress import progress
from eventctl.screen import printable

_STANDARD_OUTPUT = Path("-")


@click.command(name="export", cls=Command)
@click.option("--domain", type=OPAQUE_ID, callback=require_domain, help="Whose events.")
@click.option(
    "--project",
    "projects",
    type=OPAQUE_ID,
    multiple=True,
    help="Only this project's events; may be repeated.  [default: all]",
)
@click.option("--since", type=INSTANT, help="Only events created at this ISO 8601 time or date (UTC), or later.")
@click.option("--until", type=INSTANT, help="Only events created before this ISO 8601 time or date (UTC).")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default=_STANDARD_OUTPUT)
@click.pass_obj
def export_events(
    invocation: Invocation,
    *,
    domain: str | None,
    projects: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    file: Path,
) -> None:
    """Write a domain's events to FILE, oldest first. "-", or no FILE, is standard output.

    Each line is one EventInfo, a JSON object with all fields; a field without a value is null. 'eventctl import'
    reads it unchanged. FILE is replaced only when all events are written.

    With --json a FILE is needed, and the answer is {"exported", "file"}.
    """
    if invocation.as_json and file == _STANDARD_OUTPUT:
        raise click.UsageError("--json and the events cannot share standard output; name a FILE.")
    events = invocation.manager().events(domain, projects, since, until)
    count = 0
    with _writable(file) as output, progress("export", None) as shown:
        for event in events:
            # ASCII: no line separator of Unicode's, and no lone surrogate, which UTF-8 cannot hold.
            output.write(json.dumps(event).encode() + b"\n")
            count += 1
            shown.update(count)
    summary = f"{count:,} exported to {printable(str(file))}."
    if file == _STANDARD_OUTPUT:
        click.echo(f"{count:,} exported.", err=True)
    else:
        invocation.answer({"exported": count, "file": str(file)}, partial(click.echo, summary))


@contextmanager
def _writable(file: Path) -> Iterator[BinaryIO]:
    """Open a file, or standard output, for writing; a regular file becomes what was written only at the end."""
    if file == _STANDARD_OUTPUT:
        yield sys.stdout.buffer
        return
    target = file.resolve()
    # A device or a pipe cannot be replaced, and must not be.
    is_replaced = target.is_file() or not target.exists()
    written = target.with_name(f"{target.name}.part") if is_replaced else target
    try:
        with written.open("wb") as output:
            yield output
        if is_replaced:
            written.replace(target)
    except OSError as error:
        raise OperationError(f"cannot write '{printable(str(file))}': {error.strerror or error}") from error
    finally:
        if is_replaced:
            written.unlink(missing_ok=True)
