"""Large and abandoned deliveries on a whole stack: its queue, its bucket, its schedule."""

import json
import random
from datetime import timedelta
from uuid import uuid4

from event_api.domain import ids, times
from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from tests.e2e.driver import wait_for

SECONDS_TO_FIND = 180  # the schedule's minute, the worker, and a slow machine


def test_a_delivery_that_was_left_is_found_and_finished(local_run):
    stores, demo = local_run.endpoint().open_stores(), local_run.demo
    key = uuid4().hex
    orphan = Delivery(
        delivery_id=ids.new_id("delivery"),
        domain_id=demo["domain_id"],
        project_id=demo["project_id"],
        webhook_id="webhook-of-an-orphan",
        body=Body(json.dumps({"event_key": key, "event_type": "ALERT", "title": "left behind"}).encode()),
        headers={},
        received_at=times.now() - timedelta(minutes=5),
    )
    stores.deliveries.add(orphan)
    wait_for("the sweeper", lambda: not list(stores.deliveries.unfinished()), SECONDS_TO_FIND)
    (event,) = [event for event in local_run.list().json()["results"] if event["event_key"] == key]
    assert event["title"] == "left behind"


def test_a_body_that_no_item_can_hold_is_got_whole(local_run):
    body = {"event_key": uuid4().hex, "event_type": "ALERT", "title": "large"}
    body["noise"] = random.Random(1).randbytes(700_000).hex()
    answer = local_run.post(body)
    assert answer.status == 200
    event_id = f"event-{answer.headers['x-delivery-id'].removeprefix('delivery-')}0000"
    assert local_run.get(event_id).json()["raw_data"] == body


def test_a_body_over_the_limit_is_refused_by_us_and_a_far_larger_one_by_the_gateway(local_run):
    ours = local_run.post({"noise": "x" * 2_097_152})
    assert (ours.status, ours.json()["detail"]["code"]) == (413, "ERROR_PAYLOAD_TOO_LARGE")
    gateways = local_run.post({"noise": "x" * 10_485_760})
    assert (gateways.status, gateways.json().keys()) == (413, {"message"})
