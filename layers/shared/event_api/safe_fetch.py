"""Fetching what a sender's message points to, which is asked for nowhere else: which hosts may be, the callers say.

No redirects, no retries, a bounded answer, and a time after which the caller goes on, whatever the other side does.
"""

from __future__ import annotations

import re
from threading import Thread
from typing import Final
from urllib.parse import SplitResult, urlsplit

import urllib3
from botocore.httpsession import get_cert_path

MAX_BYTES: Final = 64 * 1024
"""Of an answer; a chain of certificates has about 6 KB."""


class FetchError(Exception):
    """No usable response arrived; ``str()`` gives the reason, without the URL."""


class RefusedError(FetchError):
    """The other side answered, and it will not answer otherwise: a redirect, or an error that is the request's."""


_TRY_AGAIN = frozenset({408, 425, 429})
_OK, _REDIRECTS, _SERVER_ERRORS = 200, 300, 500


def split_https(url: str, host: re.Pattern[str]) -> SplitResult | None:
    """Return the parts of a URL, if it is one over https of such a host, and all read it alike; None for any other."""
    # A URL that two parsers could read differently is refused: backslashes, blanks, control characters.
    if not url.isascii() or not url.isprintable() or "\\" in url or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    # The whole authority is compared: no user, no port.
    return parts if parts.scheme == "https" and not parts.fragment and host.fullmatch(parts.netloc) else None


def fetch(url: str, seconds: float) -> bytes:
    """Return the body of a GET that takes at most ``seconds``.

    Raises FetchError, or RefusedError if a retry is pointless.
    """
    outcome: list[bytes | Exception] = []

    def run() -> None:
        try:
            outcome.append(_get(url, seconds))
        except Exception as error:  # noqa: BLE001  # told by the thread that waits
            outcome.append(error)

    # A thread, because no timeout of sockets covers looking up a name, nor a server that drips its answer. Who is
    # left behind ends by the timeouts that it has, or with the process.
    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise FetchError(f"no answer within {seconds:g} s")
    if isinstance(outcome[0], FetchError):
        raise outcome[0]
    if isinstance(outcome[0], Exception):
        raise FetchError("it could not be reached") from outcome[0]
    return outcome[0]


def _get(url: str, seconds: float) -> bytes:
    # The same authorities as for AWS's own API, which is who is asked.
    with urllib3.PoolManager(ca_certs=get_cert_path(True), retries=False) as pool:  # botocore's signature
        answer = pool.request("GET", url, redirect=False, preload_content=False, timeout=urllib3.Timeout(seconds))
        try:
            content = answer.read(MAX_BYTES + 1)
        finally:
            answer.close()
    if answer.status in _TRY_AGAIN or answer.status >= _SERVER_ERRORS:
        raise FetchError(f"it answered {answer.status}")
    if not _OK <= answer.status < _REDIRECTS:
        raise RefusedError(f"it answered {answer.status}")
    if len(content) > MAX_BYTES:
        raise RefusedError(f"its answer is larger than {MAX_BYTES} bytes")
    return content
