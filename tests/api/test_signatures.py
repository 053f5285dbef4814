"""Signatures through the template's routes: a webhook that requires one refuses without, another only logs."""

import base64
import hmac
import json

import pytest
from cryptography.x509.verification import Store

from event_api import safe_fetch
from event_api.admin import administration
from event_api.domain.errors import InvalidParameterError, NotFoundError
from event_api.domain.webhook import Signing
from event_api.settings import settings
from event_api.signing import sns_signatures
from event_api.signing.signatures import SCHEMES
from tests import amazon
from tests.samples import bodies

SECRET = "shared-with-the-sender"
BODY = json.dumps(bodies.direct())


@pytest.fixture
def engine():
    return "moto"


def github(body=BODY, secret=SECRET):
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body.encode(), "sha256").hexdigest()}


def signed_webhook(app, signing=None, **options):
    webhook, path = app.webhook(**options)
    administration.set_signing(app.stores, webhook.webhook_id, signing or Signing("github", (SECRET,)))
    return webhook, path


def deliveries(app):
    return app.dynamodb.scan(TableName=settings().tables.deliveries)["Items"]


def metrics(capsys):
    return [line for line in map(json.loads, capsys.readouterr().out.splitlines()) if "_aws" in line]


def test_what_is_signed_is_taken(app, capsys):
    _, path = signed_webhook(app)
    assert app.gateway.post(path, BODY, headers=github()).status == 200
    assert len(app.events()) == 1
    assert "SignaturesBad" not in str(metrics(capsys))


@pytest.mark.parametrize("headers", [{}, github(secret="another"), github(body=BODY + " "), {"X-Hub-Signature": "x"}])
def test_a_bad_signature_is_refused_and_stores_nothing(app, headers, capsys):
    webhook, path = signed_webhook(app)
    refused = app.gateway.post(path, BODY, headers=headers)
    assert (refused.status, refused.json()["detail"]["code"]) == (401, "ERROR_AUTHENTICATE_FAILURE")
    assert "signature" in refused.json()["detail"]["message"]
    (metric,) = metrics(capsys)
    assert metric["SignaturesBad"] == 1
    assert deliveries(app) == []
    problem = app.gateway.post(path, BODY, headers={**headers, "Accept": "application/problem+json"})
    assert problem.json()["status"] == 401
    assert webhook.webhook_id


def test_reported_only_it_is_taken_and_counted(app, capsys):
    _, path = signed_webhook(app, Signing("github", (SECRET,), required=False))
    assert app.gateway.post(path, BODY).status == 200
    assert metrics(capsys)[0]["SignaturesBad"] == 1
    assert len(app.events()) == 1


def test_a_wrong_key_is_refused_before_the_signature(app):
    _, path = signed_webhook(app)
    wrong = "/".join([*path.split("/")[:-2], "wrong", "events"])
    assert app.gateway.post(wrong, BODY, headers=github()).status == 403


def test_the_secret_is_changed_without_a_gap(app):
    webhook, path = signed_webhook(app)
    administration.set_signing(app.stores, webhook.webhook_id, Signing("github", ("new",)), keep_secrets=True)
    for secret in (SECRET, "new"):
        assert app.gateway.post(path, BODY, headers=github(secret=secret)).status == 200
    administration.set_signing(app.stores, webhook.webhook_id, Signing("github", ("new",)))
    assert app.gateway.post(path, BODY, headers=github()).status == 401
    administration.set_signing(app.stores, webhook.webhook_id, None)
    assert app.gateway.post(path, BODY).status == 200


def test_base64_bodies_are_checked_as_the_bytes_that_came(app):
    """API Gateway passes on binary bodies as base64; the signature covers the bytes."""
    _, path = signed_webhook(app)
    body = BODY.encode() + b"\xff"
    headers = {"X-Hub-Signature-256": "sha256=" + hmac.new(SECRET.encode(), body, "sha256").hexdigest()}
    assert app.gateway.post(path, body, headers=headers).status == 200


def test_standard_webhooks_sign_id_and_time(app, monkeypatch):
    from event_api.domain import times  # noqa: PLC0415

    key = b"k" * 24
    _, path = signed_webhook(app, Signing("standard-webhooks", ("whsec_" + base64.b64encode(key).decode(),)))
    seconds = int(times.now().timestamp())
    for second, status in ((seconds, 200), (seconds - 3600, 401)):
        signature = base64.b64encode(hmac.digest(key, f"msg-1.{second}.{BODY}".encode(), "sha256")).decode()
        headers = {"webhook-id": "msg-1", "webhook-timestamp": str(second), "webhook-signature": f"v1,{signature}"}
        assert app.gateway.post(path, BODY, headers=headers).status == status


@pytest.mark.parametrize("name", ["x-amz-sns-message-id", "x-github-delivery", "idempotency-key"])
def test_a_signed_request_is_the_same_delivery_whatever_is_added_to_it(app, name):
    """Of the ids that a request can have, the one that is signed counts."""
    from event_api.domain import times  # noqa: PLC0415

    key, seconds = b"k" * 24, int(times.now().timestamp())
    _, path = signed_webhook(app, Signing("standard-webhooks", ("whsec_" + base64.b64encode(key).decode(),)))
    signature = base64.b64encode(hmac.digest(key, f"msg-1.{seconds}.{BODY}".encode(), "sha256")).decode()
    signed = {"webhook-id": "msg-1", "webhook-timestamp": str(seconds), "webhook-signature": f"v1,{signature}"}
    answers = [app.gateway.post(path, BODY, headers=signed | more) for more in ({}, {name: "1"}, {name: "2"})]
    assert {answer.status for answer in answers} == {200}
    assert len({answer.headers["x-delivery-id"] for answer in answers}) == 1
    assert len(app.events()) == 1


def test_what_is_signed_is_what_is_read(app):
    """The signature of an empty body does not cover the form in the URL, which is read in its place."""
    _, path = signed_webhook(app)
    assert app.gateway.post(path, "", headers=github(body=""), query={"title": "forged"}).status == 401
    assert app.gateway.post(path, "", headers=github(body="title=signed"), query={"title": "signed"}).status == 200
    assert [event["title"] for event in app.events()] == ["signed"]


@pytest.fixture
def amazons_certificates(monkeypatch):
    root, issuer = (
        amazon.certificate("root", "root", authority=True),
        amazon.certificate("issuer", "root", authority=True),
    )
    pages = {
        amazon.CERTIFICATE_URL: amazon.pem(amazon.certificate("sns", "issuer")),
        amazon.ISSUER_URL: amazon.der(issuer),
    }
    monkeypatch.setattr(safe_fetch, "fetch", lambda url, _: pages[url])
    monkeypatch.setattr(sns_signatures, "_roots", lambda: Store([root]))
    monkeypatch.setattr(sns_signatures, "_keys", {})
    monkeypatch.setattr("event_api.domain.times.now", lambda: amazon.NOW)
    return pages


@pytest.mark.parametrize("version", ["1", "2"])
def test_sns_signs_with_a_certificate(app, amazons_certificates, version):
    _, path = signed_webhook(app, Signing("sns"))
    told = amazon.message(version=version)
    assert app.gateway.post(path, told).status == 200
    assert app.gateway.post(path, told | {"Message": "another"}).status == 401
    assert app.gateway.post(path, bodies.direct()).status == 401
    assert [event["title"] for event in app.events()] == ["Disk"]


def test_nothing_is_read_that_sns_does_not_sign(app, amazons_certificates):
    """A signed message with fields of another format added to it is still no more than the message."""
    _, path = signed_webhook(app, Signing("sns"))
    alert = {"status": "firing", "labels": {"alertname": "forged"}, "annotations": {}, "startsAt": "", "endsAt": ""}
    added = {"version": "4", "groupKey": "x", "receiver": "x", "status": "firing", "alerts": [alert]}
    for headers in ({}, {"X-GitHub-Event": "ping"}, {"CE-SpecVersion": "1.0", "CE-Type": "forged", "CE-Source": "x"}):
        assert app.gateway.post(path, amazon.message() | added | bodies.direct(), headers=headers).status == 200
    assert [event["title"] for event in app.events()] == ["Disk"]


def test_what_cannot_be_checked_now_is_to_be_sent_again(app, amazons_certificates, monkeypatch, capsys):
    def unreachable(url, seconds):
        raise safe_fetch.FetchError("no answer within 2 s")

    monkeypatch.setattr(safe_fetch, "fetch", unreachable)
    _, path = signed_webhook(app, Signing("sns"))
    assert app.gateway.post(path, amazon.message()).status == 503
    _, path = signed_webhook(app, Signing("sns", required=False))
    assert app.gateway.post(path, amazon.message()).status == 200
    assert [metric["SignaturesUnchecked"] for metric in metrics(capsys)] == [1, 1]


UNCHECKABLE = [
    (Signing("none", ("x",)), "scheme"),
    (Signing("github"), "secret"),
    (Signing("github", ("",)), "secret"),
    (Signing("github", ("x" * 1025,)), "secret"),
    (Signing("standard-webhooks", ("whsec_*",)), "secret"),
    (Signing("sns", ("x",)), "secret"),
    (Signing("github", ("x",), topics=("arn",)), "topics"),
    (Signing("github", ("x",), header="x-mine"), "header"),
    (Signing("sentry", ("x",), timestamp_header="x-mine"), "header"),
    (Signing("grafana", ("x",), window=0), "window"),
]


def test_what_cannot_be_checked_is_not_stored(app):
    webhook, _ = app.webhook()
    for signing, named in UNCHECKABLE:
        with pytest.raises(InvalidParameterError) as error:
            administration.set_signing(app.stores, webhook.webhook_id, signing)
        assert error.value.key == named
    assert app.stores.webhooks.get(webhook.webhook_id).signing is None


def test_secrets_of_another_scheme_are_not_kept(app):
    webhook, _ = signed_webhook(app)
    with pytest.raises(InvalidParameterError):
        administration.set_signing(app.stores, webhook.webhook_id, Signing("gitlab", ("x",)), keep_secrets=True)
    with pytest.raises(NotFoundError):
        administration.set_signing(app.stores, "webhook-0", Signing("gitlab", ("x",)))


def test_every_scheme_is_stored_and_read(app):
    webhook, _ = app.webhook()
    for name, scheme in SCHEMES.items():
        signing = Signing(name, ("a", "b") if scheme.has_shared_key else (), required=False, window=7)
        administration.set_signing(app.stores, webhook.webhook_id, signing)
        assert app.stores.webhooks.get(webhook.webhook_id).signing == signing


def test_of_two_changes_at_once_neither_is_lost(app):
    webhook, _ = signed_webhook(app)
    seen = app.stores.webhooks.get(webhook.webhook_id)
    administration.set_signing(app.stores, webhook.webhook_id, Signing("github", ("b",)), keep_secrets=True)
    assert not app.stores.webhooks.change(seen, seen)
    assert app.stores.webhooks.get(webhook.webhook_id).signing.secrets == ("b", SECRET)
