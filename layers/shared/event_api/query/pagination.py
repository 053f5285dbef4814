"""Pages: tokens that say where the next one begins, and how much fits into one answer.

A token is opaque to clients. It holds where the page before ended, and when the first page was asked for, so that
``now-1d`` means the same on every page; its signature covers the rest of the request and the reader's scope
(docs/adr/0006).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar, cast

from event_api.domain import times
from event_api.domain.access import Scope
from event_api.domain.errors import InvalidParameterError
from event_api.json_text import escaped_bytes, write_json
from event_api.json_types import Json, JsonObject

MAX_RESULTS_BYTES = 5_500_000
"""Bytes of the results in one answer, as Lambda counts them; its own limit is 6 MB (6,291,456) for everything."""

MAX_TOKEN_LENGTH = 2_000
_MAC_BYTES = 16
_VERSION = 2
"""Of what cursors hold: another one makes the tokens of before invalid, and not misread."""

Result = TypeVar("Result")

_NOT_OF_THE_REST = ("page", "count", "explain", "summaries")
"""Parts of a query that do not change which results there are, nor their order."""


@dataclass
class AnswerSpace:
    """The rest of MAX_RESULTS_BYTES."""

    left: int = MAX_RESULTS_BYTES

    def take(self, result: Json) -> bool:
        """Take the space of one result; False, and nothing taken, if there is not enough."""
        size = escaped_bytes(write_json(result)) + 1
        if size > self.left:
            return False
        self.left -= size
        return True


@dataclass
class CountedResults(Generic[Result]):
    """Results that are counted as they pass; ``last`` is the last one so far, ``ended`` whether all have passed."""

    results: Iterable[Result]
    count: int = 0
    last: Result | None = None
    ended: bool = False

    def __iter__(self) -> Iterator[Result]:
        """Let them pass one by one."""
        for result in self.results:
            self.count += 1
            self.last = result
            yield result
        self.ended = True


class RowPosition(NamedTuple):
    """The row at which a page of list ended. It is written as a JSON array.

    ``element`` is the index of the element that an unwound row shows, or None if the next page begins with another
    record; ``instant_done`` is whether no record of the same ``created_at`` follows.
    """

    created_at: str
    record_id: str
    element: int | None
    instant_done: bool


Position = TypeVar("Position")


@dataclass(frozen=True, slots=True)
class Cursor(Generic[Position]):
    """The end of a page and the time at which its listing began.

    ``position`` is None at the beginning. ``began`` is the time of the first page's request.
    """

    began: datetime
    position: Position | None = None


@dataclass(frozen=True)
class PageTokens(Generic[Position]):
    """Writes and reads the tokens of one reader's requests. ``key`` is a secret that the reader does not know.

    ``restore`` makes a position of the JSON that it was written as.
    """

    key: str = field(repr=False)
    method: str
    request: JsonObject = field(repr=False)
    scope: Scope
    restore: Callable[[Json], Position]

    def start(self, token: str | None, now: datetime) -> Cursor[Position]:
        """Return the cursor of a request: its token's, or the beginning. Raises as `read` does."""
        return Cursor(times.truncate_to_millisecond(now)) if token is None else self.read(token)

    def write(self, cursor: Cursor[Position]) -> str:
        """Return the token of a cursor."""
        content = zlib.compress(write_json([times.to_iso(cursor.began), cast("Json", cursor.position)]).encode())
        return base64.urlsafe_b64encode(self._signature(content) + content).rstrip(b"=").decode()

    def read(self, token: str) -> Cursor[Position]:
        """Return a token's cursor; raise InvalidParameterError if it was not made for this request."""
        signed = _decoded(token)
        content = signed[_MAC_BYTES:]
        if not hmac.compare_digest(signed[:_MAC_BYTES], self._signature(content)):
            reason = "it belongs to another request or token, or was changed: begin again without it"
            raise InvalidParameterError("query.page.token", reason)
        began, position = json.loads(zlib.decompress(content))
        return Cursor(datetime.fromisoformat(began), None if position is None else self.restore(position))

    def _signature(self, content: bytes) -> bytes:
        scope = self.scope
        projects = None if scope.projects is None else sorted(scope.projects)
        rest = [_VERSION, self.method, _rest(self.request), scope.domain_id, projects]
        bound = json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()
        return hmac.digest(self.key.encode(), hashlib.sha256(bound).digest() + content, "sha256")[:_MAC_BYTES]


def _rest(request: JsonObject) -> JsonObject:
    """Return the part of a request that its tokens are bound to; the domain is the scope's."""
    query = request.get("query")
    rest = (
        {name: part for name, part in query.items() if name not in _NOT_OF_THE_REST} if isinstance(query, dict) else {}
    )
    return {**request, "query": rest, "domain_id": None}


def _decoded(token: str) -> bytes:
    if len(token) <= MAX_TOKEN_LENGTH and token.isascii():
        try:
            signed = base64.b64decode(token + "=" * (-len(token) % 4), altchars="-_", validate=True)
        except binascii.Error:
            signed = b""
        # One token only has one spelling: the unused bits of the last character are zero.
        if base64.urlsafe_b64encode(signed).rstrip(b"=").decode() == token:
            return signed
    raise InvalidParameterError("query.page.token", "not a valid page token")
