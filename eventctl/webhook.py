"""``eventctl webhook``: where senders deliver to."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from functools import partial
from typing import IO, cast

import click

from event_api.admin.checks import NO_OVERLAP
from event_api.domain.errors import InvalidParameterError
from event_api.domain.webhook import RecoveryMode, Signing, WebhookState
from event_api.json_text import parse_json
from event_api.json_types import Json, JsonObject
from event_api.normalizers import lenient
from event_api.signing.signatures import SCHEMES, SNS
from eventctl import screen
from eventctl.invocation import Group, Invocation, require_domain
from eventctl.managing import WebhookSettings
from eventctl.parameters import DEFAULT, DETECT, DURATION, FORMAT, OPAQUE_ID, RATE_LIMIT
from eventctl.screen import Column

_COLUMNS = (
    Column("WEBHOOK", "webhook_id"),
    Column("STATE", "state"),
    Column("FORMAT", "format"),
    Column("SIGNED", "signing"),
    Column("KEYS", "valid_keys"),
    Column("LIMIT", "rate_limit"),
    Column("PROJECT", "project_id", folds=True),
    Column("NAME", "name", folds=True),
)
_webhook_id = click.argument("webhook_id", type=OPAQUE_ID)
_mapping = click.option(
    "--mapping",
    "mapping_file",
    type=click.File("rb"),
    metavar="FILE",
    help="How a format of one's own is read, as JSON (docs/formats.md); '-' is standard input.",
)


@click.group(cls=Group)
def webhook() -> None:
    """Webhooks: the URLs for senders.

    A webhook has a URL of its own, for one sender. Its deliveries become events of the webhook's project and
    domain. The URL holds an access key: it is shown when the webhook is created or its key rotated, and stored only
    as a hash.
    """


@webhook.command()
@click.option("--domain", type=OPAQUE_ID, callback=require_domain, help="The domain that the events will belong to.")
@click.option("--project", type=OPAQUE_ID, required=True, help="The project that the events will belong to.")
@click.option("--name", required=True, help="Its name, in listings and in events that report its failures.")
@click.option(
    "--format",
    "format_name",
    type=FORMAT,
    metavar="FORMAT",
    help="The sender's format, of docs/formats.md.  [default: detect]",
)
@_mapping
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
    domain: str | None,
    project: str,
    name: str,
    format_name: str | None,
    mapping_file: IO[bytes] | None,
    duplicate_event_time: int,
    recovery_mode: str,
    rate_limit: int | str,
) -> None:
    """Create a webhook and print its URL, once.

    The URL is all of standard output, so that URL=$(eventctl webhook create ...) works.
    """
    settings = WebhookSettings(
        format=_format(format_name),
        mapping=_read_mapping(mapping_file),
        duplicate_event_time=duplicate_event_time,
        recovery_mode=RecoveryMode(recovery_mode),
        rate_limit=_own_limit(rate_limit),
    )
    _answer_url(invocation, *invocation.manager().create_webhook(domain, project, name, settings))


@webhook.command()
@_webhook_id
@click.option(
    "--overlap",
    type=DURATION,
    default=NO_OVERLAP,
    show_default="none",
    help="For how long the old URL is still taken, as 30m, 24h, 7d or 2w.",
)
@click.pass_obj
def rotate(invocation: Invocation, webhook_id: str, overlap: timedelta) -> None:
    """Replace a webhook's access key and print its new URL, once.

    The old URL is refused from now on, or with --overlap after that, so that the sender can be changed without losing
    a delivery. An overlap of an earlier rotation is never made longer.
    """
    _answer_url(invocation, *invocation.manager().rotate_webhook(webhook_id, overlap))


def _answer_url(invocation: Invocation, webhook_fields: JsonObject, url: str) -> None:
    if not invocation.as_json:
        webhook_id = screen.printable(str(webhook_fields["webhook_id"]))
        click.echo(f"{webhook_id}: keep this URL, it holds the access key and is not shown again.", err=True)
        if ends := cast("list[str]", webhook_fields["old_keys_until"]):
            click.echo(f"Old URLs are taken until {ends[-1]}.", err=True)
    invocation.answer({**webhook_fields, "webhook_url": url}, partial(click.echo, url))


@webhook.command(name="list")
@click.option("--domain", type=OPAQUE_ID, callback=require_domain, help="Whose webhooks.")
@click.pass_obj
def list_webhooks(invocation: Invocation, domain: str | None) -> None:
    """List a domain's webhooks."""
    found = invocation.manager().webhooks(domain)
    shown = [
        {
            **one,
            "rate_limit": _limit_in_words(cast("int | None", one["rate_limit"])),
            "format": "mapping" if one["mapping"] is not None else one["format"],
            "signing": _signing_in_words(one["signing"]),
        }
        for one in found
    ]
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
    invocation.manager().set_rate_limit(webhook_id, own_limit)
    show = partial(click.echo, f"{screen.printable(webhook_id)} has the rate limit: {_limit_in_words(own_limit)}.")
    invocation.answer({"webhook_id": webhook_id, "rate_limit": own_limit}, show)


def _own_limit(rate_limit: int | str) -> int | None:
    return rate_limit if isinstance(rate_limit, int) else None


def _limit_in_words(rate_limit: int | None) -> str:
    return DEFAULT if rate_limit is None else str(rate_limit or "off")


def _set_state(invocation: Invocation, webhook_id: str, state: WebhookState) -> None:
    invocation.manager().set_webhook_state(webhook_id, state)
    show = partial(click.echo, f"{screen.printable(webhook_id)} is {state.value}.")
    invocation.answer({"webhook_id": webhook_id, "state": state.value}, show)


@webhook.command(name="format")
@_webhook_id
@click.argument("format_name", metavar="[FORMAT|detect]", required=False)
@_mapping
@click.pass_obj
def set_format(
    invocation: Invocation, webhook_id: str, format_name: str | None, mapping_file: IO[bytes] | None
) -> None:
    """Change the format in which a webhook's deliveries are read, from now on and when they are replayed.

    FORMAT is a sender's (docs/formats.md), "detect" has each delivery's detected.
    """
    if (format_name is None) == (mapping_file is None):
        raise click.UsageError("Say either a format, or 'detect', or --mapping.")
    name = _format(format_name)
    mapping = _read_mapping(mapping_file)
    invocation.manager().set_format(webhook_id, name, mapping)
    told = "a mapping of its own" if mapping is not None else name or "detected"
    show = partial(click.echo, f"{screen.printable(webhook_id)} has the format: {told}.")
    invocation.answer({"webhook_id": webhook_id, "format": name, "mapping": mapping}, show)


@webhook.command(name="try")
@_webhook_id
@click.argument("file", type=click.File("rb"))
@click.option(
    "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A header of the request; repeatable."
)
@click.option("--format", "format_name", type=FORMAT, metavar="FORMAT", help="As this format, or 'detect'.")
@_mapping
@click.pass_obj
def try_body(
    invocation: Invocation,
    webhook_id: str,
    file: IO[bytes],
    *,
    headers: tuple[str, ...],
    format_name: str | None,
    mapping_file: IO[bytes] | None,
) -> None:
    """Print the events that a body in FILE would make at a webhook, and store nothing.

    By the webhook's own format or mapping, unless another one is said. '-' is standard input.
    """
    mapping = _read_mapping(mapping_file)
    instead = None if format_name is None and mapping is None else (_format(format_name), mapping)
    told = invocation.manager().try_body(webhook_id, file.read(), _headers(headers), instead)
    invocation.answer(told, partial(click.echo, json.dumps(told, indent=2)))


def _format(name: str | None) -> str | None:
    return None if name == DETECT else name


def _headers(given: tuple[str, ...]) -> dict[str, str]:
    headers = {}
    for header in given:
        name, colon, value = header.partition(":")
        if not colon or not name.strip():
            raise click.BadParameter(f"'{header}' is not of the form 'NAME: VALUE'.", param_hint="--header")
        headers[name.strip().lower()] = value.strip()
    return headers


def _read_mapping(file: IO[bytes] | None) -> JsonObject | None:
    if file is None:
        return None
    try:
        mapping = parse_json(file.read())
    except ValueError as error:
        raise InvalidParameterError("mapping", f"it is not JSON: {error}") from None
    if not isinstance(mapping, dict):
        raise InvalidParameterError("mapping", "it is not a JSON object")
    return mapping


@webhook.command()
@_webhook_id
@click.option(
    "--scheme",
    type=click.Choice([*SCHEMES]),
    metavar="SCHEME",
    required=True,
    help=f"How the sender signs: {', '.join(SCHEMES)}.",
)
@click.option(
    "--secret-file",
    type=click.File("r"),
    metavar="FILE",
    help="The secret that the sender has too, in a file; '-' is standard input.  [default: asked for]",
)
@click.option("--keep", is_flag=True, help="The secrets that it has are good as well, while the sender is changed.")
@click.option("--report-only", is_flag=True, help="Take what is not signed, too; only count and log it.")
@click.option("--topic", "topics", multiple=True, metavar="ARN", help="Amazon SNS: take only this topic; repeatable.")
@click.option("--header", metavar="NAME", help="Grafana: the header of the signature, if it is not the usual one.")
@click.option("--timestamp-header", metavar="NAME", help="Grafana: the header of the time that is signed too.")
@click.option(
    "--window", type=int, metavar="SECONDS", help="For how long a signed time is good.  [default: the scheme's]"
)
@click.pass_obj
def sign(
    invocation: Invocation,
    webhook_id: str,
    *,
    scheme: str,
    secret_file: IO[str] | None,
    keep: bool,
    report_only: bool,
    topics: tuple[str, ...],
    header: str | None,
    timestamp_header: str | None,
    window: int | None,
) -> None:
    """Check the signature of each delivery; one without a valid signature gets a 401 (docs/senders).

    The secret is stored, because checking needs it, and never shown.
    """
    secrets: tuple[str, ...] = ()
    if SCHEMES[scheme].has_shared_key:
        secrets = (_read_secret(secret_file),)
    elif secret_file is not None:
        raise click.UsageError(f"'{scheme}' has no secret: it is checked with Amazon's certificate.")
    signing = Signing(
        scheme=scheme,
        secrets=secrets,
        required=not report_only,
        topics=topics,
        header=header,
        timestamp_header=timestamp_header,
        window=window,
    )
    changed = invocation.manager().set_signing(webhook_id, signing, keep=keep)
    if scheme == SNS and not topics and not invocation.as_json:
        click.echo("Messages of any topic are taken, of other accounts too; --topic names the only ones.", err=True)
    _answer_signing(invocation, changed)


def _read_secret(file: IO[str] | None) -> str:
    if file is None:
        if not sys.stdin.isatty():
            raise click.UsageError("No terminal is available to ask for the secret: use --secret-file.")
        return str(click.prompt("Secret", hide_input=True)).strip()
    try:
        return file.read().strip()
    except UnicodeDecodeError:
        # Not the error itself: it has the file's content.
        raise InvalidParameterError("secret", "the file is not UTF-8 text") from None


@webhook.command()
@_webhook_id
@click.pass_obj
def unsign(invocation: Invocation, webhook_id: str) -> None:
    """Have a webhook no longer check signatures; its secrets are forgotten."""
    _answer_signing(invocation, invocation.manager().set_signing(webhook_id, None))


def _answer_signing(invocation: Invocation, changed: JsonObject) -> None:
    webhook_id, signing = str(changed["webhook_id"]), changed["signing"]
    told = "checks no signatures" if signing is None else f"checks signatures: {_signing_in_words(signing)}"
    show = partial(click.echo, f"{screen.printable(webhook_id)} {told}.")
    invocation.answer({"webhook_id": webhook_id, "signing": signing}, show)


def _signing_in_words(signing: Json) -> str:
    told = lenient.mapping(signing)
    return f"{told['scheme']}, {'required' if told['required'] else 'reported'}" if told else "no"


@webhook.command()
@_webhook_id
@click.pass_obj
def delete(invocation: Invocation, webhook_id: str) -> None:
    """Delete a webhook. Its events and alerts stay; its URL is refused (403) from now on."""
    invocation.manager().delete_webhook(webhook_id)
    show = partial(click.echo, f"{screen.printable(webhook_id)} is deleted.")
    invocation.answer({"webhook_id": webhook_id, "deleted": True}, show)
