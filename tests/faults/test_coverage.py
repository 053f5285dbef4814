"""The scenarios make every call that the functions' policies allow: a new permission needs a scenario, or a reason."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.effort import ENGINES, calls_to_strike
from tests.faults.faults import Fault, Reach, Strike
from tests.faults.injection import planned
from tests.faults.run import play
from tests.faults.scenarios import SCENARIOS
from tests.faults.world import CREATE, bucket_name, functions, resources_of

pytestmark = pytest.mark.faults

LEAVING = (Strike(Fault.REFUSED, Reach.OUTAGE), Strike(Fault.REFUSED, Reach.CALL), Strike(Fault.KILLED))
NOT_CALLED = {
    ("functions/create_event", "dynamodb:UpdateItem", "RatesTable"): "only webhooks with a rate limit are counted",
    (
        "functions/create_event",
        "dynamodb:GetItem",
        "AlertsTable",
    ): "only for an alert that is merged (test_alerts.py), or of a copy that lost a race",
    ("functions/redrive_delivery", "dynamodb:GetItem", "AlertsTable"): "as above",
    (
        "functions/create_event",
        "s3:ListBucket",
        "bodiesbucket",
    ): "no call: it makes S3 tell 404 from 403",
    ("functions/redrive_delivery", "s3:ListBucket", "bodiesbucket"): "as above",
}


@pytest.fixture(params=ENGINES[:1], scope="module")
def engine(request):
    return request.param


def test_every_call_that_is_allowed_is_made(world):
    made = set()
    for scenario in SCENARIOS:
        undisturbed = play(world, scenario)
        created = calls_to_strike((call for call in undisturbed.calls if call.function == CREATE), wide=scenario.wide)
        # Leftovers of a handler that fails, or dies, for the worker and the sweeper.
        left = [play(world, scenario, planned({call.number: strike})) for call in created for strike in LEAVING]
        for outcome in (undisturbed, *left):
            made |= {(call.function, *use) for call in outcome.calls for use in call.uses}
    assert set(allowed()) - made == set(NOT_CALLED)
    assert made <= set(allowed())


def allowed():
    for folder, properties in functions().items():
        for policy in properties["Policies"]:
            for statement in policy["Statement"]:
                for action in as_list(statement["Action"]):
                    for resource in as_list(statement["Resource"]):
                        yield folder, action, name_of(resource)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def name_of(resource: dict[str, Any]) -> str:
    """A policy's resource as calls name it: ``Table``, ``Table/index/name``, a queue, a bucket."""
    ((kind, value),) = resource.items()
    name: str
    name, _, below = (value[0], "", "") if kind == "Fn::GetAtt" else value.removeprefix("${").partition(".Arn}")
    if name in resources_of("AWS::S3::Bucket"):
        return bucket_name(name)
    return f"{name}{below}"
