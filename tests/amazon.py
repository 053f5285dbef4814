"""An Amazon SNS of our own: authorities, certificates, and messages signed as SNS signs them."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
ISSUER_URL = "http://crt.r2m01.amazontrust.com/r2m01.cer"
SIGNED = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """A key of that name; making one takes long enough to do it once."""
    assert name
    return rsa.generate_private_key(65537, 2048)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def certificate(
    name: str,
    issuer: str,
    *,
    authority: bool = False,
    dns: str = "sns.amazonaws.com",
    issuer_url: str = ISSUER_URL,
    days: int = 400,
) -> x509.Certificate:
    """A certificate of `key` (name), by `key` (issuer), as an authority of the web makes them."""
    issuer_key = key(issuer).public_key()
    usage = {
        "digital_signature": True,
        "content_commitment": False,
        "key_encipherment": not authority,
        "data_encipherment": False,
        "key_agreement": False,
        "key_cert_sign": authority,
        "crl_sign": authority,
        "encipher_only": False,
        "decipher_only": False,
    }
    access = x509.AccessDescription(
        AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(issuer_url)
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key(name).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW - timedelta(days=30) + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key(name).public_key()), critical=False)
        .add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    )
    if not authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(dns)]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(key(issuer), SHA256())


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def der(one: x509.Certificate) -> bytes:
    return one.public_bytes(Encoding.DER)


def message(signer: str = "sns", version: str = "1", **fields: Any) -> dict[str, Any]:
    """A signed message; a field that is None is left out."""
    told = {
        "Type": "Notification",
        "MessageId": "2f6b1d3e-0000-5000-8000-000000000001",
        "TopicArn": TOPIC,
        "Subject": "Disk",
        "Message": "The disk is\nfull ✓",
        "Timestamp": NOW.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE_URL,
        **fields,
    }
    told = {name: value for name, value in told.items() if value is not None}
    text = "".join(f"{name}\n{told[name]}\n" for name in SIGNED if name in told)
    digest = SHA1() if version == "1" else SHA256()  # what SNS's version 1 is
    told["Signature"] = base64.b64encode(key(signer).sign(text.encode(), PKCS1v15(), digest)).decode()
    return told


def written(told: dict[str, Any]) -> bytes:
    return json.dumps(told).encode()


def subscription(topic: str = TOPIC, **fields: Any) -> dict[str, Any]:
    """The first message that SNS sends, signed."""
    url = f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={topic}&Token=2336412f37"
    told = {
        "Type": "SubscriptionConfirmation",
        "Subject": None,
        "Token": "2336412f37",
        "SubscribeURL": url,
        "TopicArn": topic,
        "Message": "You have chosen to subscribe to the topic.",
    }
    return message(**{**told, **fields})
