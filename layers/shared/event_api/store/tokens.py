"""The tokens table: the permissions of each caller.

``permissions`` has those that earlier versions know, under their names there and with the role's, because those know no
roles; ``more_permissions`` has all others, ``role`` is a `Role`. Tokens of earlier versions lack the last two.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from event_api.domain import times
from event_api.domain.access import FORMER_NAMES, Permission, Role, Token
from event_api.store.attributes import Item, ItemReader, Value
from event_api.store.table import ConditionFailedError, Meter, NewItem, Table

_PAGE_KEY = "page-key:"
"""Before a domain's id: the id of the item with the page key of its callers that have no token. It is in no index."""
_FORGET_AFTER = timedelta(days=90)
"""How long a token is kept after its expiry. DynamoDB deletes it then, or some days later."""


class TokenStore:
    """Reads and writes tokens, by id and by domain."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def metered(self, meter: Meter) -> TokenStore:
        """Return the same store, with its reads counted."""
        return TokenStore(self._table.metered(meter))

    def recorded(self, record: NewItem) -> TokenStore:
        """Return the same store, whose next write puts a record of it, too."""
        return TokenStore(self._table.recorded(record))

    def page_key(self, domain_id: str) -> str:
        """Return the key of the page tokens of a domain's callers that have no token here; make it on first use."""
        key = page_key_id(domain_id)
        for _ in range(2):
            item = self._table.get_latest(key)
            if item is not None:
                return ItemReader(item).text("page_key")
            with suppress(ConditionFailedError):  # another process was first
                self._table.put({**key, "page_key": os.urandom(32).hex()}, unless_exists="token_id")
        raise RuntimeError("the domain's page key was deleted meanwhile")

    def get(self, token_id: str) -> Token | None:
        """Read a token, even if it was made just now; return None if it does not exist."""
        if token_id.startswith(_PAGE_KEY):
            return None
        item = self._table.get_latest({"token_id": token_id})
        return None if item is None else _from_item(item)

    def get_consistent(self, token_id: str) -> Token | None:
        """Read the latest state of a token in order to change it; return None if it does not exist."""
        item = self._table.get({"token_id": token_id}, consistent=True)
        return None if item is None else _from_item(item)

    def of_domain(self, domain_id: str) -> Iterator[Token]:
        """Read a domain's tokens, by id."""
        items = self._table.query("#domain_id = :domain", {"domain": domain_id}, index="by-domain")
        return map(_from_item, items)

    def add(self, token: Token) -> None:
        """Store a new token; its id is random, so a clash is a defect and raises."""
        self._table.put(_to_item(token), unless_exists="token_id")

    def rotate(self, new: Token, old: Token, ends_at: datetime) -> None:
        """Store a new token and set the old one's expiry to ``ends_at``.

        Raises ConditionFailedError if the old one no longer exists, or has been rotated or revoked meanwhile.
        """
        values: dict[str, Value] = {
            "ends_at": times.to_iso(ends_at),
            "forget_at": _forget_at(ends_at),
            "new": new.token_id,
            "revoked": False,
        }
        self._table.put_and_update(
            _to_item(new),
            unless_exists="token_id",
            other={"token_id": old.token_id},
            condition="#revoked = :revoked AND attribute_not_exists(#rotated_to)",
            values=values,
            update="SET #expires_at = :ends_at, #forget_at = :forget_at, #rotated_to = :new",
        )

    def revoke(self, token_id: str) -> bool:
        """Revoke a token; return False if it does not exist."""
        try:
            self._table.update(
                {"token_id": token_id},
                "SET #revoked = :revoked",
                {"revoked": True},
                condition="attribute_exists(#token_id)",
            )
        except ConditionFailedError:
            return False
        return True


def page_key_id(domain_id: str) -> Item:
    """Return the key of the item with a domain's page key."""
    return {"token_id": f"{_PAGE_KEY}{domain_id}"}


def _forget_at(expiry: datetime) -> int:
    return int((expiry + _FORGET_AFTER).timestamp())


def _to_item(token: Token) -> dict[str, Value | None]:
    expiry = token.expires_at
    return {
        "token_id": token.token_id,
        "secret_hash": token.secret_hash,
        "page_key": token.page_key,
        "domain_id": token.domain_id,
        "projects": None if token.projects is None else sorted(token.projects),
        "permissions": sorted(name for permission, name in FORMER_NAMES.items() if permission in token.granted),
        "more_permissions": sorted(token.permissions - FORMER_NAMES.keys()) or None,
        "role": token.role,
        "created_at": times.to_iso(token.created_at),
        "expires_at": None if expiry is None else times.to_iso(expiry),
        "forget_at": None if expiry is None else _forget_at(expiry),
        "name": token.name,
        "revoked": token.revoked,
        "rotated_to": token.rotated_to,
    }


def _from_item(item: Item) -> Token:
    stored = ItemReader(item)
    role = None if (name := stored.optional_text("role")) is None else Role(name)
    permissions = frozenset(map(Permission, stored.texts("permissions") + stored.texts("more_permissions")))
    return Token(
        token_id=stored.text("token_id"),
        secret_hash=stored.text("secret_hash"),
        page_key=stored.optional_text("page_key") or "",
        domain_id=stored.text("domain_id"),
        projects=frozenset(stored.texts("projects")) if "projects" in item else None,
        permissions=permissions if role is None else permissions - role.permissions,
        role=role,
        created_at=stored.time("created_at"),
        expires_at=stored.optional_time("expires_at"),
        name=stored.optional_text("name"),
        revoked=stored.flag("revoked"),
        rotated_to=stored.optional_text("rotated_to"),
    )
