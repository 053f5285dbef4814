"""``eventctl webhook``: where senders deliver to."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import click

from event_api import administration, times
from event_api.jsontypes import JsonObject
from event_api.model import RecoveryMode, WebhookState
from event_api.normalizers import known_formats
from eventctl import screen, views
from eventctl.invocation import Group, Invocation
from eventctl.parameters import DEFAULT, DURATION, OPAQUE_ID, RATE_LIMIT
from eventctl.screen import Column

_COLUMNS = (
    Column("WEBHOOK", "webhook_id"),
    Column("STATE", "state"),
    Column("FORMAT", "format"),
    Column("KEYS", "valid_keys"),
    Column("LIMIT", "rate_limit"),
    Column("PROJECT", "project_id", folds=True),
    Column("NAME", "name", folds=True),
)
_webhook_id = click.argument("webhook_id", type=OPAQUE_ID)


@click.group(cls=Group)
def webhook() -> None:
    """Where senders deliver to.

    A webhook has a URL of its own, for one sender. What is posted there becomes events of the webhook's project and
    domain. The URL holds an access key: it is shown when the webhook is created or its key rotated, and stored only
    as a hash.
    """


@webhook.command()
@click.option("--domain", type=OPAQUE_ID, required=True, help="The domain that the events will belong to.")
@click.option("--project", type=OPAQUE_ID, required=True, help="The project that the events will belong to.")
@click.option("--name", required=True, help="What to call it, in listings and in events that tell of its failures.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(known_formats()),
    metavar="FORMAT",
    help=f"The sender's format: {', '.join(known_formats())}.  [default: detected in each delivery]",
)
@click.option(
    "--duplicate-event-time",
    type=int,
    metavar="SECONDS",
    default=600,
    show_default=True,
    help="An ALERT that comes later than this after the last one of its key opens a new alert.",
)
@click.option(
    "--recovery-mode",
    type=click.Choice([mode.value for mode in RecoveryMode], case_sensitive=False),
    metavar="MODE",
    default=RecoveryMode.AUTO.value,
    show_default=True,
    help="AUTO: a RECOVERY event resolves its alert. MANUAL: it leaves the alert open.",
)
@click.option(
    "--rate-limit",
    type=RATE_LIMIT,
    metavar="N|off",
    default=DEFAULT,
    show_default="the stack's WebhookRateLimit",
    help="How many deliveries a minute are taken, about; more are answered 503.",
)
@click.pass_obj
def create(
    invocation: Invocation,
    *,
    domain: str,
    project: str,
    name: str,
    format_name: str | None,
    duplicate_event_time: int,
    recovery_mode: str,
    rate_limit: int | str,
) -> None:
    """Create a webhook and print its URL, once.

    The URL is all of standard output, so that URL=$(eventctl webhook create ...) works.
    """
    target = invocation.open()
    created, access_key = administration.create_webhook(
        target.stores,
        domain_id=domain,
        project_id=project,
        name=name,
        format=format_name,
        duplicate_event_time=duplicate_event_time,
        recovery_mode=RecoveryMode(recovery_mode),
        rate_limit=_own_limit(rate_limit),
    )
    fields = views.of_webhook(created, created.created_at)
    _answer_url(invocation, fields, target.webhook_url(created.webhook_id, access_key))


@webhook.command()
@_webhook_id
@click.option(
    "--overlap",
    type=DURATION,
    default=administration.NO_OVERLAP,
    show_default="none",
    help="For how long the old URL is still taken, as 30m, 24h, 7d or 2w.",
)
@click.pass_obj
def rotate(invocation: Invocation, webhook_id: str, overlap: timedelta) -> None:
    """Replace a webhook's access key and print its new URL, once.

    The old URL is refused from now on, or with --overlap after that, so that the sender can be changed without losing
    a delivery. An overlap of an earlier rotation is never made longer.
    """
    target = invocation.open()
    rotated, access_key = administration.rotate_access_key(target.stores, webhook_id, overlap)
    fields = views.of_webhook(rotated, times.now())
    _answer_url(invocation, fields, target.webhook_url(webhook_id, access_key))


def _answer_url(invocation: Invocation, webhook_fields: JsonObject, url: str) -> None:
    if not invocation.as_json:
        webhook_id = screen.printable(str(webhook_fields["webhook_id"]))
        click.echo(f"{webhook_id}: keep this URL, it holds the access key and is not shown again.", err=True)
        if ends := webhook_fields["old_keys_until"]:
            click.echo(f"Old URLs are taken until {ends[-1]}.", err=True)
    invocation.answer({**webhook_fields, "webhook_url": url}, partial(click.echo, url))


@webhook.command(name="list")
@click.option("--domain", type=OPAQUE_ID, required=True, help="Whose webhooks.")
@click.pass_obj
def list_webhooks(invocation: Invocation, domain: str) -> None:
    """List a domain's webhooks."""
    now = times.now()
    found = [views.of_webhook(one, now) for one in invocation.open().stores.webhooks.of_domain(domain)]
    shown = [{**one, "rate_limit": _limit_in_words(one["rate_limit"])} for one in found]
    show = partial(screen.show_table, _COLUMNS, shown, empty="No webhooks.")
    invocation.answer({"webhooks": found, "total_count": len(found)}, show)


@webhook.command()
@_webhook_id
@click.pass_obj
def disable(invocation: Invocation, webhook_id: str) -> None:
    """Have a webhook refuse deliveries (400) until it is enabled again."""
    _set_state(invocation, webhook_id, WebhookState.DISABLED)


@webhook.command()
@_webhook_id
@click.pass_obj
def enable(invocation: Invocation, webhook_id: str) -> None:
    """Have a webhook take deliveries again."""
    _set_state(invocation, webhook_id, WebhookState.ENABLED)


@webhook.command()
@_webhook_id
@click.argument("rate_limit", type=RATE_LIMIT, metavar="N|off|default")
@click.pass_obj
def limit(invocation: Invocation, webhook_id: str, rate_limit: int | str) -> None:
    """Limit the deliveries a minute that a webhook takes.

    About N are taken, and more are answered 503, which senders repeat later. "off" takes any number, "default" as many
    as the stack's parameter WebhookRateLimit says.
    """
    own_limit = _own_limit(rate_limit)
    administration.set_rate_limit(invocation.open().stores, webhook_id, own_limit)
    show = partial(click.echo, f"{screen.printable(webhook_id)} has the rate limit: {_limit_in_words(own_limit)}.")
    invocation.answer({"webhook_id": webhook_id, "rate_limit": own_limit}, show)


def _own_limit(rate_limit: int | str) -> int | None:
    return rate_limit if isinstance(rate_limit, int) else None


def _limit_in_words(rate_limit: int | None) -> str:
    return DEFAULT if rate_limit is None else str(rate_limit or "off")


def _set_state(invocation: Invocation, webhook_id: str, state: WebhookState) -> None:
    administration.set_webhook_state(invocation.open().stores, webhook_id, state)
    show = partial(click.echo, f"{screen.printable(webhook_id)} is {state.value}.")
    invocation.answer({"webhook_id": webhook_id, "state": state.value}, show)


@webhook.command()
@_webhook_id
@click.pass_obj
def delete(invocation: Invocation, webhook_id: str) -> None:
    """Delete a webhook. Its events and alerts stay; its URL is refused (403) from now on."""
    administration.delete_webhook(invocation.open().stores, webhook_id)
    show = partial(click.echo, f"{screen.printable(webhook_id)} is deleted.")
    invocation.answer({"webhook_id": webhook_id, "deleted": True}, show)
