"""``eventctl alert``: list and show alerts."""

from __future__ import annotations

from functools import partial

import click

from event_api.auth import alert_links
from event_api.domain import times
from event_api.domain.alert import AlertState
from event_api.domain.errors import NotFoundError
from event_api.json_types import JsonObject
from eventctl import screen
from eventctl.invocation import Group, Invocation, require_domain
from eventctl.parameters import OPAQUE_ID
from eventctl.screen import Column

_COLUMNS = (
    Column("ALERT", "alert_id"),
    Column("STATE", "state"),
    Column("SEVERITY", "severity"),
    Column("OPENED", "opened_at"),
    Column("TITLE", "title", folds=True),
)
_EVENT_COLUMNS = (
    Column("EVENT", "event_id"),
    Column("TYPE", "event_type"),
    Column("SEVERITY", "severity"),
    Column("CREATED", "created_at"),
    Column("TITLE", "title", folds=True),
)


@click.group(cls=Group)
def alert() -> None:
    """Look at what the events add up to.

    An alert is open (TRIGGERED, ACKNOWLEDGED or ERROR) from the first ALERT event of a key until a RECOVERY, or a
    person, resolves it (RESOLVED). Imported events make no alerts.
    """


@alert.command(name="list")
@click.option("--domain", type=OPAQUE_ID, callback=require_domain, help="Whose alerts.")
@click.option(
    "--state",
    type=click.Choice([state.value for state in AlertState], case_sensitive=False),
    help="Only those in this state.",
)
@click.pass_obj
def list_alerts(invocation: Invocation, domain: str | None, state: str | None) -> None:
    """List a domain's alerts, newest first."""
    found = invocation.manager().alerts(domain, state)
    show = partial(screen.show_table, _COLUMNS, found, empty="No alerts.")
    invocation.answer({"alerts": found, "total_count": len(found)}, show)


@alert.command()
@click.argument("alert_id", type=OPAQUE_ID)
@click.pass_obj
def show(invocation: Invocation, alert_id: str) -> None:
    """Show an alert and its events, oldest first."""
    fields, events = invocation.manager().alert(alert_id)

    def print_all() -> None:
        screen.show_fields(fields)
        click.echo()
        screen.show_table(_EVENT_COLUMNS, events, empty="No events.")

    invocation.answer({**fields, "events": events}, print_all)


@alert.command()
@click.argument("alert_id", type=OPAQUE_ID)
@click.pass_obj
def link(invocation: Invocation, alert_id: str) -> None:
    """Print the URLs that acknowledge and resolve an alert without a token, as a notification can carry them.

    They are to be sent by POST. Whoever has them may process this alert, once.
    """
    target = invocation.open()
    found = target.stores.alerts.get(alert_id, times.now())
    if found is None:
        raise NotFoundError("alert_id", alert_id)
    key = alert_links.access_key(target.stores.alert_records, found.domain_id, alert_id)
    place = f"{target.api_url}/monitoring/v1/alert/{alert_id}/{key}"
    urls: JsonObject = {"acknowledge": f"{place}/ACKNOWLEDGED", "resolve": f"{place}/RESOLVED"}
    invocation.answer(urls, partial(screen.show_fields, urls))


@alert.command()
@click.option("--domain", type=OPAQUE_ID, callback=require_domain, help="Whose alerts.")
@click.pass_obj
def index(invocation: Invocation, domain: str) -> None:
    """Add the open alerts of an earlier version to the index that lists of open alerts are read from.

    Once for each domain after the upgrade from version 0.1; to run it again changes nothing.
    """
    added = invocation.open().stores.alert_records.index_open(domain, times.now())
    invocation.answer({"added": added}, partial(click.echo, f"{added} alerts added."))
