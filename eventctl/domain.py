"""``eventctl domain``: everything of a domain."""

from __future__ import annotations

import time
from dataclasses import asdict

import click

from event_api.admin import webhooks
from event_api.store.erasure import Erasure, Extent
from eventctl import screen
from eventctl.errors import OperationError
from eventctl.invocation import Group, Invocation
from eventctl.parameters import OPAQUE_ID
from eventctl.progress import progress

PASSES = 5
"""How often what is left is counted and deleted: an index shows a change a moment late."""
PAUSE_SECONDS = 2.0


@click.group(cls=Group)
def domain() -> None:
    """Count or delete everything of a domain, or set what holds for all of it."""


@domain.command()
@click.argument("domain_id", type=OPAQUE_ID)
@click.pass_obj
def count(invocation: Invocation, domain_id: str) -> None:
    """Count everything that a domain has.

    Reads the whole table of deliveries, of all domains, because it has no index of domains.
    """
    extent = invocation.open().stores.erasure.extent(domain_id)
    fields = asdict(extent)
    invocation.answer({"domain_id": domain_id, **fields}, lambda: screen.show_fields(fields))


@domain.command()
@click.argument("domain_id", type=OPAQUE_ID)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def delete(invocation: Invocation, domain_id: str, *, yes: bool) -> None:
    """Delete everything of a domain.

    That is webhooks, tokens, deliveries, events, alerts, summaries and audit records. It is counted, deleted, and
    counted again, which must find nothing. Deliveries are refused at once, readers within a minute. An interrupted
    deletion is finished by running the command again. Backups of the tables keep the data for 35 days, and logs the
    domain's id. Reads the whole table of deliveries several times.
    """
    erasure = invocation.open().stores.erasure
    before = erasure.extent(domain_id)
    if not invocation.as_json:
        screen.show_fields(asdict(before))
    if before.total and not yes:
        typed = click.prompt("Type the domain's id to delete all of this", err=True, default="", show_default=False)
        if typed != domain_id:
            raise OperationError("nothing was deleted")
    left = _erase(erasure, domain_id, before)
    name = screen.printable(domain_id)

    def show() -> None:
        if not left.total:
            click.echo(f"Everything of {name} is deleted: {before.total:,} items. A second count finds nothing.")

    invocation.answer({"domain_id": domain_id, "deleted": asdict(before), "left": asdict(left)}, show)
    if left.total:
        raise OperationError(f"{left.total:,} items of {name} are left; run the command again")


def _erase(erasure: Erasure, domain_id: str, left: Extent) -> Extent:
    """Delete until nothing is left, and return what is."""
    with progress("deleting", None, "items") as shown:
        for number in range(PASSES):
            if not left.total:
                break
            if number:
                time.sleep(PAUSE_SECONDS)
            erasure.erase(domain_id, shown.update)
            left = erasure.extent(domain_id)
    return left


@domain.command(name="number-alerts")
@click.argument("domain_id", type=OPAQUE_ID)
@click.option("--off", is_flag=True, help="Number no longer. Alerts keep their numbers.")
@click.pass_obj
def number_alerts(invocation: Invocation, domain_id: str, *, off: bool) -> None:
    """Have the alerts of a domain numbered from now on: 1, 2, 3 and so on.

    That costs a write unit for each new alert. It holds for the domain's webhooks, and for those made later. A number
    is missing if two events opened an alert at once. Alerts that people open are numbered as soon as an event has
    opened one that is, and with --off, too.
    """
    changed = webhooks.number_alerts(invocation.open().stores, domain_id, on=not off)
    answer = f"{changed} webhooks changed." if changed else "No webhook to change."
    invocation.answer({"webhooks": changed}, lambda: click.echo(answer))
