"""``eventctl delivery``: stored deliveries, the state of their events, and replay."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial

import click

from eventctl import screen
from eventctl.invocation import Group, Invocation, require_domain
from eventctl.parameters import INSTANT, OPAQUE_ID
from eventctl.screen import Column

_COLUMNS = (
    Column("DELIVERY", "delivery_id"),
    Column("STATE", "state"),
    Column("RECEIVED", "received_at"),
    Column("WEBHOOK", "webhook_id"),
    Column("DOMAIN", "domain_id", folds=True),
    Column("UNREADABLE BECAUSE", "unread_because", folds=True),
)
_EVENT_COLUMNS = (
    Column("EVENT", "event_id"),
    Column("TYPE", "event_type"),
    Column("SEVERITY", "severity"),
    Column("ALERT", "alert_id"),
    Column("TITLE", "title", folds=True),
)
_unfinished = click.option(
    "--unfinished", is_flag=True, help="Those whose events are not all stored. Of all domains, unless one is named."
)
_unreadable = click.option(
    "--unreadable", is_flag=True, help="Those of a domain that could not be read, and became an ERROR event."
)
_since = click.option("--since", type=INSTANT, metavar="TIME", help="Only those received at or after this time.")


@click.group(cls=Group)
def delivery() -> None:
    """Look at what senders sent, and have it read again.

    A delivery is unfinished from when it is stored until all its events are: OPEN while the function that took it, or
    else the sweeper, sees to it, QUEUED when it is the worker's. One that stays unfinished is in the dead-letter queue.
    """


@delivery.command()
@click.argument("delivery_id", type=OPAQUE_ID)
@click.option("--domain", type=OPAQUE_ID, callback=require_domain, help="Whose delivery.")
@click.option("--body", is_flag=True, help="Write the body, as it was sent, and nothing else.")
@click.pass_obj
def show(invocation: Invocation, delivery_id: str, *, domain: str | None, body: bool) -> None:
    """Show a delivery and the events that were made of it.

    Its id is in the answer that the sender got (x-delivery-id), and in the middle of its events' ids.
    """
    fields, events, content = invocation.manager().delivery(delivery_id, domain)
    if body:
        sys.stdout.buffer.write(content)
        return

    def print_all() -> None:
        screen.show_fields(fields)
        click.echo()
        screen.show_table(_EVENT_COLUMNS, events, empty="No events.")

    invocation.answer({**fields, "events": events}, print_all)


@delivery.command(name="list")
@_unfinished
@_unreadable
@click.option("--domain", type=OPAQUE_ID, help="Whose deliveries.")
@_since
@click.pass_obj
def list_deliveries(
    invocation: Invocation, *, unfinished: bool, unreadable: bool, domain: str | None, since: datetime | None
) -> None:
    """List the deliveries that need a look: unfinished ones, unreadable ones, or both."""
    _check(invocation, unfinished=unfinished, unreadable=unreadable, domain=domain)
    chosen = invocation.manager().deliveries(domain, unfinished=unfinished, unreadable=unreadable, since=since)
    found = list(chosen)
    show = partial(screen.show_table, _COLUMNS, found, empty="No such deliveries.")
    invocation.answer({"deliveries": found, "total_count": len(found)}, show)


@delivery.command()
@click.argument("delivery_ids", type=OPAQUE_ID, nargs=-1)
@_unfinished
@_unreadable
@click.option("--domain", type=OPAQUE_ID, help="Whose deliveries; needed where ids are given.")
@_since
@click.pass_obj
def replay(
    invocation: Invocation,
    delivery_ids: tuple[str, ...],
    *,
    unfinished: bool,
    unreadable: bool,
    domain: str | None,
    since: datetime | None,
) -> None:
    """Have deliveries read again, by the normalizers as they are now.

    Events that are stored stay as they are; those that were missing are made. A delivery that had become an ERROR event
    and now can be read also gets a RECOVERY event, which resolves that error's alert. The worker does it in the
    background: 'eventctl delivery list --unfinished' shows what is left.

    \b
    Examples:
      eventctl delivery replay --unfinished
      eventctl delivery replay --unreadable --domain domain-1 --since 2026-03-01
      eventctl delivery replay delivery-9f86d081884c7d659a2feaa0 --domain domain-1
    """  # noqa: D301  # the backspace is click's mark for lines that stay as they are
    if delivery_ids:
        if unfinished or unreadable or since is not None or (domain is None and invocation.api is None):
            raise click.UsageError("With ids goes --domain, and nothing else.")
        manager = invocation.manager()
        chosen = [(one, domain or "") for one in delivery_ids]
    else:
        _check(invocation, unfinished=unfinished, unreadable=unreadable, domain=domain)
        manager = invocation.manager()
        listed = manager.deliveries(domain, unfinished=unfinished, unreadable=unreadable, since=since)
        # All of them first: replaying changes what is listed.
        chosen = [(str(one["delivery_id"]), str(one["domain_id"])) for one in listed]
    queued = manager.replay(chosen)
    text = f"{queued:,} deliveries are queued." if queued != 1 else "1 delivery is queued."
    invocation.answer({"queued": queued}, partial(click.echo, text))


def _check(invocation: Invocation, *, unfinished: bool, unreadable: bool, domain: str | None) -> None:
    if not (unfinished or unreadable):
        raise click.UsageError("Say which: --unfinished, --unreadable, or both.")
    if unreadable and domain is None and invocation.api is None:
        raise click.UsageError("--unreadable needs a --domain.")
