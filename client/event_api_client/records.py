"""Requests that several kinds of record have: get, search, count, stat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar, cast

from event_api_client.transport import Transport

Info = TypeVar("Info")
PAGE_SIZE = 100
"""Results that one request asks for; iterators ask for the next ones when they are needed."""
Query = Mapping[str, Any]
"""A search query of the API: ``filter``, ``keyword``, ``sort`` …; or, for `Countable.stat`, a statistics query."""


class Searchable(Generic[Info]):
    """Records of one kind, of which ``many`` is the name in paths."""

    many: str

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def search(
        self, query: Query | None = None, *, limit: int | None = None, **named: str | list[str]
    ) -> Iterator[Info]:
        """Yield the records that match, newest first unless the query sorts.

        ``query``: without a page. ``named``: fields that must be equal to a value, or to one of several. ``limit``: how
        many records at most; without it, all. Pages are read as they are needed.
        """
        left = limit
        page: dict[str, Any] = {}
        while left is None or left > 0:
            page["limit"] = PAGE_SIZE if left is None else min(left, PAGE_SIZE)
            answer = self._search({**(query or {}), "count": False, "page": page}, named)
            yield from answer["results"]
            if "next_token" not in answer:
                return
            left = None if left is None else left - len(answer["results"])
            page = {"token": answer["next_token"]}

    def count(self, query: Query | None = None, **named: str | list[str]) -> int:
        """Return how many records match; arguments as for `search`."""
        return int(self._search({**(query or {}), "count_only": True}, named)["total_count"])

    def _search(self, query: Query, named: Mapping[str, str | list[str]]) -> dict[str, Any]:
        answer = self._transport.request("POST", self.many, "search", body={**named, "query": query}, reads=True)
        return cast("dict[str, Any]", answer)


class Records(Searchable[Info]):
    """Records that can be read one by one; ``one`` is the name in their paths."""

    one: str

    def get(self, record_id: str) -> Info:
        """Return one record; raise ApiError with status 404 if there is none that the token may see."""
        return cast("Info", self._transport.request("GET", self.one, record_id, reads=True))


class Countable(Records[Info]):
    """Records of which there are statistics."""

    def stat(self, query: Query) -> list[Any]:
        """Return the rows of a statistics query, or the values of its ``distinct``."""
        answer = self._transport.request("POST", self.many, "stat", body={"query": query}, reads=True)
        return cast("list[Any]", answer["results"])
