"""HTTP connections to one server, kept open between requests, for any number of threads."""

from __future__ import annotations

import os
import select
import socket
import ssl
import weakref
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from importlib.util import find_spec
from typing import Final, NamedTuple
from urllib.parse import urlsplit

FAILURES: Final = (OSError, HTTPException)
"""The errors of a request without a complete response."""

_ENDS_LINE = {"\r", "\n"}
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Answer(NamedTuple):
    """An HTTP response; the names of its headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connections:
    """Connections to the server of a URL; each serves one request at a time."""

    def __init__(self, url: str, connect_timeout: float, read_timeout: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise ValueError(f"not the URL of an HTTP server: {url}")
        self.path = f"{parts.path.rstrip('/')}/"
        name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
        self.host = name if port == _DEFAULT_PORTS[parts.scheme] else f"{name}:{port}"
        self._is_secure = parts.scheme == "https"
        self._address = (parts.hostname, port)
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._idle: list[HTTPConnection] = []
        weakref.finalize(self, _close, self._idle)

    def post(self, headers: dict[str, str], body: bytes) -> Answer:
        """Send a request and return the response; raise one of `FAILURES` without a complete one."""
        connection = self._kept() or self._new()
        try:
            if connection.sock is None:
                self._open(connection)
            # HTTPConnection would send the head by itself first: a system call, and a TLS record, more.
            connection.sock.sendall(self._head(headers, len(body)) + body)
            with HTTPResponse(connection.sock, method="POST") as response:
                response.begin()
                content = response.read()
        except BaseException:
            connection.close()
            # The cause, such as a frozen process or a server's restart, most likely broke all connections.
            _close(self._idle)
            raise
        if response.will_close:
            connection.close()
        else:
            self._idle.append(connection)
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)

    def _head(self, headers: dict[str, str], length: int) -> bytes:
        fields = {"Host": self.host, "Content-Length": str(length), **headers}
        if any(_ENDS_LINE & {*value} for value in fields.values()):
            raise ValueError("a header's value has several lines")
        lines = (f"POST {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "\r\n")
        return "\r\n".join(lines).encode("latin-1")

    def _kept(self) -> HTTPConnection | None:
        """Take the connection that was used last; close those that the server has closed meanwhile."""
        while connection := _taken(self._idle):
            if not _is_readable(connection.sock):
                return connection
            connection.close()
        return None

    def _new(self) -> HTTPConnection:
        host, port = self._address
        if self._is_secure:
            return HTTPSConnection(host, port, timeout=self._connect_timeout, context=self._tls_context)
        return HTTPConnection(host, port, timeout=self._connect_timeout)

    def _open(self, connection: HTTPConnection) -> None:
        connection.connect()
        connection.sock.settimeout(self._read_timeout)
        # Lambda purges idle connections; its documentation's best practices ask for this.
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    @cached_property
    def _tls_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=_authorities())


def _is_readable(sock: socket.socket) -> bool:
    """Return whether there is something to read: on an idle connection, that is its end."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _taken(idle: list[HTTPConnection]) -> HTTPConnection | None:
    # Asked for, not looked at before: another thread may take the last one in between.
    try:
        return idle.pop()
    except IndexError:
        return None


def _close(idle: list[HTTPConnection]) -> None:
    while connection := _taken(idle):
        connection.close()


def _authorities() -> str:
    """Return the file of the certificate authorities that botocore trusts, without importing botocore."""
    configured = os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE")
    if configured:
        return configured
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("botocore, whose certificate authorities are trusted, is not installed")
    return os.path.join(os.path.dirname(spec.origin), "cacert.pem")  # noqa: PTH118, PTH120  # pathlib is slow to import
