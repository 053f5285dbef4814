"""``eventctl restore``: lost items of a table come back from a copy, and existing items do not change."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from event_api.domain import times
from event_api.settings import settings
from event_api.store.restoration import HASH_KEYS
from tests.api.eventctl_runner import Eventctl
from tests.samples import bodies
from tests.service import DOMAIN


@pytest.fixture(params=["moto", pytest.param("dynoxide", marks=pytest.mark.engine)])
def engine(request):
    return request.param


@pytest.fixture
def eventctl(app, monkeypatch):
    return Eventctl.on(app, monkeypatch)


def items(app, table):
    return sorted(json.dumps(one, sort_keys=True, default=repr) for one in app.dynamodb.scan(TableName=table)["Items"])


@pytest.fixture
def copied(app):
    """Return a function that copies a table as DynamoDB restores it, and returns the copy's name."""

    def copy(table):
        name = f"copy-{uuid4().hex}"
        described = app.dynamodb.describe_table(TableName=table)["Table"]
        keys = {key["AttributeName"] for key in described["KeySchema"]}
        app.dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=described["KeySchema"],
            AttributeDefinitions=[one for one in described["AttributeDefinitions"] if one["AttributeName"] in keys],
        )
        for item in app.dynamodb.scan(TableName=table)["Items"]:
            app.dynamodb.put_item(TableName=name, Item=item)
        return name

    return copy


def fill(app):
    app.token()
    _, path = app.webhook()
    for number in range(3):
        app.gateway.post(path, bodies.direct(event_key=f"key-{number}"))
    app.gateway.post(path, bodies.alertmanager(bodies.alert(1), bodies.alert(2)))
    return path


@pytest.mark.parametrize("table", sorted(HASH_KEYS))
def test_every_table_is_restored_as_it_was(app, eventctl, copied, table):
    fill(app)
    name = getattr(settings().tables, table)
    before = items(app, name)
    copy = copied(name)
    eventctl.run("domain", "delete", DOMAIN, "--yes")
    assert items(app, name) == []
    answer = eventctl.json("restore", table, "--from", copy)
    assert (answer["restored"], answer["read"]) == (len(before), len(before))
    assert items(app, name) == before
    assert eventctl.json("restore", table, "--from", copy)["restored"] == 0


def test_what_has_changed_since_stays(app, eventctl, copied):
    webhook, _ = app.webhook()
    copy = copied(settings().tables.webhooks)
    eventctl.run("webhook", "disable", webhook.webhook_id)
    assert eventctl.json("restore", "webhooks", "--from", copy)["restored"] == 0
    assert app.stores.webhooks.get(webhook.webhook_id).state.value == "DISABLED"


def test_totals_count_events_that_came_back(app, eventctl, copied, monkeypatch):
    """Summaries were built while they were missing."""
    fill(app)
    name = settings().tables.events
    copy = copied(name)
    _kept, *lost = app.dynamodb.scan(TableName=name)["Items"]
    for item in lost:
        app.dynamodb.delete_item(TableName=name, Key={key: item[key] for key in ("e", "d")})
    now = times.now() + timedelta(days=2)
    monkeypatch.setattr(times, "now", lambda: now)
    app.summarize(now)

    def total():
        answer = app.gateway.search(app.token(), {"query": {"page": {"limit": 1}}})
        return answer.json()["total_count"]

    assert total() == 1
    eventctl.json("restore", "events", "--from", copy)
    assert total() == 1 + len(lost)
    app.summarize(now)
    assert total() == 1 + len(lost)


def test_a_copy_that_does_not_exist_is_one_line(eventctl, engine):
    if engine != "moto":
        pytest.skip("the command has a client of botocore's")
    refused = eventctl.run("restore", "events", "--from", "no-such-table")
    assert refused.exit_code == 1
    assert len(refused.stderr.strip().splitlines()) == 1
