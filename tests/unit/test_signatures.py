"""Signatures and shared tokens: each scheme takes what its sender makes, and nothing else."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.domain.webhook import Signing
from event_api.signing.errors import BadSignatureError
from event_api.signing.signatures import SCHEMES, SNS, WINDOW, check, check_secret

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
BODY = b'{"title":"Disk is full"}'
SECRET = "shared-with-the-sender"


def mac(digest, content=BODY, secret=SECRET):
    return hmac.new(secret.encode(), content, digest)


def standard(content=BODY, key=b"k" * 24, seconds=SECONDS):
    signed = f"msg_1.{seconds}.".encode() + content
    signature = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return {"webhook-id": "msg_1", "webhook-timestamp": str(seconds), "webhook-signature": f"v1,{signature}"}


STANDARD_SECRET = "whsec_" + base64.b64encode(b"k" * 24).decode()
GRAFANA_WITH_TIME = Signing("grafana", (SECRET,), timestamp_header="X-Time")

SIGNED = {
    "atlas": {"x-mms-signature": base64.b64encode(mac("sha1").digest()).decode()},
    "checkly": {"x-checkly-signature": mac("sha256").hexdigest()},
    "cloudflare": {"cf-webhook-auth": SECRET},
    "github": {"x-hub-signature-256": "sha256=" + mac("sha256").hexdigest()},
    "gitlab": {"x-gitlab-token": SECRET},
    "grafana": {"x-grafana-alerting-signature": mac("sha256").hexdigest()},
    "pagerduty": {"x-pagerduty-signature": f"v1={'0' * 64},v1={mac('sha256').hexdigest()}"},
    "sentry": {"sentry-hook-signature": mac("sha256").hexdigest()},
    "standard-webhooks": standard(),
    "terraform": {"x-tfe-notification-signature": mac("sha512").hexdigest()},
}
"""Each sender's request with BODY, signed with hmac as its documentation says, not with the tested code."""


def signing(scheme, *secrets):
    return Signing(scheme, secrets or ((STANDARD_SECRET if scheme == "standard-webhooks" else SECRET),))


def is_good(scheme, headers, content=BODY, now=NOW):
    try:
        check(scheme if isinstance(scheme, Signing) else signing(scheme), content, headers, now)
    except BadSignatureError:
        return False
    return True


each_scheme = pytest.mark.parametrize("scheme", SIGNED)
each_that_signs = pytest.mark.parametrize("scheme", [name for name in SIGNED if SCHEMES[name].digest])


def test_every_scheme_is_tested():
    assert {*SIGNED, SNS} == SCHEMES.keys()


@each_scheme
def test_what_the_sender_signs_is_taken(scheme):
    assert is_good(scheme, SIGNED[scheme])


@each_scheme
def test_what_is_not_signed_so_is_refused(scheme):
    assert not is_good(scheme, {})
    for name, value in SIGNED[scheme].items():
        assert not is_good(scheme, SIGNED[scheme] | {name: ""})
        assert not is_good(scheme, SIGNED[scheme] | {name: "Ω" * 20})
        changed = value[:-3] + ("AAA" if value[-3:] != "AAA" else "BBB")
        assert not is_good(scheme, SIGNED[scheme] | {name: changed})
    assert not is_good(signing(scheme, "another-secret"), SIGNED[scheme])


@each_that_signs
def test_another_body_is_refused(scheme):
    assert not is_good(scheme, SIGNED[scheme], content=BODY + b" ")


@each_that_signs
def test_either_secret_is_good_while_they_are_changed(scheme):
    old = signing(scheme).secrets[0]
    assert is_good(signing(scheme, "the-new-one", old), SIGNED[scheme])
    assert is_good(signing(scheme, old, "the-older-one"), SIGNED[scheme])


@pytest.mark.parametrize("scheme", ["github", "standard-webhooks", "pagerduty"])
def test_a_signature_of_another_version_is_none(scheme):
    (name,) = {"x-hub-signature-256", "webhook-signature", "x-pagerduty-signature"} & SIGNED[scheme].keys()
    unknown = SIGNED[scheme][name].replace("v1", "v2").replace("sha256", "sha1")
    assert not is_good(scheme, SIGNED[scheme] | {name: unknown})
    many = {
        "standard-webhooks": f"v1a,AAAA {SIGNED[scheme][name]} v1,AAAA",
        "pagerduty": f"v2=00, {SIGNED[scheme][name]}",
        "github": SIGNED[scheme][name],
    }
    assert is_good(scheme, SIGNED[scheme] | {name: many[scheme]})


def test_the_examples_of_the_documentation():
    """GitHub's, of its page on validating deliveries, and Standard Webhooks', of its libraries' tests."""
    signed = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    github = Signing("github", ("It's a Secret to Everybody",))
    assert is_good(github, {"x-hub-signature-256": signed}, content=b"Hello, World!")
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    webhooks = Signing("standard-webhooks", ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",))
    sent = datetime.fromtimestamp(1614265330, UTC)
    assert is_good(webhooks, headers, content=b'{"test": 2432232314}', now=sent)


def test_a_signed_time_is_good_for_a_while():
    for scheme, headers_at in (
        ("standard-webhooks", lambda seconds: standard(seconds=seconds)),
        (GRAFANA_WITH_TIME, grafana_at),
    ):
        for late, good in ((0, True), (WINDOW, True), (WINDOW + 1, False), (-WINDOW, True), (-WINDOW - 1, False)):
            assert is_good(scheme, headers_at(SECONDS), now=NOW + timedelta(seconds=late)) is good
    window = Signing("standard-webhooks", (STANDARD_SECRET,), window=10)
    assert not is_good(window, standard(), now=NOW + timedelta(seconds=11))


def grafana_at(seconds):
    signature = mac("sha256", f"{seconds}:".encode() + BODY).hexdigest()
    return {"x-time": str(seconds), "x-grafana-alerting-signature": signature}


def test_an_id_is_signed_as_it_is():
    """Else another id would have the same signature, and a request could be sent again."""
    key = b"k" * 24
    signature = base64.b64encode(hmac.digest(key, f"a{SECONDS}.{SECONDS}.".encode() + BODY, "sha256")).decode()
    headers = {"webhook-timestamp": str(SECONDS), "webhook-signature": f"v1,{signature}"}
    assert is_good("standard-webhooks", headers | {"webhook-id": f"a{SECONDS}"})
    assert not is_good("standard-webhooks", headers | {"webhook-id": "a{timestamp}"})


def test_grafana_lets_its_headers_be_chosen():
    chosen = Signing("grafana", (SECRET,), header="X-Mine")
    assert is_good(chosen, {"x-mine": mac("sha256").hexdigest()})
    assert not is_good(chosen, SIGNED["grafana"])
    assert is_good(GRAFANA_WITH_TIME, grafana_at(SECONDS))
    assert not is_good(GRAFANA_WITH_TIME, grafana_at(SECONDS) | {"x-time": str(SECONDS + 1)})
    assert not is_good(GRAFANA_WITH_TIME, SIGNED["grafana"])


def test_a_time_that_is_none_is_refused():
    for strange in ("", "now", "1e9", "-1", "9" * 40, "٣"):
        assert not is_good("standard-webhooks", standard() | {"webhook-timestamp": strange})


@given(st.sampled_from(sorted(SIGNED)), st.dictionaries(st.sampled_from(["webhook-id", "x"]), st.text()), st.data())
def test_no_header_makes_it_fail_otherwise(scheme, more, data):
    headers = {name: data.draw(st.text()) for name in SIGNED[scheme]} | more
    assert not is_good(scheme, headers) or headers == SIGNED[scheme]


def test_an_impossible_secret_is_reported():
    assert check_secret("github", "x") is None
    assert check_secret("github", "") == "it is empty"
    assert check_secret("standard-webhooks", STANDARD_SECRET) is None
    assert check_secret("standard-webhooks", "plain") is None
    assert "not base64" in str(check_secret("standard-webhooks", "whsec_***"))
    assert check_secret("standard-webhooks", "whsec_") == "it is empty"


def test_a_signing_shows_no_secret():
    assert SECRET not in repr(signing("github"))
    assert hashlib.sha256(SECRET.encode()).hexdigest() not in repr(signing("github"))
