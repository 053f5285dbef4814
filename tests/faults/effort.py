"""How much is tried: always the same, in minutes, or, with FAULTS=thorough, everything, in hours."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from tests.faults.faults import STRIKES, Fault, Reach, Strike
from tests.faults.world import SWEEP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.faults.injection import Call

THOROUGH = os.environ.get("FAULTS") == "thorough"
ENGINES = ("dynoxide", "ministack") if THOROUGH else ("dynoxide",)

LEAVING = tuple(
    strike
    for strike in STRIKES
    if THOROUGH
    or strike
    in {
        Strike(Fault.REFUSED, Reach.CALL),
        Strike(Fault.REFUSED, Reach.OUTAGE),
        Strike(Fault.LOST, Reach.OUTAGE),
        Strike(Fault.KILLED_AFTER),
    }
)
"""Calls that make a handler leave something behind, in the ways that differ."""

_WITH_EVERY_REACH = {Fault.REFUSED, Fault.LOST}
_PAIRS = 80
STORMS = 1000 if THOROUGH else 40

One = TypeVar("One")


def calls_to_strike(calls: Iterable[Call], *, wide: bool) -> Iterator[Call]:
    """All; but of one place in a wide scenario, or in the sweeper, the first, a middle one and the last will do."""
    places = defaultdict(list)
    for call in calls:
        places[call.place].append(call)
    for alike in places.values():
        few = dict.fromkeys((alike[0], alike[len(alike) // 2], alike[-1]))
        yield from few if (wide or alike[0].function == SWEEP) and not THOROUGH else alike


def strikes_at(call: Call, fault: Fault) -> list[Strike]:
    """Each reach of a fault; faults that look alike alternate from call to call."""
    strikes = [strike for strike in STRIKES if strike.fault is fault]
    if THOROUGH or fault in _WITH_EVERY_REACH:
        return strikes
    return [strikes[(call.number + list(Fault).index(fault)) % len(strikes)]]


def pairs(found: list[One], seed: str) -> list[One]:
    """All pairs of faults, or as many as there is time for."""
    return found if THOROUGH or len(found) <= _PAIRS else random.Random(seed).sample(found, _PAIRS)
