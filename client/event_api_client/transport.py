"""HTTP requests to one deployment: authentication, retries, errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import urllib3

from event_api_client.errors import ApiError, ConnectionFailedError

if TYPE_CHECKING:
    from collections.abc import Mapping

_OK = range(200, 300)
_THROTTLED = (429,)
"""Nothing was done with a request that is answered so."""
_FAILED = (500, 502, 503, 504)
"""Something may have been done: only a request that changes nothing is sent again."""


class _Retry(urllib3.Retry):
    """Obeys ``Retry-After``, but sends nothing again because of it: our own lists of statuses decide that."""

    RETRY_AFTER_STATUS_CODES = frozenset[int]()


class Transport:
    """Sends requests with a token over connections that it keeps; safe to share between threads.

    ``attempts`` is how often a request is sent at most, ``timeout`` the seconds to wait for each answer. A request is
    sent again if no connection was made, and after 429; if it only reads, also after a broken answer and after 5xx. The
    pauses between grow, unless the answer's ``Retry-After`` says how long to wait.
    """

    def __init__(self, api_url: str, token: str, *, attempts: int = 5, timeout: float = 30.0) -> None:
        scheme = urlsplit(api_url).scheme
        if scheme not in ("http", "https"):
            raise ValueError(f"not the URL of an API: {api_url!r}")
        self._api_url = api_url.rstrip("/")
        self._authorization = f"Bearer {token}"
        self._attempts = attempts
        self._timeout = timeout
        self._pool = urllib3.PoolManager(maxsize=16)

    def __repr__(self) -> str:
        """Without the token."""
        return f"Transport({self._api_url!r})"

    def request(
        self,
        method: str,
        *path: str,
        body: object = None,
        query: Mapping[str, Any] | None = None,
        reads: bool = False,
    ) -> Any:  # noqa: ANN401  # the caller's model says what it is
        """Send a request and return the answer's JSON.

        ``path``: the parts below ``/monitoring/v1``, each escaped. ``body`` is sent as JSON, or as it is if it is
        bytes. ``reads``: the request changes nothing. Raises
        ApiError for an answer that is not a success, ConnectionFailedError if there was none.
        """
        url = "/".join([f"{self._api_url}/monitoring/v1", *(quote(part, safe="") for part in path)])
        if query:
            url += f"?{urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)}"
        headers = {"authorization": self._authorization, "accept": "application/json"}
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if content is not None:
            headers["content-type"] = "application/json"
        try:
            response = self._pool.request(
                method,
                url,
                body=content,
                headers=headers,
                timeout=self._timeout,
                retries=self._retries(reads=reads),
                redirect=False,
            )
        except urllib3.exceptions.HTTPError as error:
            # Its text may hold the URL, but never the token.
            raise ConnectionFailedError(f"{method} {'/'.join(path)}: no answer: {type(error).__name__}") from error
        if response.status not in _OK:
            raise ApiError.of(response.status, response.data, response.headers.get("apigw-requestid"))
        return json.loads(response.data) if response.data else {}

    def _retries(self, *, reads: bool) -> _Retry:
        times = self._attempts - 1
        return _Retry(
            total=times,
            connect=times,
            # The request was sent, and the answer is lost: a change may have been made.
            read=times if reads else 0,
            redirect=0,
            status=times,
            status_forcelist=(*_THROTTLED, *_FAILED) if reads else _THROTTLED,
            allowed_methods=None,
            backoff_factor=0.2,
            backoff_max=10.0,
            backoff_jitter=0.2,
            raise_on_status=False,
        )
