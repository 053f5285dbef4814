"""Confirmation of subscriptions, which some senders require before they deliver.

Amazon SNS and Oracle's Notifications send a URL, and deliver nothing until it is visited. It is visited only if its
host is theirs, over https, without following redirects. A URL that ends a subscription is never visited: a visit would
renew it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api import safe_fetch, telemetry
from event_api.domain.model import Webhook
from event_api.ingest.errors import DeferredError
from event_api.normalizers.lenient import text
from event_api.normalizers.registry import module_of
from event_api.signing import sns_hosts

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

SNS_CONFIRMATION: Final = "SubscriptionConfirmation"
_OCI_KEY: Final = "ConfirmationURL"
_OCI_PATH: Final = re.compile(r"/\d{8}/subscriptions/[\w.-]+/confirmation", re.ASCII)
"""Oracle's GetConfirmSubscription; the path of GetUnsubscription differs in its last part."""
_OCI_HOST: Final = re.compile(r"([a-z0-9-]+\.)*notification\.[a-z]+-[a-z]+-\d\.(oci\.)?oraclecloud\.com", re.ASCII)


class NotConfirmedError(DeferredError):
    """A subscription could not be confirmed yet; it is worth another try."""


def is_confirmation(payload: Payload) -> bool:
    """Return whether a payload asks to confirm a subscription, rather than reporting the end of one."""
    return payload.body.get("Type") == SNS_CONFIRMATION or _OCI_KEY in payload.body


def url_to_visit(webhook: Webhook, payload: Payload) -> str | None:
    """Return the URL that confirms the subscription that a payload asks for, or None if no URL is to be visited.

    None is visited if the webhook belongs to another sender or accepts other topics, or if the URL is not the sender's.
    """
    body = payload.body
    url = text(body.get("SubscribeURL" if body.get("Type") == SNS_CONFIRMATION else _OCI_KEY)) or ""
    if body.get("Type") == SNS_CONFIRMATION:
        topic = text(body.get("TopicArn")) or ""
        topics = webhook.signing.topics if webhook.signing else ()
        wanted = _may_be_of(webhook, "aws_") and (not topics or topic in topics)
        return url if wanted and sns_hosts.confirms(url, topic) else None
    return url if _may_be_of(webhook, "oci_") and _is_oracles(url) else None


def _may_be_of(webhook: Webhook, prefix: str) -> bool:
    """Whether a webhook takes a cloud's messages: in one of its formats, in its own mapping's, or in any."""
    return webhook.format is None or webhook.mapping is not None or module_of(webhook.format).startswith(prefix)


def _is_oracles(url: str) -> bool:
    parts = safe_fetch.split_https(url, _OCI_HOST)
    return parts is not None and bool(_OCI_PATH.fullmatch(parts.path))


def confirm(webhook: Webhook, payload: Payload, seconds: float) -> None:
    """Confirm the subscription that a payload asks for, if there is one to confirm.

    Raises NotConfirmedError if no final answer comes within ``seconds``.
    """
    if not is_confirmation(payload):
        return
    url = url_to_visit(webhook, payload)
    if url is None:
        telemetry.count("SubscriptionsNotConfirmed")
        telemetry.noticed("subscription not confirmed: the URL is not the sender's", webhook_id=webhook.webhook_id)
        return
    try:
        safe_fetch.fetch(url, seconds)
    except safe_fetch.RefusedError as error:
        # An expired token, or a redirect: asking again would not change it.
        telemetry.count("SubscriptionsNotConfirmed")
        telemetry.noticed(f"subscription not confirmed: {error}", webhook_id=webhook.webhook_id)
    except safe_fetch.FetchError as error:
        telemetry.count("SubscriptionsPending")
        raise NotConfirmedError(str(error)) from error
    else:
        telemetry.count("SubscriptionsConfirmed")
