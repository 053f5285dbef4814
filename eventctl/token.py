"""``eventctl token``: who may read events."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import click

from event_api import administration, times
from event_api.model import Permission
from eventctl import screen, views
from eventctl.invocation import Group, Invocation
from eventctl.parameters import EXPIRY, OPAQUE_ID
from eventctl.screen import Column

_COLUMNS = (
    Column("TOKEN", "token_id"),
    Column("STATE", "state"),
    Column("EXPIRES", "expires_at"),
    Column("MAY", "permissions"),
    Column("PROJECTS", "projects", folds=True),
    Column("NAME", "name", folds=True),
)
_ALL_PROJECTS = "all"


@click.group(cls=Group)
def token() -> None:
    """Who may read events.

    A token is sent as "Authorization: Bearer TOKEN". It belongs to one domain, and may be limited to some projects and
    to some of the reading methods. It is shown when it is created, and stored only as a hash.
    """


@token.command()
@click.option("--domain", type=OPAQUE_ID, required=True, help="The domain whose events may be read.")
@click.option(
    "--project",
    "projects",
    type=OPAQUE_ID,
    multiple=True,
    help="A project whose events may be read; may be repeated.  [default: all of the domain]",
)
@click.option(
    "--permission",
    "permissions",
    type=click.Choice([permission.value for permission in Permission], case_sensitive=False),
    multiple=True,
    help="What may be done; may be repeated.  [default: all]",
)
@click.option(
    "--expires",
    type=EXPIRY,
    metavar="WHEN",
    help="An ISO 8601 time or date (UTC), or a duration in s, m(inutes), h, d or w: 12h, 30d, 2w.  [default: a year]",
)
@click.option("--name", help="What to call it, in listings.")
@click.pass_obj
def create(
    invocation: Invocation,
    *,
    domain: str,
    projects: tuple[str, ...],
    permissions: tuple[str, ...],
    expires: datetime | None,
    name: str | None,
) -> None:
    """Create a token and print it, once.

    The token is all of standard output, so that TOKEN=$(eventctl token create ...) works.
    """
    created, credential = administration.create_token(
        invocation.open().stores,
        domain_id=domain,
        projects=projects or None,
        permissions=[Permission(permission) for permission in permissions] or None,
        expires_at=expires,
        name=name,
    )
    fields = views.of_token(created, created.created_at)
    if not invocation.as_json:
        until = f"It expires at {fields['expires_at']}."
        click.echo(f"{created.token_id}: keep this token, it is not shown again. {until}", err=True)
    invocation.answer({**fields, "token": credential}, partial(click.echo, credential))


@token.command(name="list")
@click.option("--domain", type=OPAQUE_ID, required=True, help="Whose tokens.")
@click.pass_obj
def list_tokens(invocation: Invocation, domain: str) -> None:
    """List a domain's tokens; expired ones for another 90 days."""
    now = times.now()
    found = [views.of_token(one, now) for one in invocation.open().stores.tokens.of_domain(domain)]
    # A dash would read as none at all.
    shown = [{**one, "projects": one["projects"] or _ALL_PROJECTS} for one in found]
    show = partial(screen.show_table, _COLUMNS, shown, empty="No tokens.")
    invocation.answer({"tokens": found, "total_count": len(found)}, show)


@token.command()
@click.argument("token_id", type=OPAQUE_ID)
@click.pass_obj
def revoke(invocation: Invocation, token_id: str) -> None:
    """Refuse a token from now on.

    TOKEN_ID is the part of the token before the dot. API Gateway may go on accepting it for as long as it caches a
    token's check, which is a minute.
    """
    # Who pastes the whole token means its id; the secret must not come back in an error.
    token_id = token_id.partition(".")[0]
    administration.revoke_token(invocation.open().stores, token_id)
    text = f"{screen.printable(token_id)} is revoked; API Gateway may accept it for another minute."
    show = partial(click.echo, text)
    invocation.answer({"token_id": token_id, "revoked": True}, show)
