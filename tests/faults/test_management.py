"""The functions that manage webhooks, tokens and deliveries, struck at each of their calls.

A change and its audit record are there together, or neither is; whoever is answered 200 has both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest

from event_api import composition
from event_api.domain import ids, times
from event_api.domain.access import Permission, Scope, Token
from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from event_api.domain.webhook import Webhook, WebhookState
from testkit import stack
from testkit.world import event_of
from tests.faults.effort import ENGINES, strikes_at
from tests.faults.faults import Fault
from tests.faults.injection import nothing, planned
from tests.faults.test_coverage import as_list, name_of
from tests.samples import bodies

if TYPE_CHECKING:
    from tests.faults.injection import Call, Plan
    from tests.faults.world import World

pytestmark = pytest.mark.faults

SHARED_ALARM = str(stack.template()["Resources"]["ManageErrorsAlarm"])
FUNCTIONS = {
    one["Properties"]["CodeUri"]: one["Properties"]
    for name, one in stack.template()["Resources"].items()
    if one["Type"] == "AWS::Serverless::Function" and f"${{{name}}}" in SHARED_ALARM and "Alert" not in name
}
"""Alerts have a test of their own: test_alerts.py."""
READING = {
    f"functions/{name}"
    for name in (
        "get_caller",
        "get_delivery",
        "get_webhook",
        "list_audit_records",
        "list_deliveries",
        "list_tokens",
        "list_webhooks",
        "stat_webhooks",
        "try_webhook",
        "verify_webhook_plugin",
    )
}
NOT_CALLED = {
    "s3:GetObject": "only large bodies lie in the bucket",
    "s3:ListBucket": "no call: it makes S3 tell 404 from 403",
}


@pytest.fixture(params=ENGINES[:1], scope="module")
def engine(request):
    return request.param


@dataclass
class Stage:
    """A domain with one of each, made anew before each request."""

    world: World
    state: WebhookState

    def __post_init__(self) -> None:
        now = times.now()
        webhook = replace(
            self.world.webhook, webhook_id=ids.new_id("webhook"), domain_id=ids.new_id("domain"), state=self.state
        )
        self.domain_id = webhook.domain_id
        composition.webhooks().add(webhook)
        token = Token(
            token_id=ids.new_id("token"),
            secret_hash="0" * 64,
            page_key="key",
            domain_id=webhook.domain_id,
            projects=None,
            permissions=frozenset(Permission),
            created_at=now,
            expires_at=None,
        )
        self.grantor = replace(token, token_id=ids.new_id("token"))
        for one in (token, self.grantor):
            composition.tokens().add(one)
        delivery = Delivery(
            delivery_id=ids.new_id("delivery"),
            domain_id=webhook.domain_id,
            project_id=webhook.project_id,
            webhook_id=webhook.webhook_id,
            body=Body.received(json.dumps(bodies.direct()).encode()),
            headers={},
            received_at=now,
        )
        composition.deliveries().add(delivery)
        self.path = {
            "webhook_id": webhook.webhook_id,
            "token_id": token.token_id,
            "delivery_id": delivery.delivery_id,
        }

    def event(self, folder: str) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(event_of(folder.removeprefix("functions/")))
        event["pathParameters"] = {name: self.path[name] for name in event.get("pathParameters", {})}
        context = event["requestContext"]["authorizer"]["lambda"]
        context |= {"domain_id": self.domain_id, "actor_id": self.grantor.token_id}
        return event

    def items(self) -> tuple[list[str], int]:
        """The stage's objects, by their text, and the number of its audit records."""
        delivery = self.world.dynamodb.get_item(
            TableName="DeliveriesTable",
            Key={"delivery_id": {"S": self.path["delivery_id"]}, "domain_id": {"S": self.domain_id}},
            ConsistentRead=True,
        )["Item"]
        webhooks = composition.webhooks().of_domain(self.domain_id)
        tokens = composition.tokens().of_domain(self.domain_id)
        # Their keys, too, which no repr shows.
        shown = [json.dumps(vars_of(one), default=repr) for one in chain[Webhook | Token](webhooks, tokens)]
        records = composition.audit().of_scope(Scope(self.domain_id), times.now())
        return [*shown, json.dumps(delivery, sort_keys=True, default=repr)], sum(1 for _ in records)


def vars_of(one: Webhook | Token) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}


def play(world: World, folder: str, plan: Plan = nothing, *, hasty: bool = False) -> tuple[list[Call], list[str]]:
    """Send one request under a plan of faults; return its calls and what is wrong afterwards."""
    stage = Stage(world, WebhookState.DISABLED if folder == "functions/enable_webhook" else WebhookState.ENABLED)
    before, recorded = stage.items()
    world.injector.restart(plan)
    status = None
    with world.injector.invocation(folder) as invocation:
        status = stack.handler(folder)(stage.event(folder), invocation.context)["statusCode"]
    calls = list(world.injector.calls)
    after, records = stage.items()
    if any(call.service == "sqs" for call in calls):
        world.clear_queues()
    wrong = []
    new = records - recorded
    if (before != after) is not (new == 1) or new > 1:
        wrong.append(f"{new} records of {'a' if before != after else 'no'} change")
    if status == 200 and (new != 1) is (folder not in READING):
        wrong.append(f"a 200 with {new} records")
    # Reading says 400 when its time is nearly up.
    if (
        status not in {None, 200, 503, *([400] if hasty and folder in READING else [])}
        or (status is None) is not invocation.killed
    ):
        wrong.append(f"answered {status}")
    return calls, wrong


@pytest.mark.parametrize("folder", sorted(FUNCTIONS))
def test_a_change_and_its_record_are_together_whatever_fails(world, folder):
    calls, wrong = play(world, folder)
    assert wrong == []
    assert bool(calls) is (folder != "functions/get_caller")
    found = []
    for call in calls:
        for fault in Fault:
            for strike in strikes_at(call, fault):
                _, wrong = play(world, folder, planned({call.number: strike}), hasty=fault is Fault.OUT_OF_TIME)
                found += [f"{call}, {strike}: {one}" for one in wrong]
    assert found == []


@pytest.mark.parametrize("folder", sorted(FUNCTIONS))
def test_a_function_may_do_what_it_does_and_nothing_else(world, folder):
    calls, _ = play(world, folder)
    made = {use for call in calls for use in call.uses}
    allowed = {
        (action, name_of(resource))
        for policy in FUNCTIONS[folder].get("Policies", ())
        for statement in policy["Statement"]
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }
    # A reader may choose any of an index's partitions.
    any_index = {one for one in allowed if one[1].endswith("/*")}
    made_of_any = {one for one in made if (one[0], f"{one[1].rpartition('/')[0]}/*") in any_index}
    unused = {one for one in allowed - made - any_index if one[0] not in NOT_CALLED}
    assert made - made_of_any <= allowed
    assert unused <= UNUSED.get(folder, set())


UNUSED = {
    # The delivery of the scenario is stored by itself and readable.
    "functions/list_deliveries": {("dynamodb:GetItem", "EventsTable")},
    "functions/replay_delivery": {("dynamodb:PutItem", "DeliveriesTable")},
}
