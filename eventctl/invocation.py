"""The shared part of every command: its deployment, and the form of its output.

``--local``, ``--stack``, ``--api`` and ``--json`` may stand before or after a subcommand, so each command and each
group takes them (`Command`, `Group`), and all write to the one `Invocation`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from eventctl.errors import failures_told
from eventctl.target import Target, open_target

if TYPE_CHECKING:
    from eventctl.managing import Manager

TOKEN_VARIABLE = "EVENT_API_TOKEN"  # noqa: S105  # a variable's name


@dataclass(slots=True)
class Invocation:
    """The options that all commands share. Mutable: each level of the command line adds to it."""

    local: bool = False
    stack: str | None = None
    as_json: bool = False
    api: str | None = None

    def open(self) -> Target:
        """Open the deployment that the command line names; raise UsageError if it names the API."""
        if self.api is not None:
            raise click.UsageError(
                "This command needs access to AWS; --api is for webhooks, tokens and what they bring."
            )
        return open_target(local=self.local, stack=self.stack)

    def manager(self) -> Manager:
        """Return the way to manage a domain: the deployment's tables, or with ``--api`` the API."""
        from eventctl.managing import Operator, Remote  # noqa: PLC0415  # "--help" needs none of it

        if self.api is None:
            return Operator(self.open())
        from event_api_client import Client  # noqa: PLC0415

        token = os.environ.get(TOKEN_VARIABLE)
        if not token:
            raise click.UsageError(f"--api needs a token in the environment variable {TOKEN_VARIABLE}.")
        return Remote(Client(self.api, token), self.api)

    def answer(self, answer: Mapping[str, object], show: Callable[[], None]) -> None:
        """Print one JSON object, or call ``show``, which prints for people."""
        if self.as_json:
            click.echo(json.dumps(answer))
        else:
            show()


def _choose_local(ctx: click.Context, _: click.Parameter, given: bool) -> None:  # noqa: FBT001  # click's signature
    invocation = ctx.ensure_object(Invocation)
    invocation.local |= given
    _refuse_both(invocation)


def _choose_stack(ctx: click.Context, _: click.Parameter, given: str | None) -> None:
    invocation = ctx.ensure_object(Invocation)
    if given is None:
        return
    if invocation.stack not in {None, given}:
        raise click.UsageError(f"--stack is given twice, as '{invocation.stack}' and as '{given}'.")
    invocation.stack = given
    _refuse_both(invocation)


def _refuse_both(invocation: Invocation) -> None:
    if invocation.local and invocation.stack is not None:
        raise click.UsageError("--local and --stack exclude each other.")
    if invocation.api is not None and (invocation.local or invocation.stack is not None):
        raise click.UsageError("--api excludes --local and --stack.")


def _choose_api(ctx: click.Context, _: click.Parameter, given: str | None) -> None:
    invocation = ctx.ensure_object(Invocation)
    if given is not None:
        invocation.api = given
    _refuse_both(invocation)


def require_domain(ctx: click.Context, param: click.Parameter, given: str | None) -> str | None:
    """Refuse a command without a domain, unless a token has one: the callback of ``--domain``."""
    if given is None and ctx.ensure_object(Invocation).api is None and not ctx.resilient_parsing:
        raise click.MissingParameter(ctx=ctx, param=param)
    return given


def _choose_json(ctx: click.Context, _: click.Parameter, given: bool) -> None:  # noqa: FBT001  # click's signature
    ctx.ensure_object(Invocation).as_json |= given


def _shared_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--local"],
            is_flag=True,
            expose_value=False,
            callback=_choose_local,
            help="Work on the local run of this repository ('make run').",
        ),
        click.Option(
            ["--stack"],
            metavar="NAME",
            expose_value=False,
            callback=_choose_stack,
            help="Work on this CloudFormation stack in the current AWS account.  [default: the one in samconfig.toml]",
        ),
        click.Option(
            ["--api"],
            metavar="URL",
            expose_value=False,
            callback=_choose_api,
            help=f"Use the API at this URL, with the token in {TOKEN_VARIABLE}, instead of AWS credentials.",
        ),
        click.Option(
            ["--json"],
            is_flag=True,
            expose_value=False,
            callback=_choose_json,
            help="Answer one JSON object on standard output, and nothing else there.",
        ),
    ]


class Command(click.Command):
    """A command with the shared options, whose failures are reported in one line."""

    def __init__(self, *, params: list[click.Parameter] | None = None, **options: Any) -> None:  # noqa: ANN401  # passed on
        super().__init__(params=[*(params or ()), *_shared_options()], **options)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's signature
        """Run the command, and report the failure that stops it."""
        with failures_told():
            return super().invoke(ctx)


class Group(Command, click.Group):
    """A group with the shared options, of commands that have them too."""

    command_class = Command
