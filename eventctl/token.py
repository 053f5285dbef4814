"""``eventctl token``: tokens of the reading routes."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import click

from event_api.admin.checks import NO_OVERLAP
from event_api.domain.access import FORMER_NAMES, Permission, Role
from event_api.json_types import JsonObject
from eventctl import screen
from eventctl.invocation import Group, Invocation, require_domain
from eventctl.parameters import DURATION, EXPIRY, OPAQUE_ID
from eventctl.screen import Column

_COLUMNS = (
    Column("TOKEN", "token_id"),
    Column("STATE", "state"),
    Column("EXPIRES", "expires_at"),
    Column("MAY", "may", folds=True),
    Column("PROJECTS", "projects", folds=True),
    Column("NAME", "name", folds=True),
)
_ALL_PROJECTS = "all"
_CACHED = "API Gateway may accept it for another minute"


@click.group(cls=Group)
def token() -> None:
    """Tokens of the API.

    A token is sent as "Authorization: Bearer TOKEN". It belongs to one domain, has a role or single permissions, and
    may be limited to some projects. It is shown when it is created, and stored only as a hash.
    """


@token.command()
@click.option("--domain", type=OPAQUE_ID, callback=require_domain, help="The domain that it belongs to.")
@click.option(
    "--project",
    "projects",
    type=OPAQUE_ID,
    multiple=True,
    help="A project that it is limited to; may be repeated.  [default: all of the domain]",
)
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role], case_sensitive=False),
    help="reader: events and alerts; responder: changes alerts, too; admin: all.  [default: reader]",
)
@click.option(
    "--permission",
    "permissions",
    type=click.Choice([*(one.value for one in Permission), *FORMER_NAMES.values()], case_sensitive=False),
    metavar="PERMISSION",
    multiple=True,
    help=f"What else it may do, or without a role all that it may do; may be repeated: {', '.join(Permission)}.",
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
    domain: str | None,
    projects: tuple[str, ...],
    role: str | None,
    permissions: tuple[str, ...],
    expires: datetime | None,
    name: str | None,
) -> None:
    """Create a token and print it, once.

    The token is all of standard output, so that TOKEN=$(eventctl token create ...) works.
    """
    fields, credential = invocation.manager().create_token(
        domain, projects=projects, role=role, permissions=permissions, expires_at=expires, name=name
    )
    _answer_token(invocation, fields, credential)


def _answer_token(invocation: Invocation, token_fields: JsonObject, credential: str) -> None:
    if not invocation.as_json:
        token_id, expires_at = token_fields["token_id"], token_fields["expires_at"]
        until = f"It expires at {expires_at}." if expires_at else "It does not expire."
        click.echo(f"{token_id}: keep this token, it is not shown again. {until}", err=True)
    invocation.answer({**token_fields, "token": credential}, partial(click.echo, credential))


@token.command()
@click.argument("token_id", type=OPAQUE_ID)
@click.option(
    "--overlap",
    type=DURATION,
    default=NO_OVERLAP,
    show_default="none",
    help="For how long the old token is still good, as 30m, 24h, 7d or 2w; never longer than it was to be.",
)
@click.pass_obj
def rotate(invocation: Invocation, token_id: str, overlap: timedelta) -> None:
    """Replace a token and print the new one, once.

    The new one has the same domain, projects, role, permissions, name and lifetime. The old one expires when the
    overlap ends, or now; API Gateway may go on accepting it for a minute. TOKEN_ID is the part of the token before the
    dot. A token that has expired may be rotated too; one that was rotated or revoked may not.
    """
    token_id = _id_of(token_id)
    rotated = invocation.manager().rotate_token(token_id, overlap)
    if not invocation.as_json:
        end = f"until {rotated.old_expires_at}" if rotated.is_old_valid else f"no longer; {_CACHED}"
        click.echo(f"{screen.printable(token_id)} is good {end}.", err=True)
    fields: JsonObject = {**rotated.fields, "old_token_expires_at": rotated.old_expires_at}
    _answer_token(invocation, fields, rotated.credential)


def _id_of(token: str) -> str:
    """Return a token's id: a pasted whole token means its id, and the secret must not come back in an error."""
    return token.partition(".")[0]


@token.command(name="list")
@click.option("--domain", type=OPAQUE_ID, callback=require_domain, help="Whose tokens.")
@click.pass_obj
def list_tokens(invocation: Invocation, domain: str | None) -> None:
    """List a domain's tokens; expired ones for another 90 days."""
    found = invocation.manager().tokens(domain)
    # A dash would read as none at all.
    shown = [
        {**one, "projects": one["projects"] or _ALL_PROJECTS, "may": one["role"] or one["permissions"]} for one in found
    ]
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
    token_id = _id_of(token_id)
    invocation.manager().revoke_token(token_id)
    text = f"{screen.printable(token_id)} is revoked; {_CACHED}."
    show = partial(click.echo, text)
    invocation.answer({"token_id": token_id, "revoked": True}, show)
