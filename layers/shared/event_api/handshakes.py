"""What a sender asks for before it sends: subscriptions to confirm.

Amazon SNS and Oracle's Notifications send a URL, and deliver nothing until it was visited. It is visited only if it is
theirs, over https, without following redirects. What ends a subscription is never visited: that would renew it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from event_api import fetching, observe, sns_hosts
from event_api.ingest import LaterError
from event_api.model import Webhook
from event_api.normalizers.coerce import text
from event_api.normalizers.registry import module_of

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

SNS_CONFIRMATION: Final = "SubscriptionConfirmation"
_OCI_KEY: Final = "ConfirmationURL"
_ORIGIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}", re.ASCII)
_OCI_PATH: Final = re.compile(r"/\d{8}/subscriptions/[\w.-]+/confirmation", re.ASCII)
"""Oracle's GetConfirmSubscription; the path of GetUnsubscription differs in its last part."""
_OCI_HOST: Final = re.compile(r"([a-z0-9-]+\.)*notification\.[a-z]+-[a-z]+-\d\.(oci\.)?oraclecloud\.com", re.ASCII)


class NotConfirmedError(LaterError):
    """A subscription could not be confirmed yet; it is worth another try."""


def allowed(headers: Mapping[str, str], rate_limit: int) -> dict[str, str]:
    """Return the headers that permit a sender of CloudEvents to deliver; only what is allowed, if none asks.

    ``rate_limit``: deliveries a minute, 0 is any number. Source:
    https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md#4-abuse-protection
    """
    answer = {"allow": "OPTIONS, POST"}
    origin = headers.get("webhook-request-origin", "")
    if _ORIGIN.fullmatch(origin):
        answer |= {"webhook-allowed-origin": origin, "webhook-allowed-rate": str(rate_limit or "*")}
    return answer


def is_confirmation(payload: Payload) -> bool:
    """Tell whether a payload asks to confirm a subscription, rather than telling that one ended."""
    return payload.body.get("Type") == SNS_CONFIRMATION or _OCI_KEY in payload.body


def url_to_visit(webhook: Webhook, payload: Payload) -> str | None:
    """Return the URL that confirms the subscription that a payload asks for; None where nothing is to be visited.

    That is so if the webhook is of another sender, or takes other topics, and if the URL is not the sender's.
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
    parts = fetching.split_https(url, _OCI_HOST)
    return parts is not None and bool(_OCI_PATH.fullmatch(parts.path))


def confirm(webhook: Webhook, payload: Payload, seconds: float) -> None:
    """Confirm the subscription that a payload asks for, if it asks for one and it is one to confirm.

    Raises NotConfirmedError where there was no answer within so many seconds, or none that is final.
    """
    if not is_confirmation(payload):
        return
    url = url_to_visit(webhook, payload)
    if url is None:
        observe.count("SubscriptionsNotConfirmed")
        observe.noticed("subscription not confirmed: the URL is not the sender's", webhook_id=webhook.webhook_id)
        return
    try:
        fetching.fetch(url, seconds)
    except fetching.RefusedError as error:
        # An expired token, or a redirect: asking again would not change it.
        observe.count("SubscriptionsNotConfirmed")
        observe.noticed(f"subscription not confirmed: {error}", webhook_id=webhook.webhook_id)
    except fetching.FetchError as error:
        observe.count("SubscriptionsPending")
        raise NotConfirmedError(str(error)) from error
    else:
        observe.count("SubscriptionsConfirmed")
