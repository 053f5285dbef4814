"""Amazon SNS's signatures: the signed text, the certificate, and the check of its chain.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. The names in the certificates
are those that AWS's SDK for Java expects (SnsHostProvider in aws-sdk-java-v2). Imported only for a webhook that checks
them: `cryptography` is by far the largest package of the layer.
"""

from __future__ import annotations

import base64
import re
import warnings
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from botocore.httpsession import get_cert_path
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import DNSName
from cryptography.x509.oid import AuthorityInformationAccessOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from event_api import safe_fetch
from event_api.domain.errors import UnavailableError
from event_api.domain.times import parse_iso
from event_api.json_text import parse_json
from event_api.json_types import JsonObject
from event_api.signing import sns_hosts
from event_api.signing.errors import BadSignatureError, require_recent

FETCH_SECONDS: Final = 2.0
"""How long to wait for a certificate; SNS itself waits 15 s for our answer."""
MAX_ISSUERS: Final = 3
"""Certificates to fetch between Amazon's own and a well-known root."""

_SIGNED_OF_HANDSHAKE: Final = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED: Final = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": _SIGNED_OF_HANDSHAKE,
    "UnsubscribeConfirmation": _SIGNED_OF_HANDSHAKE,
}
_OPTIONAL: Final = "Subject"
_OF_LINES: Final = "Message"
"""The only field that may have several lines.

The signed text consists of unquoted lines: otherwise a publisher could write another message into theirs, of another
topic and time, and pass the rest of it off as a long Type or TopicArn.
"""
_PEM: Final = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_HASHES: Final = {"1": SHA1, "2": SHA256}
_ISSUER_HOST: Final = re.compile(r"([a-z0-9-]+\.)+amazontrust\.com|cacerts\.digicert\.(com|cn)")
"""Issuers of Amazon's certificates, DigiCert in China.

A certificate names its issuer's host over plain HTTP; a certificate from there is valid only if it leads to a
well-known root.
"""


@dataclass(frozen=True, slots=True)
class _SigningKey:
    key: RSAPublicKey
    good_until: datetime


_keys: dict[str, _SigningKey] = {}
_MAX_KEYS: Final = 64  # there is one for each region, for about a year


def check(content: bytes, now: datetime, *, topics: tuple[str, ...], window: int) -> None:
    """Raise BadSignatureError unless SNS sent the body, from one of the topics if there are any.

    Raises UnavailableError if the certificate cannot be fetched at the moment.
    """
    try:
        body = parse_json(content)
    except ValueError:
        body = None
    if not isinstance(body, dict) or "Signature" not in body:
        raise BadSignatureError("it is not a signed SNS message; with raw message delivery SNS signs nothing")
    signed = _signed(body)
    if topics and body["TopicArn"] not in topics:
        raise BadSignatureError("it is of a topic that the webhook does not take")
    sent_at = parse_iso(str(body["Timestamp"]))
    if sent_at is None:
        raise BadSignatureError("its Timestamp is not a time")
    digest = _HASHES.get(str(body.get("SignatureVersion")))
    if digest is None:
        raise BadSignatureError("its SignatureVersion is neither 1 nor 2")
    key = _signing_key(str(body.get("SigningCertURL")), now)
    try:
        key.verify(_decoded(body["Signature"]), signed, PKCS1v15(), digest())
    except InvalidSignature:
        raise BadSignatureError("its signature does not fit what it says") from None
    require_recent(sent_at.timestamp(), now, window)


def _signed(body: JsonObject) -> bytes:
    names = _SIGNED.get(str(body.get("Type")))
    if names is None:
        raise BadSignatureError("its Type is not one of SNS's")
    lines = []
    for name in names:
        value = body.get(name)
        if name == _OPTIONAL and value is None:
            continue
        if not isinstance(value, str):
            raise BadSignatureError(f"it has no {name}, which SNS signs")
        if name != _OF_LINES and "\n" in value:
            raise BadSignatureError(f"its {name} has several lines, which SNS never sends")
        lines += [name, value]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")


def _decoded(signature: object) -> bytes:
    try:
        return base64.b64decode(str(signature), validate=True)
    except ValueError:
        raise BadSignatureError("its signature is not base64") from None


def _signing_key(url: str, now: datetime) -> RSAPublicKey:
    known = _keys.get(url)
    if known is not None and now < known.good_until:
        return known.key
    host = sns_hosts.of_certificate(url)
    if host is None:
        raise BadSignatureError("its SigningCertURL is not Amazon SNS's")
    found = _validated(_fetch_certificates(url), sns_hosts.certificate_names(host), now)
    if len(_keys) >= _MAX_KEYS:
        _keys.clear()
    _keys[url] = found
    return found.key


def _fetch_certificates(url: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(safe_fetch.fetch(url, FETCH_SECONDS))
    except safe_fetch.RefusedError as error:
        raise BadSignatureError(f"its certificate cannot be had: {error}") from None
    except safe_fetch.FetchError as error:
        raise UnavailableError(f"Amazon's certificate cannot be had: {error}") from error
    except ValueError:
        raise BadSignatureError("its certificate cannot be parsed") from None


def _validated(chain: list[x509.Certificate], names: tuple[str, ...], now: datetime) -> _SigningKey:
    """Return the key of a chain's first certificate, if it is SNS's and the chain leads to a well-known root."""
    leaf, *issuers = chain
    for _ in range(MAX_ISSUERS + 1):
        if any(_is_good(leaf, issuers, name, now) for name in names):
            key = leaf.public_key()
            if not isinstance(key, RSAPublicKey):
                raise BadSignatureError("its certificate has no RSA key")
            return _SigningKey(key, leaf.not_valid_after_utc)
        issuer = _fetch_issuer(issuers[-1] if issuers else leaf)
        if issuer is None:
            break
        issuers.append(issuer)
    raise BadSignatureError("its certificate is not Amazon SNS's, or leads to no known root")


def _is_good(leaf: x509.Certificate, issuers: list[x509.Certificate], name: str, now: datetime) -> bool:
    verifier = PolicyBuilder().store(_roots()).time(now).build_server_verifier(DNSName(name))
    try:
        verifier.verify(leaf, issuers)
    except VerificationError:
        return False
    return True


@cache
def _roots() -> Store:
    """Return the authorities that botocore trusts for AWS's API."""
    content = Path(str(get_cert_path(True))).read_bytes()  # botocore's signature
    found = []
    with warnings.catch_warnings():
        # The list has authorities whose certificates are not as they should be. Amazon's are.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        for written in _PEM.findall(content):
            with suppress(ValueError):
                found.append(x509.load_pem_x509_certificate(written))
    return Store(found)


def _fetch_issuer(certificate: x509.Certificate) -> x509.Certificate | None:
    """Fetch the issuer of a certificate from the URL in it; None if it has none, or one that is not Amazon's."""
    url = _issuer_url(certificate)
    if url is None:
        return None
    try:
        return x509.load_der_x509_certificate(safe_fetch.fetch(url, FETCH_SECONDS))
    except safe_fetch.RefusedError:
        return None
    except safe_fetch.FetchError as error:
        raise UnavailableError(f"an issuer's certificate cannot be had: {error}") from error
    except ValueError:
        return None


def _issuer_url(certificate: x509.Certificate) -> str | None:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return None
    for one in access:
        if one.access_method == AuthorityInformationAccessOID.CA_ISSUERS and isinstance(
            one.access_location, x509.UniformResourceIdentifier
        ):
            url = urlsplit(one.access_location.value)
            if url.scheme in {"http", "https"} and _ISSUER_HOST.fullmatch(url.netloc):
                return one.access_location.value
    return None
