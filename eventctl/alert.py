"""``eventctl alert``: list and show alerts."""

from __future__ import annotations

from functools import partial

import click

from event_api.domain import times
from event_api.domain.alert import AlertState
from event_api.domain.errors import NotFoundError
from eventctl import screen, views
from eventctl.events import events_of_alert
from eventctl.invocation import Group, Invocation
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

    An alert is open (TRIGGERED, or ERROR) from the first ALERT event of a key until a RECOVERY resolves it (RESOLVED).
    Imported events make no alerts.
    """


@alert.command(name="list")
@click.option("--domain", type=OPAQUE_ID, required=True, help="Whose alerts.")
@click.option(
    "--state",
    type=click.Choice([state.value for state in AlertState], case_sensitive=False),
    help="Only those in this state.",
)
@click.pass_obj
def list_alerts(invocation: Invocation, domain: str, state: str | None) -> None:
    """List a domain's alerts, newest first."""
    alerts = invocation.open().stores.alerts
    wanted = None if state is None else AlertState(state)
    found = [views.of_alert(one) for one in alerts.of_domain(domain, wanted, times.now())]
    show = partial(screen.show_table, _COLUMNS, found, empty="No alerts.")
    invocation.answer({"alerts": found, "total_count": len(found)}, show)


@alert.command()
@click.argument("alert_id", type=OPAQUE_ID)
@click.pass_obj
def show(invocation: Invocation, alert_id: str) -> None:
    """Show an alert and its events, oldest first."""
    stores, now = invocation.open().stores, times.now()
    found = stores.alerts.get(alert_id, now)
    if found is None:
        raise NotFoundError("alert_id", alert_id)
    fields = views.of_alert(found)
    events = events_of_alert(stores, found.domain_id, alert_id, [column.field for column in _EVENT_COLUMNS], now)

    def print_all() -> None:
        screen.show_fields(fields)
        click.echo()
        screen.show_table(_EVENT_COLUMNS, events, empty="No events.")

    invocation.answer({**fields, "events": events}, print_all)
