"""Ids: random for an object made once, derived for an object that a repeated step must make again.

Every id is a noun, a dash and 12 or more lower-case hexadecimal characters. Ids from elsewhere (domains, projects,
imported events) are opaque strings of up to 128 characters.

A delivery's id is derived from the sender's own id if there is one, the ids of its events from the delivery's id, and
an alert's id from its key. Work that is repeated, after a crash or next to another copy, arrives at the same ids, and
conditional writes do the rest.
"""

from __future__ import annotations

import hashlib
import json
import os
import re

MAX_ID_LENGTH = 128
"""Characters; of ids that come from elsewhere."""

ERROR_POSITION, RECOVERED_POSITION = 0xFFFF, 0xFFFE
"""Positions of the two events about a delivery as a whole:

that it could not be read, and that it was read later. The events made from a delivery have lower positions
(`event_api.normalizers.limits.MAX_EVENTS`).
"""

_HEX_OF_HASH = 24  # 96 bits: no two of 2**40 ids meet by chance
_EVENT_OF_DELIVERY = re.compile(r"event-([0-9a-f]{24})[0-9a-f]{4,}", re.ASCII)
_ALERT = re.compile(r"alert-([0-9a-f]{24})([0-9a-f]{4,})", re.ASCII)


def new_id(noun: str) -> str:
    """Make a random id, such as ``webhook-9f86d081884c7d659a2feaa0``."""
    return f"{noun}-{os.urandom(_HEX_OF_HASH // 2).hex()}"


def _digest(*parts: str) -> str:
    # JSON keeps the parts apart, whatever characters they hold.
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:_HEX_OF_HASH]


def delivery_id(webhook_id: str, sender_id: str | None) -> str:
    """Return the id of a delivery: derived from the webhook and the sender's id, or random without one."""
    return new_id("delivery") if sender_id is None else f"delivery-{_digest(webhook_id, sender_id)}"


def conflicting_delivery_id(delivery: str, content: bytes) -> str:
    """Return the id of a delivery with this content that came under another's id; it depends on nothing else."""
    return f"delivery-{_digest(delivery, hashlib.sha256(content).hexdigest())}"


def event_id(delivery: str, position: int) -> str:
    """Return the id of the event at ``position`` (from 0) in a delivery; ids of one delivery sort by position."""
    return f"event-{delivery.removeprefix('delivery-')}{position:04x}"


def delivery_of_event(event: str) -> str | None:
    """Return the id of the delivery that an event was made from; None if the service did not make the event's id."""
    match = _EVENT_OF_DELIVERY.fullmatch(event)
    return f"delivery-{match[1]}" if match else None


def delivery_of_import(event: str, domain_id: str) -> str:
    """Return the id of the delivery that holds the raw body of an imported event, whatever that event's id is."""
    return f"delivery-{_digest('import', domain_id, event)}"


def alert_key(domain_id: str, project_id: str, event_key: str, webhook_id: str | None = None) -> str:
    """Return the key under which the alerts of (domain, project, event_key) are stored.

    With ``webhook_id``, of that webhook's alerts only.
    """
    return _digest(domain_id, project_id, event_key, *([] if webhook_id is None else [webhook_id]))


def alert_id(key: str, generation: int) -> str:
    """Return the id of the n-th alert of a key."""
    return f"alert-{key}{generation:04x}"


def alert_place(alert: str) -> tuple[str, int] | None:
    """Return (key, generation) of an alert's id; None if the service did not make it (an imported event's alert)."""
    match = _ALERT.fullmatch(alert)
    return (match[1], int(match[2], 16)) if match else None
