"""The service under test at an address of this machine, for clients that need one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from testkit.server import LocalServer, Routes

if TYPE_CHECKING:
    from testkit.gateway import Gateway


@contextmanager
def served(gateway: Gateway) -> Iterator[str]:
    """Serve a gateway's routes, one request at a time, and yield the base URL."""
    one_at_a_time = threading.Lock()

    class Front(Routes):
        def get(self) -> None:
            self.post(b"")

        def post(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            with one_at_a_time:
                answer = gateway.request(
                    self.command,
                    parts.path,
                    body or None,
                    query=parse_qs(parts.query, keep_blank_values=True) or None,
                    headers=dict(self.headers.items()),
                )
            self.answer(answer.status, answer.text.encode(), {"apigw-requestid": "request-1"})

    with LocalServer(Front) as server:
        yield f"http://{server.address}"
