"""The access keys of alerts, for links in notifications: whoever has the key of an alert may process that alert.

A key is derived from the alert's id and a random secret of its domain, so that nothing is stored for an alert, and all
of a domain's links end with its secret.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime

from event_api.domain.access import Actor
from event_api.domain.errors import PermissionDeniedError
from event_api.store.alert_records import AlertRecord, AlertRecords

LINK = Actor("notification")
"""Whoever follows the link of a notification."""
_SECRET_BYTES = 32
_NO_SECRET = "0" * 2 * _SECRET_BYTES


def access_key(records: AlertRecords, domain_id: str, alert_id: str) -> str:
    """Return the access key of an alert; make the domain's secret if it has none."""
    secret = records.link_secret(domain_id) or records.make_link_secret(domain_id, secrets.token_hex(_SECRET_BYTES))
    return _derived(secret, alert_id)


def alert_of(records: AlertRecords, alert_id: str, key: str, now: datetime) -> AlertRecord:
    """Return the alert that a key is for; raise PermissionDeniedError if it is wrong, or the alert does not exist."""
    record = records.locate(alert_id, now)
    secret = None if record is None else records.link_secret(record.stored.text("domain_id"))
    is_right = hmac.compare_digest(_derived(secret or _NO_SECRET, alert_id).encode(), key.encode())
    if record is None or secret is None or not is_right:
        raise PermissionDeniedError("there is no such alert, or the access key is wrong")
    return record


def _derived(secret: str, alert_id: str) -> str:
    mac = hmac.digest(secret.encode(), alert_id.encode(), "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
