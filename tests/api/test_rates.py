"""Rate limits of webhooks, through the template's routes: a delivery over the limit is refused and not stored."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from event_api import composition
from event_api.admin import administration
from event_api.aws import clients
from event_api.settings import settings
from tests import service
from tests.samples import bodies
from tests.service import metadata

NOW = time.time() // 60 * 60 + 15
"""A quarter of a minute into this one: no test runs from one window into the next."""


def new_process(now=NOW):
    """Forget this process's knowledge of webhooks."""
    composition.rates.cache_clear()
    rates = composition.rates()
    rates._clock, rates._chance = (lambda: now), (lambda: 0.0)


@pytest.fixture
def app(on_engine):
    new_process()
    return on_engine


def statuses(app, path, deliveries):
    return [app.gateway.post(path, bodies.direct()).status for _ in range(deliveries)]


def shared_counts(app):
    items = app.dynamodb.scan(TableName=settings().rates_table)["Items"]
    return {item["webhook_id"]["S"]: int(item["deliveries"]["N"]) for item in items}


def test_over_its_limit_a_webhook_is_answered_503_and_nothing_is_stored(app, capsys):
    webhook, path = app.webhook(rate_limit=3)
    _, another = app.webhook(rate_limit=3)
    assert statuses(app, path, 3) == [200] * 3
    capsys.readouterr()
    refused = app.gateway.post(path, bodies.direct(title="too much"))
    assert (refused.status, refused.json()["detail"]["code"]) == (503, "ERROR_UNAVAILABLE")
    assert refused.headers["Retry-After"] == "45"
    assert "3 deliveries a minute" in refused.json()["detail"]["message"]
    (metric,) = [line for line in map(json.loads, capsys.readouterr().out.splitlines()) if "_aws" in line]
    assert (metric["DeliveriesShed"], metric["webhook_id"]) == (1, webhook.webhook_id)
    assert statuses(app, another, 3) == [200] * 3
    assert len(app.events()) == 6
    assert not app.dynamodb.scan(TableName=settings().tables.deliveries)["Items"]


def test_after_the_minute_it_takes_deliveries_again(app):
    _, path = app.webhook(rate_limit=1)
    assert statuses(app, path, 2) == [200, 503]
    composition.rates()._clock = lambda: NOW + 45
    assert statuses(app, path, 2) == [200, 503]


def test_processes_share_the_count(app):
    webhook, path = app.webhook(rate_limit=4)
    assert statuses(app, path, 3) == [200] * 3
    new_process()
    assert statuses(app, path, 2) == [200, 503]
    new_process()
    assert statuses(app, path, 1) == [503]
    assert shared_counts(app) == {webhook.webhook_id: 6}


def test_counts_expire(app):
    _, path = app.webhook(rate_limit=1)
    statuses(app, path, 1)
    (item,) = app.dynamodb.scan(TableName=settings().rates_table)["Items"]
    assert NOW + 60 < int(item["expires_at"]["N"]) <= NOW + 2 * 3600


# --- what does not depend on the engine -------------------------------------------------------------------------------

only_moto = pytest.mark.parametrize("engine", ["moto"])


@only_moto
def test_the_limit_is_the_webhooks_or_else_the_deployments(app, monkeypatch):
    (_, without), (unlimited, off), (own, two) = (app.webhook(), app.webhook(rate_limit=0), app.webhook(rate_limit=2))
    assert [statuses(app, path, 4) for path in (without, off, two)] == [[200] * 4, [200] * 4, [200, 200, 503, 503]]
    monkeypatch.setenv("WEBHOOK_RATE_LIMIT", "1")
    settings.cache_clear()
    assert [statuses(app, path, 2) for path in (without, off)] == [[200, 503], [200] * 2]
    administration.set_rate_limit(app.stores, unlimited.webhook_id, None)
    administration.set_rate_limit(app.stores, own.webhook_id, 0)
    assert [statuses(app, path, 2) for path in (off, two)] == [[200, 503], [200] * 2]


@only_moto
def test_who_is_not_let_in_is_not_counted(app):
    _, path = app.webhook(rate_limit=1)
    for wrong in (path.replace("/events", "x/events"), "/monitoring/v1/webhook/webhook-unknown/key/events"):
        assert statuses(app, wrong, 3) == [403] * 3
    assert shared_counts(app) == {}
    assert statuses(app, path, 1) == [200]


REFUSED = ClientError(
    {"Error": {"Code": "AccessDeniedException", "Message": "x"}, "ResponseMetadata": metadata(400)}, "UpdateItem"
)


@only_moto
@pytest.mark.parametrize("fault", [REFUSED, ReadTimeoutError(endpoint_url="x"), RuntimeError("a defect")])
def test_an_uncounted_sender_is_let_in(app, monkeypatch, fault):
    tries = []

    def fail(**_):
        tries.append(1)
        raise fault

    monkeypatch.setattr(clients.fail_fast_dynamodb(), "update_item", fail)
    _, path = app.webhook(rate_limit=2)
    assert statuses(app, path, 5) == [200] * 5
    assert len(tries) == 1


@only_moto
def test_counting_never_keeps_a_sender_waiting(app):
    config: Any = clients.fail_fast_dynamodb().meta.config  # botocore does not type its options
    assert config.connect_timeout + config.read_timeout < 1
    assert config.retries["total_max_attempts"] == 1


@only_moto
def test_a_webhook_without_a_limit_opens_no_limiter(app, monkeypatch):
    monkeypatch.setattr(composition, "rates", lambda: pytest.fail("opened"))
    assert statuses(app, app.webhook()[1], 1) == [200]


@only_moto
def test_no_limit_is_the_default(app):
    assert service.ENVIRONMENT["WEBHOOK_RATE_LIMIT"] == "0"
    assert settings().webhook_rate_limit == 0
