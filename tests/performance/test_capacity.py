"""What each request consumes, on an engine whose figures are exact. The budgets are the table in docs/adr/0001."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from event_api import ids, times
from event_api.model import Delivery
from event_api.raw import Body
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT

pytestmark = pytest.mark.engine


@pytest.fixture
def engine():
    return "dynoxide"


def consumed(app, action):
    """Write and read units of an action."""
    app.meter.reset()
    action()
    return app.meter.write, app.meter.read


def post(app, path, body):
    response = app.gateway.post(path, body)
    assert response.status == 200, response.text


def test_create(app):
    _, path = app.webhook()
    assert consumed(app, lambda: post(app, path, bodies.SEED_LIKE)) == (8, 1.5)
    assert consumed(app, lambda: post(app, path, bodies.SEED_LIKE)) == (7, 1.5)
    assert consumed(app, lambda: post(app, path, {**bodies.SEED_LIKE, "event_type": "RECOVERY"})) == (8, 2.5)


def test_create_from_a_repeated_delivery(app):
    _, path = app.webhook()
    headers = {"Idempotency-Key": "one"}
    app.gateway.post(path, bodies.direct(), headers=headers)
    # The write whose condition fails costs 1 as well, which no engine and not even AWS reports.
    assert consumed(app, lambda: app.gateway.post(path, bodies.direct(), headers=headers)) == (0, 1.5)


def test_create_from_a_group_of_100(app):
    _, path = app.webhook()
    write, read = consumed(app, lambda: post(app, path, bodies.alertmanager(*(bodies.alert(n) for n in range(100)))))
    assert write / 100 <= 6.1
    assert read / 100 <= 1.1


def test_get(app):
    _, path = app.webhook()
    post(app, path, bodies.SEED_LIKE)
    token = app.token()
    event_id = app.events(token)[0]["event_id"]
    write, read = consumed(app, lambda: app.gateway.get(f"/monitoring/v1/event/{event_id}", token=token))
    assert (write, read) == (0, 1.5)


@pytest.fixture
def ten_thousand(app):
    """10,000 events with 400 bytes of additional_info and raw bodies of 2 KB, written as create writes them."""
    start = times.now()
    info = {f"label_{n:02d}": "v" * 10 for n in range(16)}
    raw = Body.of({"filler": "r" * 2048})
    severities = ("CRITICAL", "ERROR", "WARNING", "INFO", "NONE")

    def store(number):
        at = start - timedelta(seconds=number)
        delivery_id = ids.delivery_id("webhook-1", str(number))
        event_id = ids.event_id(delivery_id, 0)
        app.stores.deliveries.add(
            Delivery(delivery_id, DOMAIN, PROJECT, "webhook-0123456789ab01234567890a", raw, {}, at, finished=True)
        )
        app.stores.events.add(
            {
                "event_id": event_id,
                "event_key": f"{number % 500:032x}",
                "event_type": "ALERT",
                "title": f"Latency of checkout-{number % 40:02d} is above 2 seconds",
                "description": "The 99th percentile has been above 2 s for 10 minutes.",
                "severity": severities[number % 5],
                "rule": "HighLatency",
                "resource": {
                    "resource_id": f"server-{number % 40:012x}",
                    "resource_type": "inventory.Server",
                    "name": f"checkout-{number % 40:02d}.example",
                },
                "provider": "aws",
                "account": "123456789012",
                "image_url": None,
                "additional_info": info,
                "alert_id": ids.alert_id(ids.alert_key(DOMAIN, PROJECT, f"{number % 500:032x}"), 1),
                "webhook_id": "webhook-0123456789ab01234567890a",
                "project_id": PROJECT,
                "domain_id": DOMAIN,
                "created_at": times.to_iso(at),
                "occurred_at": times.to_iso(at),
            },
            start,
        )

    assert len(json.dumps(info)) >= 400
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(store, range(10_000)))
    return app


def test_count_group_and_page_over_10_000_events(ten_thousand):
    app, token = ten_thousand, ten_thousand.token()
    group = {
        "group": {"keys": [{"key": "severity", "name": "severity"}], "fields": [{"name": "n", "operator": "count"}]}
    }

    def stat(query):
        response = app.gateway.stat(token, {"query": query})
        assert response.status == 200, response.text
        return response.json()["results"]

    answers = []
    _, read = consumed(app, lambda: answers.append(stat({"aggregate": [group]})))
    assert sum(row["n"] for row in answers[0]) == 10_000
    assert read <= 650
    _, read = consumed(app, lambda: answers.append(app.gateway.search(token, {"query": {"count_only": True}}).json()))
    assert answers[1] == {"results": [], "total_count": 10_000}
    assert read <= 650
    per_scan = read
    page = {"query": {"page": {"limit": 10}, "minimal": True}}
    _, read = consumed(app, lambda: answers.append(app.gateway.search(token, page).json()))
    assert len(answers[2]["results"]) == 10
    assert read <= per_scan + 10
    day = times.to_iso(times.now() - timedelta(seconds=100))
    recent = {"aggregate": [group], "filter": [{"key": "created_at", "value": day, "operator": "gt"}]}
    _, read = consumed(app, lambda: answers.append(stat(recent)))
    assert read <= per_scan / 80
