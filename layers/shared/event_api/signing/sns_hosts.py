"""Which URLs are Amazon SNS's own: nothing else that a message points to is ever fetched.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs

from event_api.safe_fetch import split_https

_HOST: Final = re.compile(r"sns\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(\.cn)?", re.ASCII)
_CERTIFICATE_PATH: Final = re.compile(r"/SimpleNotificationService-[A-Za-z0-9]+\.pem", re.ASCII)


def of_certificate(url: str) -> str | None:
    """Return the host of a URL that could be of SNS's signing certificate; None for any other URL."""
    parts = split_https(url, _HOST)
    if parts is None or parts.query or not _CERTIFICATE_PATH.fullmatch(parts.path):
        return None
    return parts.netloc


def confirms(url: str, topic: str) -> bool:
    """Return whether a visit to a URL confirms a subscription to a topic at SNS, and does nothing else."""
    parts = split_https(url, _HOST)
    if parts is None or parts.path not in {"", "/"}:
        return False
    asked = parse_qs(parts.query, keep_blank_values=True)
    return (
        asked.keys() <= {"Action", "TopicArn", "Token", "Version"}
        and asked.get("Action") == ["ConfirmSubscription"]
        and asked.get("TopicArn") == [topic]
    )


def certificate_names(host: str) -> tuple[str, ...]:
    """Return the names that the signing certificate of one of SNS's hosts may have.

    ``sns.amazonaws.com`` in most regions, names of their own in those that one opts into, GovCloud and China.
    """
    found = _HOST.fullmatch(host)
    if found is None:
        return ()
    region, china = found.groups(default="")
    domain = f"amazonaws.com{china}"
    return (
        f"sns.{domain}",
        f"sns-signing.{region}.{domain}",
        f"sns-{region}.{domain}",
        f"sns-us-gov-west-1.{domain}",
        host,
    )
