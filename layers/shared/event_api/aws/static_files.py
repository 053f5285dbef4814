"""Static files as responses: compressed, cached by browsers, and under a strict content security policy."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from event_api.aws.http import GatewayResponse, takes_gzip
from event_api.domain.errors import NotFoundError

PAGE = "index.html"
_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# Everything comes from the API's own origin, nothing is inline, and no text of a sender can become markup or code.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src {sources}; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_SECURITY: Mapping[str, str] = {
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
# The page is small and names the others, whose names change with their content.
_REVALIDATED = "no-cache"
_KEPT = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticAnswer:
    """A file as a response, or with status 304 the note that the browser's copy is current."""

    headers: Mapping[str, str]
    content: bytes = field(repr=False)
    packed: bytes = field(repr=False)
    status: int = 200

    def to_gateway(self, accept_encoding: str = "") -> GatewayResponse:
        """Write the response for API Gateway, compressed if the client accepts that."""
        headers = dict(self.headers)
        if self.status != 200:  # noqa: PLR2004 - HTTP's OK
            return {"statusCode": self.status, "headers": headers}
        if not takes_gzip(accept_encoding):
            return {"statusCode": self.status, "headers": headers, "body": self.content.decode()}
        headers["content-encoding"] = "gzip"
        body = base64.b64encode(self.packed).decode()
        return {"statusCode": self.status, "headers": headers, "body": body, "isBase64Encoded": True}


class StaticFiles:
    """The files of a folder, in memory: a few, and small."""

    def __init__(self, answers: Mapping[str, StaticAnswer]) -> None:
        self._answers = answers

    @classmethod
    def load(cls, folder: Path, issuer: str = "", client_id: str = "") -> StaticFiles:
        """Read the files of a folder whose type is known.

        The page names the OpenID Connect ``issuer`` and the client to sign in with, if there are any, and may ask the
        issuer's origin for a token.
        """
        policy = _POLICY.format(sources=f"'self' {_origin(issuer)}".rstrip())
        named = {"oidc-issuer": issuer.rstrip("/"), "oidc-client": client_id} if issuer else {}
        metas = "".join(f'<meta name="{name}" content="{escape(value)}">\n' for name, value in named.items())
        return cls({path.name: _answer(path, policy, metas) for path in folder.iterdir() if path.suffix in _TYPES})

    def answer(self, name: str, headers: Mapping[str, str]) -> StaticAnswer:
        """Return a file's response; raise NotFoundError if there is no such file."""
        found = self._answers.get(name)
        if found is None:
            raise NotFoundError("file", name)
        if headers.get("if-none-match", "").removeprefix("W/") == found.headers["etag"]:
            return StaticAnswer(found.headers, b"", b"", 304)
        return found


def _origin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}" if rest else ""


def _answer(path: Path, policy: str, metas: str) -> StaticAnswer:
    content = path.read_bytes()
    if path.name == PAGE:
        content = content.replace(b"<title>", metas.encode() + b"<title>")
    headers = {
        "content-type": _TYPES[path.suffix],
        "cache-control": _REVALIDATED if path.name == PAGE else _KEPT,
        "etag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "vary": "accept-encoding",
        "content-security-policy": policy,
        **_SECURITY,
    }
    return StaticAnswer(headers, content, zlib.compress(content, 9, wbits=16 + zlib.MAX_WBITS))
