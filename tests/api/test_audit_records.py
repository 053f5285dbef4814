"""Audit records: one of each change, in the same transaction, without secrets."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from event_api.admin import administration
from event_api.aws.redrive_queue import QueuedDelivery
from event_api.domain import times
from event_api.domain.access import Actor, Scope
from event_api.domain.errors import UnavailableError
from event_api.domain.webhook import Signing, WebhookState
from event_api.store.audit import Journal
from event_api.store.table import ConditionFailedError
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT

SECRET = "a-secret-of-the-sender"


def records(app, scope=None, **period):
    return list(app.stores.audit.of_scope(scope or Scope(DOMAIN), times.now(), **period))


def actions(app, **options):
    return [record.action for record in records(app, **options)]


def test_every_change_of_a_webhook_is_recorded(app):
    webhook, _ = app.webhook()
    webhook_id = webhook.webhook_id
    administration.set_webhook_state(app.stores, webhook_id, WebhookState.DISABLED)
    administration.set_webhook_state(app.stores, webhook_id, WebhookState.ENABLED)
    administration.set_rate_limit(app.stores, webhook_id, 5)
    administration.set_format(app.stores, webhook_id, "direct")
    administration.set_signing(app.stores, webhook_id, Signing("github", (SECRET,)))
    administration.set_signing(app.stores, webhook_id, None)
    _, key = administration.rotate_access_key(app.stores, webhook_id, timedelta(hours=1))
    administration.delete_webhook(app.stores, webhook_id)
    found = records(app)
    assert [record.action for record in reversed(found)] == [
        "webhook.create",
        "webhook.disable",
        "webhook.enable",
        "webhook.update",
        "webhook.update",
        "webhook.sign",
        "webhook.unsign",
        "webhook.rotate",
        "webhook.delete",
    ]
    assert {(record.target_id, record.domain_id, record.projects) for record in found} == {
        (webhook_id, DOMAIN, frozenset({PROJECT}))
    }
    assert [record.details for record in found[4:7]] == [
        {"format": "direct"},
        {"rate_limit": 5},
        {"state": "ENABLED"},
    ]
    stored = app.dynamodb.scan(TableName="AuditTable")["Items"]
    for secret in (SECRET, key, *webhook.key_hashes):
        assert secret not in json.dumps(stored, default=repr)
        assert secret not in repr(found)


def test_every_change_of_a_token_is_recorded(app):
    token, credential = administration.create_token(app.stores, domain_id=DOMAIN, projects=[PROJECT], name="n")
    new, _, _ = administration.rotate_token(app.stores, token.token_id)
    administration.revoke_token(app.stores, new.token_id)
    found = records(app)
    assert [record.action for record in found] == ["token.revoke", "token.rotate", "token.create"]
    assert [record.target_id for record in found] == [new.token_id, token.token_id, token.token_id]
    assert found[1].details["rotated_to"] == new.token_id
    assert credential.partition(".")[2] not in json.dumps(app.dynamodb.scan(TableName="AuditTable"), default=repr)


def test_a_replay_is_recorded_for_each_delivery(app):
    _, path = app.webhook()
    delivery_id = app.gateway.post(path, bodies.direct()).headers["x-delivery-id"]
    queued = [QueuedDelivery(delivery_id, DOMAIN), QueuedDelivery("delivery-of-nobody", DOMAIN)]
    assert administration.replay(app.stores, app.queue, queued) == 1
    replayed, _ = records(app)
    assert (replayed.action, replayed.target_id) == ("delivery.replay", delivery_id)


def test_a_record_names_its_actor_and_its_request(app):
    stores = replace(app.stores, journal=Journal(app.stores.audit, Actor("token-1", "ci"), "request-1"))
    administration.create_token(stores, domain_id=DOMAIN)
    (record,) = records(app)
    assert (record.actor, record.request_id) == (Actor("token-1", "ci"), "request-1")


def test_a_change_that_fails_leaves_no_record(app):
    webhook, _ = app.webhook()
    seen = app.stores.webhooks.get_consistent(webhook.webhook_id)
    administration.set_rate_limit(app.stores, webhook.webhook_id, 5)
    entry = app.stores.journal.entry("webhook.update", webhook.webhook_id, DOMAIN, None)
    assert not app.stores.webhooks.recorded(entry).change(replace(seen, name="late"), seen)
    token, _ = administration.create_token(app.stores, domain_id=DOMAIN)
    with pytest.raises(ConditionFailedError):
        app.stores.tokens.recorded(entry).add(token)
    assert actions(app) == ["token.create", "webhook.update", "webhook.create"]


def test_a_record_that_cannot_be_written_prevents_the_change(app, monkeypatch):
    webhook, _ = app.webhook()
    monkeypatch.setattr(app.stores.audit._table, "_name", "NoSuchTable")
    with pytest.raises(Exception, match="ResourceNotFound"):
        administration.set_rate_limit(app.stores, webhook.webhook_id, 5)
    assert app.stores.webhooks.get_consistent(webhook.webhook_id).rate_limit is None


def test_a_change_that_always_loses_is_given_up(app, monkeypatch):
    webhook, _ = app.webhook()
    monkeypatch.setattr("event_api.store.webhooks.WebhookStore.change", lambda *_: False)
    with pytest.raises(UnavailableError):
        administration.set_rate_limit(app.stores, webhook.webhook_id, 5)
    assert actions(app) == ["webhook.create"]


def test_records_are_of_one_domain_and_of_the_callers_projects(app):
    app.webhook()
    app.webhook(project_id="other")
    app.webhook(domain_id="other-domain")
    administration.create_token(app.stores, domain_id=DOMAIN)
    administration.create_token(app.stores, domain_id=DOMAIN, projects=[PROJECT])
    assert len(records(app)) == 4
    assert [record.action for record in records(app, Scope(DOMAIN, frozenset({PROJECT})))] == [
        "token.create",
        "webhook.create",
    ]
    assert records(app, Scope(DOMAIN, frozenset())) == []
    assert len(records(app, Scope("other-domain"))) == 1


def test_records_are_read_by_time_and_expire(app, monkeypatch):
    noon = times.now()
    for minute in range(5):
        monkeypatch.setattr(times, "now", lambda minute=minute: noon + timedelta(minutes=minute))
        app.token(name=str(minute))

    def names(**options):
        return [one.details["name"] for one in app.stores.audit.of_scope(Scope(DOMAIN), noon, **options)]

    def at(minute):
        return times.to_iso(noon + timedelta(minutes=minute))

    assert names() == ["4", "3", "2", "1", "0"]
    assert names(descending=False, expected=1) == ["0", "1", "2", "3", "4"]
    assert names(since=at(1), until=at(3)) == ["3", "2", "1"]
    monkeypatch.setattr(times, "now", lambda: noon + timedelta(days=401))
    assert list(app.stores.audit.of_scope(Scope(DOMAIN), times.now())) == []


def test_records_of_one_instant_come_by_their_ids(app, monkeypatch):
    noon = times.now()
    monkeypatch.setattr(times, "now", lambda: noon)
    for _ in range(4):
        app.token()
    for descending in (True, False):
        found = [record.audit_id for record in records(app, descending=descending)]
        assert found == sorted(found)
