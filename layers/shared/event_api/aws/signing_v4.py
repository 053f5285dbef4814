"""AWS's signature version 4, for POST requests to one path of one host.

The steps have the names of AWS's documentation ("Create a signed AWS API request"). A property test compares the result
with that of botocore's signer.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The keys that requests are signed with."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


class Signer:
    """Signs requests to one service in one region."""

    def __init__(self, service: str, region: str, host: str, path: str) -> None:
        self._service = service
        self._region = region
        self._host = host
        self._canonical_path = quote(path, safe="/~")
        self._derived: tuple[str, str, bytes] = ("", "", b"")

    def sign(self, credentials: Credentials, headers: Mapping[str, str], body: bytes, now: float) -> dict[str, str]:
        """Return the headers of a request with those that the signature adds; ``now`` is in epoch seconds."""
        timestamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        signed = {**headers, "Host": self._host, "X-Amz-Date": timestamp}
        if credentials.token is not None:
            signed["X-Amz-Security-Token"] = credentials.token
        canonical = sorted((name.lower(), " ".join(value.split())) for name, value in signed.items())
        names = ";".join(name for name, _ in canonical)
        lines = "".join(f"{name}:{value}\n" for name, value in canonical)
        payload_hash = hashlib.sha256(body).hexdigest()
        request = f"POST\n{self._canonical_path}\n\n{lines}\n{names}\n{payload_hash}"

        day = timestamp[:8]
        scope = f"{day}/{self._region}/{self._service}/aws4_request"
        text = f"{_ALGORITHM}\n{timestamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = _hmac(self._key(credentials.secret_key, day), text).hex()
        signed["Authorization"] = (
            f"{_ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
        return signed

    def _key(self, secret_key: str, day: str) -> bytes:
        """Derive the signing key, which is the same for a day."""
        if self._derived[:2] != (secret_key, day):
            key = f"AWS4{secret_key}".encode()
            for part in (day, self._region, self._service, "aws4_request"):
                key = _hmac(key, part)
            # One assignment: another thread sees the old key or the new one.
            self._derived = (secret_key, day, key)
            return key
        return self._derived[2]


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
