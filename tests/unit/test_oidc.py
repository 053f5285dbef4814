"""ID tokens: those that are accepted, and many that are not, from an issuer with real keys."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import jwt
import pytest
import urllib3
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from event_api.auth.credentials import is_id_token
from event_api.auth.oidc import (
    COOLDOWN,
    FRESH,
    LEEWAY,
    USABLE,
    ClaimMapping,
    InvalidMappingError,
    Issuer,
    Keys,
    KeysUnavailableError,
)
from event_api.domain import times
from event_api.domain.access import Role, Scope
from testkit.issuer import AUDIENCE, LocalIssuer

MAPPING = (
    "domain=https://example.com/tenant,projects=projects,role=groups,reader=staff,responder=sre&ops,admin=platform"
)
TENANT = {"https://example.com/tenant": "domain-a", "projects": ["project-a"], "groups": ["staff"]}


def fetch(url, seconds):
    answer = urllib3.request("GET", url, timeout=seconds, retries=False)
    if answer.status != 200:
        raise OSError(answer.status)
    return answer.data


@pytest.fixture(scope="module")
def local():
    with LocalIssuer() as issuer:
        yield issuer


@pytest.fixture
def issuer(local):
    return Issuer(local.url, AUDIENCE, ClaimMapping.of(MAPPING), Keys(local.url, fetch))


def authenticate(issuer, credential, now=None):
    return issuer.authenticate(credential, now or times.now(), lambda domain_id: f"key of {domain_id}")


def test_a_good_token_gives_scope_permissions_and_author(local, issuer):
    principal = authenticate(issuer, local.sign(**TENANT, name="Ada"))
    assert principal.scope == Scope("domain-a", frozenset({"project-a"}))
    assert principal.permissions == Role.READER.permissions
    assert (principal.actor.actor_id, principal.actor.name) == ("oidc:user-1", "Ada")


def test_each_reader_has_a_page_key_of_its_own(local, issuer):
    one, same, other = (authenticate(issuer, local.sign(**TENANT, sub=sub)).page_key for sub in ("a", "a", "b"))
    assert one == same != other
    elsewhere = authenticate(issuer, local.sign(**TENANT | {"https://example.com/tenant": "domain-b"}, sub="a"))
    assert elsewhere.page_key != one


def test_both_algorithms_are_accepted(local, issuer):
    assert authenticate(issuer, local.sign(key=local.ec, algorithm="ES256", kid="ec", **TENANT))


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        ("staff", Role.READER),
        (["staff", "ops"], Role.RESPONDER),
        (["sre", "platform"], Role.ADMIN),
        (["guests"], None),
        ([], None),
        (None, None),
        ({"platform": True}, None),
    ],
)
def test_the_highest_role_of_the_groups_counts(local, issuer, groups, role):
    principal = authenticate(issuer, local.sign(**TENANT | {"groups": groups}))
    assert (principal and principal.permissions) == (role and role.permissions)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"aud": None},
        {"iss": "https://issuer.example"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"nbf": 4_000_000_000},
        {"https://example.com/tenant": None},
        {"https://example.com/tenant": ["domain-a"]},
        {"https://example.com/tenant": ""},
        {"https://example.com/tenant": "d" * 1000},
        {"projects": None},
        {"projects": []},
        {"projects": [1, {"a": "b"}]},
    ],
)
def test_claims_that_are_refused(local, issuer, claims):
    assert authenticate(issuer, local.sign(**TENANT | claims)) is None


def test_forged_tokens_are_refused(local, issuer):
    """Keys, algorithms and addresses in a header count for nothing."""
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = local.rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claims = local.claims(**TENANT)

    def encoded(part):
        return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()

    unsigned = f"{encoded({'alg': 'none', 'kid': 'rsa'})}.{encoded(claims)}."
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(other.public_key()))
    forged = [
        unsigned,
        local.sign(key=other, **TENANT),
        local.sign(kid="unknown", **TENANT),
        local.sign(kid=None, **TENANT),
        local.sign(kid="ec", **TENANT),
        local.sign(key=local.ec, algorithm="ES256", kid="rsa", **TENANT),
        jwt.encode(claims, base64.b64encode(public).decode(), algorithm="HS256", headers={"kid": "rsa"}),
        jwt.encode(claims, other, algorithm="RS256", headers={"jwk": jwk, "kid": "rsa"}),
        jwt.encode(claims, local.rsa, algorithm="RS512", headers={"kid": "rsa"}),
    ]
    for credential in forged:
        assert authenticate(issuer, credential) is None
        assert authenticate(issuer, credential[:-2]) is None


@given(st.text(st.characters(max_codepoint=127)))
def test_no_text_raises(text):
    issuer = Issuer("https://issuer.example", AUDIENCE, ClaimMapping.of("domain_id=d"), Keys("x", lambda *_: b"{}"))
    for credential in (text, f"eyJ{text}", f"{text}.{text}.{text}"):
        assert authenticate(issuer, credential) is None
        assert is_id_token(credential) in (True, False)


def test_keys_that_are_too_weak_or_for_encryption_are_not_used(local):
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(weak.public_key()))
    documents = {
        "https://issuer.example/.well-known/openid-configuration": {
            "issuer": "https://issuer.example",
            "jwks_uri": "https://issuer.example/keys",
        },
        "https://issuer.example/keys": {
            "keys": [
                {**jwk, "kid": "weak"},
                {**local.documents["/keys"]["keys"][0], "kid": "encrypts", "use": "enc"},
                {**local.documents["/keys"]["keys"][0], "kid": "good"},
                {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"},
                {"kty": "unknown", "kid": "unknown"},
                "not a key",
                {"kid": 1},
            ]
        },
    }
    keys = Keys("https://issuer.example", lambda url, _: json.dumps(documents[url]).encode())
    found = {kid: keys.get(kid, times.now()) is not None for kid in ("weak", "encrypts", "shared", "unknown", "good")}
    assert found == {"weak": False, "encrypts": False, "shared": False, "unknown": False, "good": True}


class Clock:
    """A time, and an issuer that counts its requests."""

    def __init__(self, local):
        self.local = local
        self.now = times.now()
        self.keys = Keys(local.url, fetch)
        local.requests = 0

    def get(self, kid="rsa", *, after=timedelta()):
        self.now += after
        return self.keys.get(kid, self.now)


@pytest.fixture
def clock(local):
    yield Clock(local)
    local.is_down = False


def test_keys_are_fetched_once_in_an_hour(clock):
    assert clock.get()
    assert clock.get(after=FRESH - timedelta(seconds=1))
    assert clock.local.requests == 2
    assert clock.get(after=timedelta(seconds=1))
    assert clock.local.requests == 4


def test_invented_key_ids_make_one_request_in_a_minute(clock):
    assert clock.get()
    for _ in range(10):
        assert clock.get("invented") is None
    assert clock.local.requests == 2
    assert clock.get("invented", after=COOLDOWN) is None
    assert clock.local.requests == 4


def test_a_new_key_is_found_at_once_after_the_cooldown(clock):
    assert clock.get()
    found = clock.local.documents["/keys"]["keys"]
    found.append({**found[0], "kid": "new"})
    try:
        assert clock.get("new", after=COOLDOWN)
    finally:
        found.pop()


def test_an_issuer_that_is_down_costs_nothing_for_a_day(clock):
    assert clock.get()
    clock.local.is_down = True
    assert clock.get(after=USABLE - timedelta(minutes=2))
    with pytest.raises(KeysUnavailableError):
        clock.get(after=timedelta(minutes=2))
    with pytest.raises(KeysUnavailableError):
        clock.get()
    clock.local.is_down = False
    assert clock.get(after=COOLDOWN)


def test_an_issuer_that_was_never_reached_is_no_reason_to_refuse_a_token(clock):
    clock.local.is_down = True
    with pytest.raises(KeysUnavailableError):
        clock.get()


@pytest.mark.parametrize(
    "configuration",
    [
        {"issuer": "https://another.example", "jwks_uri": "https://issuer.example/keys"},
        {"issuer": "https://issuer.example", "jwks_uri": "http://issuer.example/keys"},
        {"issuer": "https://issuer.example", "jwks_uri": "file:///etc/passwd"},
        {"issuer": "https://issuer.example", "jwks_uri": "https://user@issuer.example/keys"},
        {"issuer": "https://issuer.example"},
        [],
    ],
)
def test_a_configuration_that_leads_elsewhere_is_refused(configuration):
    asked = []

    def answer(url, _seconds):
        asked.append(url)
        return json.dumps(configuration).encode()

    with pytest.raises(KeysUnavailableError):
        Keys("https://issuer.example", answer).get("rsa", times.now())
    assert asked == ["https://issuer.example/.well-known/openid-configuration"]


@pytest.mark.parametrize(
    "text", ["", "projects=p", "domain=", "domain=d,unknown=x", "domain=d,role=groups", "domain=d,admin=a", "domain"]
)
def test_a_mapping_that_cannot_be_read_is_a_deployment_fault(text):
    with pytest.raises(InvalidMappingError):
        ClaimMapping.of(text)


def test_without_a_role_everyone_reads_and_a_constant_domain_is_everyones():
    mapping = ClaimMapping.of("domain_id=domain-a")
    assert mapping.granted({"groups": ["platform"]}) is Role.READER
    assert mapping.scope({"domain": "domain-b"}) == Scope("domain-a")


def test_clocks_may_differ_by_a_minute(local, issuer):
    now = int(times.now().timestamp())
    late = LEEWAY.total_seconds() - 5
    assert authenticate(issuer, local.sign(**TENANT, exp=now - late, iat=now - 600))
    assert authenticate(issuer, local.sign(**TENANT, exp=now - late - 60, iat=now - 600)) is None


def test_an_es256_key_is_on_its_curve(local, issuer):
    """Another curve's key would be of another algorithm."""
    other = ec.generate_private_key(ec.SECP384R1())
    credential = jwt.encode(local.claims(**TENANT), other, algorithm="ES384", headers={"kid": "ec"})
    assert authenticate(issuer, credential) is None
