"""``eventctl restore``: items of a table that DynamoDB restored under another name."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import click

from event_api.store.restoration import HASH_KEYS
from eventctl import screen
from eventctl.invocation import Command, Invocation
from eventctl.progress import progress
from eventctl.target import PARALLEL


@click.command(cls=Command)
@click.argument("table", type=click.Choice(sorted(HASH_KEYS)))
@click.option("--from", "copy", metavar="NAME", required=True, help="The restored table, by its name in DynamoDB.")
@click.pass_obj
def restore(invocation: Invocation, table: str, copy: str) -> None:
    """Bring back the items that a table lacks, from a copy that DynamoDB restored under another name.

    Items that exist stay as they are. What was deleted on purpose since then comes back as well: delete it again.
    Summaries of the domains of restored events are deleted and built again. An interrupted command can be run again.

    \b
    Example:
      eventctl restore events --from event-api-events-yesterday
    """  # noqa: D301  # the backspace is click's mark for lines that stay as they are
    restoration = invocation.open().stores.restoration
    with progress("restoring", None, "items") as shown:
        done = restoration.restore(table, copy, PARALLEL, shown.update)
    text = f"{done.restored:,} of {done.read:,} items of {screen.printable(copy)} were missing and are restored."
    invocation.answer({"table": table, "from": copy, **asdict(done)}, partial(click.echo, text))
