"""The command's entry point: which subcommands there are, and how errors end it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn

import click

from eventctl.invocation import Group


@dataclass(frozen=True, slots=True)
class _Subcommand:
    module: str
    name: str
    summary: str


_SUBCOMMANDS = {
    "webhook": _Subcommand("eventctl.webhook", "webhook", "Where senders deliver to: create, list, rotate ..."),
    "token": _Subcommand("eventctl.token", "token", "Who may use the API: create, list, rotate, revoke."),
    "alert": _Subcommand("eventctl.alert", "alert", "Look at what the events add up to: list, show."),
    "domain": _Subcommand("eventctl.domain", "domain", "All that a domain has: count, delete."),
    "delivery": _Subcommand("eventctl.delivery", "delivery", "What senders sent: show, list --unfinished, replay."),
    "doctor": _Subcommand("eventctl.doctor", "doctor", "Whether a deployment is healthy; sends and reads a canary."),
    "restore": _Subcommand("eventctl.restoring", "restore", "Bring back items of a table from a restored copy."),
    "import": _Subcommand("eventctl.importing", "import_events", "Store events from a file of JSON lines."),
    "export": _Subcommand("eventctl.exporting", "export_events", "Write a domain's events as JSON lines."),
}


class _Root(Group):
    """The groups and commands of the table above, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(_SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        found = _SUBCOMMANDS.get(cmd_name)
        if found is None:
            return None
        command: click.Command = getattr(import_module(found.module), found.name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, found.summary) for name, found in _SUBCOMMANDS.items()])

    def main(self, args: Sequence[str] | None = None, **options: Any) -> NoReturn:  # type: ignore[override]  # noqa: ANN401  # click's, but never returns
        """Run the command and exit; errors are one line on standard error, where click would write three."""
        try:
            sys.exit(super().main(args, **{**options, "standalone_mode": False}))
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx else "eventctl"
            click.echo(f"Error: {_one_line(error)} Try '{path} --help'.", err=True)
            sys.exit(error.exit_code)
        except click.ClickException as error:
            click.echo(f"Error: {_one_line(error)}", err=True)
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo("Interrupted.", err=True)
            sys.exit(1)


def _one_line(error: click.ClickException) -> str:
    return " ".join(error.format_message().split())


@click.group(
    cls=_Root,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="event-api", message="%(prog)s %(version)s")
def cli() -> None:
    """Operate the Event API: its webhooks and tokens, its alerts, and events in bulk.

    Works on the stack that samconfig.toml names, in the current AWS account (the usual AWS_PROFILE, AWS_REGION ...),
    unless --stack names another, or --local says the local run. These two and --json may stand anywhere.

    \b
    Examples:
      eventctl --local webhook create --domain domain-1 --project project-1 --name alertmanager
      eventctl --local token create --domain domain-1 --expires 30d
      eventctl --local export --domain domain-1 events.jsonl
      eventctl --stack event-api import events.jsonl

    Exit status: 0 when done, 1 when it could not be done (or not for every line of an import), 2 when the command
    line is wrong.
    """  # noqa: D301  # the backspace is click's mark for lines that stay as they are


def main() -> None:
    """Run ``eventctl``."""
    cli(prog_name="eventctl")
