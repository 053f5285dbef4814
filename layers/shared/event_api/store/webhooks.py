"""The webhooks table: the senders that may deliver, and their domains.

``tags`` are JSON text, as ``mapping`` and ``signing`` are; webhooks of earlier versions lack them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from event_api.domain import times
from event_api.domain.webhook import RecoveryMode, RetiredKey, Signing, Webhook, WebhookState
from event_api.json_text import write_json
from event_api.store.attributes import Item, ItemReader, Value
from event_api.store.table import ConditionFailedError, Meter, NewItem, Table


class WebhookStore:
    """Webhooks by id, and by domain."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def metered(self, meter: Meter) -> WebhookStore:
        """Return the same store, with its reads counted."""
        return WebhookStore(self._table.metered(meter))

    def recorded(self, record: NewItem) -> WebhookStore:
        """Return the same store, whose next write puts a record of it, too."""
        return WebhookStore(self._table.recorded(record))

    def get(self, webhook_id: str) -> Webhook | None:
        """Read a webhook, even one that was made this moment; return None if it does not exist."""
        item = self._table.get_latest({"webhook_id": webhook_id})
        return None if item is None else _from_item(item)

    def get_consistent(self, webhook_id: str) -> Webhook | None:
        """Read the latest state of a webhook in order to change it; return None if it does not exist."""
        item = self._table.get({"webhook_id": webhook_id}, consistent=True)
        return None if item is None else _from_item(item)

    def of_domain(self, domain_id: str) -> Iterator[Webhook]:
        """Read a domain's webhooks, by id."""
        items = self._table.query("#domain_id = :domain", {"domain": domain_id}, index="by-domain")
        return map(_from_item, items)

    def numbers_alerts(self, domain_id: str) -> bool:
        """Return whether a domain's alerts are numbered."""
        found = self._table.query(
            "#domain_id = :domain",
            {"domain": domain_id, "yes": True},
            index="by-domain",
            filtered="#numbers_alerts = :yes",
            attributes=("webhook_id",),
        )
        return any(True for _ in found)

    def add(self, webhook: Webhook) -> None:
        """Store a new webhook; its id is random, so a clash is a defect and raises."""
        self._table.put(_to_item(webhook), unless_exists="webhook_id")

    def change(self, changed: Webhook, seen: Webhook) -> bool:
        """Store a webhook's settings; return False if it does not exist, or has other settings than ``seen``."""
        new, old = _settings(changed), _settings(seen)
        values: dict[str, Value] = {name: value for name, value in new.items() if value is not None}
        values |= {f"seen_{name}": value for name, value in old.items() if value is not None}
        sets = ", ".join(f"#{name} = :{name}" for name, value in new.items() if value is not None)
        removes = ", ".join(f"#{name}" for name, value in new.items() if value is None)
        conditions = [
            f"attribute_not_exists(#{name})" if value is None else f"#{name} = :seen_{name}"
            for name, value in old.items()
        ]
        update = f"SET {sets} REMOVE {removes}" if removes else f"SET {sets}"
        return self._change(changed.webhook_id, update, values, " AND ".join(conditions))

    def set_keys(self, changed: Webhook, seen: Webhook) -> bool:
        """Store a webhook's keys, old ones included; return False if they are no longer those ``seen``."""
        # A new key is new random bits, so who replaced keys meanwhile left another list.
        condition = "#key_hashes = :seen"
        values: dict[str, Value] = {"new": list(changed.key_hashes), "seen": list(seen.key_hashes)}
        if changed.old_keys:
            values["old"] = _old_keys(changed)
            return self._change(changed.webhook_id, "SET #key_hashes = :new, #old_keys = :old", values, condition)
        return self._change(changed.webhook_id, "SET #key_hashes = :new REMOVE #old_keys", values, condition)

    def delete(self, webhook_id: str) -> bool:
        """Delete a webhook; its events stay. Return False if it does not exist."""
        try:
            self._table.delete({"webhook_id": webhook_id}, condition="attribute_exists(#webhook_id)")
        except ConditionFailedError:
            return False
        return True

    def _change(self, webhook_id: str, update: str, values: Mapping[str, Value], condition: str) -> bool:
        try:
            self._table.update({"webhook_id": webhook_id}, update, values, condition=condition)
        except ConditionFailedError:
            return False
        return True


def _to_item(webhook: Webhook) -> dict[str, Value | None]:
    return {
        "webhook_id": webhook.webhook_id,
        "domain_id": webhook.domain_id,
        "project_id": webhook.project_id,
        "key_hashes": list(webhook.key_hashes),
        "old_keys": _old_keys(webhook) or None,
        "created_at": times.to_iso(webhook.created_at),
        **_settings(webhook),
    }


def _settings(webhook: Webhook) -> dict[str, Value | None]:
    """Return the attributes that may change, except for the keys."""
    return {
        "name": webhook.name,
        "state": webhook.state.value,
        "format": webhook.format,
        "rate_limit": webhook.rate_limit,
        "duplicate_event_time": webhook.duplicate_event_time,
        "recovery_mode": webhook.recovery_mode.value,
        "mapping": None if webhook.mapping is None else write_json(webhook.mapping),
        "signing": _signing(webhook),
        "numbers_alerts": webhook.numbers_alerts or None,
        "tags": write_json(webhook.tags) if webhook.tags else None,
    }


def _signing(webhook: Webhook) -> str | None:
    return None if webhook.signing is None else json.dumps(asdict(webhook.signing), sort_keys=True)


def _read_signing(stored: str | None) -> Signing | None:
    if stored is None:
        return None
    told = json.loads(stored)
    return Signing(**{**told, "secrets": tuple(told["secrets"]), "topics": tuple(told["topics"])})


def _old_keys(webhook: Webhook) -> dict[str, str]:
    return {key.key_hash: times.to_iso(key.ends_at) for key in webhook.old_keys}


def _from_item(item: Item) -> Webhook:
    stored = ItemReader(item)
    ends = ItemReader({**stored.text_map("old_keys")})
    return Webhook(
        webhook_id=stored.text("webhook_id"),
        domain_id=stored.text("domain_id"),
        project_id=stored.text("project_id"),
        name=stored.text("name"),
        state=WebhookState(stored.text("state")),
        format=stored.optional_text("format"),
        key_hashes=tuple(stored.texts("key_hashes")),
        old_keys=tuple(RetiredKey(key_hash, ends.time(key_hash)) for key_hash in stored.text_map("old_keys")),
        duplicate_event_time=stored.number("duplicate_event_time"),
        recovery_mode=RecoveryMode(stored.text("recovery_mode")),
        rate_limit=stored.number("rate_limit") if "rate_limit" in item else None,
        mapping=None if (mapping := stored.optional_text("mapping")) is None else json.loads(mapping),
        signing=_read_signing(stored.optional_text("signing")),
        numbers_alerts=stored.flag("numbers_alerts"),
        tags={} if (tags := stored.optional_text("tags")) is None else json.loads(tags),
        created_at=stored.time("created_at"),
    )
