"""Signatures and shared tokens of senders, by each sender's own scheme.

The URL's access key authenticates a request; a signature also proves its author, and that it was not changed in
transit. Everything is compared in constant time, and no reason contains a secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from event_api.domain.webhook import Signing
from event_api.signing.errors import BadSignatureError, require_recent

WINDOW: Final = 300
"""Seconds for which a signed time is valid, before and after, as Standard Webhooks and Grafana recommend."""
SNS_WINDOW: Final = 3_900
"""The same for Amazon SNS, whose messages keep their time while it sends them again, for an hour at the most.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
"""


@dataclass(frozen=True, slots=True)
class Scheme:
    """The signature scheme of one sender.

    ``header`` holds signatures of ``digest`` in ``encoding``, each after ``prefix``, several of them separated by
    ``separator``. Without a digest it holds the shared secret itself. ``signed`` is the template of the signed text, in
    which ``{id}``, ``{timestamp}`` and ``{body}`` stand for parts of the request. ``source`` documents the scheme.
    """

    source: str
    header: str = ""
    digest: str | None = None
    encoding: str = "hex"
    prefix: str = ""
    separator: str | None = None
    signed: str = "{body}"
    id_header: str = ""
    timestamp_header: str = ""
    header_is_free: bool = False
    """The sender lets its user name the headers."""
    has_shared_key: bool = True
    window: int = WINDOW


SNS: Final = "sns"
_GRAFANA_WITH_TIME = "{timestamp}:{body}"
_SECRET_PREFIX = "whsec_"  # noqa: S105  # what a Standard Webhooks secret starts with

SCHEMES: Final[Mapping[str, Scheme]] = MappingProxyType(
    {
        "atlas": Scheme(
            "https://www.mongodb.com/docs/atlas/tutorial/third-party-service-integrations/",
            header="x-mms-signature",
            digest="sha1",
            encoding="base64",
        ),
        "checkly": Scheme(
            "https://www.checklyhq.com/docs/alerting-and-retries/webhooks/",
            header="x-checkly-signature",
            digest="sha256",
        ),
        "cloudflare": Scheme(
            "https://developers.cloudflare.com/notifications/get-started/configure-webhooks/",
            header="cf-webhook-auth",
        ),
        "github": Scheme(
            "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
            header="x-hub-signature-256",
            digest="sha256",
            prefix="sha256=",
        ),
        "gitlab": Scheme("https://docs.gitlab.com/user/project/integrations/webhooks/", header="x-gitlab-token"),
        "grafana": Scheme(
            "https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/",
            header="x-grafana-alerting-signature",
            digest="sha256",
            header_is_free=True,
        ),
        "pagerduty": Scheme(
            "https://developer.pagerduty.com/docs/verifying-webhook-signatures",
            header="x-pagerduty-signature",
            digest="sha256",
            prefix="v1=",
            separator=",",
        ),
        # Its timestamp header is not signed, so it proves nothing, and is not looked at.
        "sentry": Scheme(
            "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
            header="sentry-hook-signature",
            digest="sha256",
        ),
        SNS: Scheme(
            "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
            has_shared_key=False,
            window=SNS_WINDOW,
        ),
        "standard-webhooks": Scheme(
            "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
            header="webhook-signature",
            digest="sha256",
            encoding="base64",
            prefix="v1,",
            separator=" ",
            signed="{id}.{timestamp}.{body}",
            id_header="webhook-id",
            timestamp_header="webhook-timestamp",
        ),
        "terraform": Scheme(
            "https://developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations#notification-authenticity",
            header="x-tfe-notification-signature",
            digest="sha512",
        ),
    }
)


def check(signing: Signing, content: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Raise BadSignatureError unless a request is signed by its sender.

    ``content`` is the body as received, ``headers`` have lower-case names. Raises UnavailableError if the check is
    impossible at the moment, because Amazon's certificate cannot be fetched.
    """
    if signing.scheme == SNS:
        # This needs a certificate, and the library that reads one is large.
        from event_api.signing import sns_signatures  # noqa: PLC0415

        sns_signatures.check(content, now, topics=signing.topics, window=_window(signing))
        return
    scheme = SCHEMES[signing.scheme]
    given = _header(headers, signing.header or scheme.header)
    if scheme.digest is None:
        # As bytes: a header may hold what is not ASCII, which compare_digest does not take as text.
        _require_one_of((given.encode(),), (secret.encode() for secret in signing.secrets))
        return
    timestamp_header = signing.timestamp_header or scheme.timestamp_header
    timestamp = _header(headers, timestamp_header) if timestamp_header else ""
    if timestamp_header:
        require_recent(_seconds(timestamp), now, _window(signing))
    head, tail = _around_body(scheme, signing, headers, timestamp)
    message = head + content + tail
    signatures = _signatures(given, scheme)
    if not signatures:
        raise BadSignatureError("the header has no signature of the kind that is checked")
    expected = (hmac.digest(_key(secret, scheme), message, scheme.digest) for secret in signing.secrets)
    _require_one_of(signatures, expected)


def _window(signing: Signing) -> int:
    return SCHEMES[signing.scheme].window if signing.window is None else signing.window


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name.lower(), "").strip()
    if not value:
        raise BadSignatureError(f"the request has no header {name}")
    return value


def _seconds(timestamp: str) -> float:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= len("253402300799")):
        raise BadSignatureError("the time that was signed is not a number of seconds since 1970")
    return float(timestamp)


def _around_body(scheme: Scheme, signing: Signing, headers: Mapping[str, str], timestamp: str) -> tuple[bytes, bytes]:
    signed = _GRAFANA_WITH_TIME if signing.timestamp_header else scheme.signed
    head, tail = signed.split("{body}")
    delivery_id = _header(headers, scheme.id_header) if scheme.id_header else ""
    # All at once: an id may have a placeholder in it.
    return head.format(id=delivery_id, timestamp=timestamp).encode(), tail.encode()


def _signatures(header: str, scheme: Scheme) -> tuple[bytes, ...]:
    """Read the signatures of the right kind; one that cannot be decoded matches nothing."""
    decode = _DECODERS[scheme.encoding]
    parts = header.split(scheme.separator) if scheme.separator else [header]
    found = []
    for part in map(str.strip, parts):
        if part.startswith(scheme.prefix):
            try:
                found.append(decode(part.removeprefix(scheme.prefix)))
            except ValueError:
                continue
    return tuple(found)


def _decode_base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


_DECODERS: Final[Mapping[str, Callable[[str], bytes]]] = MappingProxyType(
    {"hex": bytes.fromhex, "base64": _decode_base64}
)


def _key(secret: str, scheme: Scheme) -> bytes:
    if scheme.id_header and secret.startswith(_SECRET_PREFIX):
        return _decode_base64(secret.removeprefix(_SECRET_PREFIX))
    return secret.encode()


def check_secret(scheme: str, secret: str) -> str | None:
    """Return why a secret cannot be one of a scheme; None if it can."""
    if not secret:
        return "it is empty"
    try:
        key = _key(secret, SCHEMES[scheme])
    except ValueError:
        return f"what follows '{_SECRET_PREFIX}' is not base64"
    return None if key else "it is empty"


def _require_one_of(given: tuple[bytes, ...], expected: Iterable[bytes]) -> None:
    right = False
    # All are compared with all: the time taken reveals nothing about them.
    for known in expected:
        for one in given:
            right |= hmac.compare_digest(hashlib.sha256(one).digest(), hashlib.sha256(known).digest())
    if not right:
        raise BadSignatureError("the signature is not that of the webhook's secret")
