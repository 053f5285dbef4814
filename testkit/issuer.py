"""An issuer of OpenID Connect on this machine, with real keys: discovery, its key set, and ID tokens that it signs."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from testkit.server import LocalServer, Routes

if TYPE_CHECKING:
    from typing import Self

AUDIENCE = "event-api"


class LocalIssuer:
    """Serves while its context is entered; ``requests`` counts what was asked of it."""

    def __init__(self) -> None:
        issuer = self

        class IssuerRoutes(Routes):
            def get(self) -> None:
                issuer.requests += 1
                document = issuer.documents.get(self.path)
                if document is None or issuer.is_down:
                    self.answer(503 if issuer.is_down else 404)
                else:
                    self.answer(200, json.dumps(document).encode())

        self.requests = 0
        self.is_down = False
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self._server = LocalServer(IssuerRoutes)
        self.url = f"http://{self._server.address}"
        self.documents: dict[str, Any] = {
            "/.well-known/openid-configuration": {"issuer": self.url, "jwks_uri": f"{self.url}/keys"},
            "/keys": {
                "keys": [
                    {**RSAAlgorithm.to_jwk(self.rsa.public_key(), as_dict=True), "kid": "rsa", "use": "sig"},
                    {**ECAlgorithm.to_jwk(self.ec.public_key(), as_dict=True), "kid": "ec", "use": "sig"},
                ]
            },
        }

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def claims(self, **claims: Any) -> dict[str, Any]:
        """Return the claims of a token that is valid for five minutes, with some changed; None leaves one out."""
        now = int(time.time())
        every = {"iss": self.url, "aud": AUDIENCE, "sub": "user-1", "iat": now, "exp": now + 300, **claims}
        return {name: value for name, value in every.items() if value is not None}

    def sign(self, *, key: Any = None, algorithm: str = "RS256", kid: str | None = "rsa", **claims: Any) -> str:
        """Return an ID token, signed with the RSA key unless another is given."""
        headers = {} if kid is None else {"kid": kid}
        return jwt.encode(self.claims(**claims), key or self.rsa, algorithm=algorithm, headers=headers)
