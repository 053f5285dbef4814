"""Each call that a scenario makes, struck by each fault: a 200 means that the events will be there, once."""

from __future__ import annotations

import pytest

from tests.faults.effort import ENGINES, LEAVING, calls_to_strike, pairs, strikes_at
from tests.faults.faults import STRIKES, Fault
from tests.faults.injection import planned
from tests.faults.run import play
from tests.faults.scenarios import SCENARIOS
from tests.faults.world import CREATE

pytestmark = pytest.mark.faults


@pytest.fixture(params=ENGINES, scope="module")
def engine(request):
    return request.param


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_one_fault(world, tally, scenario, fault):
    undisturbed = play(world, scenario)
    tally.saw(undisturbed)
    for call in calls_to_strike(undisturbed.calls, wide=scenario.wide):
        for strike in strikes_at(call, fault):
            outcome = play(world, scenario, planned({call.number: strike}))
            if len(scenario.sends) == 1 and not scenario.own_keys:
                outcome.must_end_like(undisturbed)
            tally.add(outcome, [strike], f"{strike} at {call}")
    tally.check()


@pytest.mark.parametrize("scenario", [one for one in SCENARIOS if len(one.sends) > 1], ids=str)
def test_one_fault_that_is_mended_before_the_next_message(world, tally, scenario):
    undisturbed = play(world, scenario, late=False)
    tally.saw(undisturbed)
    for call in calls_to_strike(undisturbed.calls, wide=scenario.wide):
        for strike in LEAVING:
            outcome = play(world, scenario, planned({call.number: strike}), late=False)
            outcome.must_end_like(undisturbed)
            tally.add(outcome, [strike], f"{strike} at {call}, mended at once")
    tally.check()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_another_fault_while_redriving(world, tally, scenario):
    undisturbed = play(world, scenario, looked_at=True)
    known = {undisturbed.left_over}
    plans = []
    for call in calls_to_strike(undisturbed.calls, wide=scenario.wide):
        for first in LEAVING:
            outcome = play(world, scenario, planned({call.number: first}), looked_at=True)
            if outcome.left_over not in known:
                known.add(outcome.left_over)
                redriving = [other for other in outcome.calls if other.function != CREATE]
                others = calls_to_strike(redriving, wide=scenario.wide)
                plans += [((call, first), (other, second)) for other in others for second in STRIKES]
    for plan in pairs(plans, scenario.name):
        outcome = play(world, scenario, planned({call.number: strike for call, strike in plan}))
        tally.add(
            outcome, [strike for _, strike in plan], ", then ".join(f"{strike} at {call}" for call, strike in plan)
        )
    tally.check()
