"""Nothing that the service writes while it works holds a secret: whatever is posted, asked, refused or broken."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from event_api import administration, observe, wiring
from event_api.errors import UnavailableError
from tests.samples import bodies


@pytest.fixture
def engine():
    return "moto"


@pytest.fixture
def fresh_logger(monkeypatch, capfd):
    """A logger of this test's own: one made earlier writes to where an earlier test's output went."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test-of-secrets")
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "DEBUG")
    observe.logger.cache_clear()
    yield "test-of-secrets"
    observe.logger.cache_clear()


def test_no_access_key_token_or_body_is_logged(app, fresh_logger, capfd, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG, logger=fresh_logger)
    webhook, path = app.webhook()
    token = app.token()
    key = path.split("/")[-2]
    bodies_secret = "hunter2-of-the-sender"
    body = bodies.direct(description=bodies_secret, additional_info={"password": bodies_secret})
    capfd.readouterr()
    caplog.clear()  # what the operator's own side does on moto is not the service's log

    def fail(*_arguments, **_options):
        raise RuntimeError(f"a library that quotes {key} and {token} and {bodies_secret}")

    answers = [
        app.gateway.post(path, body),
        app.gateway.post(path, f"{{{bodies_secret}"),
        app.gateway.post(path.replace("/events", "x/events"), body),
        app.gateway.post(path.rsplit("/", 2)[0] + "/events", body, headers={"Authorization": f"Bearer {key}"}),
        app.gateway.search(token, {}),
        app.gateway.search(token, {"nonsense": bodies_secret}),
        app.gateway.search(token + "x", {}),
        app.gateway.stat(token, {"query": {"distinct": bodies_secret}}),
    ]
    for broken in ("webhooks", "event_reader", "ingest"):
        with monkeypatch.context() as patch:
            patch.setattr(wiring, broken, fail)
            answers += [app.gateway.post(path, body), app.gateway.search(token, {})]
    with monkeypatch.context() as patch:
        patch.setattr(type(app.stores.events), "add", fail)
        answers.append(app.gateway.post(path, body))
    assert {answer.status for answer in answers} >= {200, 400, 403, 500}

    written = "".join(capfd.readouterr()) + "".join(
        record.getMessage() + repr(record.__dict__) for record in caplog.records if record.name == fresh_logger
    )
    assert "refused" in written
    assert "failed" in written
    for secret in (key, token, token.partition(".")[2], bodies_secret, webhook.key_hashes[0]):
        assert secret not in written
    for answer in answers:
        assert key not in answer.text + repr(answer.headers)
        assert token not in answer.text


def test_no_repr_holds_a_secret(app):
    webhook, key = administration.create_webhook(app.stores, domain_id="d", project_id="p", name="n")
    rotated, _ = administration.rotate_access_key(app.stores, webhook.webhook_id, timedelta(hours=1))
    token, credential = administration.create_token(app.stores, domain_id="d")
    shown = (
        repr(webhook)
        + repr(rotated)
        + repr(token)
        + repr(app.stores.webhooks.get(webhook.webhook_id))
        + repr(UnavailableError("x"))
    )
    assert key not in shown
    assert webhook.key_hashes[0] == rotated.old_keys[0].key_hash
    assert webhook.key_hashes[0] not in shown
    assert rotated.key_hashes[0] not in shown
    assert credential.partition(".")[2] not in shown
    assert token.secret_hash not in shown
