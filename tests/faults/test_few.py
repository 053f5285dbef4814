"""A few of the faults, with nothing but Python: as many as `make test` has time for."""

from __future__ import annotations

import pytest

from tests.faults.faults import Fault, Reach, Strike
from tests.faults.injection import planned
from tests.faults.run import play
from tests.faults.scenarios import SCENARIOS

FEW = [Strike(Fault.REFUSED, Reach.OUTAGE), Strike(Fault.LOST), Strike(Fault.KILLED), Strike(Fault.KILLED_AFTER)]


@pytest.fixture(scope="module")
def engine():
    return "ministack"


@pytest.mark.parametrize("strike", FEW, ids=str)
def test_a_recovery_struck_by_each_fault_at_each_call(world, tally, strike):
    (scenario,) = (one for one in SCENARIOS if one.name == "recovery")
    undisturbed = play(world, scenario)
    tally.saw(undisturbed)
    for call in undisturbed.calls:
        tally.add(play(world, scenario, planned({call.number: strike})), [strike], f"{strike} at {call}")
    tally.check()
