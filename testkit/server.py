"""A quiet HTTP server on a free port of this machine, for the runtime API and the database stub."""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Routes(BaseHTTPRequestHandler):
    """Base of a server's routes: connections are kept, nothing is logged."""

    protocol_version = "HTTP/1.1"
    # Head and body in one write: two would wait for each other (Nagle, delayed ACKs: 40 ms).
    wbufsize = -1

    def do_GET(self) -> None:
        """Have a GET answered."""
        self.get()

    def do_POST(self) -> None:
        """Have a POST answered."""
        self.post(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def do_PUT(self) -> None:
        """Have a PUT answered."""
        self.do_POST()

    def do_DELETE(self) -> None:
        """Have a DELETE answered."""
        self.do_POST()

    def get(self) -> None:
        """Answer a GET; a subclass may."""
        self.answer(404)

    def post(self, body: bytes) -> None:  # noqa: ARG002 -- a subclass's business
        """Answer a request that may have a body; a subclass does."""
        self.answer(404)

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        """Send an answer at once."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Log nothing: only a handler's answer and output matter."""


class LocalServer(ThreadingHTTPServer):
    """A server that runs while its context is entered; ``address`` is ``host:port``."""

    daemon_threads = True

    def __init__(self, routes: type[Routes]) -> None:
        super().__init__(("127.0.0.1", 0), routes)
        self.address = f"127.0.0.1:{self.server_port}"

    def __enter__(self) -> Self:
        # Stopping waits for the end of an interval.
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over connections that a handler's end cut off."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)
