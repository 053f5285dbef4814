"""The webhooks table: the senders that may deliver, and their domains."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from types import MappingProxyType

from event_api.domain import times
from event_api.domain.webhook import RecoveryMode, RetiredKey, Signing, Webhook, WebhookState
from event_api.json_text import write_json
from event_api.json_types import JsonObject
from event_api.store.attributes import Item, ItemReader, Value
from event_api.store.table import ConditionFailedError, Table


class WebhookStore:
    """Webhooks by id, and by domain."""

    def __init__(self, table: Table) -> None:
        self._table = table

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

    def add(self, webhook: Webhook) -> None:
        """Store a new webhook; its id is random, so a clash is a defect and raises."""
        self._table.put(_to_item(webhook), unless_exists="webhook_id")

    def set_state(self, webhook_id: str, state: WebhookState) -> bool:
        """Enable or disable a webhook; return False if it does not exist."""
        return self._change(webhook_id, "SET #state = :state", {"state": state.value})

    def set_rate_limit(self, webhook_id: str, rate_limit: int | None) -> bool:
        """Limit a webhook's deliveries; return False if it does not exist."""
        if rate_limit is None:
            return self._change(webhook_id, "REMOVE #rate_limit", {})
        return self._change(webhook_id, "SET #rate_limit = :limit", {"limit": rate_limit})

    def set_format(self, webhook_id: str, format: str | None, mapping: JsonObject | None) -> bool:  # noqa: A002  # the domain's word
        """Set a webhook's format or mapping, or neither; return False if it does not exist."""
        values = {"format": format, "mapping": None if mapping is None else write_json(mapping)}
        return self._replace(webhook_id, values)

    def set_signing(self, changed: Webhook, seen: Webhook) -> bool:
        """Store how a webhook's sender signs, or that it does not; return False if it is no longer as ``seen``."""
        return self._replace(changed.webhook_id, {"signing": _signing(changed)}, seen={"signing": _signing(seen)})

    def _replace(
        self, webhook_id: str, values: Mapping[str, str | None], seen: Mapping[str, str | None] = MappingProxyType({})
    ) -> bool:
        """Set attributes, or remove those whose value is None.

        Returns False if the webhook does not exist or is not as seen.
        """
        sets = [f"#{name} = :{name}" for name, value in values.items() if value is not None]
        removes = [f"#{name}" for name, value in values.items() if value is None]
        update = f"SET {', '.join(sets)} " * bool(sets) + f"REMOVE {', '.join(removes)}" * bool(removes)
        conditions = ["attribute_exists(#webhook_id)"]
        arguments: dict[str, Value] = {name: value for name, value in values.items() if value is not None}
        for name, value in seen.items():
            if value is None:
                conditions.append(f"attribute_not_exists(#{name})")
            else:
                conditions.append(f"#{name} = :seen_{name}")
                arguments[f"seen_{name}"] = value
        return self._change(webhook_id, update, arguments, " AND ".join(conditions))

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

    def _change(
        self,
        webhook_id: str,
        update: str,
        values: Mapping[str, Value],
        condition: str = "attribute_exists(#webhook_id)",
    ) -> bool:
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
        "name": webhook.name,
        "state": webhook.state.value,
        "format": webhook.format,
        "key_hashes": list(webhook.key_hashes),
        "old_keys": _old_keys(webhook) or None,
        "rate_limit": webhook.rate_limit,
        "duplicate_event_time": webhook.duplicate_event_time,
        "recovery_mode": webhook.recovery_mode.value,
        "mapping": None if webhook.mapping is None else write_json(webhook.mapping),
        "signing": _signing(webhook),
        "created_at": times.to_iso(webhook.created_at),
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
        created_at=stored.time("created_at"),
    )
