"""Several senders at once, faults of all kinds at random: thousands of deliveries, and the same promise."""

from __future__ import annotations

import random

import pytest

from tests.faults.effort import ENGINES, STORMS
from tests.faults.faults import STRIKES, Strike
from tests.faults.injection import Call
from tests.faults.run import storm
from tests.faults.scenarios import ENDED, FIRED, Message, direct, group, message

pytestmark = pytest.mark.faults

SENDERS = 6
MESSAGES = 8
"""Of each sender."""
_KEYS = ("one", "two", "three")
_DATED_KEY = "three"
_DATES = {"ALERT": FIRED, "RECOVERY": ENDED}
"""The sender of this key keeps the first start time whenever the alert fires again."""
_SHARE = 0.04
"""Share of all calls that are struck."""


@pytest.fixture(params=ENGINES, scope="module")
def engine(request):
    return request.param


class Weather:
    """Strikes calls by chance, the same call always alike."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.strikes: set[Strike] = set()

    def __call__(self, call: Call, attempt: int) -> Strike | None:
        chance = random.Random(f"{self.seed} {call.number}")
        if chance.random() >= _SHARE:
            return None
        strike = chance.choice(STRIKES)
        if attempt > 1 and strike.reach == STRIKES[0].reach:
            return None
        self.strikes.add(strike)
        return strike


def messages(seed: str, sender: int) -> list[Message]:
    """The messages of one sender, one after the other; every body differs from every other one."""
    chance = random.Random(f"{seed} {sender}")
    made = []
    for number in range(sender * MESSAGES, (sender + 1) * MESSAGES):
        sender_id = f"id-{number}" if chance.random() < 0.5 else None
        match chance.randrange(8):
            case 0:
                made.append(message(f"{{no json {number}".encode(), f"id-{number}"))
            case 1:
                status = chance.choice(("firing", "resolved"))
                made.append(group(number, chance.choice((1, 3, 5)), status, sender_id, dated=False))
            case _:
                event_type, key = chance.choice(("ALERT", "RECOVERY")), chance.choice(_KEYS)
                dates = {"occurred_at": _DATES[event_type]} if key == _DATED_KEY else {}
                made.append(direct(number, event_type, sender_id, event_key=key, **dates))
    return made


@pytest.mark.parametrize("number", range(STORMS))
def test_a_storm(world, tally, number):
    seed = f"storm {number}"
    weather = Weather(seed)
    outcome = storm(world, [messages(seed, sender) for sender in range(SENDERS)], weather)
    tally.add(outcome, weather.strikes, f"seed '{seed}'")
    tally.check()
