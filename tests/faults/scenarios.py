"""Messages of senders: each scenario is a few deliveries, one after the other."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any

from tests.faults.world import DUPLICATE_EVENT_TIME, resources_of
from tests.samples import bodies

LONGER = 2 * DUPLICATE_EVENT_TIME
"""Seconds after which an open alert is stale."""


@dataclass(frozen=True)
class Message:
    """A sender's message, posted again until it gets a 200: always the same bytes and headers."""

    body: bytes = field(repr=False)
    sender_id: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"content-type": "application/json"} | ({"idempotency-key": self.sender_id} if self.sender_id else {})


@dataclass(frozen=True)
class Scenario:
    """``sends``:

    messages, each with its delay in seconds. ``wide``: one call site is passed many times. ``own_keys``: each delivery
    has its own key, and so its own alert. Without the sender's id, a message sent again because of a fault is another
    delivery.
    """

    name: str
    sends: tuple[tuple[float, Message], ...]
    wide: bool = False
    own_keys: bool = False

    def __str__(self) -> str:
        return self.name


def message(body: Any, sender_id: str | None = None) -> Message:
    return Message(body if isinstance(body, bytes) else json.dumps(body).encode(), sender_id)


def direct(number: int, event_type: str = "ALERT", sender_id: str | None = None, **fields: Any) -> Message:
    """One event; its number makes it different from every other one."""
    return message(bodies.direct(event_type, title=f"Message {number}", **fields), sender_id)


_UNDATED = dict.fromkeys(("startsAt", "endsAt"), "0001-01-01T00:00:00Z")


def group(
    number: int, size: int, status: str = "firing", sender_id: str | None = None, *, dated: bool = True
) -> Message:
    """A body of Alertmanager's, with ``number`` alerts. If they are not ``dated``, only the order of arrival counts."""
    body = bodies.alertmanager(*(bodies.alert(one, status) | ({} if dated else _UNDATED) for one in range(size)))
    return message({**body, "externalURL": f"http://alertmanager.example/{number}"}, sender_id)


def big(number: int) -> Message:
    """A body that one item of DynamoDB cannot hold."""
    filler = random.Random(number).randbytes(350_000).hex()
    return direct(number, additional_info={"number": "1"}, filler=filler)


_REPEATED = direct(1, sender_id="a-1")
_REPEATED_GROUP = group(1, 3, sender_id="a-1")
FIRED, ENDED = "2026-03-01T11:00:00Z", "2026-03-01T11:30:00Z"

SCENARIOS = [
    Scenario("new alert", ((0, direct(1)),)),
    Scenario("named delivery", ((0, direct(1, sender_id="a-1")),)),
    Scenario("joining", ((0, direct(1)), (1, direct(2)))),
    Scenario("recovery", ((0, direct(1)), (1, direct(2, "RECOVERY")))),
    Scenario("alert, recovery, alert", ((0, direct(1)), (1, direct(2, "RECOVERY")), (1, direct(3)))),
    Scenario(
        "firing again with the first start time",
        (
            (0, direct(1, occurred_at=FIRED)),
            (1, direct(2, "RECOVERY", occurred_at=ENDED)),
            (1, direct(3, occurred_at=FIRED)),
        ),
    ),
    Scenario(
        "firing again after a repeated recovery",
        (
            (0, direct(1, occurred_at=FIRED)),
            (1, direct(2, "RECOVERY", occurred_at=ENDED)),
            (1, direct(3, "RECOVERY", occurred_at=ENDED)),
            (1, direct(4, occurred_at=FIRED)),
        ),
    ),
    Scenario(
        "recovery over stale ones",
        ((0, direct(1)), (LONGER, direct(2)), (LONGER, direct(3)), (1, direct(4, "RECOVERY"))),
    ),
    Scenario("recovery of nothing", ((0, direct(1, "RECOVERY")),)),
    Scenario("alert over a stale one", ((0, direct(1)), (LONGER, direct(2)))),
    Scenario("error", ((0, direct(1, "ERROR")), (1, direct(2, "RECOVERY")))),
    Scenario("group", ((0, group(1, 3)), (1, group(2, 3, "resolved")))),
    Scenario("large group", ((0, group(1, 12)),), wide=True),
    Scenario("unreadable", ((0, message(b"{no json 1")),), own_keys=True),
    Scenario("unreadable, named", ((0, message(b"{no json 1", "a-1")),)),
    Scenario("no event", ((0, message(bodies.alertmanager())),)),
    Scenario("repeated", ((0, _REPEATED), (1, _REPEATED))),
    Scenario("repeated after recovery", ((0, _REPEATED), (1, direct(2, "RECOVERY", "a-2")), (1, _REPEATED))),
    Scenario("one id, two contents", ((0, direct(1, sender_id="a-1")), (1, direct(2, sender_id="a-1")))),
    Scenario("repeated group", ((0, _REPEATED_GROUP), (1, group(2, 3, "resolved", "a-2")), (1, _REPEATED_GROUP))),
]
if resources_of("AWS::S3::Bucket"):
    SCENARIOS.append(Scenario("big", ((0, big(1)), (1, message(big(2).body, "a-2")))))
