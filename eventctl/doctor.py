"""``eventctl doctor``: whether a deployment is healthy."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import click

from event_api.json_types import JsonObject
from eventctl import canary, health, screen
from eventctl.health import Finding, Patient, State
from eventctl.invocation import Command, Invocation
from eventctl.screen import Column

_COLUMNS = (
    Column("CHECK", "check"),
    Column("STATE", "state"),
    Column("FINDING", "detail", folds=True),
    Column("SECTION", "section"),
)


@click.command(cls=Command)
@click.option(
    "--canary/--no-canary", "with_canary", default=True, help="Send a delivery and read it back.  [default: --canary]"
)
@click.option(
    "--within",
    type=click.FloatRange(min=0),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="In which the canary's event must be readable.",
)
@click.pass_obj
def doctor(invocation: Invocation, *, with_canary: bool, within: float) -> None:
    """Examine a deployment and report what is not as it should be.

    Sends a delivery of a domain of its own through the public URL, reads its event back, and deletes both. Looks at the
    stack, functions, tables, bucket, logs, queues, unfinished deliveries and alarms. Each finding names the section of
    docs/operations.md that says what to do.

    Exit status: 0 if nothing has failed (warnings are no failure), 1 if something has.
    """
    target = invocation.open()
    findings = list(canary.fly(target, within)) if with_canary else []
    findings += health.examine(Patient(target), health.LOCAL_CHECKS if invocation.local else health.CHECKS)
    failed = any(one.state is State.FAILED for one in findings)
    shown = [_fields(one) for one in findings]
    answer = {"healthy": not failed, "findings": shown}
    invocation.answer(answer, partial(screen.show_table, _COLUMNS, shown, empty="Nothing was examined."))
    if failed:
        click.get_current_context().exit(1)


def _fields(finding: Finding) -> JsonObject:
    return {**asdict(finding), "state": finding.state.value, "section": f"{health.PAGE}#{finding.section}"}
