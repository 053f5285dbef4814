"""The tokens table: who may read, and what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from event_api import times
from event_api.model import Permission, Token
from event_api.store.attributes import Fields, Item
from event_api.store.table import ConditionFailedError, Table

_FORGET_AFTER = timedelta(days=90)
"""For how long after its expiry a token still shows in a listing."""


class TokenStore:
    """Tokens by id, and by domain."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, token_id: str) -> Token | None:
        """Read a token, also one that was made this moment; None if there is none."""
        item = self._table.get_latest({"token_id": token_id})
        return None if item is None else _from_item(item)

    def of_domain(self, domain_id: str) -> Iterator[Token]:
        """Read a domain's tokens, by id."""
        items = self._table.query("#domain_id = :domain", {"domain": domain_id}, index="by-domain")
        return map(_from_item, items)

    def add(self, token: Token) -> None:
        """Store a new token; its id is random, so a clash is a defect and raises."""
        expiry = token.expires_at
        self._table.put(
            {
                "token_id": token.token_id,
                "secret_hash": token.secret_hash,
                "page_key": token.page_key,
                "domain_id": token.domain_id,
                "projects": None if token.projects is None else sorted(token.projects),
                "permissions": sorted(permission.value for permission in token.permissions),
                "created_at": times.to_iso(token.created_at),
                "expires_at": None if expiry is None else times.to_iso(expiry),
                "forget_at": None if expiry is None else int((expiry + _FORGET_AFTER).timestamp()),
                "name": token.name,
                "revoked": token.revoked,
            },
            unless_exists="token_id",
        )

    def revoke(self, token_id: str) -> bool:
        """Refuse a token from now on; False if there is none."""
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


def _from_item(item: Item) -> Token:
    stored = Fields(item)
    return Token(
        token_id=stored.text("token_id"),
        secret_hash=stored.text("secret_hash"),
        page_key=stored.optional_text("page_key") or "",
        domain_id=stored.text("domain_id"),
        projects=frozenset(stored.texts("projects")) if "projects" in item else None,
        permissions=frozenset(Permission(name) for name in stored.texts("permissions")),
        created_at=stored.time("created_at"),
        expires_at=stored.optional_time("expires_at"),
        name=stored.optional_text("name"),
        revoked=stored.flag("revoked"),
    )
