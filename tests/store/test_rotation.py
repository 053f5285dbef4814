"""Keys, tokens and settings that are changed by several at the same time: none is lost, none has two heirs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from event_api.admin import administration
from event_api.admin.webhooks import change_webhook
from event_api.auth.webhooks import authenticate_webhook
from event_api.domain import times
from event_api.domain.access import Scope
from event_api.domain.errors import InvalidParameterError, PermissionDeniedError, UnavailableError
from event_api.domain.webhook import WebhookState
from event_api.settings import settings
from event_api.store.webhooks import WebhookStore
from tests.service import DOMAIN, PROJECT

HOUR = timedelta(hours=1)


@pytest.fixture
def webhook(app):
    made, key = administration.create_webhook(app.stores, domain_id=DOMAIN, project_id=PROJECT, name="n")
    return made, key


def lets_in(app, webhook_id, key):
    try:
        authenticate_webhook(app.stores.webhooks, webhook_id, key, times.now())
    except PermissionDeniedError:
        return False
    return True


def test_a_rotation_that_meets_another_begins_anew(app, webhook, monkeypatch):
    made, first = webhook
    others: list[str] = []
    set_keys = WebhookStore.set_keys

    def slow(store, changed, seen):
        if not others:
            others.append("")  # the other rotation comes here too
            others[0] = administration.rotate_access_key(app.stores, made.webhook_id, HOUR)[1]
        return set_keys(store, changed, seen)

    monkeypatch.setattr(WebhookStore, "set_keys", slow)
    rotated, last = administration.rotate_access_key(app.stores, made.webhook_id, HOUR)
    assert all(lets_in(app, made.webhook_id, key) for key in (first, *others, last))
    stored = app.stores.webhooks.get(made.webhook_id)
    assert stored.key_hashes == rotated.key_hashes
    assert set(stored.old_keys) == set(rotated.old_keys)
    assert len(rotated.old_keys) == 2


@pytest.mark.parametrize("engine", [pytest.param("dynoxide", marks=pytest.mark.engine)])
def test_of_many_rotations_at_once_every_key_is_valid(app, webhook):
    made, first = webhook

    def rotate(_):
        with suppress(UnavailableError):
            return administration.rotate_access_key(app.stores, made.webhook_id, HOUR)[1]

    with ThreadPoolExecutor(8) as threads:
        keys = [key for key in threads.map(rotate, range(8)) if key is not None]
    assert keys
    assert all(lets_in(app, made.webhook_id, key) for key in (first, *keys))
    assert len(app.stores.webhooks.get(made.webhook_id).old_keys) == len(keys)


@pytest.mark.parametrize("engine", [pytest.param("dynoxide", marks=pytest.mark.engine)])
def test_of_many_changes_at_once_each_has_its_effect_and_its_record(app, webhook):
    made, _ = webhook
    changes: list[dict[str, Any]] = [
        {"name": "another"},
        {"rate_limit": 5},
        {"duplicate_event_time": 60},
        {"tags": {"a": 1}},
        {"format": "direct"},
        {"state": WebhookState.DISABLED},
    ]

    def change(values):
        while True:
            with suppress(UnavailableError):
                return change_webhook(app.stores, made.webhook_id, "update", lambda seen: replace(seen, **values))

    with ThreadPoolExecutor(len(changes)) as threads:
        list(threads.map(change, changes))
    stored = app.stores.webhooks.get_consistent(made.webhook_id)
    assert all(getattr(stored, name) == value for values in changes for name, value in values.items())
    recorded = [record.details for record in app.stores.audit.of_scope(Scope(DOMAIN), times.now())]
    assert sum(len(details) == 1 for details in recorded) == len(changes)


def test_a_rotation_that_never_meets_what_it_read_says_so(app, webhook, monkeypatch):
    made, key = webhook
    monkeypatch.setattr(WebhookStore, "set_keys", lambda *_, **__: False)
    with pytest.raises(UnavailableError, match="at the same time"):
        administration.rotate_access_key(app.stores, made.webhook_id)
    assert lets_in(app, made.webhook_id, key)


def test_a_webhook_that_an_earlier_version_stored_is_read_and_rotated(app, webhook):
    made, key = webhook
    table = settings().tables.webhooks
    stored = app.dynamodb.get_item(TableName=table, Key={"webhook_id": {"S": made.webhook_id}})["Item"]
    assert stored["key_hashes"] == {"L": [{"S": made.key_hashes[0]}]}
    assert "old_keys" not in stored
    assert "rate_limit" not in stored
    _, new = administration.rotate_access_key(app.stores, made.webhook_id, HOUR)
    assert lets_in(app, made.webhook_id, key)
    administration.rotate_access_key(app.stores, made.webhook_id)
    assert not lets_in(app, made.webhook_id, key)
    assert not lets_in(app, made.webhook_id, new)
    stored = app.dynamodb.get_item(TableName=table, Key={"webhook_id": {"S": made.webhook_id}})["Item"]
    assert "old_keys" not in stored


@pytest.mark.parametrize("change", ["rotate", "revoke"])
def test_a_token_that_changes_while_it_is_rotated_gets_no_second_heir(app, monkeypatch, change):
    old, _ = administration.create_token(app.stores, domain_id=DOMAIN)
    if change == "rotate":
        administration.rotate_token(app.stores, old.token_id, HOUR)
    else:
        administration.revoke_token(app.stores, old.token_id)
    before = sorted(app.stores.tokens.of_domain(DOMAIN), key=lambda token: token.token_id)
    with pytest.raises(InvalidParameterError):
        administration.rotate_token(app.stores, old.token_id, HOUR)
    monkeypatch.setattr(type(app.stores.tokens), "get_consistent", lambda *_: old)
    with pytest.raises(UnavailableError, match="at the same time"):
        administration.rotate_token(app.stores, old.token_id, HOUR)
    assert sorted(app.stores.tokens.of_domain(DOMAIN), key=lambda token: token.token_id) == before
