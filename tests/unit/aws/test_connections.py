"""TLS connections: the server must be whom the URL names, by an authority that is trusted."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from botocore.httpsession import DEFAULT_CA_BUNDLE
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from event_api.aws import connections
from event_api.aws.connections import Connections
from testkit.server import LocalServer, Routes


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server of localhost's, with a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)

    class Endpoint(Routes):
        def post(self, body):
            self.answer(200, body)

    server = LocalServer(Endpoint)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    for variable in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    vars(server)["certificate"] = pem
    vars(server)["handle_error"] = lambda *_: None  # refused handshakes are what is tested
    with server:
        yield server


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_an_authority_that_is_named_is_trusted(server, monkeypatch, variable):
    monkeypatch.setenv(variable, str(server.certificate))
    localhost = Connections(f"https://localhost:{server.server_port}", 2, 2)
    for body in (b"one", b"two"):
        assert localhost.post({}, body).body == body
    assert len(localhost._idle) == 1


def test_an_authority_that_is_not_known_is_not_trusted(server):
    with pytest.raises(ssl.SSLCertVerificationError):
        Connections(f"https://localhost:{server.server_port}", 2, 2).post({}, b"")


def test_another_host_is_not_believed(server, monkeypatch):
    monkeypatch.setenv("AWS_CA_BUNDLE", str(server.certificate))
    with pytest.raises(ssl.SSLCertVerificationError):
        Connections(f"https://127.0.0.1:{server.server_port}", 2, 2).post({}, b"")


def test_botocores_authorities_are_trusted_otherwise(monkeypatch):
    for variable in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    assert connections._authorities() == DEFAULT_CA_BUNDLE


@pytest.mark.parametrize("url", ["ftp://host", "dynamodb.local", "https://"])
def test_what_is_not_a_servers_url_is_refused(url):
    with pytest.raises(ValueError, match="not the URL"):
        Connections(url, 1, 1)
