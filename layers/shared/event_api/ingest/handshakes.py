"""Confirmation of subscriptions, which some senders require before they deliver.

Amazon SNS and Oracle's Notifications send a URL, and deliver nothing until it is visited. It is visited over https,
only on the sender's own hosts, and without following redirects. The URL in a message that reports the end of a
subscription is never visited, because a visit would renew the subscription.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api import safe_fetch, telemetry
from event_api.domain.webhook import Webhook
from event_api.ingest.errors import DeferredError
from event_api.normalizers.lenient import text
from event_api.normalizers.registry import module_of
from event_api.signing import sns_hosts

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

SNS_CONFIRMATION: Final = "SubscriptionConfirmation"
_OCI_KEY: Final = "ConfirmationURL"
_OCI_PATH: Final = re.compile(r"/\d{8}/subscriptions/[\w.-]+/confirmation", re.ASCII)
"""Path of Oracle's GetConfirmSubscription; that of GetUnsubscription has another last part."""
_OCI_HOST: Final = re.compile(r"([a-z0-9-]+\.)*notification\.[a-z]+-[a-z]+-\d\.(oci\.)?oraclecloud\.com", re.ASCII)


class NotConfirmedError(DeferredError):
    """A subscription could not be confirmed yet; a later attempt may succeed."""


def is_confirmation(payload: Payload) -> bool:
    """Return whether a payload asks for the confirmation of a subscription; one that reports its end does not."""
    return payload.body.get("Type") == SNS_CONFIRMATION or _OCI_KEY in payload.body


def url_to_visit(webhook: Webhook, payload: Payload) -> str | None:
    """Return the URL that confirms the subscription in a payload, or None if it must not be visited.

    It must not be visited if the webhook is for another sender or other topics, or if the URL is not the sender's.
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
    """Return whether a webhook accepts a cloud's messages: it has one of its formats, a mapping, or no fixed format."""
    return webhook.format is None or webhook.mapping is not None or module_of(webhook.format).startswith(prefix)


def _is_oracles(url: str) -> bool:
    parts = safe_fetch.split_https(url, _OCI_HOST)
    return parts is not None and bool(_OCI_PATH.fullmatch(parts.path))


def confirm(webhook: Webhook, payload: Payload, seconds: float) -> None:
    """Confirm the subscription in a payload, if it has one.

    Raises NotConfirmedError if there is no final response within ``seconds``.
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
        # The token has expired, or the response is a redirect; another attempt would not help.
        telemetry.count("SubscriptionsNotConfirmed")
        telemetry.noticed(f"subscription not confirmed: {error}", webhook_id=webhook.webhook_id)
    except safe_fetch.FetchError as error:
        telemetry.count("SubscriptionsPending")
        raise NotConfirmedError(str(error)) from error
    else:
        telemetry.count("SubscriptionsConfirmed")
