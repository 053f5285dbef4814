"""The consumed capacity of each request, on an engine whose figures are exact.

The budgets are the table in docs/adr/0001.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from event_api import composition
from event_api.admin import webhooks
from event_api.aws import clients
from event_api.domain import ids, times
from event_api.domain.access import Role
from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from event_api.ingest.rates import share_of
from tests.performance.reading_samples import store_deliveries, store_events
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


NAMED = {"Idempotency-Key": "another"}
ALERTS = "/monitoring/v1/alerts"
_TOKEN = 0.5
_WEBHOOK = "GetItem"


def test_create(app):
    """An event that fits 1 KB with its raw body: a unit in the table and in each index; the rest is its alert's."""
    _, path = app.webhook()
    recovery = {**bodies.SEED_LIKE, "event_type": "RECOVERY"}
    # It is not in its alert's index, and the alert is only in that of open ones. One unit is the note of the domain's
    # day, which a process makes once.
    assert consumed(app, lambda: post(app, path, bodies.SEED_LIKE)) == (5 + 1, 1.5)
    assert app.meter.calls == [_WEBHOOK, "Query", "PutItem", "UpdateItem", "PutItem"]
    assert consumed(app, lambda: post(app, path, bodies.SEED_LIKE)) == (5, 1.5)
    assert app.meter.calls == [_WEBHOOK, "Query", "UpdateItem", "PutItem"]
    # It is not in its alert's index either, and the alert moves from one index to another.
    assert consumed(app, lambda: post(app, path, recovery)) == (6, 2.5)
    assert app.meter.calls == [_WEBHOOK, "Query", "Query", "UpdateItem", "PutItem"]
    # The same alert again: one unit is the note that its key has a later one.
    assert consumed(app, lambda: post(app, path, bodies.SEED_LIKE)) == (5 + 1, 1.5)
    assert app.meter.calls == [_WEBHOOK, "Query", "PutItem", "PutItem", "PutItem"]
    post(app, path, recovery)
    # Of nothing: noted, and noted again in the same place.
    assert consumed(app, lambda: post(app, path, recovery)) == (4 + 1, 1.5)
    assert consumed(app, lambda: post(app, path, recovery)) == (4, 1.5)
    assert consumed(app, lambda: post(app, path, bodies.SEED_LIKE)) == (5, 1.5)
    assert app.meter.calls == [_WEBHOOK, "Query", "PutItem", "PutItem"]


def test_create_from_a_delivery_with_its_senders_id(app):
    _, path = app.webhook()
    post(app, path, bodies.SEED_LIKE)
    assert consumed(app, lambda: app.gateway.post(path, bodies.SEED_LIKE, headers=NAMED)) == (5, 3.5)
    assert app.meter.calls == [_WEBHOOK, "BatchGetItem", "Query", "UpdateItem", "PutItem"]


def test_a_sweep_costs_the_same_however_many_deliveries_are_finished(app):
    _, path = app.webhook()
    for _ in range(3):
        assert consumed(app, app.sweep) == (0, 16)
        post(app, path, bodies.alertmanager(*(bodies.alert(n) for n in range(50))))


def test_create_with_a_rate_limit(app):
    """A write for each share of the limit, and no write for a refused delivery."""
    composition.rates()._clock = lambda: 0.0  # no minute ends in between
    _, path = app.webhook(rate_limit=200)
    post(app, path, bodies.SEED_LIKE)
    assert consumed(app, lambda: post(app, path, bodies.SEED_LIKE)) == (5, 1.5)
    app.meter.attach(clients.fail_fast_dynamodb())
    assert share_of(200) == 10
    for _ in range(7):
        post(app, path, bodies.SEED_LIKE)
    assert consumed(app, lambda: post(app, path, bodies.SEED_LIKE)) == (6, 1.5)
    _, shed = app.webhook(rate_limit=1)
    post(app, shed, bodies.SEED_LIKE)
    app.gateway.post(shed, bodies.SEED_LIKE)
    assert consumed(app, lambda: app.gateway.post(shed, bodies.SEED_LIKE)) == (0, 0.5)


def test_create_from_a_repeated_delivery(app):
    _, path = app.webhook()
    headers = {"Idempotency-Key": "one"}
    app.gateway.post(path, bodies.direct(), headers=headers)
    # The write whose condition fails costs 1 as well, which no engine and not even AWS reports.
    assert consumed(app, lambda: app.gateway.post(path, bodies.direct(), headers=headers)) == (0, 2.5)


def test_create_from_a_group_of_100(app):
    _, path = app.webhook()

    def group(status="firing"):
        body = bodies.alertmanager(*(bodies.alert(n, status) for n in range(100)))
        return consumed(app, lambda: post(app, path, body))

    # 5 an event; the delivery with its body 3, its mark 1, and 3 + 1 when it is finished; the note of the day.
    assert group() == (500 + 8 + 1, 100.5)
    assert len(app.meter.calls) == 111
    # The alerts are joined.
    assert group() == (500 + 8, 100.5)
    assert len(app.meter.calls) == 110
    write, _ = group("resolved")
    assert write <= 610
    assert len(app.meter.calls) <= 220


def test_an_alert_that_is_numbered(app):
    _, path = app.webhook()
    post(app, path, bodies.SEED_LIKE)
    webhooks.number_alerts(app.stores, DOMAIN, on=True)
    assert consumed(app, lambda: post(app, path, {**bodies.SEED_LIKE, "event_key": "another"})) == (5 + 1, 1.5)
    assert consumed(app, lambda: post(app, path, {**bodies.SEED_LIKE, "event_key": "another"})) == (5, 1.5)


def test_alerts_that_people_change(app):
    """A transaction costs twice: the alert and its indexes, the entry of its history, the audit record."""
    _, path = app.webhook()
    post(app, path, bodies.SEED_LIKE)
    token = app.token(role=Role.RESPONDER)
    alert_id = app.gateway.post(f"{ALERTS}/search", {}, token=token).json()["results"][0]["alert_id"]
    place = f"/monitoring/v1/alert/{alert_id}"

    def ask(method, path, body=None, **options):
        def send():
            response = app.gateway.request(method, path, body, token=token, **options)
            assert response.status == 200, response.text

        write, read = consumed(app, send)
        return write, read - _TOKEN

    # Found before and after, in the latest state, and the event that opened it.
    changed = 1 + 1 + 0.5
    assert ask("PUT", place, {"state": "ACKNOWLEDGED"}) == (6, changed)
    assert ask("PUT", place, {"state": "ACKNOWLEDGED"}) == (0, changed)
    assert ask("POST", f"{place}/snooze", {"end_time": "2999-01-01T00:00:00Z"}) == (6, changed)
    assert ask("POST", f"{place}/responders", {"resource_type": "user", "resource_id": "kim"}) == (6, changed)
    # An alert that people changed is joined at the same price.
    assert consumed(app, lambda: post(app, path, bodies.SEED_LIKE)) == (5, 1.5)
    # It leaves one index, and changes in the other.
    assert ask("PUT", place, {"state": "RESOLVED"}) == (8, changed)
    assert ask("PUT", place, {"state": "TRIGGERED"}) == (8, changed + 1)
    assert ask("GET", place) == (0, 1 + 0.5)
    assert ask("GET", place, query={"only": "title"}) == (0, 1)
    # The alert; its history; the alert, its other events and those that it names.
    assert ask("GET", f"{place}/history") == (0, 1 + 1 + 0.5 + 0.5 + 0.5)
    # An alert of a person has no event; whether it has a number is looked up.
    assert ask("POST", ALERTS, {"title": "slow", "project_id": PROJECT}) == (7, 1.5)
    assert ask("DELETE", place)[0] == 8


def test_open_alerts_cost_what_is_open(app):
    _, path = app.webhook()
    token = app.token(role=Role.READER)

    def fire(key, event_type="ALERT"):
        post(app, path, {**bodies.SEED_LIKE, "event_key": key, "event_type": event_type})

    def read(**request):
        def send():
            response = app.gateway.post(f"{ALERTS}/search", request, token=token)
            assert response.status == 200, response.text

        return consumed(app, send)[1] - _TOKEN

    for number in range(10):
        fire(f"open-{number}")
    unresolved = {"query": {"filter": [{"k": "state", "v": "RESOLVED", "o": "not"}], "only": ["title"]}}
    before = read(**unresolved)
    # The index, and the alerts.
    assert before == 0.5 + 10 * 0.5
    every = read(query={"only": ["title"]})
    for number in range(50):
        fire(f"closed-{number}")
        fire(f"closed-{number}", "RECOVERY")
    assert read(**unresolved) == before
    assert read(**unresolved, project_id=PROJECT) == before
    assert read(**unresolved, project_id="another") == 0.5
    # The events that opened those that are shown.
    unresolved["query"] |= {"only": ["rule"], "page": {"limit": 4}, "count": False}
    assert read(**unresolved) == 0.5 + 5 * 0.5 + 4 * 0.5
    assert read(query={"only": ["title"]}) >= every + 50 * 0.5
    assert read(query={"only": ["title"], "page": {"limit": 5}, "count": False}) <= 0.5 + 0.5 + 6 * 0.5


def test_managing(app):
    """A change costs its item, twice as every transaction does, its place in the index by domain, and its record."""
    token = app.token(role=Role.ADMIN)
    v1 = "/monitoring/v1"

    def ask(method, path, body=None, **options):
        answers = []
        units = consumed(
            app,
            lambda: answers.append(app.gateway.request(method, f"{v1}/{path}", body, token=token, **options)),
        )
        assert answers[0].status == 200, answers[0].text
        write, read = units
        return answers[0].json(), (write, read - _TOKEN)

    made, units = ask("POST", "webhooks", {"name": "n", "project_id": PROJECT})
    one = f"webhook/{made['webhook_id']}"
    found = {
        "create a webhook": units,
        "update": ask("PUT", one, {"name": "m"})[1],
        "rotate": ask("POST", f"{one}/rotate")[1],
        "get": ask("GET", one)[1],
        "list": ask("GET", "webhooks")[1],
        "delete": ask("DELETE", one)[1],
        "create a token": ask("POST", "tokens", {"name": "n"})[1],
        "list tokens": ask("GET", "tokens")[1],
        "audit": ask("GET", "audit", query={"query": '{"page": {"limit": 5}, "count": false}'})[1],
        "deliveries": ask("GET", "deliveries")[1],
    }
    assert found == {
        "create a webhook": (2 + 1 + 2, 0.5),
        "update": (5, 1),
        "rotate": (5, 1),
        "get": (0, 0.5),
        "list": (0, 0.5),
        "delete": (5, 1),
        "create a token": (5, 1),
        "list tokens": (0, 0.5),
        "audit": (0, 1),
        "deliveries": (0, 32 * 0.5 + 0.5),  # each shard of the index of unfinished ones, and the events
    }


def test_get(app):
    _, path = app.webhook()
    post(app, path, bodies.SEED_LIKE)
    token = app.token()
    event_id = app.events(token)[0]["event_id"]
    write, read = consumed(app, lambda: app.gateway.get(f"/monitoring/v1/event/{event_id}", token=token))
    # Half a unit each for the token and for the event with its raw body.
    assert (write, read) == (0, 1)


def test_a_page_of_whole_events(app):
    _, path = app.webhook()
    for _ in range(20):
        post(app, path, bodies.SEED_LIKE)
    token = app.token()
    _, read = consumed(app, lambda: app.events(token, page={"limit": 10}, count=False))
    assert read <= 7


SMALL_DOMAIN = "domain-000000000001"
"""Has 1,000 events, in addition to the 10,000 of DOMAIN."""
_INFO = {f"label_{n:02d}": "v" * 10 for n in range(16)}
_SEVERITIES = ("CRITICAL", "ERROR", "WARNING", "INFO", "NONE")


def load(app, domain_id, number_of_events):
    """Events, one a second until now, with 400 bytes of additional_info and raw bodies of 2 KB."""
    assert len(json.dumps(_INFO)) >= 400
    start = times.now()
    raw = Body.of({"filler": "r" * 2048})
    deliveries, events = [], []
    for number in range(number_of_events):
        at = start - timedelta(seconds=number)
        delivery_id = ids.delivery_id(f"webhook-of-{domain_id}", str(number))
        webhook_id = "webhook-0123456789ab01234567890a"
        deliveries.append(Delivery(delivery_id, domain_id, PROJECT, webhook_id, raw, {}, at, finished=True))
        events.append(
            {
                "event_id": ids.event_id(delivery_id, 0),
                "event_key": f"{number % 500:032x}",
                "event_type": "ALERT",
                "title": f"Latency of checkout-{number % 40:02d} is above 2 seconds",
                "description": "The 99th percentile has been above 2 s for 10 minutes.",
                "severity": _SEVERITIES[number % 5],
                "rule": "HighLatency",
                "resource": {
                    "resource_id": f"server-{number % 40:012x}",
                    "resource_type": "inventory.Server",
                    "name": f"checkout-{number % 40:02d}.example",
                },
                "provider": "aws",
                "account": "123456789012",
                "image_url": None,
                "additional_info": _INFO,
                "alert_id": ids.alert_id(ids.alert_key(domain_id, PROJECT, f"{number % 500:032x}"), 1),
                "webhook_id": webhook_id,
                "project_id": PROJECT,
                "domain_id": domain_id,
                "created_at": times.to_iso(at),
                "occurred_at": times.to_iso(at),
            }
        )
    store_deliveries(app, deliveries)
    store_events(app, events, start)


@pytest.fixture
def ten_thousand(app):
    load(app, DOMAIN, 10_000)
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


# --- pages ------------------------------------------------------------------------------------------------------------

BY_TITLE = [{"key": "title", "value": "Latency of checkout-07 is above 2 seconds", "operator": "eq"}]
UNCOUNTED = {"count": False, "page": {"limit": 10}}


class Reader:
    """Lists a domain's events, and reports the consumed capacity of each response."""

    def __init__(self, app, domain_id):
        self._app = app
        self._token = app.token(domain_id=domain_id)
        self.units = 0.0
        self.calls = []

    def list(self, **query):
        self._app.meter.reset()
        response = self._app.gateway.search(self._token, {"query": query})
        assert response.status == 200, response.text
        # But for the token of the reader, which every request costs.
        self.calls = [call for call in self._app.meter.calls if call != "GetItem"]
        answer = response.json()
        self.units = self._app.meter.read - 0.5
        return answer

    def page_behind(self, number, **query):
        """A page of 10 by token, after ``behind`` results."""
        token = self.list(**query, count=False, only=["event_id"], page={"limit": number})["next_token"]
        return self.list(**query, count=False, only=["event_id"], page={"limit": 10, "token": token})


def test_what_pages_cost(ten_thousand):
    """In one test, because loading the events takes longer than all the rest."""
    app = ten_thousand
    load(app, SMALL_DOMAIN, 1_000)
    small, large = Reader(app, SMALL_DOMAIN), Reader(app, DOMAIN)

    pages_cost_the_same_however_many_there_are(small, large)
    totals_cost_what_counting_costs(large)
    a_range_of_time_costs_its_share(large)
    only_what_is_shown_is_read(large)


def pages_cost_the_same_however_many_there_are(small, large):
    whole = []
    for reader in (small, large):
        results = reader.list(**UNCOUNTED)["results"]
        assert all({"raw_data", "additional_info", "title"} <= event.keys() for event in results)
        whole.append((reader.units, reader.calls))
    assert whole[0] == whole[1]
    # 10 rows of the index, 10 items of 1 KB, 10 deliveries of less.
    assert whole[0][0] <= 1.5 + 10 * 0.5 + 10 * 0.5

    by_token = []
    for reader, depth in ((small, 10), (small, 500), (large, 10), (large, 500), (large, 5_000), (large, 9_980)):
        assert len(reader.page_behind(depth)["results"]) == 10
        by_token.append((reader.units, reader.calls))
    assert all(page == by_token[0] for page in by_token)
    assert by_token[0][0] <= 1.5

    by_start = []
    for start in (1, 501, 5_001):
        large.list(count=False, only=["event_id"], page={"limit": 10, "start": start})
        by_start.append(large.units)
    assert by_start == sorted(set(by_start))
    assert by_start[0] <= by_token[0][0]
    assert by_start[2] > 100 * by_token[0][0]


def totals_cost_what_counting_costs(large):
    # With a filter, looking for the page's rows reads some more than it takes, and they are counted with the rest.
    for query, more in (({}, 2), ({"filter": BY_TITLE}, 100)):
        counted = large.list(**query, count_only=True)["total_count"]
        most = large.units + more
        token = large.list(**query, **UNCOUNTED, only=["event_id"])["next_token"]
        for place in ({}, {"start": 101}, {"token": token}):
            answer = large.list(**query, only=["event_id"], page={"limit": 10, **place})
            assert (answer["total_count"], len(answer["results"])) == (counted, 10)
            assert large.units <= most, (query, place)


def a_range_of_time_costs_its_share(large):
    """100 of 10,000 seconds: as a day is of 100 days."""
    large.list(count_only=True)
    whole = large.units
    newest = large.list(**UNCOUNTED)["results"][0]["created_at"]
    newest_at = times.parse_iso(newest)
    assert newest_at is not None
    until = newest_at - timedelta(seconds=5_000)
    bounds = (("gt", until - timedelta(seconds=100)), ("lte", until))
    range_of_time = [{"key": "created_at", "value": times.to_iso(at), "operator": name} for name, at in bounds]
    assert large.list(count_only=True, filter=range_of_time)["total_count"] == 100
    assert whole / 120 <= large.units <= whole / 80
    assert len(large.list(only=["title"], filter=range_of_time)["results"]) == 100
    assert large.units <= whole / 80


def only_what_is_shown_is_read(large):
    scalars = ["event_id", "title", "resource", "alert_id", "occurred_at"]
    for query in ({"only": scalars}, {"minimal": True}, {"only": scalars, "filter": BY_TITLE}):
        assert len(large.list(**query, **UNCOUNTED)["results"]) == 10
        assert set(large.calls) == {"Query"}
    # The items of the events that are shown, and no delivery's: half a unit each.
    for sort in ({"key": "created_at", "desc": True}, {"key": "title"}):
        large.list(**UNCOUNTED, only=["event_id"], sort=sort)
        index = large.units
        results = large.list(**UNCOUNTED, only=["event_id", "description"], sort=sort)["results"]
        assert [event.keys() for event in results] == [{"event_id", "description"}] * 10
        assert large.calls.count("BatchGetItem") == 1
        assert large.units == index + 10 * 0.5

    counted = large.list(count_only=True, filter=BY_TITLE, explain=True)
    assert (counted["results"], counted["total_count"]) == ([], 250)
    assert counted["explain"]["plan"]["tested_by_store"] == {"required": [{"key": "title", "operator": "eq"}]}
    consumed = counted["explain"]["consumed"]
    assert consumed["capacity_units"] == large.units
    assert consumed["requests"] == len(large.calls)
    assert 10_000 <= consumed["items_scanned"] <= 10_020
