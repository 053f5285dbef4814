"""Authentication of callers by the ID tokens of an OpenID Connect issuer (docs/adr/0020).

Imported only for a credential that looks like such a token, if the deployment names an issuer. A token is good if a
key of the issuer signed it with RS256 or ES256, if it is for our audience and valid now, and if its claims give a
domain and a role.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from event_api.auth.tokens import Principal
from event_api.domain import ids
from event_api.domain.access import FEDERATED, Actor, Role, Scope
from event_api.json_types import Json, JsonObject

ALGORITHMS: Final = ("RS256", "ES256")
"""Public keys only: a shared secret, or "none", is never accepted, whatever a token's header says."""
LEEWAY: Final = timedelta(seconds=60)
"""Difference between the issuer's clock and ours."""
FRESH: Final = timedelta(hours=1)
"""Age from which on the issuer's keys are fetched again."""
COOLDOWN: Final = timedelta(minutes=1)
"""Between two fetches, so that tokens with invented key ids cannot make us ask the issuer all the time."""
USABLE: Final = timedelta(days=1)
"""Age up to which keys are used if the issuer does not answer."""
_SECONDS_TO_FETCH: Final = 2.0
_MAX_KEYS: Final = 100
_MIN_RSA_BITS: Final = 2048
_MAX_NAME_LENGTH: Final = 200
_URL: Final = re.compile(
    r"https://[A-Za-z0-9.-]+(:\d+)?(/[^\s?#\\]*)?|http://(localhost|127\.0\.0\.1)(:\d+)?(/[^\s?#\\]*)?"
)
"""Of an issuer and its keys: over https, except on this machine."""

PublicKey: TypeAlias = RSAPublicKey | EllipticCurvePublicKey


class KeysUnavailableError(Exception):
    """The issuer's keys could not be fetched, and there are none from before."""


class InvalidMappingError(Exception):
    """The deployment's mapping of claims cannot be read; a deployment fault."""


@dataclass(frozen=True, slots=True)
class ClaimMapping:
    """How claims become a domain, projects and a role.

    ``domain_id`` is everyone's domain; without it ``domain`` names the claim that has it. ``projects`` names the claim
    with a list of projects; None gives all of the domain. ``role`` names the claim with one value or a list; ``roles``
    has the values that give each role. Without ``role`` everyone is a reader.
    """

    domain_id: str | None
    domain: str | None
    projects: str | None
    role: str | None
    roles: Mapping[Role, frozenset[str]]

    @classmethod
    def of(cls, text: str) -> ClaimMapping:
        """Read the template's parameter, such as ``domain=tenant,projects=projects,role=groups,responder=sre&ops``.

        Raises InvalidMappingError.
        """
        # A claim may be named by a URL, which may have "=" in it.
        parts = {name: value for name, _, value in (part.rpartition("=") for part in text.split(",") if part)}
        roles = {role: frozenset(parts.pop(role).split("&")) - {""} for role in Role if role in parts}
        domain_id, domain, projects, role = (
            parts.pop(name, None) for name in ("domain_id", "domain", "projects", "role")
        )
        mapping = cls(domain_id, domain, projects, role, roles)
        if parts:
            raise InvalidMappingError(f"unknown: {', '.join(parts)}")
        if not (domain_id or domain):
            raise InvalidMappingError("domain_id or domain is missing")
        if bool(role) is not bool(roles):
            raise InvalidMappingError("role, and the values of a role, are given together or not at all")
        return mapping

    def scope(self, claims: JsonObject) -> Scope | None:
        """Return the scope that claims give; None if they give none."""
        domain_id = self.domain_id or claims.get(self.domain or "")
        if not isinstance(domain_id, str) or not 0 < len(domain_id) <= ids.MAX_ID_LENGTH:
            return None
        if self.projects is None:
            return Scope(domain_id)
        projects = frozenset(_texts(claims.get(self.projects)))
        return Scope(domain_id, projects) if projects else None

    def granted(self, claims: JsonObject) -> Role | None:
        """Return the highest role that claims give; None if they give none."""
        if self.role is None:
            return Role.READER
        values = set(_texts(claims.get(self.role)))
        return next((role for role in reversed(Role) if values & self.roles.get(role, frozenset())), None)


class Keys:
    """An issuer's public keys, fetched when they are needed and kept for the process's lifetime.

    ``fetch`` returns the body of a GET of a URL, within seconds, and raises anything if there is none.
    """

    def __init__(self, issuer: str, fetch: Callable[[str, float], bytes]) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._keys: dict[str, PublicKey] = {}
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None

    def get(self, key_id: str, now: datetime) -> PublicKey | None:
        """Return a key of the issuer; None if it has no such key. Raises KeysUnavailableError."""
        age = None if self._fetched_at is None else now - self._fetched_at
        wanted = age is None or age >= FRESH or key_id not in self._keys
        if wanted and (self._tried_at is None or now - self._tried_at >= COOLDOWN):
            self._tried_at = now
            try:
                self._keys, self._fetched_at, age = self._read(), now, timedelta()
            except Exception as error:
                if age is None or age >= USABLE:
                    raise KeysUnavailableError(type(error).__name__) from error
        if age is None or age >= USABLE:
            raise KeysUnavailableError("not long ago they could not be fetched")
        return self._keys.get(key_id)

    def _read(self) -> dict[str, PublicKey]:
        configuration = self._json(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if configuration.get("issuer") != self._issuer:
            raise ValueError("the configuration is another issuer's")
        found = self._json(str(configuration.get("jwks_uri"))).get("keys")
        return dict(_usable(found if isinstance(found, list) else []))

    def _json(self, url: str) -> JsonObject:
        if _URL.fullmatch(url) is None:
            raise ValueError("not an https URL")
        value: Json = json.loads(self._fetch(url, _SECONDS_TO_FETCH))
        if not isinstance(value, dict):
            raise ValueError("not an object")  # noqa: TRY004  # of their content, not of a type of ours
        return value


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer whose ID tokens are accepted."""

    issuer: str
    audience: str
    mapping: ClaimMapping
    keys: Keys

    def authenticate(self, credential: str, now: datetime, domain_page_key: Callable[[str], str]) -> Principal | None:
        """Return the principal of an ID token; None if it is not good, for whatever reason.

        ``domain_page_key`` gives the key of a domain's page tokens. Raises KeysUnavailableError.
        """
        claims = self._claims(credential, now)
        if claims is None:
            return None
        scope, role, subject = self.mapping.scope(claims), self.mapping.granted(claims), claims.get("sub")
        if scope is None or role is None or not isinstance(subject, str) or not subject:
            return None
        # A page token is of use to its own reader only.
        page_key = hmac.digest(domain_page_key(scope.domain_id).encode(), subject.encode(), hashlib.sha256).hex()
        name = claims.get("name") or claims.get("email")
        actor = Actor(
            f"{FEDERATED}{subject}"[:_MAX_NAME_LENGTH], name[:_MAX_NAME_LENGTH] if isinstance(name, str) else None
        )
        return Principal(scope, role.permissions, page_key, actor)

    def _claims(self, credential: str, now: datetime) -> JsonObject | None:
        try:
            header = jwt.get_unverified_header(credential)
            if header.get("alg") not in ALGORITHMS or not isinstance(header.get("kid"), str):
                return None
            key = self.keys.get(header["kid"], now)
            if key is None:
                return None
            claims: JsonObject = jwt.decode(
                credential,
                key,
                algorithms=list(ALGORITHMS),
                audience=self.audience,
                issuer=self.issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            return None
        return claims


def _texts(value: Json) -> Iterator[str]:
    """Yield the texts of a claim, which is one or a list."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str) and 0 < len(one) <= ids.MAX_ID_LENGTH:
            yield one


def _usable(found: list[Json]) -> Iterator[tuple[str, PublicKey]]:
    """Yield the keys that may sign, by id; skip those that are not ours to understand."""
    for one in found[:_MAX_KEYS]:
        if not isinstance(one, dict) or one.get("use", "sig") != "sig" or not isinstance(one.get("kid"), str):
            continue
        try:
            key = jwt.PyJWK.from_dict(one).key
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue
        strong = isinstance(key, EllipticCurvePublicKey) or (
            isinstance(key, RSAPublicKey) and key.key_size >= _MIN_RSA_BITS
        )
        if strong:
            yield str(one["kid"]), key
