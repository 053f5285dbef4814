"""Data that version 0.1 wrote: read, finished, joined and replayed by this one.

``stored_by_0_1.json`` has all items of its tables without their expiry, and the answer of its list.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from event_api.admin import administration
from event_api.auth.tokens import Principal
from event_api.aws.authorizer import principal_of, to_context
from event_api.aws.redrive_queue import QueuedDelivery
from event_api.domain import times
from event_api.domain.access import Permission, Role, Scope
from event_api.domain.alert import AlertState
from tests.samples import bodies
from tests.service import DOMAIN


def with_bytes(value: dict[str, Any]) -> Any:
    return base64.b64decode(value["base64"]) if value.keys() == {"base64"} else value


@pytest.fixture
def stored(app):
    found = json.loads(Path(__file__).with_name("stored_by_0_1.json").read_text(), object_hook=with_bytes)
    for table, items in found["tables"].items():
        for item in items:
            app.dynamodb.put_item(TableName=table, Item=item)
    return found


def test_its_events_are_listed_as_it_listed_them(app, stored):
    assert app.events(stored["token"]) == stored["events"]
    for event in stored["events"]:
        answer = app.gateway.get(f"/monitoring/v1/event/{event['event_id']}", token=stored["token"])
        assert answer.json() == event


def test_its_token_reads_events_and_nothing_else(app, stored):
    (token,) = app.stores.tokens.of_domain(DOMAIN)
    assert token.granted == {Permission.EVENT_GET, Permission.EVENT_LIST, Permission.EVENT_STAT}
    assert app.gateway.stat(stored["token"], {"query": {"distinct": "severity"}}).status == 200


def test_it_can_read_the_tokens_of_today(app):
    """It knows three permissions, and fails on others."""
    app.token(role=Role.ADMIN)
    app.token(permissions=Permission)
    app.token(permissions=[Permission.EVENT_LIST])
    items = app.dynamodb.scan(TableName="TokensTable")["Items"]
    assert {one["S"] for item in items for one in item["permissions"]["L"]} == {"get", "list", "stat"}


def test_its_functions_read_the_authorizer_of_today_while_a_deployment_is_under_way():
    principal = Principal(Scope(DOMAIN), frozenset({Permission.EVENT_LIST, Permission.EVENT_GET}), "key")
    assert to_context(principal)["permissions"] == '["get", "list"]'


def test_its_authorizer_s_answer_is_read_while_api_gateway_keeps_it():
    context = {"domain_id": DOMAIN, "projects": "null", "permissions": '["get", "stat"]', "page_key": "key"}
    principal = principal_of(context)
    assert principal.permissions == {Permission.EVENT_GET, Permission.EVENT_STAT}
    assert principal.actor.actor_id == ""


def test_its_unfinished_delivery_is_finished(app, stored):
    assert app.sweep() == 1
    app.redrive()
    assert [event["title"] for event in app.events(stored["token"])][-1] == "unfinished"
    assert not list(app.stores.deliveries.unfinished())


def test_a_copy_of_its_delivery_makes_no_event(app, stored):
    body, key = {**bodies.SEED_LIKE, "title": "again"}, {"Idempotency-Key": "one"}
    assert app.gateway.post(stored["path"], body, headers=key).status == 200
    assert app.events(stored["token"]) == stored["events"]


def test_its_alert_is_resolved_by_a_recovery_of_today(app, stored):
    def open_alerts():
        return [alert for alert in app.stores.alerts.of_domain(DOMAIN, None, times.now()) if alert.is_open]

    before = len(open_alerts())
    assert app.gateway.post(stored["path"], bodies.alertmanager(bodies.alert(2, "resolved"))).status == 200
    assert len(open_alerts()) == before - 1
    *_, recovery = app.events(stored["token"])
    alert = app.stores.alerts.get(recovery["alert_id"], times.now())
    assert (alert.state, alert.resolved_by) == (AlertState.RESOLVED, recovery["event_id"])


def test_its_deliveries_are_replayed_without_a_second_event(app, stored):
    readable = [event for event in stored["events"] if event["event_type"] != "ERROR"]
    finished = {f"delivery-{event['event_id'][6:30]}" for event in readable}
    queued = [QueuedDelivery(delivery_id, DOMAIN) for delivery_id in sorted(finished)]
    assert administration.replay(app.stores, app.queue, queued) == len(finished)
    assert app.redrive() == {"batchItemFailures": []}
    assert app.events(stored["token"]) == stored["events"]
