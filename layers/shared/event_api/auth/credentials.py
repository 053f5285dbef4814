"""Access keys and tokens: made at random, stored as hashes, compared in constant time.

SHA-256 without salt or stretching is right here: the secrets have at least 192 bits of entropy, so that no dictionary
helps an attacker, and every delivery pays for the check.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

_NO_HASH = "0" * 64
_DOTS_OF_ID_TOKEN = 2


def hash_secret(secret: str) -> str:
    """Return the form in which a secret is stored: SHA-256, hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def matches(secret: str, hashes: Iterable[str]) -> bool:
    """Return whether a secret has one of the hashes; the time taken reveals nothing about them."""
    given = hash_secret(secret)
    right = False
    # All are compared, and a dummy if there is no hash: an unknown id takes as long as a wrong key.
    for known in (*hashes, _NO_HASH):
        right |= hmac.compare_digest(given, known)
    return right


def is_id_token(credential: str) -> bool:
    """Return whether a credential has the form of an ID token: three parts in base64, the first an object's."""
    return credential.startswith("eyJ") and credential.count(".") == _DOTS_OF_ID_TOKEN


def bearer(authorization: str | None) -> str | None:
    """Return the credential of an ``Authorization: Bearer …`` header (RFC 6750, so ASCII), or None."""
    scheme, _, credential = (authorization or "").strip().partition(" ")
    return credential.strip() or None if scheme.lower() == "bearer" and credential.isascii() else None
